"""Backups of a PostgreSQL database: `pg_dump` and `pg_restore` of the machine."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import Connection, IsolationLevel, sql
from sqlalchemy import URL

from ddplatform.migrations.row_security import KEY_SCHEMA, keep_key
from ddplatform.operations.backup_databases.errors import BackupError, PlaceTaken
from ddplatform.operations.backup_databases.interface import DatabaseFacts, Progress

MAINTENANCE = "postgres"
"""The database from which others are made and renamed."""
STAGING = "_restore_"


class PostgresDatabase:
    """The database of an installation on a PostgreSQL server."""

    kind = "postgresql"

    def __init__(self, url: URL, work: Path, key: bytes) -> None:
        """
        Args:
            work: a private folder for the file with the password.
            key: with which the platform seals the tenant of a transaction (decision 36).
        """
        self._url, self._work, self._key = url, work, key
        self.name = str(url.database)

    def copy(self, into: Path, progress: Progress) -> DatabaseFacts:
        """A dump of the snapshot in which the rows are counted as well."""
        progress("Database", 0, 1)
        with self._connected() as connection:
            connection.isolation_level = IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            snapshot = _one(connection, "SELECT pg_export_snapshot()")
            options = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}")
            # The key of the policies comes from SECRET_KEY, and no backup holds it.
            left_out = f"--exclude-schema={KEY_SCHEMA}"
            self.run("pg_dump", *options, left_out, f"--file={into}", f"--dbname={self._address()}")
            facts = _facts(connection)
        progress("Database", 1, 1)
        return facts

    def is_empty(self) -> bool:
        """Whether there is no table of organisations, or no organisation in it."""
        with self._connected() as connection:
            if _one(connection, "SELECT to_regclass('organisation')") is None:
                return True
            return not _one(connection, "SELECT count(*) FROM organisation")

    def stage(self, copy: Path, name: str) -> "StagedPostgres":
        """Restore the dump into a new database on the same server."""
        database = f"{self.name}{STAGING}{name}"
        with self.maintained() as connection:
            connection.execute(_creation(connection, database, like=self.name))
        staged = StagedPostgres(self, self._url.set(database=database))
        options = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
        self.run("pg_restore", *options, f"--dbname={self._address(database)}", str(copy))
        with psycopg.connect(self._address(database)) as connection:
            for statement in keep_key(self._key):
                connection.execute(statement.encode())
        return staged

    def drop_leftovers(self) -> None:
        """Drop the databases of interrupted restores."""
        listed = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
        with self.maintained() as connection:
            for (name,) in connection.execute(listed, (self.name + STAGING,)).fetchall():
                self.drop(connection, name)

    def is_staged(self, ref: str) -> bool:
        """Whether the staged database is there under its first name."""
        asked = "SELECT count(*) FROM pg_database WHERE datname = %s"
        with self.maintained() as connection:
            found = connection.execute(asked, (ref,)).fetchone()
        return bool(found and found[0])

    def undo(self, aside: str) -> None:
        """Nothing: both names change in one transaction."""

    def run(self, program: str, *arguments: str) -> None:
        """Run a program of PostgreSQL. Raises BackupError: it is missing, or it failed."""
        if shutil.which(program) is None:
            raise BackupError(
                "no_program",
                f"The program {program} is not on this machine.",
                "Install the client programs of PostgreSQL, of the version of the server or newer.",
            )
        done = subprocess.run(
            [program, "--no-password", *arguments], capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            lines = [line for line in done.stderr.splitlines() if line.startswith(program)]
            told = lines[0] if lines else f"{program} ended with code {done.returncode}."
            raise BackupError(
                "program_failed", told, "Check version, role and rights of the connection."
            )

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        with psycopg.connect(self._address()) as connection:
            yield connection

    @contextmanager
    def maintained(self) -> Iterator[Connection]:
        """A connection beside the database, each statement on its own."""
        with psycopg.connect(self._address(MAINTENANCE), autocommit=True) as connection:
            yield connection

    def drop(self, connection: Connection, name: str) -> None:
        """Drop a database that is not in force."""
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))

    def _address(self, database: str = "") -> str:
        """The address for libpq. The password stands in a file: arguments are seen by others."""
        url = self._url
        parts: dict[str, Any] = {
            "host": url.host,
            "port": url.port,
            "user": url.username,
            "dbname": database or self.name,
            **url.query,
        }
        if url.password:
            parts["passfile"] = str(self._password_file())
        return psycopg.conninfo.make_conninfo("", **{k: v for k, v in parts.items() if v})

    def _password_file(self) -> Path:
        path = self._work / "pgpass"
        if not path.exists():
            path.touch(mode=0o600)
            password = str(self._url.password).replace("\\", "\\\\").replace(":", "\\:")
            path.write_text(f"*:*:*:*:{password}\n")
        return path


class StagedPostgres:
    """A restored database under another name."""

    def __init__(self, place: PostgresDatabase, url: URL) -> None:
        self._place, self._name = place, str(url.database)
        self.url, self.ref = url.render_as_string(hide_password=False), self._name
        self._address = place._address(self._name)

    def facts(self) -> DatabaseFacts:
        """Its migration and rows."""
        with psycopg.connect(self._address) as connection:
            return _facts(connection)

    def faults(self) -> list[str]:
        """Constraints that were restored without being checked; rows were read when counted."""
        listed = (
            "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE NOT convalidated"
        )
        with psycopg.connect(self._address) as connection:
            found = connection.execute(listed).fetchall()
        return [f"{table}: the rule {name} is not checked." for table, name in found]

    def put_in_force(self, aside: str) -> str:
        """Both databases get their new names in one transaction."""
        old, kept = self._place.name, f"{self._place.name}_{aside}"
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        was_empty = self._place.is_empty()
        try:
            with self._place.maintained() as connection:
                with connection.transaction():
                    for before, after in ((old, kept), (self._name, old)):
                        names = (sql.Identifier(before), sql.Identifier(after))
                        connection.execute(rename.format(*names))
                if was_empty:
                    self._place.drop(connection, kept)
        except psycopg.errors.ObjectInUse as error:
            raise PlaceTaken(
                f"Others are connected to the database {old}.",
                "Stop the web processes and the workers, then restore again.",
            ) from error
        return "" if was_empty else kept

    def discard(self) -> None:
        """Drop it."""
        with self._place.maintained() as connection:
            self._place.drop(connection, self._name)


def _creation(connection: Connection, name: str, *, like: str) -> sql.Composed:
    """The statement that makes an empty database with the encoding and order of another."""
    asked = (
        "SELECT pg_encoding_to_char(encoding), datcollate, datctype "
        "FROM pg_database WHERE datname = %s"
    )
    found = connection.execute(asked, (like,)).fetchone()
    assert found is not None  # it was connected to just now
    encoding, collate, ctype = found
    return sql.SQL(
        "CREATE DATABASE {} TEMPLATE template0 ENCODING {} LC_COLLATE {} LC_CTYPE {}"
    ).format(sql.Identifier(name), sql.Literal(encoding), sql.Literal(collate), sql.Literal(ctype))


def _facts(connection: Connection) -> DatabaseFacts:
    listed = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"
    tables = [str(row[0]) for row in connection.execute(listed).fetchall()]
    count = sql.SQL("SELECT count(*) FROM {}")
    rows = {table: int(_one(connection, count.format(sql.Identifier(table)))) for table in tables}
    revision = ""
    if rows.get("alembic_version"):
        revision = str(_one(connection, "SELECT version_num FROM alembic_version"))
    return DatabaseFacts(revision, rows)


def _one(connection: Connection, statement: Any) -> Any:
    row = connection.execute(statement).fetchone()
    return row[0] if row else None
