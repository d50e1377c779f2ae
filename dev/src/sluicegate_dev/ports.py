"""Picks TCP ports on the loopback interface."""

import secrets
import socket

LOOPBACK = "127.0.0.1"
LOWEST, BEYOND = 11_000, 32_768
"""Below the ports that Linux gives to outgoing connections (`ip_local_port_range`): one of those may be anybody's
before somebody listens there."""
_TRIES = 200


def free_port(preferred: int = 0) -> int:
    """`preferred` if nobody listens there, else any other where nobody does.

    Raises:
        OSError: there is none.
    """
    others = (LOWEST + secrets.randbelow(BEYOND - LOWEST) for _ in range(_TRIES))
    for port in (preferred or next(others), *others):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no free port on the loopback interface")


def is_open(port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0
