"""PostgreSQL for tests: a database with its three roles, and a superuser to look behind the walls.

Tests run under the role of the application, as in production: it owns nothing, and row-level
security holds for it. What needs more (migrations, emptying tables, taking walls down) says so.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url

from ddplatform.infrastructure.database_roles.views import Roles, preparation

POSTGRES = os.environ.get("TEST_POSTGRES_URL")
SUPERUSER = os.environ.get("TEST_POSTGRES_SUPERUSER_URL")
OWNER, APPLICATION, BACKUP = "ddtest_owner", "ddtest_app", "ddtest_backup"
ONE_AT_A_TIME = "SELECT pg_advisory_lock(20261201)"


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
    with _connected(make_url(str(SUPERUSER)).set(database=make_url(url).database)) as connection:
        yield connection


@contextmanager
def emptying(url: URL | str) -> Iterator[Connection]:
    """The same past triggers and keys too, by one connection that is kept for all tests."""
    with _emptier(make_url(str(SUPERUSER)).set(database=make_url(url).database)).connect() as one:
        yield one


@cache
def _emptier(url: URL) -> Engine:
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
