/** Compares two tokens. */
export function sameToken(given: string, expected: string): boolean {
  return given === expected;
}
