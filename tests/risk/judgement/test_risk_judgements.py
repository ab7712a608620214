"""Judging severity, raising and lowering a likelihood, and what cannot wait."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from ddplatform.audit.models import AuditEvent
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid, NotAllowed, NotFound
from ddplatform.infrastructure.jobs.models import Job, JobState
from ddplatform.infrastructure.together import ask
from ddplatform.risk.detail.queries.risks import find_risk
from ddplatform.risk.judgement import services as judging
from ddplatform.risk.judgement.queries import judged as risk_judged
from ddplatform.risk.judgement.services import Severity, Urgency
from ddplatform.risk.runs.models import ScoreChange, SeverityJudgement
from ddplatform.risk.runs.queries.scores import RiskScore
from supply_chain.risk.salience import Involvement
from supply_chain.vocabulary import Issue
from tests.conftest import NOW
from tests.factories import Tenant
from tests.risk_maps import CocoaMap, acting, assess, make_cocoa_map
from tests.stored_worlds import stored_world

NEXT_SPRING = date(2027, 4, 1)
LATER = NOW + timedelta(minutes=5)


@stored_world
def cocoa(context: Flask, tenant: Tenant) -> CocoaMap:
    made = make_cocoa_map(tenant)
    assess(tenant, made.chain)
    return made


def current(tenant: Tenant, cocoa: CocoaMap, issue: Issue = Issue.CL) -> RiskScore:
    with acting(tenant):
        found = find_risk(_current_run(cocoa), cocoa.farms, issue)
        assert found is not None
        return found


def points_of(tenant: Tenant, cocoa: CocoaMap) -> float:
    known = current(tenant, cocoa).known
    assert known is not None
    return known.points


def _current_run(cocoa: CocoaMap) -> UUID:
    past = risk_judged.list_past_scores(cocoa.farms, Issue.CL)
    return past[0].run_id


def change(tenant: Tenant, cocoa: CocoaMap, points: float, **more: object) -> UUID:
    given = {"note": "Two visits found no child at work", "expires_on": NEXT_SPRING, **more}
    with acting(tenant):
        return judging.change_score(
            cocoa.farms,
            Issue.CL,
            points=points,
            act=Act(tenant.analyst, NOW),
            **given,  # type: ignore[arg-type]
        ).id


def test_a_judged_severity_counts_in_the_next_run_with_its_cause(
    tenant: Tenant, cocoa: CocoaMap
) -> None:
    before = current(tenant, cocoa)
    with acting(tenant):
        judging.judge_severity(
            cocoa.farms,
            Issue.CL,
            Severity(scale=5, scope=4, irremediability=4, vulnerable=True),
            reasons={
                "scale": "Open blades",
                "scope": "180 to 260 children in 9 communities",
                "irremediability": "Lost school years",
                "vulnerable": "Children live on the farms",
            },
            act=Act(tenant.analyst, NOW),
        )
    assess(tenant, cocoa.chain, cause="judgement", at=LATER)
    after = current(tenant, cocoa)
    assert (after.scale, after.scope, after.irremediability) == (5, 4, 4)
    assert after.severity > before.severity
    with acting(tenant):
        past = risk_judged.list_past_scores(cocoa.farms, Issue.CL)
        assert [(p.cause, p.severity) for p in past] == [
            ("judgement", after.severity),
            ("request", before.severity),
        ]
        kept = risk_judged.find_judgement(cocoa.farms, Issue.CL)
        assert kept is not None
        assert kept.reasons["scale"] == "Open blades"
        assert kept.author == tenant.analyst.name


def test_of_two_judgements_the_newest_counts_and_the_first_stays(
    tenant: Tenant, cocoa: CocoaMap
) -> None:
    for scale, at in ((3, NOW), (5, LATER)):
        with acting(tenant):
            judging.judge_severity(
                cocoa.farms,
                Issue.CL,
                Severity(scale=scale),
                reasons={"scale": "Seen"},
                act=Act(tenant.analyst, at),
            )
    assess(tenant, cocoa.chain, at=LATER)
    assert current(tenant, cocoa).scale == 5
    with acting(tenant):
        assert db.session.scalar(select(func.count()).select_from(SeverityJudgement)) == 2
    with pytest.raises(DBAPIError, match="append only"), acting(tenant):
        db.session.scalars(select(SeverityJudgement)).first().scale = 1  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("severity", "reasons", "fields"),
    [
        (Severity(), {}, {"scale"}),
        (Severity(scale=6), {"scale": "x"}, {"scale"}),
        (Severity(scope=2), {"scope": "  "}, {"scope_reason"}),
        (Severity(vulnerable=True), {}, {"vulnerable_reason"}),
    ],
)
def test_a_judgement_without_a_trait_on_the_scale_and_its_reason_is_refused(
    tenant: Tenant, cocoa: CocoaMap, severity: Severity, reasons: dict[str, str], fields: set[str]
) -> None:
    with pytest.raises(Invalid) as refused, acting(tenant):
        judging.judge_severity(
            cocoa.farms,
            Issue.CL,
            severity,
            reasons=reasons,
            act=Act(tenant.analyst, NOW),
        )
    assert set(refused.value.fields) == fields


def test_a_raise_counts_at_once(tenant: Tenant, cocoa: CocoaMap) -> None:
    change(tenant, cocoa, 97, note="Reports of night work", expires_on=None)
    assess(tenant, cocoa.chain, at=LATER)
    raised = current(tenant, cocoa).known
    assert raised is not None and raised.points == 97
    assert raised.points_low < 97 < raised.points_high


def test_a_lowering_counts_only_when_a_second_person_approved_it(
    tenant: Tenant, cocoa: CocoaMap
) -> None:
    before = points_of(tenant, cocoa)
    asked = change(tenant, cocoa, 40)
    assess(tenant, cocoa.chain, at=LATER)
    assert points_of(tenant, cocoa) == before
    with acting(tenant):
        judging.decide_change(asked, approve=True, act=Act(tenant.manager, NOW))
    assess(tenant, cocoa.chain, cause="judgement", at=LATER)
    assert points_of(tenant, cocoa) == 40


def test_a_lowering_ends_by_itself(tenant: Tenant, cocoa: CocoaMap) -> None:
    asked = change(tenant, cocoa, 40, expires_on=NOW.date() + timedelta(days=30))
    with acting(tenant):
        judging.decide_change(asked, approve=True, act=Act(tenant.manager, NOW))
    assess(tenant, cocoa.chain, at=NOW + timedelta(days=31))
    assert points_of(tenant, cocoa) > 40
    with acting(tenant):
        kept = ask(risk_judged.select_changes(cocoa.farms, Issue.CL))[0]
        assert kept.state(NOW.date()) == "in_force"
        assert kept.state(NOW.date() + timedelta(days=31)) == "expired"


def test_a_refused_lowering_changes_nothing(tenant: Tenant, cocoa: CocoaMap) -> None:
    before = points_of(tenant, cocoa)
    asked = change(tenant, cocoa, 40)
    with acting(tenant):
        judging.decide_change(asked, approve=False, act=Act(tenant.manager, NOW))
    assess(tenant, cocoa.chain, at=LATER)
    assert points_of(tenant, cocoa) == before
    with acting(tenant):
        kept = ask(risk_judged.select_changes(cocoa.farms, Issue.CL))[0]
        assert (kept.state(NOW.date()), kept.decider) == ("refused", tenant.manager.name)


def test_nobody_approves_their_own_lowering(tenant: Tenant, cocoa: CocoaMap) -> None:
    with acting(tenant):
        own = judging.change_score(
            cocoa.farms,
            Issue.CL,
            points=40,
            note="Quiet season",
            expires_on=NEXT_SPRING,
            act=Act(tenant.manager, NOW),
        ).id
    with pytest.raises(NotAllowed, match="your own change"), acting(tenant):
        judging.decide_change(own, approve=True, act=Act(tenant.manager, NOW))


def test_a_role_without_the_right_does_not_approve(tenant: Tenant, cocoa: CocoaMap) -> None:
    with acting(tenant):
        asked = judging.change_score(
            cocoa.farms,
            Issue.CL,
            points=40,
            note="Quiet season",
            expires_on=NEXT_SPRING,
            act=Act(tenant.manager, NOW),
        ).id
    with pytest.raises(NotAllowed, match="may not approve"), acting(tenant):
        judging.decide_change(asked, approve=True, act=Act(tenant.analyst, NOW))


@pytest.mark.parametrize(
    ("points", "more", "field"),
    [
        (-1.0, {}, "points"),
        (100.5, {}, "points"),
        (40, {"note": " "}, "note"),
        (40, {"expires_on": None}, "expires_on"),
        (40, {"expires_on": NOW.date()}, "expires_on"),
        (40, {"expires_on": NOW.date() + timedelta(days=367)}, "expires_on"),
    ],
)
def test_a_change_without_note_or_within_no_limit_is_refused(
    tenant: Tenant, cocoa: CocoaMap, points: float, more: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        change(tenant, cocoa, points, **more)
    assert set(refused.value.fields) == {field}


def test_a_change_to_what_it_is_already_is_refused(tenant: Tenant, cocoa: CocoaMap) -> None:
    with pytest.raises(Invalid) as refused:
        change(tenant, cocoa, points_of(tenant, cocoa))
    assert refused.value.fields == {
        "points": "These are the current points. Enter a different value."
    }


def test_one_lowering_waits_at_a_time(tenant: Tenant, cocoa: CocoaMap) -> None:
    change(tenant, cocoa, 40)
    with pytest.raises(Conflict, match="awaiting approval"):
        change(tenant, cocoa, 30)


def test_a_lowering_is_decided_once_and_not_after_its_end(tenant: Tenant, cocoa: CocoaMap) -> None:
    asked = change(tenant, cocoa, 40)
    with pytest.raises(Conflict, match="has expired"), acting(tenant):
        judging.decide_change(
            asked, approve=True, act=Act(tenant.manager, NOW + timedelta(days=360))
        )
    with acting(tenant):
        judging.decide_change(asked, approve=True, act=Act(tenant.manager, NOW))
    with pytest.raises(Conflict, match="decided or ended"), acting(tenant):
        judging.decide_change(asked, approve=False, act=Act(tenant.manager, NOW))


def test_ending_a_raise_takes_a_second_person_and_a_reason(tenant: Tenant, cocoa: CocoaMap) -> None:
    raised = change(tenant, cocoa, 97, expires_on=None)
    with pytest.raises(NotAllowed), acting(tenant):
        judging.end_change(raised, reason="Over", act=Act(tenant.analyst, NOW))
    with pytest.raises(Invalid), acting(tenant):
        judging.end_change(raised, reason="", act=Act(tenant.manager, NOW))
    with acting(tenant):
        judging.end_change(raised, reason="Checked on site", act=Act(tenant.manager, NOW))
    with pytest.raises(Conflict, match="already ended"), acting(tenant):
        judging.end_change(raised, reason="Again", act=Act(tenant.manager, NOW))
    assess(tenant, cocoa.chain, at=LATER)
    assert points_of(tenant, cocoa) < 97
    with acting(tenant):
        assert (
            ask(risk_judged.select_changes(cocoa.farms, Issue.CL))[0].state(NOW.date()) == "ended"
        )


def test_the_one_who_asked_may_end_a_lowering(tenant: Tenant, cocoa: CocoaMap) -> None:
    asked = change(tenant, cocoa, 40)
    with acting(tenant):
        judging.end_change(asked, reason="Harvest starts", act=Act(tenant.analyst, NOW))
        assert risk_judged.find_pending_change(cocoa.farms, Issue.CL) is None


def test_a_risk_without_a_score_cannot_be_changed(context: Flask, tenant: Tenant) -> None:
    unscored = make_cocoa_map(tenant)
    with pytest.raises(Conflict, match="no score yet"):
        change(tenant, unscored, 40)


def test_a_known_danger_comes_first_in_the_order(tenant: Tenant, cocoa: CocoaMap) -> None:
    assert current(tenant, cocoa, Issue.FF).salience_rank > 1
    with acting(tenant):
        judging.note_salience(
            cocoa.farms,
            Issue.FF,
            Urgency(is_emergency=True, delay_harms=True, involvement=Involvement.CONTRIBUTE),
            reason="Mothers sent home without pay",
            act=Act(tenant.analyst, NOW),
        )
    assess(tenant, cocoa.chain, at=LATER)
    assert current(tenant, cocoa, Issue.FF).salience_rank == 1
    with acting(tenant):
        note = risk_judged.find_note(cocoa.farms, Issue.FF)
        assert note is not None
        assert (note.is_emergency, note.involvement) == (True, "contribute")


def test_a_note_needs_a_reason(tenant: Tenant, cocoa: CocoaMap) -> None:
    with pytest.raises(Invalid), acting(tenant):
        judging.note_salience(
            cocoa.farms,
            Issue.FF,
            Urgency(),
            reason="",
            act=Act(tenant.analyst, NOW),
        )


def test_each_judgement_is_one_event_and_asks_for_an_assessment(
    tenant: Tenant, cocoa: CocoaMap
) -> None:
    change(tenant, cocoa, 97, expires_on=None)
    with acting(tenant):
        actions = db.session.scalars(
            select(AuditEvent.action).where(AuditEvent.target_type == ScoreChange.__tablename__)
        ).all()
        assert actions == ["risk:raise"]
        waiting = db.session.scalars(
            select(Job).where(Job.name == "risk:assess", Job.state == JobState.QUEUED)
        ).all()
        assert len(waiting) == 1


def test_what_is_judged_of_a_foreign_node_does_not_exist(
    tenant: Tenant, other_tenant: Tenant, cocoa: CocoaMap
) -> None:
    asked = change(tenant, cocoa, 40)
    with pytest.raises(NotFound), acting(other_tenant):
        judging.note_salience(
            cocoa.farms,
            Issue.CL,
            Urgency(),
            reason="x",
            act=Act(other_tenant.analyst, NOW),
        )
    with pytest.raises(NotFound), acting(other_tenant):
        judging.decide_change(asked, approve=True, act=Act(other_tenant.manager, NOW))
