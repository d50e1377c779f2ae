"""What this service does to its rows: one file per message or request."""
