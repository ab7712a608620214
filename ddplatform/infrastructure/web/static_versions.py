"""Static files under content-addressed URLs, cached by browsers for a year.

`/static/css/core.css` is linked as `/static/~3f2a91bc0d7e/css/core.css`. The plain address answers
too, and so does one of another version: with the file as it is now, kept for a minute.
"""

import re
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SHORT_S = 60
FOR_GOOD = "max-age=31536000, public, immutable"
_VERSIONED = re.compile(r"/static/~([0-9a-f]{12})/(.+)")
_NAMES_VERSION = re.compile(r"vendor/[^/]+@\d[^/]*/")
"""Files that a style sheet refers to: a package, whose folder names its version."""


class StaticVersions:
    """The version of each file below a folder, computed anew when the file changes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, tuple[tuple[int, int], str]] = {}

    def of(self, name: str) -> str | None:
        """The version of a file; None where there is none of this name."""
        try:
            found = (self._folder / name).stat()
            mark = (found.st_mtime_ns, found.st_size)
            known = self._known.get(name)
            if known is None or known[0] != mark:
                content = (self._folder / name).read_bytes()
                known = self._known[name] = (mark, sha256(content).hexdigest()[:12])
        except (OSError, ValueError):
            return None
        return known[1]

    def address(self, endpoint: str, values: dict[str, Any]) -> None:
        """Put the version into the address of a static file that is being built."""
        name = values.get("filename")
        if endpoint == "static" and name and (version := self.of(name)):
            values["filename"] = f"~{version}/{name}"


class Versioned:
    """Wraps the static-file server: strips the version from an address, and sets the cache time."""

    def __init__(self, application: "WSGIApplication", versions: StaticVersions) -> None:
        self._application, self._versions = application, versions

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        found = _VERSIONED.fullmatch(environ.get("PATH_INFO", ""))
        if found is None:
            return self._application(environ, start_response)
        version, name = found.groups()

        def begin(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            if status.startswith(("200", "206", "304")) and self._is_of(version, name):
                headers = [one for one in headers if one[0].lower() != "cache-control"]
                headers.append(("Cache-Control", FOR_GOOD))
            return start_response(status, headers, exc_info)

        return self._application({**environ, "PATH_INFO": f"/static/{name}"}, begin)

    def _is_of(self, version: str, name: str) -> bool:
        return bool(_NAMES_VERSION.match(name)) or self._versions.of(name) == version


def register(app: Flask) -> None:
    """Link static files by version, and serve them so, ahead of the static-file server."""
    versions = StaticVersions(Path(app.static_folder or ""))
    app.url_defaults(versions.address)
    app.wsgi_app = Versioned(app.wsgi_app, versions)  # type: ignore[method-assign]
