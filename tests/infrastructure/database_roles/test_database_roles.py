"""Roles of PostgreSQL: what the command prints, and which roles the application refuses."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import NullPool, create_engine, make_url

from ddplatform.config import Kind, Settings
from ddplatform.factory import create_app
from ddplatform.infrastructure.database_roles.check import UnsafeRole, refuse_unsafe_roles
from ddplatform.infrastructure.database_roles.commands import roles
from tests.conftest import DATABASES
from tests.postgres import APPLICATION, BACKUP, OWNER, SUPERUSER, as_role

ROOT = Path(__file__).resolve().parents[3]


def printed(*options: str) -> str:
    done = CliRunner().invoke(roles, ["--database", "waymark", *options])
    assert done.exit_code == 0, done.output
    return done.output


def test_application_gets_no_right_that_takes_a_wall_down():
    text = printed("--application", "app", "--owner", "owner", "--backup", "copies")

    assert "ALTER ROLE app NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;" in text
    assert "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO app;" in text
    assert "GRANT SELECT ON ALL TABLES IN SCHEMA public TO copies;" in text
    assert "TRUNCATE" not in text and "GRANT owner" not in text


@pytest.mark.parametrize("name", ["Waymark", "a b", "x; DROP ROLE y", "", "1st", "a" * 64])
def test_name_that_would_need_quoting_is_wrong_usage(name: str):
    done = CliRunner().invoke(roles, ["--database", "waymark", "--application", name])

    assert done.exit_code == 2
    assert "lower-case letters" in done.output


def test_command_needs_no_settings_and_no_database():
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", "database", "roles", "--database", "w"],
        cwd=ROOT,
        env={"APP_KIND": "production", "PATH": ""},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    assert "CREATE ROLE waymark_owner LOGIN" in done.stdout


# ---- refusal at the start --------------------------------------------------------------------


def over_socket(url: str) -> str:
    """The same database over the Unix socket of the server, as production asks for it."""
    with create_engine(str(SUPERUSER), poolclass=NullPool).connect() as connection:
        folder = connection.exec_driver_sql("SHOW unix_socket_directories").scalar_one()
    there = make_url(url).set(host="").update_query_dict({"host": folder.split(",")[0].strip()})
    return there.render_as_string(hide_password=False)


def production(folder: Path, url: str) -> Settings:
    return Settings(
        kind=Kind.PRODUCTION,
        instance_path=folder,
        database_url=url,
        secret_key="0123456789 a secret key for tests only",
        mail_url="smtps://mail.example",
        base_url="https://waymark.example",
        trusted_hosts=("waymark.example",),
        secure_cookies=True,
    )


@pytest.fixture(params=DATABASES[1:])
def url(request: pytest.FixtureRequest) -> str:
    """The address of a migrated database of PostgreSQL, for the role of the application."""
    made: str = request.getfixturevalue("postgresql_app").config["SQLALCHEMY_DATABASE_URI"]
    return made


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("role", "why"),
    [
        (make_url(str(SUPERUSER or "x://postgres@")).username, "is a superuser"),
        (OWNER, "owns tables"),
        (BACKUP, "bypasses row security"),
    ],
)
def test_production_does_not_start_with_a_role_above_the_walls(
    url: str, tmp_path: Path, role: str, why: str
):
    with pytest.raises(UnsafeRole, match=why):
        create_app(production(tmp_path, over_socket(as_role(url, role))))


@pytest.mark.both_databases
def test_production_starts_with_the_role_of_the_application(url: str, tmp_path: Path):
    assert as_role(url, APPLICATION) == url
    assert create_app(production(tmp_path, over_socket(url))).name == "ddplatform"


def test_server_that_does_not_answer_is_asked_with_the_first_connection():
    engine = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing")

    refuse_unsafe_roles(engine)  # the page of the health check tells that the database is away
