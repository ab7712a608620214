"""The folder where the operator places official lists: a CSV each, and a YAML of what it is."""

from dataclasses import dataclass
from pathlib import Path

MAX_BYTES = 25 * 1024 * 1024


@dataclass(frozen=True)
class PlacedList:
    """A list as it was placed. `about` is the text of `<name>.yaml` beside it; None: missing."""

    filename: str
    content: bytes
    about: str | None


class ScreeningFolder:
    """`screening-lists` of the installation; it may be missing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self) -> list[PlacedList]:
        """Every CSV file of at most 25 MB, by name; links are not followed."""
        if not self._folder.is_dir():
            return []
        found = []
        for path in sorted(self._folder.glob("*.csv")):
            if path.is_symlink() or not path.is_file() or path.stat().st_size > MAX_BYTES:
                continue
            beside = path.with_suffix(".yaml")
            about = beside.read_text(encoding="utf-8") if beside.is_file() else None
            found.append(PlacedList(path.name, path.read_bytes(), about))
        return found
