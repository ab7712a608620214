"""Backups of a company for tests: how the commands are called, and another machine."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import create_engine, make_url

from ddplatform.factory import create_app
from ddplatform.infrastructure.adapters.installed import install
from ddplatform.infrastructure.db import db
from tests.conftest import settings_for
from tests.operations.conftest import Company
from tests.postgres import BACKUP, SUPERUSER, as_role

PASSPHRASE = "copper lantern river seven"
FOR_KEYS = "marble window autumn three"


@pytest.fixture
def secrets(tmp_path: Path) -> dict[str, str]:
    """Files with the passphrases, by name of what they open."""
    for name, words in (("backup", PASSPHRASE), ("keys", FOR_KEYS), ("wrong", PASSPHRASE + "s")):
        (tmp_path / f"{name}.txt").write_text(words + "\n")
    return {name: str(tmp_path / f"{name}.txt") for name in ("backup", "keys", "wrong")}


def run(app: Flask, *words: str) -> Result:
    settings = app.extensions["settings"]
    if settings.database_url.startswith("postgresql") and not settings.backup_database_url:
        url = as_role(settings.database_url, BACKUP)
        settings = app.extensions["settings"] = replace(settings, backup_database_url=url)
    install(settings)
    with app.app_context():  # that of the fixtures is of the first application
        return app.test_cli_runner().invoke(args=["backup", *words, "--json"])


def told(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


def refusal(result: Result) -> str:
    assert result.exit_code == 1, result.output
    return str(json.loads(result.stdout)["error"]["code"])


@pytest.fixture
def made(
    app: Flask, company: Company, tmp_path: Path, secrets: dict[str, str]
) -> tuple[Path, dict[str, Any]]:
    """A backup with the keys inside, and what was told of it."""
    out = tmp_path / "away" / "monday.backup"
    words = ("--passphrase-file", secrets["backup"], "--keys-passphrase-file", secrets["keys"])
    return out, told(run(app, "create", "--out", str(out), *words))


@pytest.fixture
def machine(app: Flask, tmp_path: Path) -> Iterator[Flask]:
    """Another machine: an empty folder and an empty database of the same kind."""
    settings = app.extensions["settings"]
    folder = tmp_path / "machine"
    url, name = f"sqlite:///{folder / 'platform.db'}", f"machine_{uuid4().hex[:8]}"
    if settings.database_url.startswith("postgresql"):
        # The role of a restore makes a database, owns it, and reads every row of it.
        url = as_role(make_url(settings.database_url).set(database=name), name)
        on_server(f"CREATE ROLE {name} LOGIN CREATEDB BYPASSRLS")
        on_server(f"CREATE DATABASE {name} OWNER {name}")
    other = create_app(settings_for(folder, url))
    if settings.database_url.startswith("postgresql"):
        other.extensions["settings"] = replace(
            other.extensions["settings"], backup_database_url=url
        )
    yield other
    with other.app_context():
        db.session.remove()
        db.engine.dispose()
    install(settings)
    if settings.database_url.startswith("postgresql"):
        on_server(f"DROP DATABASE IF EXISTS {name}")
        on_server(f"DROP ROLE {name}")


def on_server(statement: str) -> None:
    assert SUPERUSER is not None
    engine = create_engine(SUPERUSER, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
