"""HTTP/1.1 as uvicorn reads it, with a limit on what comes before a body; what can't be read is a problem too."""

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from sluicegate_kit.web.problem import Problem
from sluicegate_schemas.ids import new_id

MAX_HEAD_BYTES = 64 * 1024
MAX_TARGET_BYTES = 65_535
"""The parser counts the parts of an address in 16 bits."""

_ALWAYS = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))


class Protocol(HttpToolsProtocol):
    """One connection."""

    _reads_head = False
    _head_bytes = 0

    def data_received(self, data: bytes) -> None:
        """Give up on a head that does not end, before it fills the memory."""
        super().data_received(data)
        self._head_bytes = self._head_bytes + len(data) if self._reads_head else 0
        if self._head_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
            detail = f"The request line and the headers may have {MAX_HEAD_BYTES} bytes together."
            self._refuse(Problem(431, "headers-too-large", detail))

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        self._reads_head = True

    def on_headers_complete(self) -> None:
        """The last byte before the body."""
        self._reads_head = False
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """What can't be parsed; called by uvicorn."""
        if len(self.url) > MAX_TARGET_BYTES:
            detail = f"An address may have {MAX_TARGET_BYTES} bytes. What is longer goes into a body."
            self._refuse(Problem(414, "address-too-long", detail))
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
