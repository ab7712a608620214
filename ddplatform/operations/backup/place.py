"""The place of an installation on disk: what a backup takes of it, and one command at a time."""

import fcntl
import json
import shutil
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Final

from sqlalchemy import make_url

from ddplatform.config import Settings
from ddplatform.infrastructure.adapters.keys import PUBLIC_NAMES
from ddplatform.infrastructure.adapters.private_files import make_private_folder, write_whole
from ddplatform.infrastructure.adapters.sealed_file import OpeningReader, SealingWriter, Secret
from ddplatform.infrastructure.tenant_setting import key_of
from ddplatform.operations.backup_databases.errors import PlaceTaken
from ddplatform.operations.backup_databases.interface import Database
from ddplatform.operations.backup_databases.postgresql import PostgresDatabase
from ddplatform.operations.backup_databases.sqlite import SqliteDatabase

WORK: Final = ".backup-work"
STAGED: Final = ".restore-files"
LOCK: Final = ".backup-lock"
KEYS: Final = "keys"
SEALED_KEYS: Final = "keys.sealed"
OPERATOR_FILES: Final = ("screening-lists", "protection-services.yaml")
"""Files of the operator below the instance folder; documents lie in `files`."""


@contextmanager
def one_at_a_time(instance: Path) -> Iterator[Path]:
    """A private work folder; what a command that was killed has left is removed first.

    Raises:
        PlaceTaken: another command is making or restoring a backup.
    """
    instance.mkdir(parents=True, exist_ok=True)
    with (instance / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PlaceTaken(
                "Another command is making or restoring a backup here.", "Wait until it has ended."
            ) from error
        work = instance / WORK
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(mode=0o700)
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)


def database_of(settings: Settings, work: Path) -> Database:
    """The database that the settings name."""
    url = make_url(settings.backup_database_url or settings.database_url)
    if url.get_backend_name() == "sqlite":
        return SqliteDatabase(Path(str(url.database)))
    return PostgresDatabase(url, work, key_of(settings.secret_key))


def list_operator_files(instance: Path) -> Iterator[tuple[str, Path]]:
    """Names below the instance folder, and where they lie."""
    for name in OPERATOR_FILES:
        place = instance / name
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file():
                yield path.relative_to(instance).as_posix(), path


def list_public_key_files(instance: Path) -> Iterator[tuple[str, Path]]:
    """Name and public keys of the log: no secrets, and needed to verify a restored log."""
    for name in PUBLIC_NAMES:
        if (path := instance / KEYS / name).exists():
            yield f"{KEYS}/{name}", path


def seal_keys(instance: Path, secret: Secret) -> bytes:
    """All keys of the folder `keys`, sealed under a secret of their own."""
    keys = {
        path.relative_to(instance).as_posix(): b64encode(path.read_bytes()).decode()
        for path in sorted((instance / KEYS).glob("[!.]*"))
    }
    into = BytesIO()
    writer = SealingWriter(into, secret)
    writer.write(json.dumps(keys).encode())
    writer.finish()
    return into.getvalue()


def open_keys(sealed: bytes, secret: Secret) -> Mapping[str, bytes]:
    """Path below the instance folder -> content of each key.

    Raises:
        SealedFileError: another secret, or the part was changed.
    """
    content = OpeningReader(BytesIO(sealed), secret).read()
    return {name: b64decode(key) for name, key in json.loads(content or b"{}").items()}


def write_private(path: Path, content: bytes) -> None:
    """Write a file that its owner alone may read, and the folders above it."""
    make_private_folder(path.parent)
    write_whole(path, content)
