"""Verification of a backup without restoring it."""

from dataclasses import dataclass
from pathlib import Path

from ddplatform.infrastructure.adapters.sealed_file import Secret
from ddplatform.operations.backup.container import FILES, BackupReader, Manifest
from ddplatform.operations.backup.place import SEALED_KEYS, open_keys
from ddplatform.operations.backup_databases.interface import Progress


@dataclass(frozen=True)
class Verified:
    """A backup that is whole: every chunk opens, every part is the one of the manifest."""

    manifest: Manifest
    files: int
    size_bytes: int
    """Of all parts, as they were before they were sealed."""
    keys: tuple[str, ...] | None
    """Paths of the keys inside; None where they are left out or were not opened."""


def verify_backup(
    path: Path, *, secret: Secret, keys_secret: Secret | None, progress: Progress
) -> Verified:
    """Read a backup to its end and check all of it.

    Raises:
        SealedFileError, BackupError: naming what is wrong.
    """
    total = path.stat().st_size
    keys: tuple[str, ...] | None = None
    with path.open("rb") as file:
        reader = BackupReader(file, secret)
        for name, content in reader.parts():
            progress("Read", file.tell(), total)
            if name == SEALED_KEYS and keys_secret is not None:
                keys = tuple(sorted(open_keys(content.read(), keys_secret)))
    manifest = reader.manifest
    assert manifest is not None  # `parts` refuses a backup without one
    files = sum(part.name.startswith(FILES) for part in manifest.parts)
    return Verified(manifest, files, sum(part.size_bytes for part in manifest.parts), keys)
