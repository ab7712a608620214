"""Refusal of connections whose role is above the walls of the database.

A role that owns the tables, or may become their owner, can switch policies and triggers off; one
that is a superuser or bypasses row security is not held by them at all.
"""

from contextlib import suppress
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError

_ASKED = """
SELECT rolsuper, rolbypassrls, EXISTS (
    SELECT FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname = 'public' AND relkind IN ('r', 'p')
    AND pg_has_role(session_user, relowner, 'MEMBER'))
FROM pg_roles WHERE rolname = session_user
"""


class UnsafeRole(RuntimeError):
    """The role that DATABASE_URL names is not held by row-level security."""


def refuse_unsafe_roles(engine: Engine) -> None:
    """Refuse each connection of an engine whose role stands above the walls, one now at once.

    A server that does not answer yet is asked with the first connection that it takes.

    Raises:
        UnsafeRole: the role owns tables, is a superuser or bypasses row security.
    """
    event.listen(engine, "connect", _refuse)
    with suppress(OperationalError):
        engine.connect().close()
    engine.dispose()  # processes that are forked from this one share no connection


def _refuse(connection: DBAPIConnection, _record: object) -> None:
    powers = _powers_of(connection)
    if powers:
        connection.close()
        raise UnsafeRole(
            f"The role of DATABASE_URL {' and '.join(powers)}, so row-level security would not "
            "hold for it. Prepare the roles with `flask database roles`, name the role of the "
            "application in DATABASE_URL and the owner in MIGRATION_DATABASE_URL "
            "(docs/operations.md, PostgreSQL)."
        )


def _powers_of(connection: Any) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_ASKED)
        is_superuser, bypasses, owns = cursor.fetchone()
    connection.rollback()
    found = {
        "is a superuser": is_superuser,
        "bypasses row security": bypasses,
        "owns tables": owns and not is_superuser,
    }
    return [power for power, is_held in found.items() if is_held]
