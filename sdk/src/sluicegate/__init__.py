"""Write Sluicegate job handlers, test them in memory, call the HTTP API, use the command line."""
