"""The line to PostgreSQL: notices that the other end is gone, or no longer answers, where TCP alone waits for hours."""

import asyncio
import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import psycopg

CONNECT_SECONDS = 5
KEEPALIVE: Mapping[str, Any] = {
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 14_000,
}
"""For libpq, seconds and milliseconds: a server whose machine or network is gone is noticed after 14 s. The system's
own default is two hours, in which whoever waits for an answer would wait, also long after the network is back."""


async def connected(url: str = "", **options: Any) -> psycopg.AsyncConnection[Any]:
    """A connection, within `CONNECT_SECONDS`; arguments as `psycopg.AsyncConnection.connect` takes them.

    Raises:
        psycopg.OperationalError: the server can't be reached.
    """
    options = {"connect_timeout": CONNECT_SECONDS, **KEEPALIVE, **options}
    connecting = asyncio.ensure_future(psycopg.AsyncConnection.connect(url, **options))
    try:
        return await asyncio.shield(connecting)
    except asyncio.CancelledError:
        # Cut off while it connects, psycopg leaves the server waiting for the rest, for a minute.
        with suppress(psycopg.Error):
            await (await connecting).close()
        raise


def hang_up(descriptor: int) -> None:
    """End the TCP connection under this descriptor: whoever waits for its answer gets an error at once.

    Callable from any thread. The descriptor stays its owner's to close.
    """
    with suppress(OSError):  # it is closed already
        line = socket.socket(fileno=os.dup(descriptor))
        try:
            line.shutdown(socket.SHUT_RDWR)
        finally:
            line.close()
