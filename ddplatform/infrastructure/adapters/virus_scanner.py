"""The virus scanner of an installation: clamd, asked over its socket (INSTREAM)."""

import socket
from dataclasses import dataclass
from typing import Final

TIMEOUT_S: Final = 30
CHUNK: Final = 1 << 16
_LONGEST_ANSWER: Final = 4_096
UNIX, TCP = "unix:", "tcp:"


class NotScanned(Exception):
    """The scanner cannot be reached, or could not scan the file."""


@dataclass(frozen=True)
class VirusScanner:
    """A running clamd.

    Attributes:
        address: `unix:/run/clamav/clamd.ctl` or `tcp:127.0.0.1:3310`.
    """

    address: str

    def find_virus(self, content: bytes) -> str | None:
        """The name of the virus in a file; None where the scanner finds nothing.

        Raises:
            NotScanned: no verdict; the file counts as not scanned.
        """
        try:
            with self._connect() as connection:
                connection.sendall(b"zINSTREAM\0")
                for start in range(0, len(content), CHUNK):
                    piece = content[start : start + CHUNK]
                    connection.sendall(len(piece).to_bytes(4, "big") + piece)
                connection.sendall(bytes(4))
                answer = _answer(connection)
        except OSError as error:
            raise NotScanned(type(error).__name__) from error
        return _verdict(answer)

    def _connect(self) -> socket.socket:
        if self.address.startswith(UNIX):
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.settimeout(TIMEOUT_S)
            try:
                connection.connect(self.address.removeprefix(UNIX))
            except OSError:
                connection.close()
                raise
            return connection
        host, _, port = self.address.removeprefix(TCP).rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), timeout=TIMEOUT_S)


def _answer(connection: socket.socket) -> str:
    told = b""
    while len(told) < _LONGEST_ANSWER and not told.endswith(b"\0"):
        piece = connection.recv(_LONGEST_ANSWER)
        if not piece:
            break
        told += piece
    return told.decode("utf-8", "replace").strip("\0 \r\n")


def _verdict(answer: str) -> str | None:
    """Source: clamd(8), INSTREAM: `stream: OK`, `stream: NAME FOUND`, or an error."""
    result = answer.removeprefix("stream: ")
    if result == "OK":
        return None
    if result.endswith(" FOUND"):
        return result.removesuffix(" FOUND")
    raise NotScanned(answer)
