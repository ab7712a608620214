"""The register, the page of one risk and its forms, through the browser's door."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.jobs.models import Job
from ddplatform.infrastructure.tenancy import insert_rows
from ddplatform.risk.detail.queries import risks as queries
from ddplatform.risk.detail.queries.explanation import explain_risk, list_origins
from ddplatform.risk.facts.services import facts
from ddplatform.risk.judgement import services as judging
from ddplatform.risk.runs.models import AssessmentRun, FactKind
from ddplatform.risk.runs.queries.runs import find_current_head
from ddplatform.risk.runs.queries.scores import list_at
from ddplatform.supplier_engagement.responses.models import RiskSignal
from ddplatform.value_chain.mapping.models import ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import get_node
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from supply_chain.risk.register import RiskFilter
from supply_chain.vocabulary import Issue, NodeKind, RiskBand, SeverityBand
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.risk_maps import COCOA, CocoaMap, acting, assess
from tests.stored_worlds import stored_world

BASE = "/o/acme/risk"


@stored_world
def scored(tenant: Tenant, cocoa: CocoaMap) -> CocoaMap:
    """A map whose current run is by the first method, which keeps its pages."""
    assess(tenant, cocoa.chain, method="RM-1.0")
    return cocoa


@stored_world
def ranged(tenant: Tenant, cocoa: CocoaMap) -> CocoaMap:
    """A map whose current run is by the method of today."""
    assess(tenant, cocoa.chain)
    return cocoa


def shown_of(client: FlaskClient, node_id: UUID) -> str:
    """The page of a risk, wherever it stands."""
    return client.get(page_of(node_id), follow_redirects=True).text


@pytest.fixture
def manager(app: Flask, tenant: Tenant) -> FlaskClient:
    return signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)


def page_of(node_id: UUID, issue: str = "ISS-CL") -> str:
    return f"{BASE}/nodes/{node_id}/{issue}"


def test_the_register_says_what_to_do_before_the_first_assessment(
    analyst: FlaskClient, cocoa: CocoaMap
) -> None:
    answer = analyst.get(f"{BASE}/")
    assert answer.status_code == 200
    assert "is not assessed yet" in answer.text
    assert "Assess now" in answer.text


def test_the_register_without_a_map_leads_to_the_value_chain(analyst: FlaskClient) -> None:
    answer = analyst.get(f"{BASE}/")
    assert "Start setup" in answer.text


def test_the_register_lists_risks_in_salience_order_with_what_they_rest_on(
    tenant: Tenant, analyst: FlaskClient, scored: CocoaMap
) -> None:
    text = analyst.get(f"{BASE}/").text
    with acting(tenant):
        rows = list_at(db.session.scalars(select(AssessmentRun.id)).one(), range(50))
        bands = [list(SeverityBand).index(row.severity_band) for row in rows]
        assert bands == sorted(bands, reverse=True)
        names = [row.node_name for row in rows]
    shown = re.findall(r'<th scope="row"><a href="[^"]+"><bdi>([^<]+)</bdi>', text)
    assert shown == names
    for expected in ("25 November 2026", "RM-1.0", "reference data 2026.1", "64 risks"):
        assert expected in text


def test_pages_of_the_register_meet_without_gap_or_overlap(
    tenant: Tenant, analyst: FlaskClient, scored: CocoaMap
) -> None:
    first = analyst.get(f"{BASE}/?chain={scored.chain}").text
    next_href = re.search(r'href="([^"]+)" rel="next"', first)
    assert next_href
    second = analyst.get(next_href.group(1).replace("&amp;", "&")).text
    assert 'rel="next"' not in second
    back = re.search(r'href="([^"]+)" rel="prev"', second)
    assert back
    again = analyst.get(back.group(1).replace("&amp;", "&")).text
    ranks = [
        [int(n) for n in re.findall(r'<tr><td class="n"[^>]*>(\d+)</td>', text)]
        for text in (first, second, again)
    ]
    assert ranks[0] + ranks[1] == list(range(1, 65))
    assert ranks[2] == ranks[0]


@pytest.mark.parametrize(
    ("wanted", "holds"),
    [
        (RiskFilter(issue=Issue.FL), lambda r: r.issue is Issue.FL),
        (RiskFilter(severity=SeverityBand.MODERATE), lambda r: r.severity_band == "moderate"),
        (RiskFilter(residual=RiskBand.MEDIUM), lambda r: r.residual_band == "medium"),
        (RiskFilter(country="CI"), lambda r: r.country == "CI"),
        (RiskFilter(tier=2), lambda r: r.tier == 2),
        (RiskFilter(insufficient=True), lambda r: r.insufficient_evidence),
        (RiskFilter(issue=Issue.CL, country="FR"), lambda r: r.country == "FR"),
    ],
)
def test_a_filter_lists_exactly_what_matches(
    tenant: Tenant, scored: CocoaMap, wanted: RiskFilter, holds: object
) -> None:
    with acting(tenant):
        head = find_current_head(scored.chain)
        assert head is not None
        every = queries.list_risks(head.id, RiskFilter(), limit=1000).rows
        found = queries.list_risks(head.id, wanted, limit=1000)
        matching = [row for row in every if holds(row)]  # type: ignore[operator]
        if wanted.issue and wanted.country:
            matching = [row for row in matching if row.issue is wanted.issue]
        assert list(found.rows) == matching
        assert found.total == len(matching) > 0


def test_each_count_of_the_heat_map_opens_exactly_these_risks(
    tenant: Tenant, analyst: FlaskClient, scored: CocoaMap
) -> None:
    text = analyst.get(f"{BASE}/?issue=ISS-CL").text
    links = re.findall(r'<td[^>]*><a class="b-\w+" href="([^"]+)"[^>]*>(\d+)</a>', text)
    assert sum(int(count) for _, count in links) == 4
    for href, count in links:
        listed = analyst.get(href.replace("&amp;", "&")).text
        assert len(re.findall(r'<tr><td class="n"[^>]*>', listed)) == int(count)
        assert "Show all cells" in listed


def test_an_empty_filter_result_is_never_told_as_good_news_alone(
    analyst: FlaskClient, scored: CocoaMap
) -> None:
    text = analyst.get(f"{BASE}/?country=NO").text
    assert "No risk matches this filter" in text
    assert "no good news by itself" in text


def test_a_filter_that_is_not_known_is_left_out(analyst: FlaskClient, scored: CocoaMap) -> None:
    answer = analyst.get(f"{BASE}/?issue=ISS-XX&tier=deep&severity=huge")
    assert answer.status_code == 200
    assert "64 risks" in answer.text


def test_the_register_says_when_the_map_changed_since(
    tenant: Tenant, analyst: FlaskClient, scored: CocoaMap
) -> None:
    assert "The map changed after" not in analyst.get(f"{BASE}/").text
    with acting(tenant):
        value_chain.add_node(
            scored.chain, NodeFields(name="New mill"), act=Act(tenant.analyst, NOW)
        )
    assert "The map changed after this assessment" in analyst.get(f"{BASE}/").text


def test_asking_for_an_assessment_queues_one_and_leads_to_its_progress(
    tenant: Tenant, analyst: FlaskClient, scored: CocoaMap
) -> None:
    token = csrf_token(analyst, f"{BASE}/")
    answer = analyst.post(f"{BASE}/maps/{scored.chain}/assess", data={"csrf_token": token})
    assert answer.status_code == 302
    job_id = UUID(re.search(r"/jobs/([0-9a-f-]+)", answer.location).group(1))  # type: ignore[union-attr]
    with acting(tenant):
        assert db.session.get_one(Job, job_id).name == "risk:assess"


def test_a_reader_sees_risks_but_no_forms(app: Flask, tenant: Tenant, ranged: CocoaMap) -> None:
    auditor = signed_in_client(app, tenant, RoleId.AUDITOR)
    assert auditor.get(page_of(ranged.farms)).status_code == 302
    assert "Raise or lower" not in shown_of(auditor, ranged.farms)
    assert auditor.get(f"{page_of(ranged.farms)}/severity").status_code == 403


def test_foreign_absent_and_malformed_addresses_answer_alike(
    app: Flask, other_tenant: Tenant, scored: CocoaMap
) -> None:
    stranger = signed_in_client(app, other_tenant, RoleId.ANALYST)
    for path in (
        f"/nodes/{scored.farms}/ISS-CL",
        f"/nodes/{uuid4()}/ISS-CL",
        f"/nodes/{scored.farms}/ISS-XX",
        f"/?chain={scored.chain}",
        f"/unknown-origins/{scored.chain}?ref=unknown-origin:x",
    ):
        assert stranger.get(f"/o/other/risk{path}").status_code == 404


def test_an_unknown_origin_leads_to_the_node_that_buys_from_it(
    analyst: FlaskClient, scored: CocoaMap
) -> None:
    text = analyst.get(f"{BASE}/").text
    href = re.search(r'href="([^"]+unknown-origins[^"]+)"', text)
    assert href
    answer = analyst.get(href.group(1).replace("&amp;", "&"))
    assert answer.status_code == 302
    assert answer.location.endswith(f"/value-chain/nodes/{scored.exporter}")


# ---- one risk --------------------------------------------------------------------------------


def test_the_parts_of_a_risk_are_those_of_its_stored_score(
    tenant: Tenant, scored: CocoaMap
) -> None:
    with acting(tenant):
        head = find_current_head(scored.chain)
        assert head is not None
        for issue in Issue:
            kept = queries.find_risk(head.id, scored.farms, issue)
            assert kept is not None
            found = explain_risk(head, kept, get_node(scored.farms))
            groups = found.explanation.groups
            assert [g.score for g in groups] == pytest.approx(kept.group_scores)
            assert [g.contribution for g in groups] == pytest.approx(kept.contributions)
            left = 1.0
            for group in groups:
                left *= 1 - group.beta * (group.score or 0.0)
            assert 1 - 0.98 * left == pytest.approx(kept.likelihood)
            assert not found.is_outdated


def test_the_parts_hold_with_peers_that_lift_what_is_assumed(
    tenant: Tenant, cocoa: CocoaMap
) -> None:
    made = []
    with acting(tenant):
        for number in range(7):
            node = value_chain.add_node(
                cocoa.chain,
                NodeFields(
                    name=f"Farm {number}",
                    country="CI",
                    sector_ref="agriculture",
                    commodity_refs=(COCOA,),
                ),
                act=Act(tenant.analyst, NOW),
            )
            made.append(node.id)
        for node_id in made[:6]:
            db.session.add(
                RiskSignal(
                    node_id=node_id,
                    factor="WRK-09",
                    value=1.0,
                    quality=0.8,
                    source_type="admission",
                    causes=[],
                    observed_at=NOW,
                )
            )
    assess(tenant, cocoa.chain, method="RM-1.0")
    with acting(tenant):
        head = find_current_head(cocoa.chain)
        assert head is not None
        kept = queries.find_risk(head.id, made[6], Issue.CL)
        assert kept is not None
        found = explain_risk(head, kept, get_node(made[6]))
        assert [g.score for g in found.explanation.groups] == pytest.approx(kept.group_scores)
        part = next(f for g in found.explanation.groups for f in g.factors if f.factor == "WRK-09")
        assert (part.score, part.prior) == (None, 1.0)


def test_the_origins_of_an_exposure_add_up_to_it(tenant: Tenant, scored: CocoaMap) -> None:
    with acting(tenant):
        head = find_current_head(scored.chain)
        assert head is not None
        kept = queries.find_risk(head.id, scored.own, Issue.CL)
        assert kept is not None
        parts = list_origins(head, kept.node_ref, Issue.CL)
        assert sum(part for _, part in parts) == pytest.approx(kept.exposure)
        assert any(ref.startswith("unknown-origin:") for ref, _ in parts)
        assert list_origins(head, "nobody", Issue.CL) == []


def test_the_page_of_a_risk_shows_every_part_with_source_and_year(
    analyst: FlaskClient, scored: CocoaMap
) -> None:
    text = analyst.get(page_of(scored.farms)).text
    for expected in (
        "Child labour below the minimum age",
        "World Bank, Worldwide Governance Indicators",
        "No figure: counts as unknown",
        "Options to lower this risk",
        "supplier questionnaire, or site work",
        "First assessed",
        "the parts add up to the exposure",
        "never below 4.0 for this issue",
        "Not yet assessed. Default applied",
    ):
        assert expected in text, expected


@pytest.mark.parametrize("method", ["RM-1.0", "RM-2.0"])
def test_new_information_after_the_run_is_said_on_the_page(
    tenant: Tenant, analyst: FlaskClient, cocoa: CocoaMap, method: str
) -> None:
    assess(tenant, cocoa.chain, method=method)
    assert "New information since" not in shown_of(analyst, cocoa.farms)
    with acting(tenant):
        db.session.add(
            RiskSignal(
                node_id=cocoa.farms,
                factor="WRK-01",
                value=1.0,
                quality=0.8,
                source_type="admission",
                causes=[],
                observed_at=NOW,
            )
        )
        facts.add_fact(
            cocoa.farms,
            Issue.CL,
            FactKind.CREDIBLE,
            cause_type="finding",
            cause_id=uuid4(),
            since=NOW,
        )
    text = shown_of(analyst, cocoa.farms)
    assert "New information since" in text
    assert "Credible allegation" in text


def test_the_history_tells_before_after_and_cause(
    tenant: Tenant, analyst: FlaskClient, scored: CocoaMap
) -> None:
    with acting(tenant):
        facts.add_fact(
            scored.farms,
            Issue.CL,
            FactKind.CONFIRMED,
            cause_type="finding",
            cause_id=uuid4(),
            since=NOW,
        )
        facts.record_control(
            scored.farms,
            "CTL-05",
            coverage=0.8,
            evidence=0.75,
            verified_on=NOW.date() - timedelta(days=700),
            reason="Committee meets monthly",
            cause=("review", None),
            act=Act(tenant.manager, NOW),
        )
    assess(tenant, scored.chain, cause="facts", at=NOW + timedelta(hours=1), method="RM-1.0")
    text = analyst.get(page_of(scored.farms)).text
    assert "→ 1.00" in text
    assert ", facts or the map changed" in text
    assert "Committee meets monthly" in text
    assert "not verified again for 18 months" in text


def test_an_unscored_risk_is_a_gap_and_never_zero(analyst: FlaskClient, cocoa: CocoaMap) -> None:
    text = analyst.get(page_of(cocoa.farms)).text
    assert "Not assessed" in text
    assert "A missing score is a gap, not a low risk" in text


def test_severity_is_judged_through_its_form_and_stands_in_it_next_time(
    analyst: FlaskClient, ranged: CocoaMap
) -> None:
    address = f"{page_of(ranged.farms)}/severity"
    given = {
        "csrf_token": csrf_token(analyst, address),
        "scale": "5",
        "scale_reason": "Open blades",
        "scope": "",
        "irremediability": "",
    }
    assert analyst.post(address, data={**given, "scale_reason": ""}).status_code == 422
    answer = analyst.post(address, data=given)
    assert answer.status_code == 302
    assert "Open blades" in shown_of(analyst, ranged.farms)
    assert "Open blades" in analyst.get(address).text


def test_a_refused_form_keeps_what_was_typed_and_says_the_rule(
    analyst: FlaskClient, ranged: CocoaMap
) -> None:
    address = f"{page_of(ranged.farms)}/points"
    answer = analyst.post(
        address,
        data={
            "csrf_token": csrf_token(analyst, address),
            "points": "30",
            "note": "Two quiet visits",
        },
    )
    assert answer.status_code == 422
    assert "Two quiet visits" in answer.text
    assert "Enter an expiry date: a lowering needs one." in answer.text


def test_a_lowering_that_an_analyst_asks_for_waits_without_a_button_to_approve_it(
    analyst: FlaskClient, ranged: CocoaMap
) -> None:
    address = f"{page_of(ranged.farms)}/points"
    answer = analyst.post(
        address,
        data={
            "csrf_token": csrf_token(analyst, address),
            "points": "30",
            "note": "Two quiet visits",
            "expires_on": f"{datetime.now(UTC).date() + timedelta(days=90)}",
        },
    )
    assert answer.status_code == 302
    text = shown_of(analyst, ranged.farms)
    assert "waits for a second person" in text
    assert "Approve" not in text


def test_a_manager_approves_a_lowering_of_somebody_else_and_can_end_it(
    tenant: Tenant, manager: FlaskClient, ranged: CocoaMap
) -> None:
    now = datetime.now(UTC)
    with acting(tenant):
        change_id = judging.change_score(
            ranged.farms,
            Issue.CL,
            points=30,
            note="Two quiet visits",
            expires_on=now.date() + timedelta(days=90),
            act=Act(tenant.analyst, now),
        ).id
    token = csrf_token(manager, f"{page_of(ranged.farms)}/urgency")
    answer = manager.post(
        f"{BASE}/changes/{change_id}/decide", data={"csrf_token": token, "decision": "approve"}
    )
    assert answer.status_code == 302
    assert "in force" in shown_of(manager, ranged.farms)
    end = f"{BASE}/changes/{change_id}/end"
    given = {"csrf_token": csrf_token(manager, end), "reason": "Harvest starts"}
    assert manager.post(end, data={**given, "reason": ""}).status_code == 422
    assert manager.post(end, data=given).status_code == 302
    assert "ended" in shown_of(manager, ranged.farms)


def test_what_cannot_wait_is_kept_and_stands_in_the_form_next_time(
    analyst: FlaskClient, ranged: CocoaMap
) -> None:
    address = f"{page_of(ranged.farms)}/urgency"
    answer = analyst.post(
        address,
        data={
            "csrf_token": csrf_token(analyst, address),
            "is_emergency": "y",
            "delay_harms": "yes",
            "involvement": "contribute",
            "reason": "Seen by the partner on 20 November",
        },
    )
    assert answer.status_code == 302
    assert "a child is in danger now" in shown_of(analyst, ranged.farms)
    assert "Seen by the partner on 20 November" in analyst.get(address).text


def test_the_page_of_a_node_lists_its_sixteen_issues(
    analyst: FlaskClient, scored: CocoaMap
) -> None:
    text = analyst.get(f"/o/acme/value-chain/nodes/{scored.farms}").text
    for issue in Issue:
        assert page_of(scored.farms, issue.value) in text
    assert "as of 25 November 2026" in text


def test_the_page_of_a_node_leads_to_its_sixteen_issues_with_ranges(
    analyst: FlaskClient, ranged: CocoaMap
) -> None:
    text = analyst.get(f"/o/acme/value-chain/nodes/{ranged.farms}").text
    for issue in Issue:
        assert f"{BASE}/explained/{ranged.farms}/{issue.value}" in text
    assert "as of 25 November 2026" in text


def test_the_page_of_an_unscored_node_says_that_this_is_a_gap(
    analyst: FlaskClient, cocoa: CocoaMap
) -> None:
    text = analyst.get(f"/o/acme/value-chain/nodes/{cocoa.farms}").text
    assert "The next assessment of the map fills it" in text


# ---- size ------------------------------------------------------------------------------------


def statements_of(client: FlaskClient, address: str) -> list[str]:
    seen: list[str] = []

    def note(*call: object) -> None:
        if not str(call[2]).startswith(("PRAGMA", "BEGIN", "SELECT set_config")):
            seen.append(re.split(r"\sWHERE\s", str(call[2]))[0])

    assert client.get(address).status_code == 200  # the first page renews the session
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert client.get(address).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return seen


def test_the_register_asks_at_most_six_statements_however_large_the_map(
    tenant: Tenant, analyst: FlaskClient, scored: CocoaMap
) -> None:
    small = statements_of(analyst, f"{BASE}/?country=CI")
    with acting(tenant):
        insert_rows(
            ValueChainNode,
            [
                {
                    "id": uuid4(),
                    "chain_id": scored.chain,
                    "external_ref": f"farm-{number}",
                    "kind": NodeKind.SITE,
                    "name": f"Farm {number}",
                    "country": "CI",
                    "commodity_refs": [COCOA],
                    "own_operation": False,
                    "external_ids": {},
                    "attributes": {},
                    "row_version": 1,
                    "created_at": NOW,
                }
                for number in range(1000)
            ],
        )
    assess(tenant, scored.chain, at=NOW + timedelta(hours=1), method="RM-1.0")
    large = statements_of(analyst, f"{BASE}/?country=CI")
    assert small == large
    assert len(small) <= 6
