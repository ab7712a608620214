"""Assessments of whole maps: kept, never overwritten, made again when something changes."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from ddplatform.audit.models import AuditEvent
from ddplatform.core.due_diligence.vocabulary import ActionState, RiskState
from ddplatform.due_diligence.findings.models import Finding, FindingSource, MitigationAction
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid, NotFound
from ddplatform.infrastructure.jobs import claims
from ddplatform.infrastructure.jobs.claims import Claim
from ddplatform.infrastructure.jobs.models import Job
from ddplatform.infrastructure.jobs.runner import run_job
from ddplatform.infrastructure.tenancy import insert_rows
from ddplatform.infrastructure.together import ask
from ddplatform.risk.assessment.services import leftovers as assessment_leftovers
from ddplatform.risk.assessment.services import maps as assessments
from ddplatform.risk.assessment.services.maps import assess_chain
from ddplatform.risk.detail.queries.risks import find_risk, select_risks_of_node
from ddplatform.risk.facts.services import facts as risk
from ddplatform.risk.runs.models import AssessmentRun, FactKind, RiskAssessment, RiskFact
from ddplatform.risk.runs.queries import runs as risk_runs
from ddplatform.risk.runs.queries.rows import load_register
from ddplatform.risk.runs.queries.scores import RiskScore, list_at, risks_of
from ddplatform.supplier_engagement.responses.models import RiskSignal
from ddplatform.value_chain.mapping.models import NodeSummary, ValueChain
from supply_chain.risk.register import ISSUES
from supply_chain.risk.register_changes import order_of
from supply_chain.vocabulary import Issue, RiskBand
from tests.conftest import NOW
from tests.factories import Tenant
from tests.risk_maps import CocoaMap, acting, assess

LATER = NOW + timedelta(hours=1)


def row_of(run_id: UUID, node_id: UUID, issue: Issue = Issue.CL) -> RiskScore:
    found = find_risk(run_id, node_id, issue)
    assert found is not None
    return found


def signal(node_id: UUID, factor: str, value: float, **more: object) -> RiskSignal:
    given = {"source_type": "supplier_answer", "quality": 0.3, "observed_at": NOW, **more}
    return RiskSignal(node_id=node_id, factor=factor, value=value, causes=[], **given)


def finding(node_id: UUID, by: Identity, **more: object) -> Finding:
    given = {"status": RiskState.ASSESSED, "created_at": NOW, **more}
    return Finding(
        node_id=node_id,
        issue=Issue.CL,
        title="Children carry loads",
        description="Seen at harvest",
        is_actual=True,
        source=FindingSource.OWN_CHECK,
        created_by_id=by.user_id,
        **given,
    )


def step_of(about: Finding, due_on: date, **more: object) -> MitigationAction:
    return MitigationAction(
        finding_id=about.id,
        node_id=about.node_id,
        node_name="Espoir farm group",
        title="School for the children who were found",
        description="With the cooperative.",
        due_on=due_on,
        first_due_on=due_on,
        success_measure="All of them are at school",
        created_at=NOW - timedelta(days=390),
        **more,
    )


def test_every_node_issue_and_unknown_origin_gets_a_row(tenant: Tenant, cocoa: CocoaMap) -> None:
    run_id = assess(tenant, cocoa.chain)
    with acting(tenant):
        rows = db.session.scalars(
            select(RiskAssessment).where(RiskAssessment.run_id == run_id)
        ).all()
        run = db.session.get_one(AssessmentRun, run_id)
        ghosts = {row.node_ref for row in rows if row.node_id is None}
        assert len(rows) * 16 == 4 * 16 == run.summary["pairs"]
        assert len(ghosts) == run.summary["unknown_origins"] == 1
        assert {row.node_name for row in rows if row.node_id is None} == {
            "Unknown origin of what Lagune Export buys"
        }
        risks = [risk for row in rows for risk in risks_of(row, run_id)]
        assert sorted(risk.salience_rank for risk in risks) == list(range(1, 65))
        register = load_register(run_id)
        by_rank = {risk.salience_rank: risk for risk in risks}
        assert list_at(run_id, range(64)) == [by_rank[rank] for rank in range(1, 65)]
        assert [ISSUES[at] for at in register.issue.tolist()] == [
            by_rank[rank].issue for rank in range(1, 65)
        ]
        assert register.keys() == [row.node_id for row in rows_by_place(rows)[:3]]
        assert (run.chain_version, run.node_count) == (5, 3)
        assert run.method_version == "RM-2.0"


def rows_by_place(rows: Sequence[RiskAssessment]) -> list[RiskAssessment]:
    return sorted(rows, key=lambda row: row.place)


def test_a_run_becomes_the_current_one_of_its_map(tenant: Tenant, cocoa: CocoaMap) -> None:
    run_id = assess(tenant, cocoa.chain)
    with acting(tenant):
        assert db.session.get_one(ValueChain, cocoa.chain).current_run_id == run_id
        head = risk_runs.find_current_head(cocoa.chain)
        assert head is not None
        assert (head.id, head.is_stale, head.release_number) == (run_id, False, 1)
        assert head.created_by == tenant.analyst.name


def test_a_second_run_adds_rows_and_leaves_the_first_as_it_was(
    tenant: Tenant, cocoa: CocoaMap
) -> None:
    first = assess(tenant, cocoa.chain)
    with acting(tenant):
        before = row_of(first, cocoa.farms).likelihood
        db.session.add(signal(cocoa.farms, "WRK-01", 0.9, source_type="admission", quality=0.8))
    second = assess(tenant, cocoa.chain, cause="answers", at=LATER)
    with acting(tenant):
        assert second != first
        assert row_of(first, cocoa.farms).likelihood == before
        assert row_of(second, cocoa.farms).likelihood > before
        assert db.session.get_one(AssessmentRun, second).cause == "answers"


def test_the_database_refuses_to_change_a_score(tenant: Tenant, cocoa: CocoaMap) -> None:
    run_id = assess(tenant, cocoa.chain)
    with pytest.raises(DBAPIError, match=r"append only|permission denied"), acting(tenant):
        of_run = select(RiskAssessment).where(RiskAssessment.run_id == run_id).limit(1)
        db.session.scalars(of_run).one().scores = b""


def test_assessing_again_without_any_change_keeps_the_run(tenant: Tenant, cocoa: CocoaMap) -> None:
    first = assess(tenant, cocoa.chain)
    assert assess(tenant, cocoa.chain, at=LATER) == first
    with acting(tenant):
        assert db.session.scalar(select(func.count()).select_from(AssessmentRun)) == 1


def test_an_assessment_as_of_an_earlier_day_is_kept_but_not_current(
    tenant: Tenant, cocoa: CocoaMap
) -> None:
    current = assess(tenant, cocoa.chain)
    with acting(tenant):
        db.session.add(signal(cocoa.farms, "WRK-01", 0.9, source_type="admission"))
    past = assess(tenant, cocoa.chain, as_of=date(2026, 1, 1), at=LATER)
    with acting(tenant):
        assert db.session.get_one(ValueChain, cocoa.chain).current_run_id == current
        assert db.session.get_one(AssessmentRun, past).as_of == date(2026, 1, 1)
        # What was said in November was not known in January.
        assert row_of(past, cocoa.farms).likelihood <= row_of(current, cocoa.farms).likelihood


def test_the_newest_statement_of_a_source_counts(tenant: Tenant, cocoa: CocoaMap) -> None:
    with acting(tenant):
        for days, value in ((400, 0.9), (10, 0.1)):
            seen = NOW - timedelta(days=days)
            db.session.add(signal(cocoa.farms, "WRK-03", value, observed_at=seen))
    with acting(tenant):
        loaded = assessments.load(cocoa.chain, as_of=NOW.date(), at=NOW)
        row = loaded.keys.index(cocoa.farms)
        seen_values = {
            float(v)
            for n, v in zip(
                loaded.evidence.observations.node, loaded.evidence.observations.value, strict=True
            )
            if n == row
        }
    # .0 is DER-4: an assessment exists and no finding is open.
    assert seen_values == {0.1, 0.0}


@pytest.mark.parametrize(
    ("late_days", "more", "value"),
    [
        (10, {}, 0.4),
        (30, {}, 0.4),
        (31, {}, 1.0),
        (200, {"status": ActionState.DROPPED}, 0.4),
        (200, {"reported_at": NOW - timedelta(days=1)}, 0.4),
    ],
)
def test_an_open_verified_finding_counts_and_more_once_a_step_is_long_overdue(
    tenant: Tenant, cocoa: CocoaMap, late_days: int, more: dict[str, object], value: float
) -> None:
    # DER-4
    with acting(tenant):
        opened = finding(cocoa.farms, tenant.analyst, created_at=NOW - timedelta(days=400))
        db.session.add_all(
            [opened, finding(cocoa.own, tenant.analyst, status=RiskState.IDENTIFIED)]
        )
        db.session.flush()
        db.session.add(step_of(opened, NOW.date() - timedelta(days=late_days), **more))
    with acting(tenant):
        observed = assessments.load(cocoa.chain, as_of=NOW.date(), at=NOW).evidence.observations
    assert observed.value.tolist() == [value]


def test_a_confirmed_fact_makes_the_likelihood_one_until_it_ends(
    tenant: Tenant, cocoa: CocoaMap
) -> None:
    case = uuid4()
    with acting(tenant):
        risk.add_fact(
            cocoa.farms,
            Issue.CL,
            FactKind.CONFIRMED,
            cause_type="case",
            cause_id=case,
            since=NOW,
            self_disclosed=True,
        )
    open_run = assess(tenant, cocoa.chain, cause="facts")
    with acting(tenant):
        ended = risk.end_fact("case", case, at=NOW, closure_verified=True)
        assert len(ended) == 1
    closed_run = assess(tenant, cocoa.chain, cause="facts", at=LATER)
    with acting(tenant):
        row = row_of(open_run, cocoa.farms)
        highest = pytest.approx(1 / (1 + 2**-7))  # 100 points
        assert (row.likelihood, row.residual_likelihood) == (highest, highest)
        assert row.status == "self_disclosed_in_remedy"
        after = row_of(closed_run, cocoa.farms)
        assert 0.5 <= after.residual_likelihood < 1.0
        assert after.status is None


def test_stating_the_same_open_fact_twice_states_it_once(tenant: Tenant, cocoa: CocoaMap) -> None:
    cause = uuid4()
    with acting(tenant):
        for _ in range(2):
            risk.add_fact(
                cocoa.farms,
                Issue.CL,
                FactKind.CREDIBLE,
                cause_type="finding",
                cause_id=cause,
                since=NOW,
            )
    with acting(tenant):
        assert db.session.scalar(select(func.count()).select_from(RiskFact)) == 1
        assert len(risk.end_fact("finding", cause, at=NOW)) == 1
        assert risk.end_fact("finding", cause, at=NOW) == []


def test_a_control_that_does_not_detect_the_issue_cannot_have_found_it(
    tenant: Tenant, cocoa: CocoaMap
) -> None:
    with pytest.raises(Invalid) as refused, acting(tenant):
        risk.add_fact(
            cocoa.farms,
            Issue.CL,
            FactKind.CONFIRMED,
            cause_type="finding",
            cause_id=uuid4(),
            since=NOW,
            found_by="CTL-02",
        )
    assert "CTL-02" in refused.value.fields["found_by"]


def test_a_verified_control_lowers_what_remains_until_its_check_is_too_old(
    tenant: Tenant, cocoa: CocoaMap
) -> None:
    def points_off(days: int) -> float:
        with acting(tenant):
            risk.record_control(
                cocoa.farms,
                "CTL-05",
                coverage=1.0,
                evidence=0.75,
                verified_on=NOW.date() - timedelta(days=days),
                reason="Visited 9 communities",
                cause=("review", None),
                act=Act(tenant.manager, NOW + timedelta(seconds=days)),
            )
        run_id = assess(tenant, cocoa.chain, at=NOW + timedelta(seconds=days))
        with acting(tenant):
            row = row_of(run_id, cocoa.farms)
            assert row.known is not None
            return row.known.points - row.known.residual_points

    assert points_off(30) == pytest.approx(14 * 0.75)
    assert points_off(600) == pytest.approx(2)  # as on paper


def test_a_control_record_needs_values_on_the_scales_and_a_reason(
    tenant: Tenant, cocoa: CocoaMap
) -> None:
    with pytest.raises(Invalid) as refused, acting(tenant):
        risk.record_control(
            cocoa.farms,
            "CTL-99",
            coverage=1.2,
            evidence=0.6,
            verified_on=None,
            reason=" ",
            cause=("review", None),
            act=Act(tenant.manager, NOW),
        )
    assert set(refused.value.fields) == {"control", "coverage", "evidence", "reason"}


def test_the_summaries_show_the_highest_band_and_keep_what_others_count(
    tenant: Tenant, cocoa: CocoaMap
) -> None:
    with acting(tenant):
        kept = db.session.scalars(
            select(NodeSummary).where(NodeSummary.node_id == cocoa.farms)
        ).one()
        kept.open_findings = 3
    run_id = assess(tenant, cocoa.chain)
    with acting(tenant):
        summary = db.session.scalars(
            select(NodeSummary).where(NodeSummary.node_id == cocoa.farms)
        ).one()
        rows = ask(select_risks_of_node(run_id, cocoa.farms))
        order = list(RiskBand)
        assert summary.band == max((row.residual_band for row in rows), key=order.index)
        assert (summary.top_issue, summary.best_order) == (
            rows[0].issue,
            order_of(rows[0].salience_rank),
        )
        assert summary.residual_index == max(row.residual_index for row in rows)
        assert (summary.open_findings, summary.tier) == (3, 2)


def test_each_run_is_one_event_of_the_log(tenant: Tenant, cocoa: CocoaMap) -> None:
    run_id = assess(tenant, cocoa.chain)
    with acting(tenant):
        events = db.session.scalars(
            select(AuditEvent).where(AuditEvent.action == "risk:assess")
        ).all()
        assert [event.target_id for event in events] == [str(run_id)]


def clear_begun(tenant: Tenant, run_id: UUID, chain_id: UUID) -> None:
    unit = lambda: acting(tenant)  # noqa: E731
    assessment_leftovers.clear_begun(run_id, chain_id, by=tenant.analyst, unit=unit)


@pytest.mark.parametrize("is_begun_again", [False, True])
def test_a_worker_that_wakes_after_its_scores_were_cleared_keeps_no_run(
    tenant: Tenant, cocoa: CocoaMap, monkeypatch: pytest.MonkeyPatch, *, is_begun_again: bool
) -> None:
    run_id, standing = uuid4(), assess(tenant, cocoa.chain)
    begun = []

    def sleep(done: int, _total: int) -> None:
        if done == 3:
            clear_begun(tenant, run_id, cocoa.chain)
            with acting(tenant):
                rows = [{**row, "id": uuid4()} for row in begun[0] if is_begun_again]
                insert_rows(RiskAssessment, rows)

    def seen(model: type[RiskAssessment], rows: list[dict[str, Any]]) -> None:
        begun.append(rows)
        insert_rows(model, rows)

    with acting(tenant):
        db.session.add(signal(cocoa.farms, "WRK-01", 0.9, source_type="admission", quality=0.8))
    monkeypatch.setattr(assessments, "CHUNK", 3)
    monkeypatch.setattr(assessments, "insert_rows", seen)
    with pytest.raises(Conflict, match="were removed while"):
        assess_chain(
            cocoa.chain,
            "facts",
            as_of=NOW.date(),
            act=Act(tenant.analyst, NOW),
            unit=lambda: acting(tenant),
            progress=sleep,
            run_id=run_id,
        )

    with acting(tenant):
        assert db.session.get(AssessmentRun, run_id) is None
        assert db.session.get_one(ValueChain, cocoa.chain).current_run_id == standing


class Killed(BaseException):
    """Stands for kill -9 between two units of work."""


def queued_reassessment(tenant: Tenant, chain_id: UUID) -> Claim:
    """A job to assess a map, as a worker has just taken it."""
    with acting(tenant):
        job = risk.ask_reassessment(chain_id, "facts", act=Act(tenant.analyst, NOW))
        job.owner = "worker"
        asked = {"chain_id": str(chain_id)}
        return Claim(job.id, job.name, tenant.id, tenant.analyst.user_id, asked, 1)


def test_what_a_killed_assessment_had_written_is_cleared_when_its_job_begins_again(
    tenant: Tenant, cocoa: CocoaMap, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_args: object, **_options: object) -> None:
        raise Killed

    def rows() -> int:
        with acting(tenant):
            return db.session.scalar(select(func.count()).select_from(RiskAssessment)) or 0

    standing = assess(tenant, cocoa.chain)
    with acting(tenant):
        db.session.add(signal(cocoa.farms, "WRK-01", 0.9, source_type="admission", quality=0.8))
    claim = queued_reassessment(tenant, cocoa.chain)
    for module in (assessments, assessment_leftovers):
        monkeypatch.setattr(module, "CHUNK", 3)
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(claims, "report_progress", die)
        run_job(claim, owner="worker")
    assert rows() == 4 + 3
    run_job(claim, owner="worker")
    assert rows() == 4 + 4
    clear_begun(tenant, standing, cocoa.chain)

    assert rows() == 4 + 4, "what stands is never taken away"
    with acting(tenant):
        assert db.session.get_one(ValueChain, cocoa.chain).current_run_id == claim.id


def test_a_queued_reassessment_is_asked_once_and_runs_as_a_job(
    tenant: Tenant, cocoa: CocoaMap
) -> None:
    with acting(tenant):
        first = risk.ask_reassessment(cocoa.chain, "answers", act=Act(tenant.analyst, NOW))
        again = risk.ask_reassessment(cocoa.chain, "facts", act=Act(tenant.analyst, NOW))
        assert first.id == again.id
        claim = Claim(
            first.id,
            first.name,
            tenant.id,
            tenant.analyst.user_id,
            {"chain_id": str(cocoa.chain)},
            1,
        )
        first.owner = "worker"
    for _ in range(2):  # the worker may die after the work and before its mark
        run_job(claim, owner="worker")
    with acting(tenant):
        job = db.session.get_one(Job, first.id, populate_existing=True)
        assert job.state == "done", job.last_error
        assert job.result == {"run_id": str(db.session.scalars(select(AssessmentRun.id)).one())}


def test_a_map_of_another_organisation_cannot_be_assessed(
    tenant: Tenant, other_tenant: Tenant, cocoa: CocoaMap
) -> None:
    with pytest.raises(NotFound):
        assess(other_tenant, cocoa.chain)
    assess(tenant, cocoa.chain)
    with acting(other_tenant):
        assert risk_runs.find_current_head(cocoa.chain) is None
