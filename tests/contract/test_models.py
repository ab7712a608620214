"""What is kept, and the walls the database itself keeps: read from the models and tried."""

import re
import shutil
from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import CheckConstraint, UniqueConstraint, delete, inspect, select, text, update
from sqlalchemy.exc import DBAPIError

from ddplatform.factory import create_app
from ddplatform.infrastructure.db import Base, db
from ddplatform.infrastructure.tenancy import TenantScoped, across_tenants, tenant_tables
from ddplatform.migrations.isolation import isolation_triggers
from scripts.migration_lists import append_only_tables, moving_tables, redacted_tables
from tests.conftest import DATABASES, NOW, settings_for
from tests.postgres import empty_tables
from tests.worlds import make_worlds

pytestmark = pytest.mark.both_databases

GLOBAL = {
    "organisation": "the tenants themselves",
    "user": "one person may belong to several organisations",
    "user_session": "there is a session before there is an organisation",
    "second_factor": "of a person, whatever organisations they belong to",
    "recovery_code": "the same",
    "passkey": "the same",
    "provider_identity": "the same",
    "rate_count": "counts tries before anybody is known",
    "job": "the worker claims across organisations; queries/jobs.py filters by the acting one",
    "questionnaire": "shipped with the product",
    "questionnaire_version": "shipped with the product",
    "reference_release": "shipped with the product",
    "indicator_value": "shipped with the product",
    "context_value": "shipped with the product",
}


def models() -> dict[str, type[Base]]:
    return {mapper.local_table.name: mapper.class_ for mapper in Base.registry.mappers}


@pytest.fixture(scope="module", params=DATABASES)
def filled(request: pytest.FixtureRequest, tmp_path_factory) -> Iterator[Flask]:
    """A migrated database with a row in every table."""
    folder = tmp_path_factory.mktemp("models")
    url = f"sqlite:///{folder / 'platform.db'}"
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), folder / "platform.db")
    else:
        url = request.getfixturevalue("postgresql_app").config["SQLALCHEMY_DATABASE_URI"]
    app = create_app(settings_for(folder, url))
    with app.app_context():
        make_worlds(at=NOW)
        yield app
        db.session.remove()
        if request.param == "postgresql":
            empty_tables(db.engine.url)
        db.engine.dispose()


def test_every_table_belongs_to_a_tenant_or_is_known_to_be_shared():
    shared = {name for name, model in models().items() if not issubclass(model, TenantScoped)}

    assert shared == set(GLOBAL)


def test_keys_between_tenant_tables_start_with_the_organisation():
    tenants = tenant_tables()
    crossing = [
        f"{table.name}.{constraint.column_keys}"
        for table in db.metadata.tables.values()
        for constraint in table.foreign_key_constraints
        if constraint.referred_table.name in tenants
        and "organisation_id" not in constraint.column_keys
    ]

    assert crossing == []


def test_person_of_a_step_never_stands_without_its_moment():
    unchecked = set()
    for table in db.metadata.tables.values():
        checks = " ".join(
            str(c.sqltext) for c in table.constraints if isinstance(c, CheckConstraint)
        )
        for column in table.columns:
            step = column.name.removesuffix("_by_id")
            moment = table.columns.get(f"{step}_at")
            if step == column.name or moment is None or not moment.nullable:
                continue  # a moment that always stands needs no person: the platform may act
            if not re.search(rf"\b{step}_by_id\b", checks):
                unchecked.add(f"{table.name}.{step}")

    assert unchecked == set()


def test_migrations_make_exactly_the_models(filled: Flask):
    with across_tenants(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert compare_metadata(context, db.metadata) == []


def test_database_keeps_every_check_and_unique_key_of_the_models(filled: Flask):
    with across_tenants():
        found = inspect(db.engine)
        for table in db.metadata.tables.values():
            wanted_checks = {c.name for c in table.constraints if isinstance(c, CheckConstraint)}
            wanted_unique = {c.name for c in table.constraints if isinstance(c, UniqueConstraint)}
            checks = {c["name"] for c in found.get_check_constraints(table.name)}
            unique = {c["name"] for c in found.get_unique_constraints(table.name)}

            assert {n for n in wanted_checks if n} <= checks, table.name
            assert {n for n in wanted_unique if n} <= unique, table.name


def triggers_of(dialect: str) -> dict[str, str]:
    """Trigger -> the statement that makes it, as walls.py asks for it."""
    statements = isolation_triggers(
        dialect, tenant_tables(), append_only_tables(), moving_tables(), redacted_tables()
    )
    named = {}
    for statement in statements:
        if match := re.match(r"CREATE TRIGGER (\w+)", statement):
            named[match.group(1)] = statement
    return named


def test_database_holds_every_trigger_that_the_walls_ask_for(filled: Flask):
    dialect = db.engine.dialect.name
    wanted = triggers_of(dialect)
    query = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    }[dialect]
    with across_tenants(), db.engine.connect() as connection:
        found = dict(tuple(row) for row in connection.execute(text(query)))

    assert set(found) == set(wanted)
    if dialect == "sqlite":
        assert found == wanted


def test_tables_that_never_change_refuse_update_and_delete(filled: Flask):
    always = [name for name, condition in append_only_tables().items() if condition is None]
    assert {"audit_event", "audit_checkpoint", "risk_assessment", "questionnaire_version"} <= set(
        always
    )
    for name in always:
        model = models()[name]
        with across_tenants():
            key = db.session.scalar(select(model.id).limit(1))
            assert key is not None, f"{name} has no row to try"
            column = next(c for c in model.__table__.columns if not c.primary_key)
            for statement in (
                update(model)
                .where(model.id == key)
                .values({column.name: getattr(model, column.name)}),
                delete(model).where(model.id == key),
            ):
                with pytest.raises(DBAPIError, match=f"append only: {name}|permission denied"):
                    db.session.execute(statement, execution_options={"synchronize_session": False})
                db.session.rollback()


def test_sealed_report_never_changes_and_an_open_one_may(filled: Flask):
    report = models()["report"]
    with across_tenants():
        key = db.session.scalar(select(report.id).limit(1))

        def change(**values: object) -> None:
            db.session.execute(
                update(report).where(report.id == key).values(**values),
                execution_options={"synchronize_session": False},
            )

        change(title="Changed while it is open")
        change(sealed_at=NOW, facts_sha256="0" * 64)
        with pytest.raises(DBAPIError, match="append only: report"):
            change(title="Changed after it was sealed")
        db.session.rollback()


def test_foreign_keys_are_enforced(filled: Flask):
    step = models()["remediation_step"]
    with across_tenants(), pytest.raises(DBAPIError):
        row = db.session.scalar(select(models()["value_chain"]).limit(1))
        db.session.execute(
            delete(models()["value_chain"]).where(models()["value_chain"].id == row.id)
        )
        db.session.commit()
    db.session.rollback()
    assert step.is_append_only
