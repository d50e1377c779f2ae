"""Sluicegate's sample handlers."""
