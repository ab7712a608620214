"""Observations that people enter: they count by source and age, and are withdrawn by another."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from ddplatform.audit.queries.log import LogFilter, list_events
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.errors import Conflict, Invalid, NotAllowed, NotFound
from ddplatform.risk.explanation.queries.issues import explain_risk
from ddplatform.risk.facts.queries.evidence import load_evidence
from ddplatform.risk.observations.services import Seen, add_observation, withdraw_observation
from ddplatform.value_chain.mapping.queries.maps import get_node
from ddplatform.value_chain.mapping.services import nodes as value_chain
from supply_chain.risk.method import METHOD
from supply_chain.risk.rm2.observable import REGIONAL, observable, score_of
from supply_chain.vocabulary import Issue
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.risk_maps import CocoaMap, acting

TODAY = NOW.date()
CHILDREN_SEEN = Seen(
    factor="WRK-01",
    value=1.0,
    source_type="media_ngo",
    source="Réseau Ivoire Enfance",
    observed_on=TODAY,
    note="Three children under 14 carried pods in two of the five plots that were visited.",
)
SCHOOLS = Seen(
    factor="CTY-09",
    figure=30.0,
    source_type="official",
    source="Institut National de la Statistique",
    source_url="https://ins.example/nawa-2025",
    observed_on=TODAY,
    note="Nawa region, lower secondary, household survey.",
)


def add(tenant: Tenant, node: UUID, seen: Seen = CHILDREN_SEEN) -> UUID:
    with acting(tenant):
        return add_observation(node, seen, act=Act(tenant.analyst, NOW)).id


def points(tenant: Tenant, node: UUID, issue: Issue = Issue.CL, on: date = TODAY) -> float:
    with acting(tenant):
        return explain_risk(get_node(node), issue, on).explanation.figures.points


def seen_of(tenant: Tenant, cocoa: CocoaMap, on: date = TODAY) -> list[tuple[str, float]]:
    with acting(tenant):
        found = load_evidence(cocoa.chain, (cocoa.farms,), on).observations
    return [
        (METHOD.factors[factor], value)
        for factor, value in zip(found.factor.tolist(), found.value.tolist(), strict=True)
    ]


def test_a_report_of_an_organisation_on_site_raises_the_score_by_its_points(
    tenant: Tenant, cocoa: CocoaMap
):
    before = points(tenant, cocoa.farms)
    add(tenant, cocoa.farms)
    # RM-2.0 3.5: a direct factor, W_up 20, reliability .60 of a report, age 0
    assert points(tenant, cocoa.farms) - before == pytest.approx(20 * 0.6)


def test_what_was_looked_for_and_not_found_lowers_it_by_far_less(tenant: Tenant, cocoa: CocoaMap):
    before = points(tenant, cocoa.farms)
    add(tenant, cocoa.farms, replace(CHILDREN_SEEN, value=0.0))
    assert points(tenant, cocoa.farms) - before == pytest.approx(-8 * 0.6)


def test_it_grows_older_from_the_day_it_was_seen(tenant: Tenant, cocoa: CocoaMap):
    before = points(tenant, cocoa.farms)
    long_ago = TODAY - timedelta(days=365)
    add(tenant, cocoa.farms, replace(CHILDREN_SEEN, observed_on=long_ago))
    faded = 0.5 ** (365 / 30.4375 / 12)
    assert points(tenant, cocoa.farms) - before == pytest.approx(20 * 0.6 * faded)


def test_a_figure_of_the_region_moves_the_figure_of_the_country(tenant: Tenant, cocoa: CocoaMap):
    before = points(tenant, cocoa.farms)
    add(tenant, cocoa.farms, SCHOOLS)
    assert seen_of(tenant, cocoa) == [("CTY-09", 0.75)]
    assert points(tenant, cocoa.farms) != before
    assert points(tenant, cocoa.farms, Issue.SC) == pytest.approx(
        points(tenant, cocoa.exporter, Issue.SC)
    )  # no weight for this issue, and nothing else tells these two places apart


def test_the_newer_word_of_one_source_counts_and_another_source_counts_beside_it(
    tenant: Tenant, cocoa: CocoaMap
):
    before = points(tenant, cocoa.farms)
    add(tenant, cocoa.farms, replace(CHILDREN_SEEN, observed_on=TODAY - timedelta(days=200)))
    add(tenant, cocoa.farms, replace(CHILDREN_SEEN, value=0.0, source="réseau ivoire enfance"))
    assert points(tenant, cocoa.farms) - before == pytest.approx(-8 * 0.6)
    add(tenant, cocoa.farms, replace(CHILDREN_SEEN, source="Radio Soubré"))
    assert points(tenant, cocoa.farms) > before


def test_a_withdrawn_one_counts_no_longer_and_a_past_day_keeps_it(tenant: Tenant, cocoa: CocoaMap):
    kept = add(tenant, cocoa.farms)
    with acting(tenant):
        later = NOW + timedelta(days=5)
        withdraw_observation(kept, "Another farm group was meant.", act=Act(tenant.manager, later))
    assert seen_of(tenant, cocoa, TODAY) == [("WRK-01", 1.0)]
    assert seen_of(tenant, cocoa, TODAY + timedelta(days=5)) == []


def test_nobody_withdraws_what_they_entered_and_only_who_may_approve_does(
    tenant: Tenant, cocoa: CocoaMap
):
    kept = add(tenant, cocoa.farms)
    with acting(tenant), pytest.raises(NotAllowed, match="your own observation"):
        withdraw_observation(kept, "A mistake.", act=Act(tenant.analyst, NOW))
    with acting(tenant), pytest.raises(NotAllowed, match="may not withdraw"):
        withdraw_observation(kept, "A mistake.", act=Act(tenant[RoleId.AUDITOR], NOW))
    with acting(tenant), pytest.raises(Invalid):
        withdraw_observation(kept, " ", act=Act(tenant.manager, NOW))
    with acting(tenant):
        withdraw_observation(kept, "A mistake.", act=Act(tenant.manager, NOW))
    with acting(tenant), pytest.raises(Conflict):
        withdraw_observation(kept, "A mistake.", act=Act(tenant.manager, NOW))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"factor": "WRK-22"}, "factor"),
        ({"factor": "CTY-07"}, "factor"),
        ({"factor": "nonsense"}, "factor"),
        ({"value": None}, "value"),
        ({"value": 1.2}, "value"),
        ({"source_type": "admission"}, "source_type"),
        ({"source": ""}, "source"),
        ({"source_url": "ins.example"}, "source_url"),
        ({"observed_on": TODAY + timedelta(days=1)}, "observed_on"),
        ({"note": ""}, "note"),
        ({"note": "Call her mother on +225 07 08 09 10 11."}, "note"),
        ({"factor": "CTY-09"}, "figure"),
        ({"factor": "CTY-09", "figure": 130.0, "source_type": "official"}, "figure"),
        ({"factor": "CTY-09", "figure": 30.0}, "source_type"),
    ],
)
def test_what_breaks_a_rule_is_named_at_its_field(
    tenant: Tenant, cocoa: CocoaMap, changes: dict[str, object], field: str
):
    with acting(tenant), pytest.raises(Invalid) as refused:
        add_observation(
            cocoa.farms,
            replace(CHILDREN_SEEN, **changes),  # type: ignore[arg-type]
            act=Act(tenant.analyst, NOW),
        )
    assert field in refused.value.fields


def test_an_archived_place_takes_no_observation(tenant: Tenant, cocoa: CocoaMap):
    with acting(tenant):
        value_chain.archive_node(cocoa.farms, act=Act(tenant.analyst, NOW))
    with acting(tenant), pytest.raises(Conflict, match="archived"):
        add_observation(cocoa.farms, CHILDREN_SEEN, act=Act(tenant.analyst, NOW))


def test_another_organisation_has_no_such_observation(
    tenant: Tenant, other_tenant: Tenant, cocoa: CocoaMap
):
    kept = add(tenant, cocoa.farms)
    with acting(other_tenant), pytest.raises(NotFound):
        withdraw_observation(kept, "Not mine.", act=Act(other_tenant.manager, NOW))


def test_entering_and_withdrawing_leave_one_event_each(tenant: Tenant, cocoa: CocoaMap):
    kept = add(tenant, cocoa.farms)
    with acting(tenant):
        withdraw_observation(kept, "Another farm group.", act=Act(tenant.manager, NOW))
    with acting(tenant):
        actions = [one.action for one in list_events(LogFilter(target_id=str(kept)), limit=9)]
    assert sorted(actions) == ["risk:add_observation", "risk:withdraw_observation"]


@given(st.sampled_from(REGIONAL), st.floats(0, 100), st.floats(0, 100))
def test_the_score_of_a_figure_lies_between_its_anchors_and_never_turns(
    factor: str, one: float, other: float
):
    worse = 1 if factor != "CTY-08" else -1  # more births registered is better
    first, second = sorted((one, other), key=lambda figure: worse * figure)
    assert 0 <= score_of(factor, first) <= score_of(factor, second) <= 1


def test_every_issue_has_something_to_observe_and_none_offers_what_our_own_records_say():
    for issue in Issue:
        assert len(observable(issue)) >= 3
        assert not {"WRK-21", "WRK-22"} & set(observable(issue))


# ---- pages ------------------------------------------------------------------------------------


@pytest.fixture
def manager(app: Flask, tenant: Tenant, cocoa: CocoaMap) -> FlaskClient:
    return signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)


def typed(**changes: str) -> dict[str, str]:
    return {
        "factor": "WRK-20",
        "value": "0.75",
        "source_type": "worker_voice",
        "source": "Meeting with families in Liliyo",
        "source_url": "",
        "observed_on": TODAY.isoformat(),
        "note": "Most children come along in the harvest because the school is closed.",
        **changes,
    }


def send(client: FlaskClient, path: str, data: dict[str, str]):
    return client.post(path, data={**data, "csrf_token": csrf_token(client, path)})


def test_an_analyst_goes_from_a_risk_to_an_observation_and_back(
    analyst: FlaskClient, cocoa: CocoaMap
):
    risk = f"/o/acme/risk/explained/{cocoa.farms}/ISS-CL"
    new = f"/o/acme/risk/observations/nodes/{cocoa.farms}/new?issue=ISS-CL"
    assert new.replace("&", "&amp;") in analyst.get(risk).text
    form = analyst.get(new).text
    assert "Children accompany parents or live at the site" in form
    assert "Workforce and practices" in form and "Pollution or toxic" not in form

    answer = send(analyst, new, typed())
    assert answer.status_code == 302 and answer.location.endswith(risk)
    page = analyst.get(risk).text
    assert "Meeting with families in Liliyo" in page and "Largely present" in page


def test_a_faulty_observation_comes_back_with_all_that_was_typed(
    analyst: FlaskClient, cocoa: CocoaMap
):
    new = f"/o/acme/risk/observations/nodes/{cocoa.farms}/new"
    answer = send(analyst, new, typed(note="Write to awa@example.org", observed_on="2099-01-01"))
    assert answer.status_code == 422
    assert "The date is in the future." in answer.text
    assert "Write to awa@example.org" in answer.text
    assert "Meeting with families in Liliyo" in answer.text


def test_a_figure_of_the_region_is_asked_for_in_per_cent(analyst: FlaskClient, cocoa: CocoaMap):
    new = f"/o/acme/risk/observations/nodes/{cocoa.farms}/new?of=region"
    assert "Regional figure, per cent" in analyst.get(new).text
    sent = typed(factor="CTY-09", source_type="official", figure="30")
    del sent["value"]
    assert send(analyst, new, sent).status_code == 302
    listed = analyst.get(f"/o/acme/risk/observations/nodes/{cocoa.farms}").text
    assert "30 %" in listed and "score 0.75" in listed


def test_a_colleague_withdraws_it_with_a_reason_that_stays_readable(
    tenant: Tenant, manager: FlaskClient, cocoa: CocoaMap
):
    kept = add(tenant, cocoa.farms)
    index, path = (
        f"/o/acme/risk/observations/nodes/{cocoa.farms}",
        f"/o/acme/risk/observations/{kept}/withdraw",
    )
    assert path in manager.get(index).text
    answer = send(manager, path, {"reason": "Another farm group was meant."})
    assert answer.location.endswith(index)
    page = manager.get(index).text
    assert "withdrawn" in page and "Another farm group was meant." in page
    assert path not in page


def test_who_entered_it_is_offered_no_way_to_withdraw_it(
    tenant: Tenant, analyst: FlaskClient, cocoa: CocoaMap
):
    kept = add(tenant, cocoa.farms)
    page = analyst.get(f"/o/acme/risk/observations/nodes/{cocoa.farms}").text
    assert "Réseau Ivoire Enfance" in page and f"{kept}/withdraw" not in page


def test_an_auditor_reads_observations_and_enters_none(app: Flask, tenant: Tenant, cocoa: CocoaMap):
    add(tenant, cocoa.farms)
    auditor = signed_in_client(app, tenant, RoleId.AUDITOR)
    index = f"/o/acme/risk/observations/nodes/{cocoa.farms}"
    page = auditor.get(index).text
    assert "Réseau Ivoire Enfance" in page and "Add observation" not in page
    assert auditor.get(f"{index}/new").status_code == 403


def test_an_empty_list_leads_on(analyst: FlaskClient, cocoa: CocoaMap):
    page = analyst.get(f"/o/acme/risk/observations/nodes/{cocoa.farms}").text
    assert "No observations yet" in page and "Add observation" in page
