"""The runtime that Sluicegate's services share, without a domain word."""
