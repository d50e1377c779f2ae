"""The write side of a service: tables, operations on locked rows, and the loop that commits many of them at once."""
