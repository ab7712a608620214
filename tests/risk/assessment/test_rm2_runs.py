"""A map assessed by RM-2.0: what the run keeps, who reads it, and that a map stays with its method."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from ddplatform.audit.models import AuditValue
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.risk.assessment.services.changes import assess_changes
from ddplatform.risk.detail.queries.risks import find_risk, list_risks
from ddplatform.risk.explanation.queries.issues import explain_risk
from ddplatform.risk.facts.services.facts import add_fact
from ddplatform.risk.judgement.queries.judged import list_past_scores
from ddplatform.risk.runs.models import AssessmentRun, FactKind, WholeBecause
from ddplatform.risk.runs.queries.runs import find_current_head
from ddplatform.supplier_engagement.responses.models import RiskSignal
from ddplatform.value_chain.mapping.models import NodeSummary
from ddplatform.value_chain.mapping.queries.maps import get_node
from supply_chain.risk.register import RiskFilter
from supply_chain.risk.rm2.map_assessment import PARAMETERS_SHA256
from supply_chain.risk.rm2.ranges import GRADES
from supply_chain.vocabulary import Issue
from tests.conftest import NOW
from tests.factories import Tenant
from tests.risk_maps import CocoaMap, acting, assess

pytestmark = pytest.mark.usefixtures("context")
RM2 = "RM-2.0"


def learn(cocoa: CocoaMap, factor: str = "WRK-01") -> None:
    """The farm admits a problem."""
    told = {"source_type": "admission", "quality": 0.8, "causes": [], "observed_at": NOW}
    db.session.add(RiskSignal(node_id=cocoa.farms, factor=factor, value=1.0, **told))


def test_a_run_says_by_which_method_it_scored_and_what_it_counts(
    tenant: Tenant, cocoa: CocoaMap
) -> None:
    run_id = assess(tenant, cocoa.chain, method=RM2)

    with acting(tenant):
        run = db.session.get_one(AssessmentRun, run_id)
        assert (run.method_version, run.parameters_sha256) == (RM2, PARAMETERS_SHA256)
        coverage = run.summary["coverage"]
        assert set(coverage) == {"nodes", *GRADES} and coverage["nodes"] == 3
        assert run.summary["pairs"] == sum(run.summary["residual_bands"].values()) == 64
        values = db.session.scalars(select(AuditValue.value).where(AuditValue.name == "method"))
        assert [value["after"] for value in values] == [RM2]


def test_kept_scores_are_those_of_the_page_of_a_risk(tenant: Tenant, cocoa: CocoaMap) -> None:
    with acting(tenant):
        learn(cocoa)
    run_id = assess(tenant, cocoa.chain, method=RM2)

    with acting(tenant):
        for issue in Issue:
            kept = find_risk(run_id, cocoa.farms, issue)
            live = explain_risk(get_node(cocoa.farms), issue, NOW.date()).explanation.figures
            assert kept is not None and kept.known is not None
            assert kept.known.residual_low == live.low
            assert (kept.residual_index, kept.known.residual_high) == (
                live.residual_index,
                live.high,
            )
            assert (kept.residual_band, kept.known.grade) == (live.band, live.grade)
            assert sum(kept.known.lines.values()) == pytest.approx(kept.known.points)
            assert (kept.confidence, kept.contributions) == (None, ())


def test_a_map_is_scored_by_rm2_unless_the_old_method_is_asked_for(
    tenant: Tenant, cocoa: CocoaMap
) -> None:
    methods = []
    for method in (None, "RM-1.0", None):
        with acting(tenant):
            learn(cocoa, f"WRK-0{len(methods) + 1}")
        run_id = assess(tenant, cocoa.chain, method=method)
        with acting(tenant):
            methods.append(db.session.get_one(AssessmentRun, run_id).method_version)

    assert methods == [RM2, "RM-1.0", RM2]


def test_what_is_learned_raises_the_next_run_and_the_one_before_stays(
    tenant: Tenant, cocoa: CocoaMap
) -> None:
    before = assess(tenant, cocoa.chain, method=RM2)
    with acting(tenant):
        learn(cocoa)
    after = assess(tenant, cocoa.chain, at=NOW + timedelta(minutes=1))

    with acting(tenant):
        first, second = (find_risk(run_id, cocoa.farms, Issue.CL) for run_id in (before, after))
        assert first is not None and second is not None
        assert first.known is not None and second.known is not None
        assert second.residual_index > first.residual_index
        assert (first.known.grade, second.known.grade) == ("D", "C")
        own = find_risk(after, cocoa.own, Issue.CL), find_risk(before, cocoa.own, Issue.CL)
        assert own[0] is not None and own[1] is not None
        assert own[0].residual_index == own[1].residual_index
        assert own[0].exposure > own[1].exposure


def test_a_whole_run_follows_one_under_the_old_method(tenant: Tenant, cocoa: CocoaMap) -> None:
    assess(tenant, cocoa.chain, method="RM-1.0")
    with acting(tenant):
        learn(cocoa)

    done = assess_changes(
        cocoa.chain,
        "answers",
        as_of=NOW.date(),
        act=Act(tenant.analyst, NOW),
        unit=lambda: acting(tenant),
    )

    assert done is WholeBecause.RELEASE


def test_an_assessment_that_finds_the_same_keeps_no_second_run(
    tenant: Tenant, cocoa: CocoaMap
) -> None:
    first = assess(tenant, cocoa.chain, method=RM2)

    assert assess(tenant, cocoa.chain, at=NOW + timedelta(minutes=1)) == first


def test_lists_show_the_grade_of_the_first_issue_in_place_of_a_confidence(
    tenant: Tenant, cocoa: CocoaMap
) -> None:
    run_id = assess(tenant, cocoa.chain, method=RM2)

    with acting(tenant):
        rows = {row.node_id: row for row in db.session.scalars(select(NodeSummary))}
        for key in (cocoa.own, cocoa.exporter, cocoa.farms):
            row = rows[key]
            assert row.top_issue is not None and row.confidence is None
            first = find_risk(run_id, key, Issue(row.top_issue))
            assert first is not None and first.known is not None
            assert row.grade == first.known.grade
            assert row.residual_index == pytest.approx(first.residual_index)


def test_a_confirmed_impact_stands_first(tenant: Tenant, cocoa: CocoaMap) -> None:
    with acting(tenant):
        add_fact(
            cocoa.farms,
            Issue.CL,
            FactKind.CONFIRMED,
            cause_type="finding",
            cause_id=cocoa.farms,
            since=NOW,
        )
    run_id = assess(tenant, cocoa.chain, method=RM2)

    with acting(tenant):
        first = list_risks(run_id, RiskFilter(), limit=1).rows[0]
        assert (first.node_id, first.issue) == (cocoa.farms, Issue.CL)
        assert first.known is not None and first.known.points == 100


def test_the_history_of_a_risk_goes_over_both_methods(tenant: Tenant, cocoa: CocoaMap) -> None:
    assess(tenant, cocoa.chain, method="RM-1.0")
    assess(tenant, cocoa.chain, at=NOW + timedelta(minutes=1), method=RM2)

    with acting(tenant):
        past = list_past_scores(cocoa.farms, Issue.CL)
        head = find_current_head(cocoa.chain)
        assert head is not None and head.method_version == RM2
        assert [score.method_version for score in past] == [RM2, "RM-1.0"]
        assert past[0].residual_index != past[1].residual_index


def test_the_command_prints_every_score_in_the_shape_of_version_2(
    app: Flask, tenant: Tenant, cocoa: CocoaMap
) -> None:
    with acting(tenant):
        learn(cocoa)
    today = str(datetime.now(UTC).date())
    arguments = ["risk", "assess", "--organisation", tenant.slug, "--chain", "Cocoa"]
    answer = app.test_cli_runner().invoke(
        args=[*arguments, "--method", RM2, "--as-of", today, "--json"]
    )

    document = json.loads(answer.stdout)
    assert document["method_version"] == RM2
    assert document["parameters_sha256"] == PARAMETERS_SHA256
    assert len(document["assessments"]) == 64 and document["scaled"] == {}
    with acting(tenant):
        run = db.session.scalars(select(AssessmentRun)).one()
        kept = find_risk(run.id, cocoa.farms, Issue.CL)
    assert str(run.id) == document["run"]
    assert kept is not None and kept.known is not None
    scores = {(row["node"], row["issue"]): row for row in document["assessments"]}
    printed = scores[kept.node_ref, "ISS-CL"]
    assert printed["residual_index"] == pytest.approx(kept.residual_index)
    assert (printed["grade"], printed["salience_rank"]) == (kept.known.grade, kept.salience_rank)
    assert "WRK-01" in [line["line"] for line in printed["contributions"]]
    heads = {node["id"]: node["headline"] for node in document["nodes"]}
    assert len(heads) == 4 and heads[kept.node_ref]["index_low"] <= heads[kept.node_ref]["index"]


@pytest.mark.usefixtures("ranged")
class TestPages:
    """What pages show of a map that is scored by RM-2.0."""

    @pytest.fixture
    def ranged(self, tenant: Tenant, cocoa: CocoaMap) -> CocoaMap:
        with acting(tenant):
            learn(cocoa)
        assess(tenant, cocoa.chain, method=RM2)
        return cocoa

    def test_the_page_of_a_risk_has_its_position_and_what_people_judged(
        self, tenant: Tenant, analyst: FlaskClient, cocoa: CocoaMap
    ) -> None:
        moved = analyst.get(f"/o/acme/risk/nodes/{cocoa.farms}/ISS-CL")
        assert moved.status_code == 302
        text = analyst.get(moved.location).text

        with acting(tenant):
            head = find_current_head(cocoa.chain)
            assert head is not None
            kept = find_risk(head.id, cocoa.farms, Issue.CL)
        assert kept is not None
        assert f"position {kept.salience_rank} of 64, top " in text
        for expected in ("Score breakdown", "Severity", "Urgency", "Assess severity"):
            assert expected in text
        assert "RM-1.0" not in text and "New information since" not in text
        assert ", requested by a user" in text

    def test_the_page_of_a_risk_says_when_more_is_known_than_the_lists_show(
        self, tenant: Tenant, analyst: FlaskClient, cocoa: CocoaMap
    ) -> None:
        with acting(tenant):
            learn(cocoa, "WRK-12")

        text = analyst.get(f"/o/acme/risk/explained/{cocoa.farms}/ISS-CL").text

        assert "New information since the map was assessed" in text

    def test_the_page_of_a_place_shows_all_issues_with_range_grade_and_position(
        self, analyst: FlaskClient, cocoa: CocoaMap
    ) -> None:
        text = analyst.get(f"/o/acme/value-chain/nodes/{cocoa.farms}").text

        rows = re.findall(r'<td class="n c-pos" data-label="Position">(\d+)</td>', text)
        assert len(rows) == 16 and list(map(int, rows)) == sorted(map(int, rows))
        assert '<b class="gC">C</b>' in text and "css/risk.css" in text

    def test_the_page_of_a_place_begins_with_its_headline_its_range_and_how_many_are_high(
        self, analyst: FlaskClient, cocoa: CocoaMap
    ) -> None:
        text = analyst.get(f"/o/acme/value-chain/nodes/{cocoa.farms}").text

        panel = text[text.index("Headline risk") : text.index("Findings <span")]
        assert re.search(r"likely \d+ to \d+ · evidence C, partly known", panel)
        rows = re.findall(
            r'data-label="Residual risk"><span class="iv"><span class="[^"]+">(\w+)', text
        )
        assert len(rows) == 16
        told = {band: int(count) for count, band in re.findall(r"(\d+) (?:more )?(\w+)", panel)}
        for band in ("critical", "high"):
            assert told.get(band, 0) == rows[1:].count(band.capitalize())

    def test_the_overview_draws_cells_that_add_up_to_the_bands(
        self, analyst: FlaskClient, cocoa: CocoaMap
    ) -> None:
        text = analyst.get("/o/acme/").text

        cells = re.findall(r'role="cell"><a class="[^"]+" href="[^"]+"[^>]*>(\d+)</a>', text)
        tally = re.findall(r'</span><b class="num">(\d+)</b></li>', text)
        assert sum(map(int, cells)) == sum(map(int, tally)) == 64

    @pytest.mark.parametrize(("coverage", "names"), [("fair", 1), ("poor", 2), ("good", 0)])
    def test_places_are_filtered_by_how_well_they_are_known(
        self, analyst: FlaskClient, cocoa: CocoaMap, coverage: str, names: int
    ) -> None:
        text = analyst.get(f"/o/acme/value-chain/{cocoa.chain}/table?coverage={coverage}").text

        found = re.findall(r'<th scope="row"><a href="[^"]+"><bdi>([^<]+)</bdi>', text)
        assert len(found) == names

    @pytest.mark.parametrize("form", ["json", "pdf"])
    def test_a_report_tells_ranges_grades_and_figures_of_the_method(
        self, app: Flask, tenant: Tenant, cocoa: CocoaMap, tmp_path: Path, form: str
    ) -> None:
        out = tmp_path / f"report.{form}"
        arguments = ["reports", "build", "--organisation", tenant.slug, "--format", form]
        definition = ["--definition", "action-6-due-diligence", "--out", str(out)]

        done = app.test_cli_runner().invoke(args=[*arguments, *definition])

        assert done.exit_code == 0, done.output
        if form == "pdf":
            assert out.read_bytes().startswith(b"%PDF")
            return
        facts = json.loads(out.read_text(encoding="utf-8"))
        assert facts["method"]["version"] == RM2
        first = facts["risks"][0]
        assert first["grade"] in GRADES and " to " in first["range"]
        assert first["reasons"][0].startswith("Points: +")
        cells = facts["risk_cells"]
        assert sum(cell["count"] for cell in cells) == facts["risk_counts"]["scored"] == 64
        critical = sum(cell["count"] for cell in cells if cell["band"] == "critical")
        assert critical == facts["risk_counts"]["critical"]
        factors = {factor["ref"] for factor in facts["factors"]}
        assert "CTY-17" in factors and "CTY-02" not in factors
