"""PostgreSQL for tests: a database with its three roles, and a superuser to look behind the walls.

Tests run under the role of the application, as in production: it owns nothing, and row-level
security holds for it. What needs more (migrations, emptying tables, taking walls down) says so.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url

from ddplatform.infrastructure.database_roles.views import Roles, preparation
from ddplatform.infrastructure.db import db

POSTGRES = os.environ.get("TEST_POSTGRES_URL")
SUPERUSER = os.environ.get("TEST_POSTGRES_SUPERUSER_URL")
OWNER, APPLICATION, BACKUP = "ddtest_owner", "ddtest_app", "ddtest_backup"
ONE_AT_A_TIME = "SELECT pg_advisory_lock(20261201)"

_before_reading: dict[str | None, Callable[[], None]] = {}


def make_database(name: str) -> str:
    """A new database, its roles prepared as an operator prepares them; the address of the owner."""
    assert SUPERUSER, "TEST_POSTGRES_SUPERUSER_URL has to name the superuser of the test server"
    address = make_url(str(POSTGRES)).set(database=name)
    with _connected(make_url(str(SUPERUSER))) as server:
        server.exec_driver_sql(ONE_AT_A_TIME)  # roles belong to the server, which workers share
        server.exec_driver_sql(f"DROP DATABASE IF EXISTS {name}")
        server.exec_driver_sql(f"CREATE DATABASE {name}")
        with superuser(address) as connection:
            for statement in preparation(Roles(name, OWNER, APPLICATION, BACKUP)):
                connection.exec_driver_sql(statement)
    return as_role(address, OWNER)


def as_role(url: URL | str, role: str) -> str:
    """The address of the same database for another role; the test server asks for no password."""
    return make_url(url).set(username=role).render_as_string(hide_password=False)


@contextmanager
def superuser(url: URL | str) -> Iterator[Connection]:
    """A connection to the database of this address that no wall stands before."""
    _before_reading.get(make_url(url).database, lambda: None)()
    with _connected(make_url(str(SUPERUSER)).set(database=make_url(url).database)) as connection:
        yield connection


def call_before_reading(url: URL, restore: Callable[[], None]) -> None:
    """Have this called before a superuser looks into the database of this address."""
    _before_reading[url.database] = restore


Rows = dict[str, bytes]
"""Tables that are not empty, each as the server copies it out."""
FEW = 300


def read_rows(url: URL | str) -> Rows:
    """Everything that stands in the tables of the application."""
    copies = {}
    with _past_all_walls(url) as cursor:
        for table in _tables():
            with cursor.copy(f"COPY {table} TO STDOUT (FORMAT BINARY)") as copy:
                copies[table] = b"".join(copy)
    shortest = min(map(len, copies.values()))  # nothing but the frame of a copy
    return {table: rows for table, rows in copies.items() if len(rows) > shortest}


def load_rows(url: URL | str, rows: Rows) -> None:
    """Put rows into tables that have none."""
    with _past_all_walls(url) as cursor:
        cursor.execute("BEGIN")
        for table, copied in rows.items():
            with cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy:
                copy.write(copied)
        cursor.execute("COMMIT")


def empty_tables(url: URL | str) -> None:
    """Take all rows away.

    Not by TRUNCATE: it makes the files of every table anew, and each connection has to learn all
    tables again. Where many rows went, their space is given back, or it would be looked through
    ever after.
    """
    tables = list(reversed(_tables()))
    deletions = "; ".join(f"DELETE FROM {table}" for table in tables)
    with _past_all_walls(url) as cursor:
        cursor.execute(f"BEGIN; {deletions}; COMMIT")
        many = [table for table in tables if cursor.nextset() and cursor.rowcount > FEW]
        for table in many:
            cursor.execute(f"VACUUM {table}")


def _tables() -> list[str]:
    return [f'"{table.name}"' for table in db.metadata.sorted_tables]


@contextmanager
def _past_all_walls(url: URL | str) -> Iterator[Any]:
    """A cursor of psycopg that no policy, trigger or key holds, its connection kept for all tests.

    The walls stand on each table as policies and triggers; none of them holds a superuser in this
    mode.
    """
    address = make_url(str(SUPERUSER)).set(database=make_url(url).database)
    engine = _superuser_engine(address)
    with engine.connect() as connection, connection.connection.cursor() as cursor:
        yield cursor


@cache
def _superuser_engine(url: URL) -> Engine:
    engine = create_engine(url, pool_size=1, isolation_level="AUTOCOMMIT")
    event.listen(engine, "connect", _pass_all_walls)
    return engine


def _pass_all_walls(connection: Any, _record: object) -> None:
    connection.execute("SET session_replication_role = replica")
    connection.commit()  # a rollback would take it back


@contextmanager
def _connected(url: URL) -> Iterator[Connection]:
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
