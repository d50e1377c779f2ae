"""A page that comes in pieces, as over a slow network, with what has come drawn after each."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Semaphore, Thread

import httpx
from playwright.sync_api import Page

from sluicegate_dev.ports import LOOPBACK

DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))"
PATIENCE_SECONDS = 60


class Trickle:
    """A server of one page, whose style sheets it has from the real one."""

    def __init__(self, real: httpx.Client) -> None:
        """`real`: who may read the page's assets."""
        self._pieces: Sequence[bytes] = ()
        self._next = Semaphore(0)
        self._real = real
        trickle = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if "/assets/" in self.path:
                    trickle.pass_on(self)
                elif self.path == "/page":
                    trickle.tell(self)
                else:
                    self.send_error(404)

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
        self.address = f"http://{LOOPBACK}:{self._server.server_port}/page"

    @contextmanager
    def running(self) -> Iterator["Trickle"]:
        """Until the block ends."""
        thread = Thread(target=self._server.serve_forever)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()

    def load(self, page: Page, pieces: Sequence[bytes]) -> None:
        """The page, each piece when the one before it is drawn."""
        self._pieces = pieces
        page.goto(self.address, wait_until="commit")
        for _ in pieces[1:]:
            page.evaluate(DRAWN)
            self._next.release()
        page.wait_for_load_state("load")
        page.evaluate(DRAWN)

    def tell(self, to: BaseHTTPRequestHandler) -> None:
        """Answers with the page."""
        to.send_response(200)
        to.send_header("content-type", "text/html; charset=utf-8")
        to.send_header("cache-control", "no-store")
        to.end_headers()
        first, *others = self._pieces
        to.wfile.write(first)
        for piece in others:
            assert self._next.acquire(timeout=PATIENCE_SECONDS)
            to.wfile.write(piece)

    def pass_on(self, to: BaseHTTPRequestHandler) -> None:
        """Answers with what the real server has there."""
        found = self._real.get(to.path)
        to.send_response(found.status_code)
        for name in ("content-type", "cache-control"):
            to.send_header(name, found.headers[name])
        to.end_headers()
        to.wfile.write(found.content)
