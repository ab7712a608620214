"""Backups: whole or not there, read back on an empty machine, refused where they were changed."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, make_url, select, text

from ddplatform.audit.services import log as audit
from ddplatform.due_diligence.remedy.models import RemediationCase
from ddplatform.due_diligence.remedy.services.seal import opens
from ddplatform.evidence.uploads.models import Evidence
from ddplatform.factory import create_app
from ddplatform.infrastructure.access.accounts import accounts
from ddplatform.infrastructure.adapters.installed import adapters, install
from ddplatform.infrastructure.database_roles.views import Roles, preparation
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.tenancy import across_tenants, acting_in, nobody
from ddplatform.operations.backup.place import one_at_a_time
from ddplatform.operations.backup.services import checks, restore
from ddplatform.operations.backup_databases.interface import Staged
from ddplatform.operations.backup_databases.sqlite import SqliteDatabase, StagedSqlite
from tests.conftest import settings_for
from tests.operations.backup.conftest import on_server, refusal, run, told
from tests.operations.conftest import TOLD, Company
from tests.postgres import APPLICATION, BACKUP, OWNER, SUPERUSER, as_role, superuser

ROOT = Path(__file__).resolve().parents[3]


def everything(app: Flask) -> dict[str, list[Any]]:
    """Every row of every table but the log of the installation, which tells of the backups."""
    with app.app_context(), across_tenants(), db.engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(table))))
            for table in db.metadata.sorted_tables
            if not table.name.startswith("audit") and table.name != "organisation"
        }


def test_a_backup_restores_everything_on_an_empty_machine(
    app: Flask, machine: Flask, made: tuple[Path, dict[str, Any]], secrets: dict[str, str]
):
    out, _ = made
    install(app.extensions["settings"])
    files = {name: path.read_bytes() for name, path in adapters().files.list_all()}
    words = ("--passphrase-file", secrets["backup"], "--keys-passphrase-file", secrets["keys"])

    answer = told(run(machine, "restore", str(out), *words))

    assert answer["restored"] and answer["locked_cases"] == 0
    assert (answer["cases"], answer["reports"], answer["missing_files"]) == (2, 1, 0)
    assert TOLD in files.values() and len(files) > 4, "the document, and the files of the report"
    assert everything(machine) == everything(app)
    assert {name: path.read_bytes() for name, path in adapters().files.list_all()} == files
    with machine.app_context(), nobody(), unit_of_work():
        for organisation_id in accounts().list_organisation_ids():
            with acting_in(organisation_id):
                assert audit.verify().faults == ()
        with across_tenants():
            assert all(opens(case) for case in db.session.scalars(select(RemediationCase)))


@pytest.mark.both_databases
def test_a_restored_database_serves_the_platform_again_with_its_walls(
    machine: Flask, made: tuple[Path, dict[str, Any]], secrets: dict[str, str]
):
    words = ("--passphrase-file", secrets["backup"], "--keys-passphrase-file", secrets["keys"])
    told(run(machine, "restore", str(made[0]), *words))
    settings = replace(machine.extensions["settings"], backup_database_url="")
    if settings.database_url.startswith("postgresql"):
        url = make_url(settings.database_url)
        roles = Roles(str(url.database), OWNER, APPLICATION, BACKUP)
        with superuser(url) as connection:
            connection.exec_driver_sql(f"REASSIGN OWNED BY {url.username} TO {OWNER}")
            for statement in preparation(roles):
                connection.exec_driver_sql(statement)
        settings = replace(settings, database_url=as_role(url, APPLICATION))
    served = create_app(settings)

    with served.app_context():
        with unit_of_work():
            with across_tenants():
                counts = Counter(db.session.scalars(select(RemediationCase.organisation_id)))
            for organisation_id in accounts().list_organisation_ids():
                with acting_in(organisation_id):
                    cases = db.session.scalars(select(RemediationCase)).all()
                    assert len(cases) == counts[organisation_id]
        db.session.remove()
        db.engine.dispose()
    assert counts.total() == 2


def test_without_keys_a_restore_says_that_cases_stay_locked_and_the_log_verifies(
    app: Flask, company: Company, machine: Flask, tmp_path: Path, secrets: dict[str, str]
):
    words = ("--passphrase-file", secrets["backup"])
    created = told(run(app, "create", "--out", str(tmp_path / "b"), *words))
    install(machine.extensions["settings"])

    answer = told(run(machine, "restore", str(tmp_path / "b"), *words))

    assert not created["has_keys"]
    assert answer["locked_cases"] == answer["cases"] > 0
    assert not (tmp_path / "machine" / "keys" / "case_master_key").exists()
    with machine.app_context(), nobody(), unit_of_work():
        for organisation_id in accounts().list_organisation_ids():
            with acting_in(organisation_id):
                assert audit.verify().faults == ()


def test_cases_restored_beside_the_master_key_of_another_installation_are_told_as_locked(
    company: Company, machine: Flask, made: tuple[Path, dict[str, Any]], secrets: dict[str, str]
):
    install(machine.extensions["settings"])
    assert adapters().keys.case_master(), "the machine had cases of its own"

    answer = told(run(machine, "restore", str(made[0]), "--passphrase-file", secrets["backup"]))

    assert (answer["cases"], answer["locked_cases"]) == (2, 2)
    with machine.app_context(), nobody(), unit_of_work(), across_tenants():
        assert not any(opens(case) for case in db.session.scalars(select(RemediationCase)))


def test_nothing_of_the_content_stands_readable_in_a_backup(made: tuple[Path, dict[str, Any]]):
    content = made[0].read_bytes()

    assert (
        b"SQLite format 3" not in content and b"Drying place" not in content and TOLD not in content
    )
    assert made[0].stat().st_mode & 0o777 == 0o600


def test_verify_reads_all_of_it_and_names_each_kind_of_damage(
    app: Flask, made: tuple[Path, dict[str, Any]], secrets: dict[str, str], tmp_path: Path
):
    out, created = made
    words = ("--passphrase-file", secrets["backup"])

    def damaged(content: bytes) -> str:
        (tmp_path / "damaged").write_bytes(content)
        return refusal(run(app, "verify", str(tmp_path / "damaged"), *words))

    sound = told(run(app, "verify", str(out), *words, "--keys-passphrase-file", secrets["keys"]))
    content = out.read_bytes()

    assert sound["sound"] and sound["parts"] == created["parts"]
    assert "keys/case_master_key" in sound["keys"]
    assert damaged(content[:-1]) == "cut_short"
    other = bytes([content[600_000] ^ 1])
    assert damaged(content[:600_000] + other + content[600_001:]) == "changed_chunk"
    assert damaged(b"not a backup") == "not_sealed"
    wrong = ("--passphrase-file", secrets["wrong"])
    assert refusal(run(app, "verify", str(out), *wrong)) == "wrong_secret"
    wrong = (*words, "--keys-passphrase-file", secrets["wrong"])
    assert refusal(run(app, "verify", str(out), *wrong)) == "wrong_secret"


def test_a_damaged_backup_leaves_an_empty_machine_empty(
    machine: Flask, made: tuple[Path, dict[str, Any]], secrets: dict[str, str], tmp_path: Path
):
    content = made[0].read_bytes()
    (tmp_path / "damaged").write_bytes(content[:-20])
    install(machine.extensions["settings"])

    words = ("--passphrase-file", secrets["backup"])
    assert refusal(run(machine, "restore", str(tmp_path / "damaged"), *words)) == "cut_short"

    left = [path.name for path in (tmp_path / "machine").iterdir()]
    assert set(left) <= {".backup-lock", "platform.db"}
    assert told(run(machine, "restore", str(made[0]), *words))["restored"]


def test_a_place_with_data_is_refused_and_with_replace_put_aside(
    app: Flask, machine: Flask, made: tuple[Path, dict[str, Any]], secrets: dict[str, str]
):
    out, _ = made
    words = ("--passphrase-file", secrets["backup"], "--keys-passphrase-file", secrets["keys"])
    told(run(machine, "restore", str(out), *words))

    assert refusal(run(machine, "restore", str(out), *words)) == "place_taken"
    answer = told(run(machine, "restore", str(out), *words, "--replace"))

    assert len(answer["aside"]) == 2, "the files and the database of before"
    assert everything(machine) == everything(app)
    if SUPERUSER and not Path(answer["aside"][1]).exists():
        with machine.app_context():
            db.engine.dispose()
        on_server(f'DROP DATABASE "{answer["aside"][1]}"')


def test_equal_secrets_for_backup_and_keys_are_refused(
    app: Flask, company: Company, tmp_path: Path, secrets: dict[str, str]
):
    words = ("--passphrase-file", secrets["backup"], "--keys-passphrase-file", secrets["backup"])

    assert refusal(run(app, "create", "--out", str(tmp_path / "b"), *words)) == "same_secret"
    assert not (tmp_path / "b").exists()


def test_no_backup_is_overwritten(
    app: Flask, made: tuple[Path, dict[str, Any]], secrets: dict[str, str]
):
    before = made[0].read_bytes()

    words = ("--out", str(made[0]), "--passphrase-file", secrets["backup"])
    assert refusal(run(app, "create", *words)) == "place_taken"
    assert made[0].read_bytes() == before


def test_one_secret_has_to_be_given(app: Flask, tmp_path: Path):
    assert run(app, "create", "--out", str(tmp_path / "b")).exit_code == 2


def test_a_restored_log_that_lost_its_end_is_not_put_in_force(
    machine: Flask,
    made: tuple[Path, dict[str, Any]],
    secrets: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
):
    """Somebody who holds the passphrase writes a backup anew, with a log cut short."""

    def cut(staged: Staged, manifest: Any) -> list[str]:
        engine = create_engine(staged.url)
        with engine.begin() as connection:
            # The row triggers ask who acts; in a file of one's own there are none for long.
            names = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            if engine.dialect.name == "sqlite":
                for (name,) in connection.execute(text(names)).all():
                    connection.execute(text(f'DROP TRIGGER "{name}"'))
            else:
                connection.execute(text("ALTER TABLE audit_checkpoint DISABLE TRIGGER USER"))
                connection.execute(text("ALTER TABLE audit_event DISABLE TRIGGER USER"))
                connection.execute(text("ALTER TABLE audit_head DISABLE TRIGGER USER"))
            connection.execute(text("DELETE FROM audit_checkpoint"))
            connection.execute(text("UPDATE audit_event SET leaf_hash = leaf WHERE sequence = 2"))
        engine.dispose()
        return []

    install(machine.extensions["settings"])
    monkeypatch.setattr(restore, "check_database", cut)
    words = ("--passphrase-file", secrets["backup"])

    result = run(machine, "restore", str(made[0]), *words)

    assert refusal(result) == "faults"
    assert "does not begin with the" in result.output
    assert not (tmp_path / "machine" / "files").exists()


def test_a_table_with_other_rows_than_were_copied_is_named(tmp_path: Path):
    database = SqliteDatabase(tmp_path / "p" / "platform.db")
    (tmp_path / "p").mkdir()
    engine = create_engine(f"sqlite:///{tmp_path / 'copy'}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE finding (id INTEGER)"))
    engine.dispose()

    class Told:
        rows = {"finding": 3}  # noqa: RUF012

    staged: StagedSqlite = database.stage(tmp_path / "copy", "x")
    assert checks.check_database(staged, Told()) == ["finding: 0 rows, 3 were copied."]  # type: ignore[arg-type]


def test_a_stored_file_that_is_gone_is_named_and_the_rest_is_backed_up(
    app: Flask, company: Company, tmp_path: Path, secrets: dict[str, str]
):
    with app.app_context(), across_tenants():
        document = db.session.get(Evidence, company.document_id)
        adapters().files.drop(document.storage_organisation_id, document.sha256)
        db.session.remove()

    words = ("--passphrase-file", secrets["backup"])
    assert told(run(app, "create", "--out", str(tmp_path / "b"), *words))["missing_files"] == 1


# ---- killed in the middle ---------------------------------------------------------------------


@pytest.fixture
def installation(sqlite_template: Path, tmp_path: Path) -> Path:
    """A folder that commands in processes of their own use, with much to copy."""
    folder = tmp_path / "installation"
    (folder / "files").mkdir(parents=True)
    shutil.copy(sqlite_template, folder / "platform.db")
    app = create_app(settings_for(folder, f"sqlite:///{folder / 'platform.db'}"))
    done = app.test_cli_runner().invoke(
        args=["organisations", "create", "--slug", "acme", "--name", "Acme"]
    )
    assert done.exit_code == 0, done.output
    with app.app_context():
        organisation_id = accounts().get_organisation_id("acme")
        for _ in range(60):
            adapters().files.put(organisation_id, os.urandom(100_000))
        db.session.remove()
        db.engine.dispose()
    return folder


KILLS_ITSELF = """
import os, signal, sys
from flask.cli import cli
from ddplatform.operations.backup import commands

step, tenth, words = sys.argv[1], int(sys.argv[2]), sys.argv[3:]

def tell_progress():
    def tell(name, done, total):
        if name == step and done * 10 >= total * tenth:
            os.kill(os.getpid(), signal.SIGKILL)
    return tell

commands.tell_progress = tell_progress
cli.main(["--app", "app", "backup", *words, "--json"])
"""


def command(folder: Path, *words: str, killed_at: tuple[str, int] = ("", 0)) -> Any:
    """A command in a process of its own, which is killed when so many tenths of a step are done."""
    done = subprocess.run(
        [sys.executable, "-c", KILLS_ITSELF, killed_at[0], str(killed_at[1]), *words],
        cwd=ROOT,
        env={"INSTANCE_PATH": str(folder), "APP_KIND": "testing", "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    if killed_at[0]:
        assert done.returncode == -signal.SIGKILL, done.stderr
        return None
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.long
def test_a_killed_backup_leaves_none_and_the_next_one_is_whole(
    installation: Path, tmp_path: Path, secrets: dict[str, str]
):
    out, words = tmp_path / "b.backup", ("--passphrase-file", secrets["backup"])
    command(installation, "create", "--out", str(out), *words, killed_at=("Files", 2))
    draft = tmp_path / ".b.backup.part"

    assert not out.exists() and draft.exists()
    app = create_app(settings_for(tmp_path / "c", f"sqlite:///{tmp_path / 'c' / 'platform.db'}"))
    assert refusal(run(app, "verify", str(draft), *words)) in {"cut_short", "changed_header"}

    assert command(installation, "create", "--out", str(out), *words)["missing_files"] == 0
    assert not draft.exists() and not (installation / ".backup-work").exists()
    assert told(run(app, "verify", str(out), *words))["files"] == 60


@pytest.mark.long
def test_a_killed_restore_leaves_nothing_in_force_and_the_next_one_is_whole(
    installation: Path, tmp_path: Path, secrets: dict[str, str]
):
    out, words = tmp_path / "b.backup", ("--passphrase-file", secrets["backup"])
    command(installation, "create", "--out", str(out), *words)
    target = tmp_path / "target"

    command(target, "restore", str(out), *words, killed_at=("Read", 5))
    assert not (target / "platform.db").exists() and not (target / "files").exists()

    assert command(target, "restore", str(out), *words)["restored"] is True
    assert sum(1 for _ in (target / "files").glob("*/*/*")) == 60
    hidden = {path.name for path in target.iterdir() if path.name.startswith(".")}
    assert hidden == {".backup-lock"}


@pytest.mark.parametrize("step", range(5))
def test_a_switch_that_is_interrupted_at_any_step_is_undone(
    step: int,
    installation: Path,
    tmp_path: Path,
    secrets: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
):
    settings = settings_for(installation, f"sqlite:///{installation / 'platform.db'}")
    app = create_app(settings)
    out, words = tmp_path / "b.backup", ("--passphrase-file", secrets["backup"])
    told(run(app, "create", "--out", str(out), *words))
    (installation / "screening-lists").mkdir()
    (installation / "screening-lists" / "own.yaml").write_text("kept: true")
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    before = sorted(path for path in installation.rglob("*") if path.is_file())
    rename, done = Path.rename, []

    def power_cut(self: Path, target: Any) -> Any:
        if ".restore-" in str(self) or "before-restore" in str(target):
            if len(done) == step:
                raise KeyboardInterrupt
            done.append(self)
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", power_cut)
    result = run(app, "restore", str(out), *words, "--replace")
    monkeypatch.undo()
    assert result.exit_code != 0 and len(done) == step

    # The next command brings back what stood; here it goes no further, as its place is taken.
    assert refusal(run(app, "restore", str(out), *words)) == "place_taken"
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    after = sorted(path for path in installation.rglob("*") if path.is_file())
    assert [path for path in before if "platform.db-" not in path.name] == [
        path for path in after if "platform.db-" not in path.name
    ]


def test_two_commands_at_once_are_refused(
    installation: Path, tmp_path: Path, secrets: dict[str, str]
):
    app = create_app(settings_for(installation, f"sqlite:///{installation / 'platform.db'}"))
    words = ("--out", str(tmp_path / "b"), "--passphrase-file", secrets["backup"])

    with one_at_a_time(installation):
        assert refusal(run(app, "create", *words)) == "place_taken"
    told(run(app, "create", *words))
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
