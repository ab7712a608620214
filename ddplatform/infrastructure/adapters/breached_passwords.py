"""The operator's file of breached passwords, looked up on this machine alone.

The form is that of Pwned Passwords ordered by hash: one SHA-1 a line in hexadecimal digits, with
or without `:` and how often it was found. A password, or a part of its hash, leaves no machine.
"""

import hashlib
import os
import re
from pathlib import Path
from typing import BinaryIO

_LINE = re.compile(rb"[0-9A-Fa-f]{40}(?::\d+)?")
_SAMPLES = 1000
_LONGEST_LINE = 100


class BreachedPasswords:
    """A file with hashes in rising order; a look-up reads a few dozen lines of it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def holds(self, password: str) -> bool:
        """Whether the password, exactly as typed, is in the file. Raises OSError: it is gone."""
        wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
        with self._path.open("rb") as lines:
            low, high = 0, os.fstat(lines.fileno()).st_size
            while low < high:
                middle = (low + high) // 2
                found = _line_from(lines, middle)
                if not found or found[:40].upper() > wanted:
                    high = middle
                elif found[:40].upper() < wanted:
                    low = middle + 1
                else:
                    return True
            return _line_from(lines, low)[:40].upper() == wanted

    def fault(self) -> str | None:
        """Why the file cannot be searched, looking at a sample of its lines; None: it can."""
        try:
            with self._path.open("rb") as lines:
                size = os.fstat(lines.fileno()).st_size
                places = {size * number // _SAMPLES for number in range(_SAMPLES)}
                found = [line for place in sorted(places) if (line := _line_from(lines, place))]
        except OSError:
            return "cannot be read"
        if not found:
            return "is empty"
        if not all(_LINE.fullmatch(line) for line in found):
            return "has to hold one SHA-1 hash a line, in hexadecimal digits"
        hashes = [line[:40].upper() for line in found]
        return None if hashes == sorted(hashes) else "has to be ordered by hash"


def _line_from(lines: BinaryIO, place: int) -> bytes:
    """The first whole line that begins at a place or behind it; empty: there is none."""
    lines.seek(max(place - 1, 0))
    if place:
        lines.readline(_LONGEST_LINE)
    return lines.readline(_LONGEST_LINE).rstrip(b"\r\n")
