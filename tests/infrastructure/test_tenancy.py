"""Each way around the wall that we know of, tried."""

from uuid import uuid4

import pandas as pd
import pytest
from flask import Flask
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import aliased

from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.isolation_check import IsolationError
from ddplatform.infrastructure.tenancy import (
    TenancyError,
    across_tenants,
    acting_in,
    insert_rows,
    nobody,
)
from ddplatform.value_chain.mapping.models import ValueChain
from tests.conftest import NOW
from tests.factories import Tenant
from tests.stored_worlds import stored_world

pytestmark = pytest.mark.both_databases

TABLE = ValueChain.__table__


@stored_world
def two_chains(context: Flask, tenant: Tenant, other_tenant: Tenant) -> tuple[Tenant, Tenant]:
    for owner in (tenant, other_tenant):
        with unit_of_work(), acting_in(owner.id):
            db.session.add(ValueChain(name=f"chain of {owner.slug}", slug="main", created_at=NOW))
    db.session.expunge_all()
    return tenant, other_tenant


def test_every_orm_read_sees_the_own_rows_alone(two_chains):
    mine, _ = two_chains
    alias = aliased(ValueChain)
    with acting_in(mine.id):
        assert [c.name for c in db.session.scalars(select(ValueChain))] == ["chain of acme"]
        assert db.session.scalar(select(func.count()).select_from(ValueChain)) == 1
        assert list(db.session.scalars(select(alias.name))) == ["chain of acme"]
        both = select(ValueChain.name).join(alias, alias.slug == ValueChain.slug)
        assert list(db.session.scalars(both)) == ["chain of acme"]
        inner = select(ValueChain.id).where(ValueChain.slug == "main").subquery()
        assert len(db.session.execute(select(inner)).all()) == 1


def test_foreign_row_is_absent_when_asked_for_by_its_key(two_chains):
    mine, other = two_chains
    with acting_in(other.id):
        foreign = db.session.scalar(select(ValueChain.id))
    db.session.expunge_all()

    with acting_in(mine.id):
        assert db.session.get(ValueChain, foreign) is None


def test_bulk_update_and_delete_reach_the_own_rows_alone(two_chains):
    mine, other = two_chains
    with unit_of_work(), acting_in(mine.id):
        db.session.execute(update(ValueChain).values(description="changed"))
    with unit_of_work(), acting_in(mine.id):
        db.session.execute(delete(ValueChain))
    db.session.expunge_all()

    with acting_in(other.id):
        assert db.session.scalar(select(ValueChain.description)) == ""


@pytest.mark.parametrize(
    "statement",
    [
        text("SELECT * FROM value_chain"),
        text("SELECT v.name FROM organisation o JOIN value_chain AS v ON v.organisation_id = o.id"),
        text("SELECT name FROM organisation, value_chain"),
        text("UPDATE value_chain SET name = 'taken'"),
        text("DELETE FROM value_chain"),
        select(TABLE.c.name),
        select(func.count()).select_from(TABLE),
        insert(TABLE).values(
            id=uuid4(),
            organisation_id=uuid4(),
            name="x",
            slug="x",
            description="",
            version=1,
            created_at=NOW,
        ),
    ],
)
def test_sql_around_the_orm_is_refused_at_the_cursor(two_chains, statement):
    mine, _ = two_chains
    with acting_in(mine.id), pytest.raises(IsolationError):
        db.session.execute(statement)
    db.session.rollback()


def test_criterion_for_somebody_else_is_refused(two_chains):
    mine, other = two_chains
    with acting_in(mine.id), pytest.raises(IsolationError):
        db.session.execute(select(TABLE.c.name).where(TABLE.c.organisation_id == other.id))
    db.session.rollback()


def test_data_frames_read_over_our_connection_are_refused_too(two_chains):
    mine, _ = two_chains
    with acting_in(mine.id), db.engine.connect() as connection, pytest.raises(IsolationError):
        pd.read_sql(select(TABLE.c.name), connection)


def test_nobody_acting_is_an_error_and_never_all_rows(two_chains):
    with nobody(), pytest.raises(TenancyError):
        db.session.execute(select(ValueChain))
    db.session.rollback()


def test_row_for_another_organisation_is_refused_at_the_flush(two_chains):
    mine, other = two_chains
    with acting_in(mine.id), pytest.raises(TenancyError), unit_of_work():
        db.session.add(ValueChain(organisation_id=other.id, name="x", slug="x", created_at=NOW))


def test_row_never_moves_to_another_organisation(two_chains):
    mine, other = two_chains
    with acting_in(mine.id), pytest.raises(TenancyError), unit_of_work():
        chain = db.session.scalar(select(ValueChain))
        chain.organisation_id = other.id


def test_foreign_object_cannot_become_a_row_even_across_a_change_of_tenant(two_chains):
    mine, _ = two_chains
    with across_tenants():
        rows = list(db.session.scalars(select(ValueChain).order_by(ValueChain.name)))
    assert len(rows) == 2
    with acting_in(mine.id), pytest.raises(TenancyError), unit_of_work():
        rows[1].name = "taken"


def test_database_itself_refuses_a_foreign_row_when_the_first_wall_is_down(two_chains):
    mine, other = two_chains
    row = {
        "name": "x",
        "slug": "x",
        "description": "",
        "version": 1,
        "created_at": NOW,
        "id": uuid4(),
    }
    with acting_in(mine.id), pytest.raises(DBAPIError, match="tenant wall"):
        db.session.execute(
            insert(ValueChain),
            [{**row, "organisation_id": other.id}],
            execution_options={"unscoped": "rows stamped by insert_rows"},
        )
    db.session.rollback()


def test_many_rows_are_stamped_with_the_acting_organisation(two_chains):
    mine, other = two_chains
    rows = [
        {
            "id": uuid4(),
            "name": f"n{i}",
            "slug": f"s{i}",
            "description": "",
            "version": 1,
            "created_at": NOW,
        }
        for i in range(3)
    ]
    with unit_of_work(), acting_in(mine.id):
        insert_rows(ValueChain, rows)

    with acting_in(mine.id):
        assert db.session.scalar(select(func.count()).select_from(ValueChain)) == 4
    with acting_in(other.id):
        assert db.session.scalar(select(func.count()).select_from(ValueChain)) == 1


def test_reason_outside_the_closed_list_opens_no_door(two_chains):
    mine, _ = two_chains
    with acting_in(mine.id), pytest.raises(TenancyError, match="no accepted reason"):
        db.session.execute(select(TABLE.c.name), execution_options={"unscoped": "because"})
    db.session.rollback()
