"""Backups that a check or the place refuses: nothing of them is put in force."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask

from ddplatform.accounts.organisations.queries import get_organisation_by_slug
from ddplatform.core.ledger.checkpoint import PublicKey
from ddplatform.infrastructure.adapters.installed import adapters, install
from ddplatform.infrastructure.db import unit_of_work
from ddplatform.operations.backup import commands
from ddplatform.operations.backup.container import BackupWriter, SignedHead
from ddplatform.operations.backup.place import STAGED
from ddplatform.operations.backup.services import checks, create, restore
from ddplatform.operations.backup_databases.postgresql import PostgresDatabase
from ddplatform.operations.backup_databases.sqlite import SqliteDatabase
from tests.conftest import NOW
from tests.factories import make_tenant
from tests.operations.backup.conftest import refusal, run, told
from tests.operations.conftest import Company

Made = tuple[Path, dict[str, Any]]
Check = Callable[[Any, Any], list[str]]


@pytest.fixture
def before_checks(monkeypatch: pytest.MonkeyPatch) -> Callable[[Check], None]:
    """Lets a test do something to what is restored, before it is checked."""

    def set_(check: Check) -> None:
        monkeypatch.setattr(restore, "check_database", check)

    return set_


def test_passphrase_for_keys_that_a_backup_does_not_hold_is_refused(
    app: Flask, company: Company, machine: Flask, tmp_path: Path, secrets: dict[str, str]
):
    words = ("--passphrase-file", secrets["backup"])
    told(run(app, "create", "--out", str(tmp_path / "b"), *words))
    install(machine.extensions["settings"])

    refused = run(
        machine, "restore", str(tmp_path / "b"), *words, "--keys-passphrase-file", secrets["keys"]
    )

    assert refusal(refused) == "no_keys"
    assert "Copy the keys into the folder" in refused.output


def test_other_keys_in_the_place_are_put_aside_only_where_that_is_asked_for(
    machine: Flask, made: Made, secrets: dict[str, str], tmp_path: Path
):
    install(machine.extensions["settings"])
    own = adapters().keys.case_master()
    words = ("--passphrase-file", secrets["backup"], "--keys-passphrase-file", secrets["keys"])

    refused = run(machine, "restore", str(made[0]), *words)

    assert refusal(refused) == "place_taken"
    assert "keys/case_master_key" in refused.output
    install(machine.extensions["settings"])
    assert adapters().keys.case_master() == own
    assert told(run(machine, "restore", str(made[0]), *words, "--replace"))["locked_cases"] == 0


def test_backup_of_another_version_says_which_version_restores_it(
    machine: Flask, made: Made, secrets: dict[str, str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(commands, "_newest_revision", lambda: "9999")

    refused = run(machine, "restore", str(made[0]), "--passphrase-file", secrets["backup"])

    assert refusal(refused) == "other_version"
    assert f"with migration {made[1]['revision']}; this version has 9999" in refused.output


def test_backup_of_another_kind_of_database_is_refused(
    machine: Flask, made: Made, secrets: dict[str, str], monkeypatch: pytest.MonkeyPatch
):
    for kind in (SqliteDatabase, PostgresDatabase):
        monkeypatch.setattr(kind, "kind", "another")

    refused = run(machine, "restore", str(made[0]), "--passphrase-file", secrets["backup"])

    assert refusal(refused) == "other_database"


def test_restored_tables_with_other_rows_than_were_copied_are_not_put_in_force(
    machine: Flask,
    made: Made,
    secrets: dict[str, str],
    before_checks: Callable[[Check], None],
    tmp_path: Path,
):
    before_checks(
        lambda staged, manifest: checks.check_database(
            staged, replace(manifest, rows={**manifest.rows, "finding": 99})
        )
    )

    refused = run(machine, "restore", str(made[0]), "--passphrase-file", secrets["backup"])

    assert refusal(refused) == "faults"
    assert "finding: 2 rows, 99 were copied." in refused.output
    assert not (tmp_path / "machine" / "files").exists()


def test_stored_file_that_a_backup_lost_is_named(
    machine: Flask,
    made: Made,
    secrets: dict[str, str],
    before_checks: Callable[[Check], None],
    tmp_path: Path,
):
    def lose(_staged: Any, _manifest: Any) -> list[str]:
        next((tmp_path / "machine" / STAGED / "files").glob("*/*/*")).unlink()
        return []

    before_checks(lose)

    refused = run(machine, "restore", str(made[0]), "--passphrase-file", secrets["backup"])

    assert refusal(refused) == "faults"
    assert "is missing." in refused.output


def test_log_that_another_installation_signed_is_not_put_in_force(
    machine: Flask, made: Made, secrets: dict[str, str]
):
    raw = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    other = PublicKey(adapters().keys.log_signer().public_key.name, raw).text()
    words = ("--passphrase-file", secrets["backup"], "--public-key", other)

    refused = run(machine, "restore", str(made[0]), *words)

    assert refusal(refused) == "faults"
    assert "The signed head of the manifest" in refused.output


def test_organisation_founded_while_a_backup_was_written_is_restored_too(
    app: Flask,
    company: Company,
    machine: Flask,
    tmp_path: Path,
    secrets: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
):
    """It comes after the heads of the logs were signed and before the database was copied."""
    real = create._sign_heads

    def sign_heads(at: datetime) -> tuple[SignedHead, ...]:
        heads = real(at)
        make_tenant("late", at=NOW)
        return heads

    monkeypatch.setattr(create, "_sign_heads", sign_heads)
    words = ("--passphrase-file", secrets["backup"])
    told(run(app, "create", "--out", str(tmp_path / "b"), *words))
    install(machine.extensions["settings"])

    assert told(run(machine, "restore", str(tmp_path / "b"), *words))["restored"]
    with machine.app_context(), unit_of_work():
        assert get_organisation_by_slug("late").name == "Late"


def test_file_that_is_destroyed_while_a_backup_is_written_is_left_out(
    app: Flask,
    company: Company,
    tmp_path: Path,
    secrets: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
):
    """A document was redacted between the list of files and the copy."""
    real, gone = BackupWriter.add_file, []

    def add_file(self: BackupWriter, name: str, path: Path) -> None:
        if name.startswith("files/") and not gone:
            gone.append(name)
            path.unlink()
        real(self, name, path)

    monkeypatch.setattr(BackupWriter, "add_file", add_file)
    words = ("--passphrase-file", secrets["backup"])

    assert told(run(app, "create", "--out", str(tmp_path / "b"), *words))["size_bytes"] > 0
    assert gone and told(run(app, "verify", str(tmp_path / "b"), *words))["sound"]
