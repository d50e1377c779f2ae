"""Owns approval state: records checkpoints, takes decisions, signs them."""
