"""Restoration of a backup: beside what stands, checked, and only then put in force."""

import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from ddplatform.accounts.organisations.services.organisations import installation_log
from ddplatform.audit.services import log as audit
from ddplatform.config import Settings
from ddplatform.core.ledger.checkpoint import PublicKey
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.keys import PUBLIC_NAMES
from ddplatform.infrastructure.adapters.sealed_file import Secret
from ddplatform.infrastructure.db import unit_of_work
from ddplatform.infrastructure.tenancy import acting_in, nobody
from ddplatform.operations.backup.container import BLOCK, BackupReader, Manifest
from ddplatform.operations.backup.place import (
    KEYS,
    SEALED_KEYS,
    STAGED,
    database_of,
    one_at_a_time,
    open_keys,
    write_private,
)
from ddplatform.operations.backup.services.checks import Checked, check_content, check_database
from ddplatform.operations.backup.services.create import DATABASE
from ddplatform.operations.backup.services.switch import JOURNAL, Switch, undo_interrupted
from ddplatform.operations.backup_databases.errors import BackupError, PlaceTaken
from ddplatform.operations.backup_databases.interface import Database, Progress, Staged
from ddplatform.operations.personal_data.erasure_list import Erasure, add_to_list
from ddplatform.operations.personal_data.services.erasure import replay

OpenApp = Callable[[Settings], AbstractContextManager[None]]
"""Runs an application with other settings for as long as the context lasts."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """How to restore.

    Attributes:
        keys_secret: opens the keys inside; none: keys of the machine are used, or new ones made.
        replaces: put aside what stands there; otherwise the place has to be empty.
        public_keys: of the log, as they were got another way than with the backup.
        erasures: what was erased since the backup was made, and is erased again.
        revision: of the newest migration of this version of the platform.
    """

    secret: Secret
    keys_secret: Secret | None = None
    replaces: bool = False
    public_keys: Sequence[PublicKey] = ()
    erasures: Sequence[Erasure] = ()
    revision: str


@dataclass(frozen=True)
class Restored:
    """A backup that is in force."""

    manifest: Manifest
    checked: Checked
    erased: int
    """Erasures that were replayed."""
    aside: tuple[str, ...]
    """Where what stood before was put."""


def restore_backup(
    path: Path,
    wanted: Wanted,
    *,
    settings: Settings,
    open_app: OpenApp,
    at: datetime,
    progress: Progress,
) -> Restored:
    """Restore a backup into the place that the settings name.

    Raises:
        PlaceTaken: there is data, and `replaces` was not given.
        SealedFileError, BackupError: it cannot be read, or a check found a fault; nothing changed.
    """
    instance = settings.instance_path
    with one_at_a_time(instance) as work:
        database = database_of(settings, work)
        undo_interrupted(instance, database)
        shutil.rmtree(instance / STAGED, ignore_errors=True)
        database.drop_leftovers()
        if not wanted.replaces:
            _require_empty(instance, database)
        name = uuid4().hex[:8]
        try:
            manifest, keys = _extract(path, wanted, instance / STAGED, work, progress)
            _require_fitting(manifest, wanted, database)
            keys = _differing(instance, keys, replaces=wanted.replaces)
            public = _lend_keys(instance)
            staged = database.stage(work / DATABASE, name)
            try:
                checked, erased = _check(staged, manifest, wanted, settings, open_app, at)
                os.sync()
                aside = f"before-restore-{name}"
                add_to_list(adapters().erasure_list, wanted.erasures)
                kept = Switch(instance, staged, aside, tuple(dict.fromkeys((*keys, *public)))).run()
            except BaseException:
                if not (instance / JOURNAL).exists():
                    staged.discard()
                raise
        finally:
            if not (instance / JOURNAL).exists():
                shutil.rmtree(instance / STAGED, ignore_errors=True)
    put = [str(instance / aside)] if (instance / aside).exists() else []
    return Restored(manifest, checked, erased, (*put, *([kept] if kept else [])))


def _require_empty(instance: Path, database: Database) -> None:
    has_files = any((instance / "files").glob("*/*/*"))
    if has_files or not database.is_empty():
        raise PlaceTaken(
            "There is data in the place where the backup would be restored.",
            "Stop the platform and give --replace, which puts aside what is there; or name another "
            "place by INSTANCE_PATH and DATABASE_URL.",
        )


def _extract(
    path: Path, wanted: Wanted, into: Path, work: Path, progress: Progress
) -> tuple[Manifest, tuple[str, ...]]:
    """Write every part to its place below `into`; the manifest and the paths of the keys."""
    into.mkdir(mode=0o700)
    total, sealed_keys = path.stat().st_size, b""
    with path.open("rb") as file:
        reader = BackupReader(file, wanted.secret)
        for name, content in reader.parts():
            progress("Read", file.tell(), total)
            if name == SEALED_KEYS:
                sealed_keys = content.read()
                continue
            target = work / DATABASE if name == DATABASE else into / name
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            target.touch(mode=0o600)
            with target.open("wb") as written:
                shutil.copyfileobj(content, written, BLOCK)
    assert reader.manifest is not None  # `parts` refuses a backup without one
    if wanted.keys_secret is None:
        return reader.manifest, ()
    if not sealed_keys:
        raise BackupError(
            "no_keys",
            "The backup holds no keys.",
            "Copy the keys into the folder `keys` from where they are kept, and leave out the "
            "passphrase for them.",
        )
    keys = open_keys(sealed_keys, wanted.keys_secret)
    for name, key in keys.items():
        write_private(into / name, key)
    return reader.manifest, tuple(keys)


def _differing(instance: Path, names: Sequence[str], *, replaces: bool) -> tuple[str, ...]:
    """The keys of the backup that the machine does not have yet.

    Raises:
        PlaceTaken: it has others of that name, and they are not to be put aside.
    """
    restored = instance / STAGED
    new = [name for name in names if not (instance / name).exists()]
    others = [
        name
        for name in names
        if name not in new and (instance / name).read_bytes() != (restored / name).read_bytes()
    ]
    if others and not replaces:
        raise PlaceTaken(
            f"There are other keys in the place of the restore: {', '.join(others)}.",
            "Give --replace, which puts aside what is there, or take them away yourself.",
        )
    return (*new, *others)


def _require_fitting(manifest: Manifest, wanted: Wanted, database: Database) -> None:
    if manifest.database != database.kind:
        raise BackupError(
            "other_database",
            f"The backup is of a {manifest.database} database, and DATABASE_URL names a "
            f"{database.kind} one.",
            "Restore it into a database of the same kind.",
        )
    if manifest.revision != wanted.revision:
        raise BackupError(
            "other_version",
            f"The backup was made by version {manifest.software} with migration "
            f"{manifest.revision}; this version has {wanted.revision}.",
            f"Restore it with version {manifest.software}, then upgrade.",
        )


def _lend_keys(instance: Path) -> tuple[str, ...]:
    """Let the checks use the keys of the machine where the backup brought none of that name.

    Returns:
        Public parts of the backup that the machine lacks; they come along.
    """
    own, restored = instance / KEYS, instance / STAGED / KEYS
    for path in sorted(own.glob("[!.]*")):
        if not (restored / path.name).exists():
            write_private(restored / path.name, path.read_bytes())
    return tuple(
        f"{KEYS}/{name}"
        for name in PUBLIC_NAMES
        if (restored / name).exists() and not (own / name).exists()
    )


def _check(
    staged: Staged,
    manifest: Manifest,
    wanted: Wanted,
    settings: Settings,
    open_app: OpenApp,
    at: datetime,
) -> tuple[Checked, int]:
    """All checks; then erasures and the event of the restore, parts of what is restored."""
    faults = check_database(staged, manifest)
    if faults:
        raise _faulty(faults)
    instance = settings.instance_path / STAGED
    has = replace(settings, instance_path=instance, database_url=staged.url)
    with open_app(has):
        checked = check_content(manifest, wanted.public_keys, instance)
        if checked.faults:
            raise _faulty(checked.faults)
        with nobody(), unit_of_work():
            replayed = replay(wanted.erasures, at=at, listed_in=adapters().erasure_list)
        _record(manifest, at)
    return checked, len(replayed)


def _record(manifest: Manifest, at: datetime) -> None:
    with nobody(), unit_of_work():
        log_id = installation_log(at=at).id
        act = Act(system_identity(log_id), at)
        with acting_in(log_id):
            audit.record("backup:restore", None, act=act, made_at=manifest.made_at)


def _faulty(faults: Sequence[str]) -> BackupError:
    listed = "\n".join(f"- {fault}" for fault in faults[:20])
    return BackupError(
        "faults",
        f"The restored data have {len(faults)} faults, and are not put in force:\n{listed}",
        "Use an older backup, or keys that belong to this one.",
    )
