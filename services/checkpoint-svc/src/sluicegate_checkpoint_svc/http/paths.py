"""Where the routes are, as the contract names them."""

CHECKPOINTS = "/api/admin/agent-checkpoints"
CHECKPOINT = "/api/admin/agent-checkpoints/{id}"
ACKNOWLEDGE = "/api/admin/agent-checkpoints/{id}/acknowledge"
