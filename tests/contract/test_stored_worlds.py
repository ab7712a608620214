"""Worlds that are built once: every test begins in the same one, and none sees another's."""

from collections.abc import Sequence
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from ddplatform.accounts.organisations.models import Organisation
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.db import db
from ddplatform.value_chain.graph.queries import snapshots as map_snapshots
from ddplatform.value_chain.mapping.models import ValueChain
from ddplatform.value_chain.mapping.services.nodes import create_chain
from tests.answering import make_chain
from tests.conftest import NOW
from tests.factories import Tenant
from tests.risk_maps import acting
from tests.stored_worlds import Kept, KeptWorlds, clear_caches, stored_world

BUILT = list[str]()
"""The kind of database of each build."""


@stored_world
def map_with_a_file(tenant: Tenant) -> tuple[UUID, str]:
    """A map, and a file beside the database."""
    BUILT.append(db.engine.dialect.name)
    return make_chain(tenant), adapters().files.put(tenant.id, b"of the world")


def chains(tenant: Tenant) -> Sequence[UUID]:
    with acting(tenant):
        return db.session.scalars(select(ValueChain.id)).all()


def one_more(tenant: Tenant) -> UUID:
    """Another map of the same company."""
    with acting(tenant):
        return create_chain(
            "Cotton", own_business="Us", country="FR", act=Act(tenant.analyst, NOW)
        ).id


@pytest.mark.parametrize("time", ["first", "second", "third"])
def test_what_a_test_adds_is_gone_for_the_next(
    context: Flask, tenant: Tenant, map_with_a_file: tuple[UUID, str], time: str
) -> None:
    chain_id, digest = map_with_a_file
    assert chains(tenant) == [chain_id]
    assert adapters().files.get(tenant.id, digest) == b"of the world"
    assert BUILT.count(db.engine.dialect.name) == 1

    one_more(tenant)
    assert len(chains(tenant)) == 2


@pytest.mark.parametrize("time", ["first", "second"])
def test_a_world_is_kept_also_where_a_browser_is_named_before_it(
    context: Flask, analyst: FlaskClient, map_with_a_file: tuple[UUID, str], time: str
) -> None:
    assert analyst.get("/o/acme/value-chain/").status_code == 200
    assert BUILT.count(db.engine.dialect.name) == 1


def test_a_world_on_top_of_changes_of_the_test_is_built_on_them(
    context: Flask, tenant: Tenant, stored_worlds: Kept
) -> None:
    mine = make_chain(tenant)
    built = stored_worlds("one more map", lambda: one_more(tenant))

    assert {*chains(tenant)} == {mine, built}


def test_worlds_of_one_name_on_different_ones_are_not_mixed_up(
    context: Flask, tenant: Tenant, stored_worlds: Kept
) -> None:
    stored_worlds("the first", lambda: make_chain(tenant))
    stored_worlds("the last", lambda: None)
    assert len(chains(tenant)) == 1


def test_the_same_name_without_the_first_is_a_world_of_its_own(
    context: Flask, tenant: Tenant, stored_worlds: Kept
) -> None:
    stored_worlds("the last", lambda: None)
    assert chains(tenant) == []


@pytest.mark.parametrize("time", ["first", "second"])
def test_what_a_test_changes_in_what_it_was_given_is_not_there_for_the_next(
    stored_worlds: Kept, time: str
) -> None:
    given = stored_worlds("a list", lambda: ["of the world"])
    given.append("of the test")

    assert given == ["of the world", "of the test"]


def test_a_world_that_a_test_never_looked_at_is_not_there_after_it(
    app: Flask, context: Flask, tenant: Tenant, stored_worlds: Kept
) -> None:
    assert isinstance(stored_worlds, KeptWorlds)
    stored_worlds.end()
    assert db.session.scalar(select(Organisation.id).where(Organisation.id == tenant.id)) is None


def test_caches_that_go_by_an_id_are_emptied() -> None:
    map_snapshots._cache[UUID(int=1), 1, None] = None  # type: ignore[assignment]
    clear_caches()

    assert len(map_snapshots._cache) == 0
