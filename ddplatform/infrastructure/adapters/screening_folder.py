"""The operator's folder of official lists: a CSV or a saved page, each with a YAML."""

from dataclasses import dataclass
from pathlib import Path

MAX_BYTES = 25 * 1024 * 1024
ENDINGS = (".csv", ".html", ".htm")


@dataclass(frozen=True)
class PlacedList:
    """A list as it was placed.

    `content` None: larger than 25 MB, so it was not read. `about` is `<name>.yaml` beside it as it
    stands there; None: missing.
    """

    filename: str
    content: bytes | None
    about: bytes | None


class ScreeningFolder:
    """`screening-lists` of the installation; it may be missing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self) -> list[PlacedList]:
        """Every CSV file and saved page by name; links are not followed."""
        if not self._folder.is_dir():
            return []
        found = []
        for path in sorted(self._folder.iterdir()):
            if path.suffix not in ENDINGS or path.is_symlink() or not path.is_file():
                continue
            content = path.read_bytes() if path.stat().st_size <= MAX_BYTES else None
            beside = path.with_suffix(".yaml")
            about = beside.read_bytes() if beside.is_file() else None
            found.append(PlacedList(path.name, content, about))
        return found
