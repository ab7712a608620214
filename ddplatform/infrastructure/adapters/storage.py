"""File storage on disk; the only code that knows a path below `instance/files`."""

import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

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
            return digest
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{uuid4().hex}")
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
        self._sync_folder(path.parent)
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

    @staticmethod
    def _sync_folder(folder: Path) -> None:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
