"""PostgreSQL for tests: a database with its three roles, and a superuser to look behind the walls.

Tests run under the role of the application, as in production: it owns nothing, and row-level
security holds for it. What needs more (migrations, emptying tables, taking walls down) says so.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Connection, NullPool, create_engine, make_url

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
def _connected(url: URL) -> Iterator[Connection]:
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
