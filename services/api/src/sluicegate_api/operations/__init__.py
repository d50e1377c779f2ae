"""What the api writes: each operation fetches rows, lets the domain decide, and puts what it decided."""
