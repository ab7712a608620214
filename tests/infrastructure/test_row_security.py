"""Attacks on PostgreSQL past all code of ours: a bare connection with the application's role."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

import psycopg
import pytest
from flask import Flask
from psycopg import Connection, errors, sql
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from ddplatform.accounts.organisations.services.organisations import found_organisation
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.db import db, finish, unit_of_work
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.infrastructure.tenancy import across_tenants, acting_in
from ddplatform.infrastructure.tenant_setting import key_of, seal_of
from ddplatform.value_chain.mapping.models import ValueChain
from tests.conftest import DATABASES, NOW, SECRET
from tests.postgres import APPLICATION, BACKUP, OWNER, as_role, empty_tables

pytestmark = pytest.mark.both_databases

NAMES = "SELECT name FROM value_chain ORDER BY name"
ADD = (
    "INSERT INTO value_chain (id, organisation_id, name, slug, description, version, created_at)"
    " VALUES (gen_random_uuid(), {}, 'x', 'x', '', 1, now())"
)


@dataclass(frozen=True)
class Chains:
    """Two organisations with a map each, in a database of PostgreSQL."""

    app: Flask
    mine: UUID
    other: UUID

    @contextmanager
    def connected(self, role: str = APPLICATION) -> Iterator[Connection]:
        """A bare connection; what happens on it is taken back."""
        with psycopg.connect(address_for(self.app, role)) as connection:
            try:
                yield connection
            finally:
                connection.rollback()

    @contextmanager
    def acting(self, tenant: str | None = None) -> Iterator[Connection]:
        """A connection on which a tenant was named as the application names it."""
        with self.connected() as connection:
            say(connection, self.mine.hex if tenant is None else tenant)
            yield connection


def address_for(app: Flask, role: str) -> str:
    url = as_role(app.config["SQLALCHEMY_DATABASE_URI"], role)
    return url.replace("postgresql+psycopg", "postgresql")


def say(connection: Connection, tenant: str, seal: str | None = None) -> None:
    said = seal_of(key_of(SECRET), tenant) if seal is None else seal
    connection.execute(
        "SELECT set_config('app.tenant', %s, true), set_config('app.seal', %s, true)",
        (tenant, said),
    )


def names(connection: Connection) -> list[str]:
    return [name for (name,) in connection.execute(NAMES)]


@pytest.fixture(scope="module", params=DATABASES[1:])
def chains(request: pytest.FixtureRequest) -> Iterator[Chains]:
    app: Flask = request.getfixturevalue(f"{request.param}_app")
    with app.app_context():
        with unit_of_work():
            owners = [found_organisation(name=n, slug=n, at=NOW).id for n in ("acme", "other")]
            for name, owner in zip(("mine", "foreign"), owners, strict=True):
                with acting_in(owner):
                    db.session.add(ValueChain(name=name, slug="main", created_at=NOW))
        yield Chains(app, *owners)
        db.session.remove()
        empty_tables(db.engine.url)
        db.engine.dispose()


# ---- reading ---------------------------------------------------------------------------------


def test_who_names_no_tenant_sees_no_row(chains: Chains):
    with chains.connected() as connection:
        assert names(connection) == []


def test_named_and_sealed_tenant_sees_its_rows_and_no_other(chains: Chains):
    with chains.acting() as connection:
        assert names(connection) == ["mine"]
    with chains.acting("*") as connection:
        assert names(connection) == ["foreign", "mine"]


def test_tenant_without_the_seal_of_the_application_sees_no_row(chains: Chains):
    own = seal_of(key_of(SECRET), chains.mine.hex)
    for tenant in (chains.other.hex, "*", f"!{chains.mine.hex}", str(chains.mine)):
        for seal in ("", own, seal_of(key_of("another" * 9), tenant)):
            with chains.connected() as connection:
                say(connection, tenant, seal)
                assert names(connection) == []


@pytest.mark.parametrize("tenant", ["other", "*"])
def test_sql_slipped_into_a_statement_cannot_become_another_tenant(chains: Chains, tenant: str):
    named = chains.other.hex if tenant == "other" else tenant
    slipped = (
        "WITH evil AS MATERIALIZED (SELECT set_config('app.tenant', %s, true) AS said)"
        " SELECT name FROM evil, value_chain WHERE said <> ''"
    )
    with chains.acting() as connection:
        assert connection.execute(slipped, (named,)).fetchall() == []
        assert names(connection) == []


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT name FROM value_chain WHERE organisation_id = {other}",
        "SELECT name FROM value_chain WHERE name = 'foreign' OR 1=1",
        "SELECT v.name FROM organisation AS o JOIN value_chain AS v ON v.organisation_id = o.id",
        "SELECT name FROM value_chain WHERE organisation_id = {other} FOR UPDATE",
        "COPY value_chain (name) TO STDOUT",
        "TABLE value_chain",
        "SELECT query_to_xml('SELECT name FROM value_chain', true, false, '')",
    ],
)
def test_no_form_of_reading_shows_a_foreign_row(chains: Chains, statement: str):
    asked = sql.SQL(statement).format(other=chains.other)
    with chains.acting() as connection, connection.cursor() as cursor:
        if statement.startswith("COPY"):
            with cursor.copy(asked) as copy:
                found = b"".join(bytes(part) for part in copy).decode()
        else:
            found = str(cursor.execute(asked).fetchall())

    assert "foreign" not in found


def test_prepared_statement_asks_anew_who_is_acting(chains: Chains):
    with chains.acting() as connection:
        connection.execute(f"PREPARE whose AS {NAMES}")
        for _ in range(7):  # from the sixth on the server may keep one plan for all
            assert connection.execute("EXECUTE whose").fetchall() == [("mine",)]
        connection.commit()
        assert connection.execute("EXECUTE whose").fetchall() == []
        say(connection, chains.other.hex)
        assert connection.execute("EXECUTE whose").fetchall() == [("foreign",)]


def test_job_is_seen_by_its_organisation_and_where_nobody_acts(chains: Chains):
    with chains.app.app_context(), acting_in(chains.mine):
        queued = [
            jobs.enqueue("try:it", {}, act=act, unique_key="try")
            for act in (Act(system_identity(chains.other), NOW),) * 2
        ]
        assert queued[0].id == queued[1].id  # found again past the policy of who asks
        own = jobs.enqueue("try:it", {}, act=Act(system_identity(chains.mine), NOW))
        finish(ok=True)
        keys = {"mine": own.id, "foreign": queued[0].id}
    asked = "SELECT id FROM job WHERE name = 'try:it'"
    with chains.acting() as connection:
        assert {key for (key,) in connection.execute(asked)} == {keys["mine"]}
        assert connection.execute("DELETE FROM job WHERE id = %s", (keys["foreign"],)).rowcount == 0
    with chains.connected() as connection:
        assert {key for (key,) in connection.execute(asked)} == set(keys.values())


# ---- writing ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE value_chain SET name = 'taken' WHERE organisation_id = {other}",
        "DELETE FROM value_chain WHERE organisation_id = {other}",
    ],
)
def test_foreign_row_is_neither_changed_nor_deleted(chains: Chains, statement: str):
    with chains.acting() as connection:
        done = connection.execute(sql.SQL(statement).format(other=chains.other))

        assert done.rowcount == 0


@pytest.mark.parametrize(
    "statement",
    [
        ADD.format("{other}"),
        ADD.format("NULL"),
        "UPDATE value_chain SET organisation_id = {other}",
        "UPDATE value_chain SET organisation_id = NULL",
    ],
)
def test_own_row_is_never_given_to_another_organisation_or_to_nobody(
    chains: Chains, statement: str
):
    refused = (errors.RaiseException, errors.InsufficientPrivilege, errors.NotNullViolation)
    with chains.acting() as connection, pytest.raises(refused):
        connection.execute(sql.SQL(statement).format(other=chains.other))


def test_rows_are_not_copied_in_past_the_policies(chains: Chains):
    with (
        chains.acting() as connection,
        pytest.raises(errors.FeatureNotSupported),
        connection.cursor().copy("COPY value_chain FROM STDIN") as copy,
    ):
        copy.write(b"")


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE audit_event CASCADE",
        "TRUNCATE value_chain CASCADE",
        "UPDATE audit_event SET action = 'nothing:happened'",
        "ALTER TABLE audit_event DISABLE TRIGGER ALL",
        "ALTER TABLE audit_event DISABLE TRIGGER append_audit_event",
        "SET session_replication_role = replica",
        "ALTER TABLE value_chain DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE value_chain NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY tenant ON value_chain",
        "CREATE POLICY open ON value_chain USING (true)",
        "DROP TABLE value_chain CASCADE",
        "CREATE OR REPLACE FUNCTION acting_organisation() RETURNS uuid LANGUAGE sql AS 'SELECT 1'",
        "CREATE TABLE copied (name text)",
        "SELECT secret FROM isolation.tenant_key",
        "INSERT INTO isolation.tenant_key VALUES ('')",
        "SET ROLE {owner}",
        "SET SESSION AUTHORIZATION {owner}",
        "ALTER ROLE {application} BYPASSRLS",
        "GRANT {owner} TO {application}",
        "SELECT pg_read_file('/etc/passwd')",
        "COPY value_chain TO PROGRAM 'cat'",
    ],
)
def test_role_of_the_application_cannot_take_a_wall_down(chains: Chains, statement: str):
    named = sql.SQL(statement).format(
        owner=sql.Identifier(OWNER),
        application=sql.Identifier(APPLICATION),
    )
    with chains.acting("*") as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute(named)


def test_rows_past_the_policies_are_an_error_and_not_silence_for_who_asks_for_that(chains: Chains):
    with chains.acting() as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute("SET LOCAL row_security = off")
        connection.execute(NAMES)


# ---- the owner and the backups ---------------------------------------------------------------


def test_owner_of_the_tables_is_held_too_until_it_says_so(chains: Chains):
    with chains.connected(OWNER) as connection:
        assert names(connection) == []
        connection.execute("ALTER TABLE value_chain NO FORCE ROW LEVEL SECURITY")
        assert names(connection) == ["foreign", "mine"]


def test_change_of_data_in_a_migration_never_touches_no_row_in_silence(chains: Chains):
    with chains.connected(OWNER) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute("SET row_security = off")
        connection.execute("UPDATE value_chain SET description = 'new'")


def test_log_is_not_truncated_even_by_its_owner(chains: Chains):
    with (
        chains.connected(OWNER) as connection,
        pytest.raises(errors.RaiseException, match="append only: audit_event"),
    ):
        connection.execute("TRUNCATE audit_event CASCADE")


def test_role_of_backups_reads_every_row_and_changes_none(chains: Chains):
    with chains.connected(BACKUP) as connection:
        assert names(connection) == ["foreign", "mine"]
    with chains.connected(BACKUP) as connection, pytest.raises(errors.ReadOnlySqlTransaction):
        connection.execute("DELETE FROM value_chain")
    with chains.connected(BACKUP) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute("SET TRANSACTION READ WRITE")
        connection.execute("DELETE FROM value_chain")


# ---- connections of the application ----------------------------------------------------------


def names_of_any() -> list[str]:
    """What the next user of the pool would be shown, on a connection that names nobody itself."""
    with db.engine.connect() as connection, connection.connection.cursor() as cursor:
        found = cursor.execute(NAMES).fetchall()
        return [name for (name,) in found]


@pytest.mark.parametrize("ending", ["commit", "rollback", "error"])
def test_connection_goes_back_to_the_pool_without_its_tenant(chains: Chains, ending: str):
    with chains.app.app_context(), acting_in(chains.mine):
        assert db.session.scalar(select(ValueChain.name)) == "mine"
        if ending == "error":
            with pytest.raises(DBAPIError):
                db.session.execute(select(func.sqrt(-1)))
        finish(ok=ending == "commit")
        db.session.remove()

        assert names_of_any() == []


def test_statement_whose_rows_are_streamed_says_its_tenant_first(chains: Chains):
    streamed = select(ValueChain.name).execution_options(yield_per=10)
    with chains.app.app_context(), acting_in(chains.mine):
        assert list(db.session.scalars(streamed)) == ["mine"]
        db.session.rollback()


def test_savepoint_that_is_rolled_back_leaves_the_right_tenant(chains: Chains):
    with chains.app.app_context(), acting_in(chains.mine):
        assert db.session.scalar(select(ValueChain.name)) == "mine"
        with acting_in(chains.other), db.session.begin_nested() as savepoint:
            assert db.session.scalar(select(ValueChain.name)) == "foreign"
            savepoint.rollback()
        assert db.session.scalar(select(ValueChain.name)) == "mine"
        with across_tenants():
            assert len(db.session.scalars(select(ValueChain.name)).all()) == 2
        assert db.session.scalar(select(ValueChain.name)) == "mine"
        db.session.rollback()


def test_transaction_goes_on_after_a_statement_inside_a_savepoint_failed(chains: Chains):
    with chains.app.app_context(), acting_in(chains.mine):
        assert list(db.session.scalars(select(ValueChain.name))) == ["mine"]
        with pytest.raises(DBAPIError, match="division by zero"), db.session.begin_nested():
            db.session.execute(select(1 / (func.count(ValueChain.id) - 1)))
        assert list(db.session.scalars(select(ValueChain.name))) == ["mine"]
        db.session.rollback()


def test_tenant_that_changes_inside_a_transaction_is_said_again(chains: Chains):
    with chains.app.app_context():
        for owner, name in ((chains.mine, "mine"), (chains.other, "foreign")) * 2:
            with acting_in(owner):
                assert db.session.scalar(select(ValueChain.name)) == name
        with acting_in(uuid4()):
            assert db.session.scalar(select(ValueChain.name)) is None
        db.session.rollback()
