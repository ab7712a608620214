"""Compression of pages, styles and scripts, where the browser accepts it and no proxy does it.

Secrets in pages are safe from length attacks: the session cookie is SameSite=Lax, so no other
site can make a browser fetch them with it.
"""

import zlib
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import brotli

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

TEXTS = ("text/", "application/json", "application/javascript", "image/svg+xml")
LEAST_BYTES = 600
QUALITY = 4
"""Brotli: most of the gain at the speed of gzip."""


class Compressed:
    """Wraps an application; answers that are texts leave it compressed."""

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        pack = _packer(environ.get("HTTP_ACCEPT_ENCODING", ""))
        if pack is None or environ["REQUEST_METHOD"] == "HEAD":
            return self._application(environ, start_response)
        begun: list[Any] = []

        def begin(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            begun[:] = [status, headers, exc_info]
            return lambda _data: None

        answer = self._application(environ, begin)
        status, headers, exc_info = begun
        if not _is_text(status, headers):
            start_response(status, headers, exc_info)
            return answer
        try:
            body = b"".join(answer)
        finally:
            getattr(answer, "close", lambda: None)()
        name, squeeze = pack
        if len(body) >= LEAST_BYTES:
            body = squeeze(body)
            headers = [*headers, ("Content-Encoding", name)]
        start_response(status, _with_length(headers, len(body)), exc_info)
        return [body]


def _packer(accepted: str) -> tuple[str, Callable[[bytes], bytes]] | None:
    names = {part.split(";")[0].strip() for part in accepted.lower().split(",")}
    if "br" in names:
        return "br", lambda body: bytes(brotli.compress(body, quality=QUALITY))
    if "gzip" in names:
        return "gzip", _gzip
    return None


def _gzip(body: bytes) -> bytes:
    packing = zlib.compressobj(6, zlib.DEFLATED, 31)
    return packing.compress(body) + packing.flush()


def _is_text(status: str, headers: list[tuple[str, str]]) -> bool:
    found = {name.lower(): value for name, value in headers}
    is_whole = status.startswith("200") or status[:1] in "45"
    kind = found.get("content-type", "")
    return is_whole and "content-encoding" not in found and kind.startswith(TEXTS)


def _with_length(headers: list[tuple[str, str]], length: int) -> list[tuple[str, str]]:
    kept = [(name, value) for name, value in headers if name.lower() != "content-length"]
    vary = [value for name, value in kept if name.lower() == "vary"]
    if not any("accept-encoding" in value.lower() for value in vary):
        kept.append(("Vary", "Accept-Encoding"))
    return [*kept, ("Content-Length", str(length))]
