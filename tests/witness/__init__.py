"""The witness: what was really done outside, who was told what, and the checkers that compare it with the records."""
