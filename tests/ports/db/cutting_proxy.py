"""A TCP proxy before PostgreSQL that can cut the line when the server has done a statement but not told so yet, or let
lines fall silent without a word to either end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

from psycopg.conninfo import conninfo_to_dict, make_conninfo


class CuttingProxy:
    """Forwards both ways. After `withhold(answer)` the server's next answer that holds those bytes cuts the line."""

    def __init__(self, target: str) -> None:
        self._target = conninfo_to_dict(target)
        self._withhold: bytes | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self.refuse = False
        self._silent: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self._closed = False
        self.cuts = 0
        self.url = ""

    @classmethod
    @asynccontextmanager
    async def to(cls, target: str) -> AsyncIterator[Self]:
        proxy = cls(target)
        server = await asyncio.start_server(proxy._accept, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        proxy.url = make_conninfo(target, host="127.0.0.1", hostaddr="127.0.0.1", port=port, sslmode="disable")
        try:
            yield proxy
        finally:
            server.close()
            proxy._closed = True
            proxy.cut()
            await asyncio.gather(*proxy._serving, return_exceptions=True)

    def withhold(self, answer: bytes) -> None:
        self._withhold = answer

    def fall_silent(self) -> None:
        """Nothing comes through the present lines any more, and none of them ends. New ones are good."""
        self._silent |= self._writers

    def cut(self) -> None:
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host, port = str(self._target.get("host", "127.0.0.1")), int(self._target.get("port") or 5432)
        if host.startswith("/"):
            return await asyncio.open_unix_connection(str(Path(host) / f".s.PGSQL.{port}"))
        return await asyncio.open_connection(host, port)

    def _accept(self, from_client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        serving = asyncio.get_running_loop().create_task(self._serve(from_client, to_client))
        self._serving.add(serving)
        serving.add_done_callback(self._serving.discard)

    async def _serve(self, from_client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        self._writers.add(to_client)
        if self.refuse:
            to_client.transport.abort()
            return
        from_server, to_server = await self._connect()
        self._writers.add(to_server)
        if self._closed:
            self.cut()
        await asyncio.gather(self._forward(from_client, to_server), self._forward(from_server, to_client, answers=True))

    async def _forward(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answers: bool = False
    ) -> None:
        while chunk := await self._read(reader):
            if answers and self._withhold is not None and self._withhold in chunk:
                self._withhold = None
                self.cuts += 1
                self.cut()
                return
            if writer not in self._silent:
                writer.write(chunk)
        if writer not in self._silent:
            writer.transport.abort()

    @staticmethod
    async def _read(reader: asyncio.StreamReader) -> bytes:
        try:
            return await reader.read(65536)
        except ConnectionError:
            return b""
