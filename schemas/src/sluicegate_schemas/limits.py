"""How large things may be, in bytes as they stand in a record's value."""

INPUT_BYTES = 512_000
PAYLOAD_BYTES = 512_000
RESULT_BYTES = 256_000
REST_BYTES = 100_000
"""Everything else of one event together."""
RECORD_BYTES = 3 * 1024 * 1024
"""What every topic and client allows."""
