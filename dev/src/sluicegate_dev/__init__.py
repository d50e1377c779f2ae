"""Sluicegate on one machine: embedded PostgreSQL, broker, front door, supervisor."""
