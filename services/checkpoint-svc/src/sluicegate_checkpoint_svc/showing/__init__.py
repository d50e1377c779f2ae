"""Turns a payload's bytes into what a person reads: pure, bounded in size, saying what it leaves out."""
