"""`flask backup`: backups of the whole installation."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click
from alembic.script import ScriptDirectory
from flask import current_app
from flask.cli import with_appcontext

from ddplatform.config import ROOT, Settings
from ddplatform.core.ledger.checkpoint import PublicKey, read_public_key
from ddplatform.core.ledger.errors import UnreadableNote
from ddplatform.infrastructure.adapters import sealed_file
from ddplatform.infrastructure.adapters.installed import adapters, install
from ddplatform.infrastructure.adapters.sealed_file import Secret
from ddplatform.infrastructure.commands import answer, json_option, refusing, tell_progress
from ddplatform.infrastructure.db import db
from ddplatform.operations.backup.container import Manifest
from ddplatform.operations.backup.services.create import create_backup
from ddplatform.operations.backup.services.restore import Wanted, restore_backup
from ddplatform.operations.backup.services.verify import verify_backup
from ddplatform.operations.backup_databases.errors import BackupError
from ddplatform.operations.personal_data.erasure_list import Erasure, read_list

Command = TypeVar("Command", bound=Callable[..., Any])
FILE = click.Path(dir_okay=False, exists=True, path_type=Path)
TEXT = click.File("r")


@click.group()
def backup() -> None:
    """Encrypted backups of database, files and keys."""


def secrets(command: Callable[..., None]) -> Callable[..., None]:
    """Options for the secret of the backup and that of the keys inside it; the command gets both.

    It stands next to the command, inside its application context.
    """

    @wraps(command)
    def call(
        *,
        passphrase_file: Any,
        key_file: Path | None,
        keys_passphrase_file: Any,
        **given: Any,
    ) -> None:
        with refusing():
            secret, keys_secret = (
                _secret(passphrase_file, key_file),
                _keys_secret(keys_passphrase_file),
            )
        command(secret=secret, keys_secret=keys_secret, **given)

    asked: Callable[..., None] = call
    for option in (
        click.option("--keys-passphrase-file", type=TEXT, help="Passphrase of the keys inside."),
        click.option("--key-file", type=FILE, help="Random bytes in place of a passphrase."),
        click.option(
            "--passphrase-file", type=TEXT, help="Its first line is the passphrase; - reads it."
        ),
    ):
        asked = option(asked)
    return asked


@backup.command()
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
@json_option
@with_appcontext
@secrets
def create(
    out: Path,
    secret: Secret,
    keys_secret: Secret | None,
    as_json: bool,
) -> None:
    """Write an encrypted backup while the platform runs; keys only under their own passphrase."""
    with refusing():
        made = create_backup(
            out,
            secret=secret,
            keys_secret=keys_secret,
            settings=current_app.extensions["settings"],
            at=datetime.now(UTC),
            progress=tell_progress(),
        )
    told = {"backup": str(out), "size_bytes": made.size_bytes, "sha256": made.sha256}
    warning = "" if made.manifest.has_keys else f"\n{KEYS_LEFT_OUT}"
    answer(
        told | _document(made.manifest),
        as_json=as_json,
        text=f"{out} is written: {made.size_bytes:,} bytes.{warning}",
    )


KEYS_LEFT_OUT = (
    "The keys are not inside. Keep a copy of the folder `keys` in another place: without it the "
    "content of remediation cases can never be read again."
)


@backup.command()
@click.argument("file", type=FILE)
@json_option
@with_appcontext
@secrets
def verify(
    file: Path,
    secret: Secret,
    keys_secret: Secret | None,
    as_json: bool,
) -> None:
    """Check every byte of a backup without restoring it."""
    with refusing():
        found = verify_backup(
            file,
            secret=secret,
            keys_secret=keys_secret,
            progress=tell_progress(),
        )
    told = {
        "sound": True,
        "files": found.files,
        "size_bytes": found.size_bytes,
        "keys": None if found.keys is None else list(found.keys),
    }
    answer(
        told | _document(found.manifest),
        as_json=as_json,
        text=f"Sound: made {found.manifest.made_at}, {found.files} files, "
        f"{found.size_bytes:,} bytes of content.",
    )


@backup.command()
@click.argument("file", type=FILE)
@click.option("--replace", "replaces", is_flag=True, help="Put aside what is there.")
@click.option(
    "--public-key",
    "public_keys",
    multiple=True,
    metavar="NAME+ID+KEY",
    help="A key of the log that you got another way; may stand several times.",
)
@click.option("--erasures", type=FILE, help="The list of erasures, from where you keep it.")
@json_option
@with_appcontext
@secrets
def restore(
    file: Path,
    secret: Secret,
    keys_secret: Secret | None,
    replaces: bool,
    public_keys: tuple[str, ...],
    erasures: Path | None,
    as_json: bool,
) -> None:
    """Restore a backup into an empty place, check it there, and only then put it in force."""
    with refusing():
        wanted = Wanted(
            secret=secret,
            keys_secret=keys_secret,
            replaces=replaces,
            public_keys=[_public_key(text) for text in public_keys],
            erasures=_erasures(erasures),
            revision=_newest_revision(),
        )
        found = restore_backup(
            file,
            wanted,
            settings=current_app.extensions["settings"],
            open_app=_opened,
            at=datetime.now(UTC),
            progress=tell_progress(),
        )
    checked = found.checked
    told = {
        "restored": True,
        "logs": checked.logs,
        "events": checked.events,
        "reports": checked.reports,
        "cases": checked.cases,
        "locked_cases": checked.locked_cases,
        "erasures": found.erased,
        "aside": list(found.aside),
    }
    answer(told | _document(found.manifest), as_json=as_json, text=_restored_words(told))


def _restored_words(told: dict[str, Any]) -> str:
    lines = [
        f"Restored and checked: {told['logs']} logs with {told['events']} events, "
        f"{told['reports']} sealed reports, {told['cases']} remediation cases; "
        f"{told['erasures']} erasures were replayed."
    ]
    if told["locked_cases"]:
        lines.append(
            f"The content of {told['locked_cases']} cases cannot be read: their master key is not "
            "here. Put the folder `keys` back from where you keep it."
        )
    lines += [f"What stood here before: {place}" for place in told["aside"]]
    return "\n".join(lines)


def _document(manifest: Manifest) -> dict[str, Any]:
    return {
        "made_at": manifest.made_at,
        "software": manifest.software,
        "database": manifest.database,
        "revision": manifest.revision,
        "rows": sum(manifest.rows.values()),
        "parts": len(manifest.parts),
        "missing_files": len(manifest.missing_files),
        "has_keys": manifest.has_keys,
    }


@contextmanager
def _opened(settings: Settings) -> Iterator[None]:
    """An application with other settings; the one that runs has its adapters back at the end."""
    own = current_app.extensions["settings"]
    made = current_app.extensions["factory"](settings, serves=False)
    try:
        with made.app_context():
            try:
                yield
            finally:
                db.session.remove()
                db.engine.dispose()
    finally:
        install(own)


def _secret(passphrase_file: Any, key_file: Path | None) -> Secret:
    if (passphrase_file is None) is (key_file is None):
        raise click.UsageError("Give either --passphrase-file or --key-file.")
    if key_file is not None:
        return sealed_file.key_file(key_file)
    return sealed_file.passphrase(_first_line(passphrase_file))


def _keys_secret(file: Any) -> Secret | None:
    return None if file is None else sealed_file.passphrase(_first_line(file))


def _first_line(file: Any) -> str:
    return str(file.readline()).rstrip("\r\n")


def _public_key(text: str) -> PublicKey:
    try:
        return read_public_key(text)
    except UnreadableNote as fault:
        raise BackupError("no_public_key", str(fault), "Copy the whole key.") from fault


def _erasures(given: Path | None) -> tuple[Erasure, ...]:
    """Those of the list that is given, and of the one that stands on this machine."""
    lists = [adapters().erasure_list, *([given] if given else [])]
    return tuple(dict.fromkeys(one for path in lists for one in read_list(path)))


def _newest_revision() -> str:
    folder = ROOT / "ddplatform" / "migrations"
    return str(ScriptDirectory(str(folder)).get_current_head())
