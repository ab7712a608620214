"""Every door x method x identity x own, foreign, absent and malformed id: nothing leaks."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from ddplatform.infrastructure.access.roles import ROLES, RoleId
from ddplatform.infrastructure.db import db
from tests.conftest import DATABASES, NOW, do_not_wait_for_the_disk, make_app
from tests.factories import csrf_field
from tests.form_fields import FormFields, is_id
from tests.leak_checks import (
    ABSENT,
    KNOWN,
    Caller,
    Sweep,
    Sweeper,
    Try,
    all_endpoints,
    browser,
    callers,
    leaks,
    may_enter,
    same_answer,
    secrets_of_others,
    tries,
    undone,
)
from tests.postgres import empty_tables
from tests.sampling import draw
from tests.worlds import OWN, PLAN, World, make_worlds

SIDES = {"acmeco": "buyer", "borisco": "buyer", "supplyco": "supplier"}
"""Who is what: the two buyers have the same kinds of rows, each of its own."""

# What a sweep happens to run proves nothing about a line; measuring it would cost minutes.
pytestmark = pytest.mark.no_cover


@pytest.fixture(scope="module", params=DATABASES)
def world_app(request: pytest.FixtureRequest, tmp_path_factory) -> Iterator[Flask]:
    """One application for all requests, on each database."""
    folder: Path = tmp_path_factory.mktemp("worlds")
    url = f"sqlite:///{folder / 'platform.db'}"
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), folder / "platform.db")
    else:
        url = request.getfixturevalue("postgresql_app").config["SQLALCHEMY_DATABASE_URI"]
    app = make_app(folder, url)
    with app.app_context():
        event.listen(db.engine, "connect", do_not_wait_for_the_disk)
    yield app
    with app.app_context():
        db.session.remove()
        if request.param == "postgresql":
            empty_tables(db.engine.url)
        db.engine.dispose()


@pytest.fixture(scope="module")
def worlds(world_app: Flask) -> dict[str, World]:
    with world_app.app_context():
        return make_worlds(at=NOW)


@pytest.mark.long
@pytest.mark.rotates("side", on="postgresql")
@pytest.mark.rotates("side", "role", on="sqlite")
@pytest.mark.parametrize(
    ("side", "slug", "role"),
    [*((SIDES[slug], slug, role) for slug, role in product(SIDES, ROLES)), ("nobody", None, None)],
    ids=lambda part: part or "",
)
def test_no_door_tells_or_changes_what_belongs_to_somebody_else(
    world_app: Flask,
    worlds: dict[str, World],
    record_property: Callable[[str, object], None],
    pytestconfig: pytest.Config,
    side: str,
    slug: str | None,
    role: RoleId | None,
):
    sweep = Sweep()
    caller = Caller(worlds[slug] if slug else None, role)
    doors = drawn_doors(pytestconfig, world_app, caller)
    Sweeper(world_app, worlds, sweep).run(caller, doors)

    record_property("requests", sweep.sent)
    assert sweep.sent >= len(doors)
    assert sweep.rules == {rule.rule for rule, _ in doors}
    assert not sweep.faults, "\n".join(sweep.faults[:60])


def drawn_doors(config: pytest.Config, app: Flask, caller: Caller) -> list[tuple[Rule, str]]:
    """Where a caller knocks: in a sampled run one role that may enter a door, and one that may not.

    Whose a row is does not hang on the role of who asks for it.
    """
    doors = all_endpoints(app)
    if config.option.whole or caller.world is None:
        return doors
    return [(rule, method) for rule, method in doors if _knocks(config, app, caller, rule, method)]


def _knocks(config: pytest.Config, app: Flask, caller: Caller, rule: Rule, method: str) -> bool:
    enters = may_enter(app, caller, rule)
    alike = [r for r in ROLES if may_enter(app, replace(caller, role=r), rule) is enters]
    return caller.role is draw(config, f"enters={enters} {method} {rule.rule}").choice(alike)


def test_each_door_is_tried_by_somebody_whom_it_refuses_and_somebody_who_may_enter(
    world_app: Flask, worlds: dict[str, World], pytestconfig: pytest.Config
):
    buyers = [caller for caller in callers(worlds) if caller.world is worlds["acmeco"]]
    tried = {
        (rule.rule, method, may_enter(world_app, caller, rule))
        for caller in buyers
        for rule, method in drawn_doors(pytestconfig, world_app, caller)
    }
    all_ways = {
        (rule.rule, method, may_enter(world_app, caller, rule))
        for rule, method in all_endpoints(world_app)
        for caller in buyers
    }

    assert tried == all_ways


def test_every_caller_of_the_worlds_sends_requests(worlds: dict[str, World]):
    assert set(worlds) == set(SIDES)


def test_every_id_of_an_address_is_tried_as_own_foreign_absent_and_malformed(
    world_app: Flask, worlds: dict[str, World]
):
    by_nobody = callers(worlds)[-1]
    kinds = {
        rule.rule: {one.kind for one in tries(world_app, rule, method, by_nobody, worlds)}
        for rule, method in all_endpoints(world_app)
        if "uuid:" in rule.rule and not set(PLAN["shipped"]) & rule.arguments
    }

    assert kinds
    for rule, tried in kinds.items():
        assert {"own", "foreign", "absent", "malformed"} <= tried, rule


@pytest.mark.long
@pytest.mark.rotates(on="postgresql")
@pytest.mark.parametrize(
    ("slug", "role"),
    [
        ("acmeco", RoleId.ADMIN),
        ("acmeco", RoleId.SUSTAINABILITY_MANAGER),
        ("acmeco", RoleId.SAFEGUARDING_OFFICER),
        ("supplyco", RoleId.SUPPLIER),
    ],
)
def test_foreign_id_inside_a_form_is_answered_like_an_absent_one(
    world_app: Flask, worlds: dict[str, World], slug: str, role: RoleId
):
    caller = Caller(worlds[slug], role)
    secrets = secrets_of_others(caller, worlds)
    faults = []
    for one, fields, name in forms_naming_rows(world_app, worlds, caller):
        absent = post(world_app, caller, one, {**fields, name: ABSENT})
        for foreign in ids_of_others(caller, worlds):
            answer = post(world_app, caller, one, {**fields, name: foreign})
            mine = replace(one, ids=(*one.ids, foreign))
            if leaks(answer, mine, secrets) or answer.status_code >= 500:
                faults.append(f"{one.path} {name}: {answer.status_code} or a leak")
            if not same_answer(answer, absent, mine, replace(one, ids=(*one.ids, ABSENT))):
                faults.append(f"{one.path} {name}: {answer.status_code}, {absent.status_code}")

    assert not faults, "\n".join(faults[:40])


def forms_naming_rows(
    app: Flask, worlds: dict[str, World], caller: Caller
) -> Iterator[tuple[Try, dict[str, str], str]]:
    """Each form of each own page that posts to its own address, once for each field of an id."""
    posting = {rule.rule for rule, method in all_endpoints(app) if method == "POST"}
    for rule, method in all_endpoints(app):
        if method != "GET" or rule.rule not in posting:
            continue
        for one in tries(app, rule, method, caller, worlds):
            if one.kind == KNOWN:
                page = FormFields(browser(app, caller).get(one.path).text)
                for name in page.naming_rows():
                    yield one, page.filled(), name


def ids_of_others(caller: Caller, worlds: dict[str, World]) -> list[str]:
    """One row of each kind that belongs to somebody else and is not shared with the caller."""
    other = worlds["borisco"]
    return [key for (part, _), key in other.keys.items() if part == OWN and is_id(key)]


def post(app: Flask, caller: Caller, one: Try, fields: dict[str, str]) -> TestResponse:
    with undone():
        data = {**fields, "csrf_token": csrf_field(app)}
        return browser(app, caller).post(one.path, data=data)
