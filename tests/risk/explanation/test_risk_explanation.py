"""One risk under RM-2.0: every line with its source, and what would change it."""

import re
from itertools import pairwise
from math import isnan

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.risk.context_events.services import events as context_events
from ddplatform.risk.explanation.views.waterfall import Line, axis, draw, printed_tenths
from ddplatform.risk.facts.queries.evidence import load_with_events
from ddplatform.risk.runs.models import ControlRecord, FactKind, RiskFact
from ddplatform.supplier_engagement.responses.models import RiskSignal
from ddplatform.value_chain.mapping.models import ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import get_node
from supply_chain.vocabulary import Issue
from tests.conftest import NOW
from tests.factories import Tenant
from tests.risk.context_events.test_context_events import TODAY, days
from tests.risk.context_events.test_context_events import add as add_event
from tests.risk_maps import CocoaMap, acting
from tests.sampling import examples


def page(client: FlaskClient, node: object, issue: Issue = Issue.CL) -> str:
    answer = client.get(f"/o/acme/risk/explained/{node}/{issue.value}")
    assert answer.status_code == 200
    return answer.text


def printed(text: str) -> list[float]:
    """The points of all lines of the waterfall, its subtotals left out."""
    body = text[text.index('<table class="wf">') : text.index('<tr class="end">')]
    rows = re.findall(r"<tr([^>]*)>.*?</tr>", body, re.DOTALL)
    cells = re.findall(r'<td class="n ltr">([+−]?)([\d.]+)</td>', body)
    kinds = [kind for kind in rows if "part" not in kind][1:]  # the first is the head
    signed = [float(number) * (-1 if sign == "−" else 1) for sign, number in cells]
    assert len(kinds) == len(signed)
    return [value for kind, value in zip(kinds, signed, strict=True) if "sum" not in kind]


def total(text: str) -> float:
    found = re.search(r"Lines that add up to the residual risk of ([\d.]+)", text)
    assert found
    return float(found[1])


def tell(
    tenant: Tenant, node: object, factor: str, value: float, source: str = "admission"
) -> None:
    with acting(tenant):
        signal = {"source_type": source, "quality": None, "causes": [], "observed_at": NOW}
        db.session.add(RiskSignal(node_id=node, factor=factor, value=value, **signal))


def test_a_place_of_which_nothing_is_known_has_the_score_of_its_country_and_work(
    analyst: FlaskClient, cocoa: CocoaMap
):
    text = page(analyst, cocoa.farms)

    assert "Nothing is known of this place yet" in text
    assert "Find out first" in text and "Context only" in text
    assert "Country: Côte d’Ivoire" in text or "Country: Ivory Coast" in text
    assert "List of Goods" in text and "No control is recorded" in text
    assert "listed good (Cocoa from" in text
    assert round(sum(printed(text)), 1) == total(text)


def test_a_good_that_nobody_stated_is_said_to_be_assumed_from_the_activity(
    analyst: FlaskClient, tenant: Tenant, cocoa: CocoaMap
):
    stated = page(analyst, cocoa.farms)
    with acting(tenant):
        farms = db.session.get_one(ValueChainNode, cocoa.farms)
        farms.commodity_refs, farms.sector_ref = [], "cocoa_farming"

    text = page(analyst, cocoa.farms)

    assert "Listed good: Cocoa from" in text and "assumed from the activity" in text
    assert "assumed from the activity" not in stated
    assert round(sum(printed(text)), 1) == total(text)


def test_answers_visits_cases_and_controls_are_lines_that_add_up(
    analyst: FlaskClient, tenant: Tenant, cocoa: CocoaMap
):
    tell(tenant, cocoa.farms, "WRK-09", 1.0)
    tell(tenant, cocoa.farms, "WRK-03", 0.1, "audit")
    with acting(tenant):
        db.session.add(
            ControlRecord(
                node_id=cocoa.farms, control="CTL-05", coverage=0.5, evidence=0.75,
                verified_on=NOW.date(), cause_type="review", cause_id=None, reason="Seen",
                created_at=NOW, created_by_id=tenant.analyst.user_id,
            )
        )  # fmt: skip

    text = page(analyst, cocoa.farms)

    assert "Piece rate, quota or family pay" in text and "Supplier&#39;s own admission" in text
    assert "No sign of: weak age verification" in text
    assert "Reaches 50%" in text and "Controls take" in text
    assert "Put right: piece rate, quota or family pay" in text
    assert round(sum(printed(text)), 1) == total(text)


def test_an_event_around_the_place_is_a_line_that_leads_to_it_unless_it_was_a_mistake(
    analyst: FlaskClient, tenant: Tenant, cocoa: CocoaMap
):
    before = total(page(analyst, cocoa.farms))
    event = add_event(tenant)

    text = page(analyst, cocoa.farms)
    assert "Flood on the Sassandra" in text and "EVT-03" in text
    assert f"/{event}" in text
    assert total(text) > before
    assert round(sum(printed(text)), 1) == total(text)

    with acting(tenant):
        context_events.withdraw_event(event, "Another river", act=Act(tenant.manager, NOW))
    assert total(page(analyst, cocoa.farms)) == before


def test_a_closed_school_counts_in_full_until_its_last_day_and_then_fades(
    tenant: Tenant, cocoa: CocoaMap
):
    lasting = {"kind": "school_closure", "starts_on": TODAY - days(200)}
    add_event(tenant, **lasting, ends_on=TODAY - days(100))
    add_event(tenant, **lasting)
    with acting(tenant):
        _, around = load_with_events(cocoa.chain, (cocoa.farms,), TODAY)

    assert around.rows.months_since_start.tolist() == pytest.approx([200 / 30.4375] * 2)
    full = around.rows.months_at_full.tolist()
    assert len(full) == 2
    assert [months for months in full if not isnan(months)] == pytest.approx([100 / 30.4375])


def test_an_open_case_says_why_nothing_lowers_the_score(
    analyst: FlaskClient, tenant: Tenant, cocoa: CocoaMap
):
    with acting(tenant):
        db.session.add(
            RiskFact(
                node_id=cocoa.farms, issue=Issue.CL, kind=FactKind.CONFIRMED, found_by=None,
                cause_type="finding", cause_id=cocoa.farms, since=NOW, ended_at=None,
            )
        )  # fmt: skip

    text = page(analyst, cocoa.farms)

    assert "Confirmed impact" in text and "100 points until its closure is verified" in text
    assert "It falls once remedy is verified" in text and "set by a case or allegation" in text
    assert round(sum(printed(text)), 1) == total(text)


def test_figures_that_were_estimated_say_so_and_by_what(analyst: FlaskClient, cocoa: CocoaMap):
    text = page(analyst, cocoa.own)  # Belgium has no survey of child labour
    assert "by regression on human development" in text
    assert "likely between" in text


@pytest.mark.parametrize("issue", [issue for issue in Issue])
def test_every_issue_has_its_page_and_its_lines_add_up(
    analyst: FlaskClient, cocoa: CocoaMap, issue: Issue
):
    text = page(analyst, cocoa.exporter, issue)
    assert round(sum(printed(text)), 1) == total(text)


def test_a_place_shows_all_issues_in_the_order_of_work_and_leads_to_each(
    analyst: FlaskClient, tenant: Tenant, cocoa: CocoaMap
):
    tell(tenant, cocoa.farms, "WRK-05", 1.0)
    text = analyst.get(f"/o/acme/risk/explained/{cocoa.farms}").text

    links = re.findall(
        rf'<th scope="row"><a href="(/o/acme/risk/explained/{cocoa.farms}/[^"]+)"', text
    )
    shown = [float(value) for value in re.findall(r'<strong class="num">([\d.]+)</strong>', text)]
    assert len({*links}) == len(Issue) == len(shown)
    assert all(one >= other - 5 for one, other in pairwise(shown))  # urgency counts 5 points
    assert all(analyst.get(link).status_code == 200 for link in links)
    assert re.search(r"\d+ critical, \d+ high", text)


def test_an_activity_in_words_of_a_list_is_told_to_be_unknown_and_how_to_mend_it(
    analyst: FlaskClient, tenant: Tenant, cocoa: CocoaMap
):
    with acting(tenant):
        node = get_node(cocoa.exporter)
        node.sector_ref, node.commodity_refs = "Apparel", []

    text = page(analyst, cocoa.exporter)
    assert "Activity: not known" in text and "“Apparel” is no activity of the method" in text


def test_an_issue_or_place_that_is_not_there_is_not_found(analyst: FlaskClient, cocoa: CocoaMap):
    assert analyst.get(f"/o/acme/risk/explained/{cocoa.farms}/ISS-ZZ").status_code == 404
    assert analyst.get(f"/o/acme/risk/explained/{cocoa.chain}/ISS-CL").status_code == 404


def test_the_comparison_of_methods_leads_to_the_page(analyst: FlaskClient, cocoa: CocoaMap):
    text = analyst.get(f"/o/acme/risk/methods/{cocoa.chain}").text
    links = re.findall(r'href="(/o/acme/risk/explained/[^"]+)"', text)
    assert len(links) == 3 + 3  # the place, and its headline risk
    assert all(analyst.get(link).status_code == 200 for link in links)


@given(
    st.lists(st.floats(-30, 60), min_size=1, max_size=12),
    st.data(),
)
@examples(200)
def test_printed_lines_add_up_where_any_may_move(values, data):
    free = sorted(data.draw(st.sets(st.integers(0, len(values) - 1), min_size=1)))
    tenths = printed_tenths(values, sum(values), free)
    wanted = printed_tenths([sum(values)], sum(values), [])[0]
    off = abs(sum(tenths) - wanted)
    assert off <= max(0, len(values) // 2 + 1 - len(free))
    for at, value in enumerate(values):
        assert abs(tenths[at] - value * 10) <= (1.5 if at in free else 0.5) + 1e-9


def test_lines_that_may_not_move_leave_a_line_for_rounding():
    lines = [Line("context", name, "", 10.04) for name in "abcdefgh"]
    drawn = draw(lines, 80.32, 70.0, 90.0, "small")
    last = drawn.parts[-1][1][-1]
    assert (last.line.title, last.printed) == ("Rounding", "+0.3")
    assert drawn.total == "80.3"


def test_the_axis_holds_every_total_and_the_range():
    assert axis([57.8, 38.3, 57.3, 64.8], 57.4, 77.1) == (30, 80)
    assert axis([57.8, 2.0], 1.0, 30.0) == (0, 60)
    assert axis([57.8, 99.0, 110.0], 20.0, 100.0) == (10, 100)


def test_small_lines_of_the_place_are_folded_into_one():
    lines = [
        Line("context", "Base", "", 50.0),
        Line("place", "Large", "", 3.0, is_free=True),
        Line("place", "Tiny", "", 0.3, is_free=True),
        Line("place", "Small", "", -0.2, is_free=True),
        Line("facts", "Cases", "", 0.0),
    ]
    drawn = draw(lines, 53.1, 40.0, 60.0, "2 lines below half a point")
    titles = [row.line.title for _, rows in drawn.parts for row in rows]
    assert titles == ["Base", "Large", "2 lines below half a point", "Cases"]
    assert [row.line.title for row in drawn.folded] == ["Tiny", "Small"]
