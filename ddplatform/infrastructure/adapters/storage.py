"""File storage on disk; the only code that knows a path below `instance/files`."""

import hashlib
import os
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from ddplatform.infrastructure.adapters.private_files import (
    DRAFT,
    make_private_folder,
    write_whole,
)

_SHA256 = re.compile(r"[0-9a-f]{64}")


class FileStore:
    """Files by tenant and SHA-256: `<root>/<tenant>/<first two>/<sha256>`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, organisation_id: UUID, content: bytes) -> str:
        """Keep the bytes durably before the row that names them; returns their SHA-256."""
        digest = hashlib.sha256(content).hexdigest()
        path = self._path(organisation_id, digest)
        if path.exists():
            os.utime(path)  # it is wanted again: `drop_older` leaves it
            return digest
        make_private_folder(path.parent)
        write_whole(path, content)
        return digest

    def get(self, organisation_id: UUID, digest: str) -> bytes:
        """The bytes of a file. Raises FileNotFoundError: a row without its file is an alarm."""
        return self._path(organisation_id, digest).read_bytes()

    def has(self, organisation_id: UUID, digest: str) -> bool:
        """Whether the file exists."""
        return self._path(organisation_id, digest).exists()

    def drop(self, organisation_id: UUID, digest: str) -> None:
        """Remove a file that no row names any more."""
        self._path(organisation_id, digest).unlink(missing_ok=True)

    def list_older(self, organisation_id: UUID, seconds: float) -> Iterator[str]:
        """Names of the files of an organisation that were written at least so long ago."""
        for path in self._paths(organisation_id, seconds):
            if _SHA256.fullmatch(path.name):
                yield path.name

    def drop_older(self, organisation_id: UUID, digest: str, seconds: float) -> bool:
        """Remove a file that no row names, unless it was kept anew meanwhile; whether it went."""
        path = self._path(organisation_id, digest)
        try:
            is_old = path.stat().st_mtime <= time.time() - seconds
        except FileNotFoundError:
            return False
        if is_old:
            path.unlink(missing_ok=True)
        return is_old

    def drop_drafts(self, organisation_id: UUID, seconds: float) -> int:
        """Remove what was being written so long ago and never finished; returns the number."""
        drafts = self._drafts(organisation_id, seconds)
        for path in drafts:
            path.unlink(missing_ok=True)
        return len(drafts)

    def count_drafts(self, organisation_id: UUID, seconds: float) -> int:
        """The number of files that `drop_drafts` would remove."""
        return len(self._drafts(organisation_id, seconds))

    def _drafts(self, organisation_id: UUID, seconds: float) -> list[Path]:
        return [p for p in self._paths(organisation_id, seconds) if p.name.startswith(DRAFT)]

    def _paths(self, organisation_id: UUID, seconds: float) -> Iterator[Path]:
        before = time.time() - seconds
        for path in sorted((self._root / organisation_id.hex).glob("*/*")):
            if path.stat().st_mtime <= before:
                yield path

    def drop_tenant(self, organisation_id: UUID) -> None:
        """Remove all files of a deleted organisation."""
        shutil.rmtree(self._root / organisation_id.hex, ignore_errors=True)

    def list_all(self) -> Iterator[tuple[str, Path]]:
        """Every stored file of all organisations: its name below the root, and where it lies."""
        for path in sorted(self._root.glob("*/*/*")):
            if _SHA256.fullmatch(path.name):
                yield path.relative_to(self._root).as_posix(), path

    def name_of(self, organisation_id: UUID, digest: str) -> str:
        """The name of a file below the root, as `list_all` gives it."""
        return self._path(organisation_id, digest).relative_to(self._root).as_posix()

    def _path(self, organisation_id: UUID, digest: str) -> Path:
        if not _SHA256.fullmatch(digest):
            raise ValueError("A file is named by its SHA-256 in lower-case hex.")
        return self._root / organisation_id.hex / digest[:2] / digest
