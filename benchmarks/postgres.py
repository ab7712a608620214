"""Temporary databases on the PostgreSQL server of TEST_POSTGRES_URL, where that is set."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

SERVER = os.environ.get("TEST_POSTGRES_URL", "")
SUPERUSER = os.environ.get("TEST_POSTGRES_SUPERUSER_URL", "")


@contextmanager
def own_database(name: str) -> Iterator[str]:
    """A new, empty database; inside, its address for the application."""
    command(f"CREATE DATABASE {name}")
    try:
        yield f"{SERVER.rsplit('/', 1)[0]}/{name}"
    finally:
        command(f"DROP DATABASE {name} WITH (FORCE)")


def driver_address(database: str) -> str:
    """The address of a database as the bare driver takes it."""
    return f"{SERVER.rsplit('/', 1)[0]}/{database}".replace("postgresql+psycopg", "postgresql")


def superuser_address(database: str) -> str:
    """The same for the superuser, whom no policy holds."""
    return f"{SUPERUSER.rsplit('/', 1)[0]}/{database}".replace("postgresql+psycopg", "postgresql")


def command(text: str) -> None:
    """Do something on the server outside any transaction."""
    with psycopg.connect(driver_address("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL(text))
