"""The overview: the first day, true numbers, links to the lists, a flat number of statements."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, update

from ddplatform.audit.views import change_words
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.tenancy import insert_rows
from ddplatform.reporting.overview.queries.overview import list_changes, load_overview
from ddplatform.reporting.overview.views import overview as views
from ddplatform.value_chain.mapping.models import NodeSummary, ValueChainNode
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from supply_chain.vocabulary import NodeKind, RiskBand
from tests.conftest import NOW
from tests.factories import Tenant, signed_in_client
from tests.report_world import (
    TODAY,
    World,
    acting,
    add_action,
    add_assignment,
    add_cases,
    add_finding,
    make_map,
)
from tests.stored_worlds import stored_world

PAGE = "/o/acme/"
MOST_STATEMENTS = 13


@stored_world
def world(app: Flask, tenant: Tenant) -> World:
    with app.app_context():
        return make_map(tenant)


@pytest.fixture
def manager(app: Flask, tenant: Tenant) -> FlaskClient:
    return signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)


@contextmanager
def inside(app: Flask, tenant: Tenant) -> Iterator[None]:
    with app.app_context(), acting(tenant):
        yield


def nowhere(**_said: object) -> str:
    """Where a bar leads, where the test does not look."""
    return ""


def _statements(app: Flask, client: FlaskClient, page: str) -> list[str]:
    seen: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE")):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert client.get(page).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return seen


def test_the_first_day_has_one_next_step_and_no_chart(manager: FlaskClient) -> None:
    page = manager.get(PAGE).text
    main = page.split("<main")[1].split("</main>")[0]
    assert main.count('class="btn"') == 1
    assert 'href="/o/acme/first-steps/"' in main and "Start setup" in main
    assert '<svg class="map"' not in page
    assert "Not assessed" not in page


def test_after_the_own_business_the_first_steps_go_on(
    app: Flask, tenant: Tenant, manager: FlaskClient
) -> None:
    with inside(app, tenant):
        value_chain.create_chain("Cocoa", own_business="Acme", act=Act(tenant.analyst, NOW))
    page = manager.get(PAGE).text
    assert "Continue setup" in page


def test_who_may_not_edit_is_told_who_can(app: Flask, tenant: Tenant) -> None:
    page = signed_in_client(app, tenant, RoleId.ADMIN).get(PAGE).text
    assert "a sustainability manager can" in page


def test_suppliers_begin_at_their_questionnaires_and_auditors_at_the_reports(
    app: Flask, tenant: Tenant
) -> None:
    for role, start in ((RoleId.SUPPLIER, "responses/"), (RoleId.AUDITOR, "reports/")):
        answer = signed_in_client(app, tenant, role).get(PAGE)
        assert (answer.status_code, answer.headers["Location"]) == (302, PAGE + start)


def test_the_numbers_are_those_of_the_lists_they_lead_to(
    app: Flask, tenant: Tenant, world: World, manager: FlaskClient
) -> None:
    with inside(app, tenant):
        finding = add_finding(tenant, world)
        add_action(tenant, world, finding, due_on=TODAY - timedelta(days=500), title="Late one")
        add_action(tenant, world, finding, due_on=TODAY + timedelta(days=9000), title="Later")
        add_cases(finding, 2)
        found = load_overview(user_id=tenant.manager.user_id or uuid4(), now=NOW)
        summary = found.chains[0].summary
    page = manager.get(PAGE).text
    assert (found.work.open, found.work.overdue) == (2, 1)
    assert "1 overdue" in page
    late = manager.get("/o/acme/findings/actions?view=list&late=yes").text
    assert "Late one" in late
    assert "Later" not in late
    assert "&lt;5" in page
    assert found.cases == "<5"
    critical = summary["residual_bands"].get("critical", 0)
    register = manager.get(f"/o/acme/risk/?chain={world.chain_id}&risk=critical").text
    assert f">{critical:,}<" in page
    assert f"{critical:,}" in register


def test_each_cell_of_the_heat_map_leads_to_its_risks(
    app: Flask, tenant: Tenant, world: World, manager: FlaskClient
) -> None:
    page = manager.get(PAGE).text
    cells = re.findall(r'href="(/o/acme/risk/\?chain=[^"]+&amp;cell=(\d+))"[^>]*>([\d,]+)<', page)
    assert cells
    with inside(app, tenant):
        found = load_overview(user_id=uuid4(), now=NOW)
    counts = found.chains[0].summary["cells"]["all"]
    assert {cell: int(count.replace(",", "")) for _, cell, count in cells} == counts
    first = manager.get(cells[0][0].replace("&amp;", "&"), follow_redirects=True).text
    assert f"{int(cells[0][2]):,}" in first


def test_the_map_and_the_bars_count_every_node(
    app: Flask, tenant: Tenant, world: World, manager: FlaskClient
) -> None:
    with inside(app, tenant):
        add_assignment(tenant, world, due_on=TODAY)
        db.session.execute(
            update(NodeSummary)
            .where(NodeSummary.node_id == world.trader_id)
            .values(questionnaire_status="accepted")
        )
        db.session.execute(
            update(ValueChainNode).where(ValueChainNode.id == world.farm_id).values(country=None)
        )
        found = load_overview(user_id=uuid4(), now=NOW)
    places = views.places_of(found, found.chains[0])
    assert views.count_countries(places) == (2, 1)
    rows = {row["label"]: row["text"] for row in views.tier_rows(places, nowhere)}
    assert rows == {"Own business": "0 of 1", "Tier 1": "1 of 1", "Tier 2": "0 of 1"}
    page = manager.get(PAGE).text
    assert f"/o/acme/value-chain/{world.chain_id}/table?country=CI" in page
    assert "1 site has no known country" in page


def test_a_map_that_is_not_assessed_never_reads_as_safe(
    app: Flask, tenant: Tenant, manager: FlaskClient
) -> None:
    with app.app_context():
        make_map(tenant, assessed=False)
    page = manager.get(PAGE).text
    assert "not assessed yet" in page
    assert "Nothing is scored yet" in page
    assert 'class="hm"' not in page


def test_scores_from_before_the_last_change_are_marked(
    app: Flask, tenant: Tenant, world: World, manager: FlaskClient
) -> None:
    with inside(app, tenant):
        value_chain.add_node(world.chain_id, NodeFields(name="New"), act=Act(tenant.analyst, NOW))
    page = manager.get(PAGE).text
    assert "Scores from before the last change" in page


def test_a_node_without_a_path_to_the_own_business_has_a_bar_of_its_own(
    app: Flask, tenant: Tenant, world: World
) -> None:
    with inside(app, tenant):
        value_chain.add_node(world.chain_id, NodeFields(name="New"), act=Act(tenant.analyst, NOW))
        found = load_overview(user_id=uuid4(), now=NOW)
    rows = views.tier_rows(views.places_of(found, found.chains[0]), nowhere)
    assert rows[-1]["label"] == "No path to the own business"


def test_another_map_can_be_chosen(
    app: Flask, tenant: Tenant, world: World, manager: FlaskClient
) -> None:
    with inside(app, tenant):
        other = value_chain.create_chain(
            "Tea", own_business="Acme", act=Act(tenant.analyst, NOW)
        ).id
    page = manager.get(f"{PAGE}?chain={other}").text
    assert "Tea · not assessed yet" in page
    assert "Cocoa · as of" in manager.get(f"{PAGE}?chain=nonsense").text


def test_changes_of_others_are_told_since_the_last_visit(
    app: Flask, tenant: Tenant, world: World
) -> None:
    me, they = tenant.manager, tenant.analyst
    visit = NOW - timedelta(days=3)
    with inside(app, tenant):
        value_chain.add_node(world.chain_id, NodeFields(name="Mine"), act=Act(me, visit))
        for name in ("A", "B"):
            value_chain.add_node(world.chain_id, NodeFields(name=name), act=Act(they, NOW))
    with inside(app, tenant):
        found = list_changes(user_id=me.user_id or uuid4(), now=NOW + timedelta(minutes=1))
    assert found.since == visit
    assert [(row.action, row.times) for row in found.rows if row.action == "node:add"] == [
        ("node:add", 4)
    ]  # the two of the map's making are of today as well


def test_somebody_who_was_never_here_sees_the_last_thirty_days(
    app: Flask, tenant: Tenant, world: World
) -> None:
    with inside(app, tenant):
        found = list_changes(user_id=uuid4(), now=NOW)
    assert found.since == NOW - timedelta(days=30)


def test_words_of_changes_are_plain() -> None:
    assert change_words("node:add", 1) == "1 supplier or site was added"
    assert change_words("node:add", 2) == "2 suppliers or sites were added"
    assert change_words("tea_party:hold", 1) == "Tea party: hold"
    assert change_words("tea_party:hold", 3) == "Tea party: hold, 3 times"


@pytest.mark.parametrize("nodes", [100, 10_000])
def test_the_number_of_statements_does_not_grow_with_the_map(
    app: Flask, tenant: Tenant, world: World, manager: FlaskClient, nodes: int
) -> None:
    with inside(app, tenant):
        _fill(world, nodes)
    manager.get(PAGE)
    statements = _statements(app, manager, PAGE)
    assert len(statements) <= MOST_STATEMENTS, statements


def test_the_nodes_of_a_map_are_counted_once_for_each_version_and_the_asked_ones_each_time(
    app: Flask, tenant: Tenant, world: World, manager: FlaskClient
) -> None:
    def texts() -> dict[str, str]:
        with inside(app, tenant):
            found = load_overview(user_id=uuid4(), now=NOW)
        return {row["label"]: row["text"] for row in views.tier_rows(found.places, nowhere)}

    def counts_all(statements: list[str]) -> bool:
        return any(
            "FROM value_chain_node LEFT OUTER JOIN node_summary" in one for one in statements
        )

    assert counts_all(_statements(app, manager, PAGE))
    assert not counts_all(_statements(app, manager, PAGE))
    with inside(app, tenant):
        trader = NodeSummary.node_id == world.trader_id
        db.session.execute(
            update(NodeSummary).where(trader).values(questionnaire_status="accepted")
        )
    assert "1 of 1" in manager.get(PAGE).text
    with inside(app, tenant):
        value_chain.archive_node(world.farm_id, act=Act(tenant.manager, NOW))
    assert counts_all(_statements(app, manager, PAGE))
    assert texts() == {"Own business": "0 of 1", "Tier 1": "1 of 1"}


def _fill(world: World, count: int) -> None:
    keys: list[UUID] = [uuid4() for _ in range(count)]
    insert_rows(
        ValueChainNode,
        [
            {
                "id": key,
                "chain_id": world.chain_id,
                "external_ref": f"f{place}",
                "kind": NodeKind.SITE,
                "name": f"Farm {place}",
                "country": ("CI", "GH", "CM")[place % 3],
                "commodity_refs": [],
                "own_operation": False,
                "external_ids": {},
                "attributes": {},
                "row_version": 1,
                "created_at": NOW,
            }
            for place, key in enumerate(keys)
        ],
    )
    insert_rows(
        NodeSummary,
        [
            {
                "id": uuid4(),
                "node_id": key,
                "chain_id": world.chain_id,
                "tier": 3,
                "band": RiskBand.HIGH,
                "open_findings": 0,
                "overdue_actions": 0,
            }
            for key in keys
        ],
    )
