"""How the api signs what it sends."""

SOURCE = "sluicegate/api"
"""`ce_source` of its events; `requestedBy` of what it asks for by itself."""
