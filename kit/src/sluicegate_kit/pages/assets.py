"""Style sheets and scripts as they are served: named by their content, compressed once, cached for good."""

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response

from sluicegate_kit.web.problem import Problem

_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
_FOR_GOOD = "public, max-age=31536000, immutable"
_HASH_DIGITS = 12


@dataclass(frozen=True, slots=True)
class _Asset:
    data: bytes
    gzipped: bytes
    content_type: str


class Assets:
    """The files of one service, below its own prefix: replicas of two versions never serve each other's pages."""

    def __init__(self, prefix: str, sources: Mapping[str, bytes]) -> None:
        """`sources` by plain name, as `console.css`."""
        self._urls: dict[str, str] = {}
        self._served: dict[str, _Asset] = {}
        for name, data in sources.items():
            stem, _, kind = name.rpartition(".")
            served = f"{stem}.{hashlib.sha256(data).hexdigest()[:_HASH_DIGITS]}.{kind}"
            self._urls[name] = f"{prefix}/assets/{served}"
            self._served[served] = _Asset(data, gzipped(data, level=9), _TYPES[kind])

    def url(self, name: str) -> str:
        """Where the page finds an asset by its plain name; KeyError: a programming error."""
        return self._urls[name]

    async def serve(self, request: Request) -> Response:
        """One asset, by its hashed name."""
        asset = self._served.get(request.path_params["name"])
        if asset is None:
            raise Problem(404, "no-such-asset", "This file is of another version of the page. Load the page again.")
        headers = {"cache-control": _FOR_GOOD, "content-type": asset.content_type, "vary": "accept-encoding"}
        if takes_gzip(request):
            return Response(asset.gzipped, headers=headers | {"content-encoding": "gzip"})
        return Response(asset.data, headers=headers)


def packaged(package: str, *folders: str) -> dict[str, bytes]:
    """The style sheets, scripts and pictures in these folders of a package, by name."""
    found: dict[str, bytes] = {}
    for folder in folders:
        place = files(package).joinpath(folder)
        if place.is_dir():
            found |= {file.name: file.read_bytes() for file in place.iterdir() if file.name.endswith(tuple(_TYPES))}
    return found


def gzipped(data: bytes, *, level: int) -> bytes:
    """The data in gzip's format, without a time in it."""
    compressor = zlib.compressobj(level, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    return compressor.compress(data) + compressor.flush()


def takes_gzip(request: Request) -> bool:
    """Whether the client said so (RFC 9110, section 12.5.3)."""
    for part in request.headers.get("accept-encoding", "").split(","):
        coding, _, weight = part.strip().partition(";")
        if coding.strip().lower() in ("gzip", "x-gzip", "*"):
            return weight.replace(" ", "").lower() not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
