"""A site that another runs, with other goods, in another country or on a list is looked at anew."""

from dataclasses import asdict, replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.risk.monitoring.services import look_for_changes
from ddplatform.risk.reassessment.models import ReviewTask
from ddplatform.risk.reassessment.queries.tasks import list_reasons
from ddplatform.value_chain.mapping.queries.maps import get_node
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from ddplatform.value_chain.merging.services.merge import merge_nodes, split_merge
from ddplatform.value_chain.screening.models import MatchAnswer, ScreeningMatch
from ddplatform.value_chain.screening.services import lists as screening_lists
from ddplatform.value_chain.screening.services import matches as screening
from ddplatform.value_chain.screening.services.lists import ListFields
from supply_chain.vocabulary import Issue
from tests.conftest import NOW
from tests.risk_maps import acting

pytestmark = pytest.mark.both_databases

DAY = timedelta(days=1)


def look(tenant, at=NOW):
    return look_for_changes(act=Act(tenant.manager, at), unit=lambda: acting(tenant))


def change(tenant, node_id, at=NOW, **wanted):
    with acting(tenant):
        node = get_node(node_id)
        said = {
            name: getattr(node, name) for name in asdict(NodeFields(name="")) if hasattr(node, name)
        }
        fields = replace(NodeFields(**said), **wanted)
        value_chain.change_node(
            node_id,
            fields,
            row_version=node.row_version,
            act=Act(tenant.analyst, at),
        )


def reasons(tenant, trigger):
    with acting(tenant):
        tasks = list(db.session.scalars(select(ReviewTask.id).where(ReviewTask.trigger == trigger)))
        told = list_reasons(tasks)
        return [reason.text for task in tasks for reason in told[task]]


@pytest.mark.parametrize(
    ("before", "after", "trigger", "reason"),
    [
        ({"commodity_refs": ("cocoa",)}, {"commodity_refs": ("cocoa", "cotton")}, "TRG-02",
         "Change of goods on 26 November 2026"),
        ({"country": "CI"}, {"country": "GH"}, "TRG-02",
         "Change of country on 26 November 2026"),
    ],
)  # fmt: skip
def test_other_goods_or_another_country_ask_for_a_look_once(
    tenant, cocoa, before, after, trigger, reason
):
    change(tenant, cocoa.farms, **before, name="As it was")
    assert look(tenant) == {}

    change(tenant, cocoa.farms, at=NOW + DAY, **after)

    assert look(tenant, NOW + DAY) == {trigger: 1}
    assert reasons(tenant, trigger) == [reason]
    assert look(tenant, NOW + 2 * DAY) == {}


def test_another_company_that_runs_a_site_asks_for_a_look_and_a_first_one_does_not(tenant, cocoa):
    with acting(tenant):
        other = value_chain.add_node(
            cocoa.chain,
            NodeFields(name="Other holding"),
            act=Act(tenant.analyst, NOW),
        ).id
    change(tenant, cocoa.farms, operated_by_id=cocoa.exporter)
    assert look(tenant) == {}

    change(tenant, cocoa.farms, at=NOW + DAY, operated_by_id=other)

    assert look(tenant, NOW + DAY) == {"TRG-03": 1}
    assert reasons(tenant, "TRG-03") == ["Change of operator on 26 November 2026"]


def add_company(tenant, chain_id, name):
    with acting(tenant):
        fields = NodeFields(name=name)
        return value_chain.add_node(chain_id, fields, act=Act(tenant.analyst, NOW)).id


def test_a_company_that_was_one_with_another_all_along_is_no_new_operator(tenant, cocoa):
    one, same = (add_company(tenant, cocoa.chain, name) for name in ("Holding", "Holding Ltd"))
    change(tenant, cocoa.farms, operated_by_id=same)
    with acting(tenant):
        merge_id = merge_nodes(one, same, act=Act(tenant.manager, NOW + DAY)).id
    assert look(tenant, NOW + DAY) == {}
    with acting(tenant):
        split_merge(merge_id, act=Act(tenant.manager, NOW + 3 * DAY))

    assert look(tenant, NOW + 3 * DAY) == {}


def test_a_new_operator_is_seen_before_and_after_records_were_merged(tenant, cocoa):
    first, one, same, last = (
        add_company(tenant, cocoa.chain, name) for name in ("First", "Holding", "Same", "Last")
    )
    change(tenant, cocoa.farms, operated_by_id=first)
    change(tenant, cocoa.farms, at=NOW + 2 * DAY, operated_by_id=same)
    with acting(tenant):
        merge_nodes(one, same, act=Act(tenant.manager, NOW + 4 * DAY))
    change(tenant, cocoa.farms, at=NOW + 6 * DAY, operated_by_id=last)

    assert look(tenant, NOW + 6 * DAY) == {"TRG-03": 2}
    assert sorted(reasons(tenant, "TRG-03")) == [
        "Change of operator on 1 December 2026",
        "Change of operator on 27 November 2026",
    ]


def test_what_is_put_back_within_a_day_was_a_slip(tenant, cocoa):
    change(tenant, cocoa.farms, country="CI", name="As it was")
    change(tenant, cocoa.farms, at=NOW + DAY, country="GH")
    change(tenant, cocoa.farms, at=NOW + 1.5 * DAY, country="CI")

    assert look(tenant, NOW + 2 * DAY) == {}


def test_goods_that_are_left_out_ask_for_nothing(tenant, cocoa):
    change(tenant, cocoa.farms, commodity_refs=("cocoa", "cotton"))
    look(tenant)

    change(tenant, cocoa.farms, at=NOW + DAY, commodity_refs=("cocoa",))

    assert look(tenant, NOW + DAY) == {}


def take_in(tenant, content, edition_on):
    fields = ListFields(
        name="Register of employers",
        publisher="Ministry of Labour",
        edition_on=edition_on,
        licence="Open government data",
        source_url="https://labour.example/register",
        issue=Issue.FL,
    )
    with acting(tenant):
        screening_lists.add_list(fields, "register.csv", content, act=Act(tenant.manager, NOW))
    screening.screen(act=Act(tenant.manager, NOW), unit=lambda: acting(tenant))


def test_a_site_confirmed_on_a_list_is_looked_at_once_while_the_list_says_the_same(tenant, cocoa):
    line = b"name,country,reason\nLagune Export SARL,CI,inspection 2025\n"
    take_in(tenant, line, date(2026, 10, 1))
    assert look(tenant) == {}  # a match is a prompt until a person answers it
    with acting(tenant):
        match = db.session.scalars(select(ScreeningMatch.id)).one()
        screening.decide(
            match,
            MatchAnswer.SAME,
            "Same register number.",
            act=Act(tenant.analyst, NOW),
        )

    assert look(tenant) == {"TRG-07": 1}
    assert reasons(tenant, "TRG-07") == [
        "Named on “Register of employers”, edition of 1 October 2026"
    ]
    take_in(tenant, line + b"Nobody Mining,CI,\n", date(2026, 11, 1))
    assert look(tenant, NOW + DAY) == {}
