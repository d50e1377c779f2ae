"""HTTP/1.1 as uvicorn reads it, with a limit on what comes before a body; what can't be read is a problem too."""

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from sluicegate_kit.web.problem import Problem
from sluicegate_schemas.ids import new_id

MAX_HEAD_BYTES = 64 * 1024
MAX_TARGET_BYTES = 65_535
"""The parser counts the parts of an address in 16 bits."""

_HEAD_TOO_LARGE = Problem(
    431, "headers-too-large", f"The request line and the headers may have {MAX_HEAD_BYTES} bytes together."
)
_ALWAYS = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))


class _HeadTooLarge(Exception):
    """Goes through the parser, which stops at once."""


class Protocol(HttpToolsProtocol):
    """One connection."""

    _reads_head = False
    _head_bytes = 0
    _later_bytes = 0

    def data_received(self, data: bytes) -> None:
        """Give up on a head that does not end, before it fills the memory."""
        headers = self.headers
        super().data_received(data)
        # Of the piece in which a head begins, any part may belong to the request before: only later ones count whole.
        same = self._reads_head and self.headers is headers
        self._later_bytes = self._later_bytes + len(data) if same else 0
        if self._later_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
            self._refuse(_HEAD_TOO_LARGE)

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        self._reads_head = True
        self._head_bytes = 0

    def on_url(self, url: bytes) -> None:
        """A piece of the address."""
        super().on_url(url)
        self._head_bytes += len(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header, however many came in one piece."""
        super().on_header(name, value)
        self._head_bytes += len(name) + len(value) + len(": \r\n")
        if self._head_bytes > MAX_HEAD_BYTES:
            raise _HeadTooLarge

    def on_headers_complete(self) -> None:
        """The last byte before the body."""
        self._reads_head = False
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """What can't be parsed; called by uvicorn."""
        if len(self.url) > MAX_TARGET_BYTES:
            detail = f"An address may have {MAX_TARGET_BYTES} bytes. What is longer goes into a body."
            self._refuse(Problem(414, "address-too-long", detail))
        elif self._head_bytes > MAX_HEAD_BYTES:
            self._refuse(_HEAD_TOO_LARGE)
        else:
            detail = "These bytes are no HTTP/1.1 request (RFC 9112)."
            self._refuse(Problem(400, "malformed-request", detail))

    def _refuse(self, problem: Problem) -> None:
        request_id = str(new_id())
        response = problem.response(request_id)
        own = [(b"x-request-id", request_id.encode()), (b"connection", b"close"), *_ALWAYS]
        head = b"".join(b"%s: %s\r\n" % header for header in (*response.raw_headers, *own))
        self.transport.write(STATUS_LINE[problem.status] + head + b"\r\n" + bytes(response.body))
        self.transport.close()
