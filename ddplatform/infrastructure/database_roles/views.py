"""The SQL that prepares the roles of a database, for a superuser to run; it may run twice."""

from collections.abc import Iterator
from dataclasses import dataclass

from ddplatform.migrations.row_security import HOLD_BACK

NOTHING_MORE = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION"


@dataclass(frozen=True)
class Roles:
    """A database and its three roles, by names that need no quoting (`NAME`)."""

    database: str
    owner: str
    """Owns the tables and runs the migrations."""
    application: str
    """Web process and worker: owns nothing, and policies hold for it."""
    backup: str
    """Reads every row past the policies, and changes nothing."""


NAME = r"[a-z_][a-z0-9_]{0,62}"


def preparation(roles: Roles) -> Iterator[str]:
    """The statements, in order; the connection is one to that database."""
    yield from _roles(roles)
    yield from _rights_on_database(roles)
    for name, rights in (
        (roles.application, "SELECT, INSERT, UPDATE, DELETE"),
        (roles.backup, "SELECT"),
    ):
        yield f"GRANT USAGE ON SCHEMA public TO {name}"
        yield f"GRANT {rights} ON ALL TABLES IN SCHEMA public TO {name}"
        # Tables that a later migration makes.
        yield (
            f"ALTER DEFAULT PRIVILEGES FOR ROLE {roles.owner} IN SCHEMA public "
            f"GRANT {rights} ON TABLES TO {name}"
        )
    yield HOLD_BACK


def _roles(roles: Roles) -> Iterator[str]:
    for name in (roles.owner, roles.application, roles.backup):
        yield (
            f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') "
            f"THEN CREATE ROLE {name} LOGIN; END IF; END $$"
        )
    for name in (roles.owner, roles.application):
        yield f"ALTER ROLE {name} {NOTHING_MORE} NOBYPASSRLS"
    yield f"ALTER ROLE {roles.backup} {NOTHING_MORE} BYPASSRLS"
    yield f"ALTER ROLE {roles.backup} SET default_transaction_read_only = on"


def _rights_on_database(roles: Roles) -> Iterator[str]:
    yield f"ALTER DATABASE {roles.database} OWNER TO {roles.owner}"
    yield f"REVOKE ALL ON DATABASE {roles.database} FROM PUBLIC"
    yield f"GRANT CONNECT ON DATABASE {roles.database} TO {roles.application}, {roles.backup}"
    yield f"ALTER SCHEMA public OWNER TO {roles.owner}"
    yield "REVOKE ALL ON SCHEMA public FROM PUBLIC"
