"""Creation of a backup."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from ddplatform import __version__
from ddplatform.accounts.organisations.services.organisations import installation_log
from ddplatform.audit.services import log as audit
from ddplatform.config import Settings
from ddplatform.infrastructure.access.accounts import accounts
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.private_files import sync
from ddplatform.infrastructure.adapters.sealed_file import Secret
from ddplatform.infrastructure.db import unit_of_work
from ddplatform.infrastructure.tenancy import across_tenants, acting_in, nobody
from ddplatform.operations.backup.container import FILES, BackupWriter, Manifest, SignedHead
from ddplatform.operations.backup.place import (
    SEALED_KEYS,
    database_of,
    list_operator_files,
    list_public_key_files,
    one_at_a_time,
    seal_keys,
)
from ddplatform.operations.backup.queries import list_named_files
from ddplatform.operations.backup_databases.errors import BackupError, PlaceTaken
from ddplatform.operations.backup_databases.interface import DatabaseFacts, Progress

DATABASE = "database"


@dataclass(frozen=True)
class Made:
    """A finished backup."""

    path: Path
    size_bytes: int
    sha256: str
    manifest: Manifest


def create_backup(
    out: Path,
    *,
    secret: Secret,
    keys_secret: Secret | None,
    settings: Settings,
    at: datetime,
    progress: Progress,
) -> Made:
    """Write a backup of the whole installation while it runs.

    It is written under another name, and gets its own once it is whole and on the disk.

    Args:
        secret: seals the backup. keys_secret: seals the secret keys inside it; none: they are
            left out.

    Raises:
        BackupError: the same secret for both, or the database cannot be copied.
        PlaceTaken: there is such a file, or another command is at work.
    """
    _require_fitting(out, secret, keys_secret)
    with one_at_a_time(settings.instance_path) as work:
        heads = _sign_heads(at)
        named = _named_files()
        copy = work / DATABASE
        facts = database_of(settings, work).copy(copy, progress)

        def write(writer: BackupWriter) -> Manifest:
            writer.add_file(DATABASE, copy)
            copy.unlink()
            _add_the_rest(writer, settings.instance_path, keys_secret, progress)
            has_keys = keys_secret is not None
            return _manifest(writer, settings, facts, at, heads, named, has_keys=has_keys)

        digest, manifest = _write_whole(out, secret, write)
    made = Made(out, out.stat().st_size, digest, manifest)
    _record(made, at)
    return made


def _require_fitting(out: Path, secret: Secret, keys_secret: Secret | None) -> None:
    if keys_secret is not None and keys_secret.content == secret.content:
        raise BackupError(
            "same_secret",
            "The keys would be sealed with the secret of the backup itself.",
            "Give another passphrase for the keys, and keep it in another place.",
        )
    if out.exists():
        raise PlaceTaken(f"{out} exists already.", "Give each backup a name of its own.")


def _write_whole(
    out: Path, secret: Secret, write: Callable[[BackupWriter], Manifest]
) -> tuple[str, Manifest]:
    """Write a backup under another name; it gets its own once all of it is on the disk."""
    draft = out.with_name(f".{out.name}.part")
    out.parent.mkdir(parents=True, exist_ok=True)
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    try:
        with draft.open("r+b") as file:
            hashed = _HashedFile(file)
            writer = BackupWriter(hashed, secret)  # type: ignore[arg-type]
            manifest = write(writer)
            writer.finish(manifest)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(out)
    finally:
        draft.unlink(missing_ok=True)
    sync(out.parent)
    return hashed.sha256.hexdigest(), manifest


def _sign_heads(at: datetime) -> tuple[SignedHead, ...]:
    """Sign every log that goes on since it was signed last: the copy is held against these."""
    signed = []
    with nobody():
        with unit_of_work():
            organisations = accounts().list_organisation_ids()
        for organisation_id in organisations:
            with unit_of_work(), acting_in(organisation_id):
                head = audit.sign_checkpoint(at=at)
                if head is not None:
                    signed.append(SignedHead(str(organisation_id), head.size, head.note))
    return tuple(signed)


def _named_files() -> set[str]:
    with unit_of_work(), across_tenants():
        return {adapters().files.name_of(*named) for named in list_named_files()}


def _add_the_rest(
    writer: BackupWriter, instance: Path, keys_secret: Secret | None, progress: Progress
) -> None:
    """Files after the database: they are on disk before the row that names them."""
    adapters().keys.log_public_keys()  # an installation that never verified has no list yet
    for name, path in (*list_public_key_files(instance), *list_operator_files(instance)):
        writer.add_file(name, path)
    if keys_secret is not None:
        writer.add_bytes(SEALED_KEYS, seal_keys(instance, keys_secret))
    files = list(adapters().files.list_all())
    for number, (name, path) in enumerate(files):
        try:
            writer.add_file(FILES + name, path)
        except FileNotFoundError:
            continue  # destroyed meanwhile, since it was redacted or its organisation is gone
        progress("Files", number + 1, len(files))


def _manifest(
    writer: BackupWriter,
    settings: Settings,
    facts: DatabaseFacts,
    at: datetime,
    heads: tuple[SignedHead, ...],
    named: set[str],
    *,
    has_keys: bool,
) -> Manifest:
    kept = {part.name.removeprefix(FILES) for part in writer.parts if part.name.startswith(FILES)}
    return Manifest(
        made_at=at.isoformat(),
        software=__version__,
        database=settings.database_url.split("+")[0].split(":")[0],
        revision=facts.revision,
        rows=facts.rows,
        heads=heads,
        public_keys=tuple(key.text() for key in adapters().keys.log_public_keys()),
        has_keys=has_keys,
        missing_files=tuple(sorted(named - kept)),
        parts=tuple(writer.parts),
    )


def _record(made: Made, at: datetime) -> None:
    told: dict[str, Any] = {"sha256": made.sha256, "size_bytes": made.size_bytes}
    with nobody(), unit_of_work():
        log_id: UUID = installation_log(at=at).id
        with acting_in(log_id):
            audit.record("backup:create", None, act=Act(system_identity(log_id), at), **told)


class _HashedFile:
    """A file whose bytes are hashed as they are written."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.sha256 = file, hashlib.sha256()

    def write(self, content: bytes) -> int:
        self.sha256.update(content)
        return self._file.write(content)
