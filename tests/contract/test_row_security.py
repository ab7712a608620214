"""Row-level security of PostgreSQL over all tables, and over all pages with our own filter off."""

from collections.abc import Iterator
from itertools import product
from unittest.mock import patch
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from psycopg import sql
from sqlalchemy import select, true
from sqlalchemy.orm import with_loader_criteria

from ddplatform.infrastructure import isolation_check, tenancy
from ddplatform.infrastructure.access.roles import ROLES, RoleId
from ddplatform.infrastructure.db import Base, db
from ddplatform.infrastructure.tenancy import TenantScoped, tenant_tables
from scripts.migration_lists import append_only_tables
from tests.conftest import DATABASES, NOW, make_app
from tests.contract.test_leaks import SIDES
from tests.infrastructure.test_row_security import address_for, say
from tests.leak_checks import Caller, Sweep, Sweeper
from tests.postgres import APPLICATION, empty_tables, superuser
from tests.worlds import World, make_worlds

pytestmark = [pytest.mark.both_databases, pytest.mark.no_cover]

UNHELD = """
SELECT DISTINCT columns.table_name FROM information_schema.columns
JOIN pg_class ON pg_class.oid = CAST(columns.table_name AS regclass)
WHERE table_schema = 'public' AND relkind IN ('r', 'p')
AND column_name ~ 'organisation_id$'
AND NOT (relrowsecurity AND relforcerowsecurity AND EXISTS (
    SELECT FROM pg_policy WHERE polrelid = pg_class.oid AND polqual IS NOT NULL
    AND polwithcheck IS NOT NULL))
"""
VIEWS = "SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace"
UPDATABLE = """
SELECT DISTINCT table_name FROM information_schema.column_privileges
WHERE grantee = %(role)s AND privilege_type = 'UPDATE' AND table_schema = 'public'
"""


@pytest.fixture(scope="module", params=DATABASES[1:])
def world_app(request: pytest.FixtureRequest, tmp_path_factory) -> Iterator[Flask]:
    """One application of PostgreSQL for all tests, under the role it has in production."""
    shared: Flask = request.getfixturevalue(f"{request.param}_app")
    url = shared.config["SQLALCHEMY_DATABASE_URI"]
    app = make_app(tmp_path_factory.mktemp("worlds"), url)
    yield app
    with app.app_context():
        db.session.remove()
        empty_tables(db.engine.url)
        db.engine.dispose()


@pytest.fixture(scope="module")
def worlds(world_app: Flask) -> dict[str, World]:
    with world_app.app_context():
        return make_worlds(at=NOW)


def asked(app: Flask, statement: str, **values: str) -> set[str]:
    """First column of what a superuser is shown."""
    with superuser(app.config["SQLALCHEMY_DATABASE_URI"]) as connection:
        return {str(row[0]) for row in connection.exec_driver_sql(statement, values or None)}


def test_no_table_names_an_organisation_without_a_forced_policy(world_app: Flask):
    assert asked(world_app, UNHELD) == set()


def test_no_view_reads_with_the_rights_of_its_owner(world_app: Flask):
    assert asked(world_app, VIEWS) == set()


def test_tables_that_never_change_are_not_even_updatable(world_app: Flask):
    updatable = asked(world_app, UPDATABLE, role=APPLICATION)
    never = {table for table, condition in append_only_tables().items() if condition is None}
    changing = {  # moved with a merge of nodes, redacted: triggers allow that much alone
        m.local_table.name
        for m in Base.registry.mappers
        if hasattr(m.class_, "moves_with_merge") or hasattr(m.class_, "redacted_column")
    }

    assert "audit_event" in never - changing
    assert updatable & (never - changing) == set()
    assert {"finding", *changing} <= updatable


def test_policies_show_each_organisation_exactly_what_its_models_let_it_see(
    world_app: Flask, worlds: dict[str, World]
):
    models = {m.local_table.name: m.class_ for m in Base.registry.mappers}
    tables = {table: models[table] for table in tenant_tables()}
    with (
        psycopg.connect(address_for(world_app, APPLICATION)) as connection,
        superuser(world_app.config["SQLALCHEMY_DATABASE_URI"]) as past_all,
    ):
        for table, model in tables.items():
            everything = set(past_all.scalars(select(model.__table__.c.id)))
            assert everything, f"{table} has no row to try"
            assert seen(connection, table, "") == set()
            assert seen(connection, table, "*") == everything
            for world in worlds.values():
                owner = world.tenant.id
                wanted = set(past_all.scalars(select(model.id).where(model.visible_to(owner))))
                assert seen(connection, table, owner.hex) == wanted, f"{table} of {world.slug}"


def seen(connection: psycopg.Connection, table: str, tenant: str) -> set[UUID]:
    with connection.transaction():
        if tenant:
            say(connection, tenant)
        rows = connection.execute(sql.SQL("SELECT id FROM {}").format(sql.Identifier(table)))
        return {key for (key,) in rows}


@pytest.fixture
def no_filter_of_our_own(world_app: Flask) -> Iterator[None]:
    """Neither the criterion on statements of the ORM nor the check at the cursor."""
    every = with_loader_criteria(TenantScoped, lambda cls: true(), include_aliases=True)

    def forget() -> None:
        with world_app.app_context():
            db.engine.clear_compiled_cache()

    forget()
    with (
        patch.object(tenancy, "_criterion", lambda _organisation: every),
        patch.object(isolation_check, "require_criteria", lambda *_, **__: None),
    ):
        yield
    forget()


@pytest.mark.long
@pytest.mark.rotates(on="postgresql")
@pytest.mark.usefixtures("no_filter_of_our_own")
@pytest.mark.parametrize(
    ("slug", "role"),
    [*product(SIDES, ROLES), (None, None)],
    ids=lambda part: part or "nobody",
)
def test_policies_alone_keep_every_page_from_showing_a_foreign_row(
    world_app: Flask,
    worlds: dict[str, World],
    slug: str | None,
    role: RoleId | None,
):
    sweep = Sweep()
    caller = Caller(worlds[slug] if slug else None, role)
    Sweeper(world_app, worlds, sweep).run(caller)

    assert not sweep.faults, "\n".join(sweep.faults[:60])


@pytest.mark.usefixtures("no_filter_of_our_own")
def test_statement_without_any_criterion_is_cut_by_the_policies(
    world_app: Flask, worlds: dict[str, World]
):
    chains = {m.local_table.name: m.class_ for m in Base.registry.mappers}["value_chain"]
    with world_app.app_context():
        for world in worlds.values():
            with tenancy.acting_in(world.tenant.id):
                owners = set(db.session.scalars(select(chains.organisation_id)))
                assert owners == {world.tenant.id}
        db.session.rollback()
