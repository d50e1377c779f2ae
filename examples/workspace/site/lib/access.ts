/** Who may look at the audit log. */
export function mayAudit(role: string): boolean {
  if (role === "admin") {
    return true;
  }
  return false;
}
