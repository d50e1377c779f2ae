"""What a replica does again and again; each loop exposes one pass."""
