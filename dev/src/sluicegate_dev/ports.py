"""Picks TCP ports on the loopback interface."""

import itertools
import secrets
import socket

LOOPBACK = "127.0.0.1"
LOWEST, BEYOND = 11_000, 32_768
"""Below the ports that Linux gives to outgoing connections (`ip_local_port_range`): one of those may be anybody's
before somebody listens there."""
_TRIES = 200
_given: set[int] = set()


def free_port(preferred: int = 0) -> int:
    """`preferred` if nobody listens there, else any other where nobody does, and that was not given out before: whoever
    has it may not listen yet.

    Raises:
        OSError: there is none.
    """
    others = (LOWEST + secrets.randbelow(BEYOND - LOWEST) for _ in range(_TRIES))
    unused = (port for port in others if port not in _given)
    for port in itertools.chain([preferred] if preferred else [], unused):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            _given.add(port)
            return port
    raise OSError("no free port on the loopback interface")


def is_open(port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0
