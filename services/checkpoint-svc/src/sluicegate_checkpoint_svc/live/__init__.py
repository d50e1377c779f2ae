"""Tells people who watch what changes, on whichever replica it happens."""
