"""Where to act and to find out first, over all maps of an organisation."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.reporting.overview.queries.overview import list_chain_states, moves_of
from ddplatform.risk.judgement.services import Urgency, note_salience
from ddplatform.risk.register.queries.first import SHOWN, FirstRow, FirstRows, load_first
from ddplatform.risk.register.queries.register import MapRun
from ddplatform.supplier_engagement.responses.models import RiskSignal
from ddplatform.value_chain.mapping.models import ValueChain
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from supply_chain.vocabulary import Issue, RiskBand
from tests.approved import add_origin
from tests.changed_runs import assess_new
from tests.conftest import NOW
from tests.factories import Tenant
from tests.risk_maps import COCOA, CocoaMap, acting, assess
from tests.stored_worlds import stored_world

PAGE = "/o/acme/"
TEA_FARMS = 14


@stored_world
def scored(tenant: Tenant, cocoa: CocoaMap) -> CocoaMap:
    """The cocoa map and one of offices and farms of which nothing is known, both assessed."""
    with acting(tenant):
        tea = value_chain.create_chain(
            "Tea",
            own_business="Acme",
            country="BE",
            act=Act(tenant.analyst, NOW),
        ).id
        for number in range(TEA_FARMS):
            fields = NodeFields(name=f"Farm group {number}", country="GH", commodity_refs=(COCOA,))
            add_origin(tea, fields, act=Act(tenant.analyst, NOW))
    for chain in (cocoa.chain, tea):
        assess(tenant, chain)
    return cocoa


def first_rows(tenant: Tenant) -> FirstRows:
    with acting(tenant):
        runs = db.session.execute(
            select(ValueChain.id, ValueChain.name, ValueChain.current_run_id).order_by(
                ValueChain.name
            )
        ).all()
        return load_first([MapRun(*run) for run in runs])


def index_of(row: FirstRow) -> float:
    return round(row.row.risk.residual_index, 6)


def test_risks_of_all_maps_stand_in_one_order(tenant: Tenant, scored: CocoaMap) -> None:
    found = first_rows(tenant)

    assert {row.of.name for row in found.act} == {"Cocoa", "Tea"}
    indices = [index_of(row) for row in found.act]
    assert indices == sorted(indices, reverse=True) and len(indices) <= SHOWN
    assert all(row.row.risk.residual_band.value == "critical" for row in found.act)


def test_what_stands_under_act_first_is_not_listed_again(tenant: Tenant, scored: CocoaMap) -> None:
    found = first_rows(tenant)

    acted = {row.row.risk.node_ref for row in found.act}
    assert found.find and not acted & {row.row.risk.node_ref for row in found.find}
    highs = [round(row.row.risk.known.residual_high, 6) for row in found.find]  # type: ignore[union-attr]
    assert highs == sorted(highs, reverse=True)


def test_places_with_an_equal_score_share_a_row_with_their_positions(
    tenant: Tenant, scored: CocoaMap
) -> None:
    rows = [one.row for one in (*first_rows(tenant).act, *first_rows(tenant).find)]

    ties = [row for row in rows if row.count > 1]
    assert any(row.count == TEA_FARMS for row in ties)
    assert all(row.last - row.first + 1 == row.count for row in ties)


@pytest.mark.parametrize("whole", [True, False])
def test_a_child_in_danger_comes_before_every_score_of_every_map(
    tenant: Tenant, scored: CocoaMap, whole: bool
) -> None:
    """Whether the map is assessed as a whole or the change alone."""
    with acting(tenant):
        note_salience(
            scored.own,
            Issue.FF,
            Urgency(is_emergency=True),
            reason="Told by phone",
            act=Act(tenant.analyst, NOW),
        )
    later = NOW + timedelta(minutes=1)
    if whole:
        assess(tenant, scored.chain, at=later)
    else:
        made = assess_new(tenant, scored.chain, later, as_of=NOW.date())
        assert isinstance(made, UUID)

    first = first_rows(tenant).act[0].row.risk
    assert (first.node_id, first.issue) == (scored.own, Issue.FF)
    assert first.known is not None and first.known.is_emergency
    assert first.residual_band is not RiskBand.CRITICAL


def test_the_overview_shows_both_lists_and_leads_on(analyst: FlaskClient, scored: CocoaMap) -> None:
    page = analyst.get(PAGE).text

    assert "Act first" in page and "Find out first" in page and "All maps" in page
    assert re.search(rf"<bdi>{TEA_FARMS} places, equal score</bdi>", page)
    assert f"/o/acme/risk/register/?chain={scored.chain}" in page
    assert page.count("could be up to") == page.split('id="h-find"')[1].count("could be up to") > 0


@stored_world
def moved(tenant: Tenant, cocoa: CocoaMap) -> CocoaMap:
    """The cocoa map, assessed a hundred days ago and again after its farms admitted a problem."""
    before = NOW - timedelta(days=100)
    assess(tenant, cocoa.chain, at=before)
    with acting(tenant):
        told = {"source_type": "admission", "quality": 0.8, "causes": [], "observed_at": NOW}
        db.session.add(RiskSignal(node_id=cocoa.farms, factor="WRK-01", value=1.0, **told))
    assess(tenant, cocoa.chain)
    return cocoa


def test_the_overview_tells_which_risks_moved_since_a_quarter_ago_and_why(
    tenant: Tenant, analyst: FlaskClient, moved: CocoaMap
) -> None:
    with acting(tenant):
        state = list_chain_states(NOW.date())[0]
        found = moves_of([state])
    assert found is not None and state.before_as_of == NOW.date() - timedelta(days=100)
    assert [move.now.node_id for move in found.rose] == [moved.farms]
    assert (found.risen, found.fallen, found.fell) == (1, 0, [])
    move = found.rose[0]
    assert move.reason == "evidence" and move.points >= 1
    page = analyst.get(PAGE).text
    assert "Risks that moved" in page and "answers, visits and events" in page
    assert "1 place rose by a point or more, 0 fell" in page


def test_a_first_assessment_has_nothing_to_compare_with(
    analyst: FlaskClient, scored: CocoaMap
) -> None:
    assert "Risks that moved" not in analyst.get(PAGE).text
