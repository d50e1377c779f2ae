"""Where the routes are, as the contract names them."""

CHECKPOINTS = "/api/admin/agent-checkpoints"
CHECKPOINT = "/api/admin/agent-checkpoints/{id}"
BULK = "/api/admin/agent-checkpoints/bulk"
ACKNOWLEDGE = "/api/admin/agent-checkpoints/{id}/acknowledge"
COMMENTS = "/api/admin/agent-checkpoints/{id}/comments"
LOGIN_LINKS = "/api/admin/login-links"
