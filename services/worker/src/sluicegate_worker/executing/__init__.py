"""What a replica does with its runs: claims them, executes them in slots, keeps their leases."""
