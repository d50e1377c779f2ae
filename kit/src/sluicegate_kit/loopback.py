"""Tells whether a host is this machine, as only this machine can reach it."""

import ipaddress


def is_loopback(host: str) -> bool:
    """Whether a name or an address (without a port) is the loopback interface's."""
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
