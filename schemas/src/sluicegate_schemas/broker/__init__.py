"""Reaches the broker: settings that services and the command share, and `topics apply`. Needs the extra `kafka`."""
