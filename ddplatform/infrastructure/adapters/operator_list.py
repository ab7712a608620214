"""An optional list by the operator, in a named file beside the database."""

from pathlib import Path

MAX_BYTES = 1024 * 1024


class OperatorList:
    """One text file below the instance folder; it may be missing."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def name(self) -> str:
        """The name of the file."""
        return self._path.name

    def read(self) -> str:
        """The current text; empty where there is none.

        Raises:
            OSError: it cannot be read, or is larger than 1 MB.
            UnicodeDecodeError: it is no UTF-8.
        """
        if not self._path.is_file():
            return ""
        if self._path.stat().st_size > MAX_BYTES:
            raise OSError(f"{self.name} is larger than 1 MB")
        return self._path.read_text("utf-8")
