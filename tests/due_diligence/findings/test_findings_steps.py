"""Findings move along ST-RISK: each step needs what the standard asks for."""

import re
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from ddplatform.audit.models import AuditEvent
from ddplatform.core.due_diligence.errors import StepNotAllowed
from ddplatform.core.due_diligence.impacts import InvolvementAnswer, WorkClass
from ddplatform.core.due_diligence.vocabulary import ActionState, Harm, RiskState
from ddplatform.due_diligence.finding_judgements.services.judgements import judge_involvement
from ddplatform.due_diligence.finding_judgements.services.leverage import (
    LeverageAnswers,
    settle_leverage,
)
from ddplatform.due_diligence.findings.queries import get_finding, get_finding_place
from ddplatform.due_diligence.findings.services import findings
from ddplatform.due_diligence.findings.services.steps import (
    StepInput,
    list_steps,
    take_step,
    work_on,
)
from ddplatform.due_diligence.remedy.queries.cases import get_case_for, list_cases_of
from ddplatform.due_diligence.remedy.services import cases as remedy
from ddplatform.due_diligence.remedy.services.facts import open_facts
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.access.roles import RoleId as R
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid
from supply_chain.vocabulary import Issue
from tests.conftest import NOW
from tests.due_diligence.actions.test_actions import assessed, move, report, verify
from tests.factories import signed_in_client
from tests.finding_worlds import World, acting, days, finding_now, graded, planned, recorded

pytestmark = pytest.mark.usefixtures("context")
S = RiskState
IN_HALF_A_YEAR = NOW + timedelta(days=180)


def step(
    world: World,
    finding_id: UUID,
    to: RiskState,
    *,
    by: Identity | None = None,
    at: datetime = NOW,
    **given: object,
) -> None:
    with acting(world.tenant):
        take_step(
            finding_id,
            to,
            StepInput(**given),  # type: ignore[arg-type]
            version=get_finding(finding_id).row_version,
            act=Act(by or world.tenant.manager, at),
        )


def own(world: World, finding_id: UUID, owner: Identity) -> None:
    with acting(world.tenant):
        findings.set_owner(
            finding_id,
            owner.user_id,
            version=get_finding(finding_id).row_version,
            act=Act(world.tenant.manager, NOW),
        )


def involved(world: World, finding_id: UUID) -> None:
    with acting(world.tenant):
        judge_involvement(
            finding_id,
            {"INV-1": InvolvementAnswer(True, "Our own farm.")},
            version=get_finding(finding_id).row_version,
            act=Act(world.tenant.analyst, NOW),
        )


def at_assessed(
    world: World, *, levels: tuple[int, int, int] = (5, 4, 4), issue: Issue = Issue.HZ
) -> UUID:
    finding_id = recorded(world, issue=issue)
    graded(world, finding_id, levels=levels)
    involved(world, finding_id)
    assessed(world, NOW)
    step(world, finding_id, S.ASSESSED)
    return finding_id


def at_in_progress(world: World, **plan: object) -> tuple[UUID, UUID]:
    # Of all its risks one that a working control takes out of its band.
    finding_id = at_assessed(world, issue=Issue.FL, levels=(4, 3, 3))
    own(world, finding_id, world.tenant.analyst)
    step(world, finding_id, S.PRIORITISED)
    if plan.get("control", "CTL-05") is None:
        planned(world, finding_id)  # the step needs some action that names a control
    action_id = planned(world, finding_id, **plan)
    step(world, finding_id, S.ACTION_PLANNED, no_consultation_reason="Unsafe before the visit.")
    step(world, finding_id, S.IN_PROGRESS)
    return finding_id, action_id


def at_review(world: World, **plan: object) -> UUID:
    finding_id, action_id = at_in_progress(world, **{"control": "CTL-05", **plan})
    move(world, action_id, ActionState.DOING)
    report(world, action_id)
    verify(world, action_id)
    assessed(world, NOW + timedelta(hours=1))
    step(world, finding_id, S.IMPLEMENTED)
    step(world, finding_id, S.EFFECTIVENESS_REVIEW, at=IN_HALF_A_YEAR)
    return finding_id


def missing(world: World, finding_id: UUID) -> dict[str, tuple[str, ...]]:
    with acting(world.tenant):
        place, work = get_finding_place(finding_id), work_on(finding_id)
        steps = list_steps(place, work, act=Act(world.tenant.manager, NOW))
        return {one.step.to: one.missing for one in steps}


def test_finding_is_assessed_only_with_severity_likelihood_confidence_and_involvement(
    world: World,
):
    finding_id = recorded(world)
    with pytest.raises(StepNotAllowed) as refused:
        step(world, finding_id, S.ASSESSED)

    assert len(refused.value.missing) == 4
    assert missing(world, finding_id)["assessed"] == refused.value.missing
    assert finding_now(world, finding_id).status is S.IDENTIFIED


def test_planned_action_needs_owner_budget_day_control_indicator_and_the_affected_people(
    world: World,
):
    finding_id = at_assessed(world)
    step(world, finding_id, S.PRIORITISED)
    with pytest.raises(StepNotAllowed) as refused:
        step(world, finding_id, S.ACTION_PLANNED)

    assert len(refused.value.missing) == 6


def test_very_severe_likely_finding_is_never_deferred(world: World):
    finding_id = at_assessed(world)
    with acting(world.tenant):
        scores = get_finding_place(finding_id).scores
        assert scores is not None and scores.likelihood >= 0.25
    with pytest.raises(StepNotAllowed, match="cannot be deferred"):
        step(world, finding_id, S.DEFERRED, reason="Later.", review_on=NOW.date() + days(90))


def test_deferral_needs_reason_approver_and_a_day_within_a_year_and_ends_again(world: World):
    finding_id = at_assessed(world, levels=(2, 1, 1), issue=Issue.FF)
    with pytest.raises(StepNotAllowed) as refused:
        step(world, finding_id, S.DEFERRED, review_on=NOW.date() + days(400))
    assert len(refused.value.missing) == 2
    own(world, finding_id, world.tenant.manager)
    with pytest.raises(StepNotAllowed, match="approver"):
        step(world, finding_id, S.DEFERRED, reason="Later.", review_on=NOW.date() + days(90))
    own(world, finding_id, world.tenant.analyst)
    step(world, finding_id, S.DEFERRED, reason="Later.", review_on=NOW.date() + days(90))

    deferral = finding_now(world, finding_id).step_data["deferral"]
    assert deferral == {
        "reason": "Later.",
        "review_on": str(NOW.date() + days(90)),
        "approver": world.tenant.manager.name,
    }
    step(world, finding_id, S.PRIORITISED)


def test_finding_is_implemented_with_evidence_and_reviewed_after_three_months_by_another(
    world: World,
):
    finding_id, action_id = at_in_progress(world)
    with pytest.raises(StepNotAllowed, match="Attach the evidence"):
        step(world, finding_id, S.IMPLEMENTED)
    move(world, action_id, ActionState.DOING)
    report(world, action_id)
    step(world, finding_id, S.IMPLEMENTED)

    with pytest.raises(StepNotAllowed, match="three months"):
        step(world, finding_id, S.EFFECTIVENESS_REVIEW, at=NOW + timedelta(days=60))
    with pytest.raises(StepNotAllowed, match="other than the owner"):
        step(world, finding_id, S.EFFECTIVENESS_REVIEW, by=world.tenant.analyst, at=IN_HALF_A_YEAR)
    step(world, finding_id, S.EFFECTIVENESS_REVIEW, at=IN_HALF_A_YEAR)


def test_severe_finding_is_controlled_with_outcome_feedback_and_a_lower_residual_band(
    world: World,
):
    finding_id = at_review(world)
    with pytest.raises(StepNotAllowed) as refused:
        step(world, finding_id, S.CONTROLLED)
    assert len(refused.value.missing) == 2
    step(
        world,
        finding_id,
        S.CONTROLLED,
        outcome="No child seen at three visits.",
        feedback="Families agree.",
    )

    kept = finding_now(world, finding_id)
    assert (kept.closed_at, kept.closed_by_id) == (NOW, world.tenant.manager.user_id)
    assert kept.step_data["review"]["effective"]
    with pytest.raises(StepNotAllowed, match="Name the event"):
        step(world, finding_id, S.ASSESSED)
    step(world, finding_id, S.ASSESSED, trigger="TRG-08")
    again = finding_now(world, finding_id)
    assert (again.closed_at, again.step_data["trigger"]) == (None, "TRG-08")


def test_finding_is_not_controlled_while_the_residual_risk_stays_in_its_band(world: World):
    finding_id = at_review(world, control=None)
    with pytest.raises(StepNotAllowed) as refused:
        step(world, finding_id, S.CONTROLLED, outcome="Seen.", feedback="Families agree.")

    assert "residual risk has fallen" in refused.value.missing[0]


def test_second_failed_review_asks_for_the_leverage_table_before_planning_again(world: World):
    finding_id = at_review(world)
    again = {"affected_consulted": True}
    for round_ in (1, 2):
        step(world, finding_id, S.INEFFECTIVE, reason="Children still carry sacks.")
        assert finding_now(world, finding_id).step_data["failed_reviews"] == round_
        with pytest.raises(StepNotAllowed) as refused:
            step(world, finding_id, S.ACTION_PLANNED, **again)
        assert any("budget" in text for text in refused.value.missing)
        assert any("leverage" in text for text in refused.value.missing) is (round_ == 2)
        if round_ == 2:
            break
        action_id = planned(world, finding_id)
        step(world, finding_id, S.ACTION_PLANNED, **again)
        step(world, finding_id, S.IN_PROGRESS)
        move(world, action_id, ActionState.DOING)
        report(world, action_id)
        verify(world, action_id)
        step(world, finding_id, S.IMPLEMENTED)
        step(world, finding_id, S.EFFECTIVENESS_REVIEW, at=IN_HALF_A_YEAR)

    planned(world, finding_id)
    with acting(world.tenant):
        ref = settle_leverage(
            finding_id,
            LeverageAnswers(False, True, False, False),
            types=["LEV-04"],
            reason="With three other buyers.",
            version=get_finding(finding_id).row_version,
            act=Act(world.tenant.manager, NOW),
        )
    assert ref == "LD-2"
    step(world, finding_id, S.ACTION_PLANNED, **again)


def test_leverage_with_unknown_kinds_or_no_reason_is_refused(world: World):
    finding_id = recorded(world)
    with acting(world.tenant), pytest.raises(Invalid) as refused:
        settle_leverage(
            finding_id,
            LeverageAnswers(True, False, False, False),
            types=["LEV-99"],
            reason="",
            version=1,
            act=Act(world.tenant.manager, NOW),
        )
    with acting(world.tenant), pytest.raises(Conflict):
        settle_leverage(
            finding_id,
            LeverageAnswers(True, False, False, False),
            types=[],
            reason="x",
            version=9,
            act=Act(world.tenant.manager, NOW),
        )

    assert set(refused.value.fields) == {"types", "reason"}


def test_harm_that_nobody_reported_moves_no_finding(world: World):
    with pytest.raises(StepNotAllowed, match="Report the harm"):
        step(world, recorded(world), S.MATERIALISED)


def test_finding_whose_harm_is_recorded_reaches_the_officers_and_is_judged_afresh(world: World):
    finding_id = recorded(world, harm=Harm.CONFIRMED)
    step(world, finding_id, S.MATERIALISED)

    assert finding_now(world, finding_id).status is S.MATERIALISED
    assert "assessed" in missing(world, finding_id)
    with acting(world.tenant):
        (case,) = list_cases_of(world.officer.user_id, today=NOW.date())
        row, _ = get_case_for(case.code, world.officer.user_id, today=NOW.date())
        assert row.finding_id == finding_id
        assert open_facts(row).in_danger is None, "not known counts as danger"


def ask_for_protection(world: World, finding_id: UUID) -> None:
    alert = remedy.Alert(alert_source="media", work_class=WorkClass.OTHER)
    with acting(world.tenant):
        remedy.open_case(get_finding(finding_id), alert, act=Act(world.tenant.manager, NOW))


READERS = (R.ADMIN, R.ADMIN_MANAGER, R.SUSTAINABILITY_MANAGER, R.ANALYST, R.AUDITOR)


def test_no_page_outside_remediation_changes_when_protection_is_asked_for(app: Flask, world: World):
    finding_id = recorded(world, harm=Harm.CONFIRMED)
    base = f"/o/{world.tenant.slug}"
    places = (f"/findings/{finding_id}", f"/findings/{finding_id}/exit", "/findings/", "/remedy/")
    clients = [signed_in_client(app, world.tenant, role) for role in READERS]

    def read() -> list[tuple[int, str]]:
        answers = [client.get(f"{base}{place}") for client in clients for place in places]
        return [(answer.status_code, plain(answer.text)) for answer in answers]

    before = read()
    ask_for_protection(world, finding_id)

    assert "Ask for protection" in before[0][1]
    assert read() == before


def plain(page: str) -> str:
    differs = r'nonce="[^"]*"|name="csrf_token" value="[^"]*"|request [\w-]+|data-most="\d+"'
    return re.sub(differs, "", page)


def test_step_leaves_as_many_events_whether_protection_was_asked_for_before_or_not(world: World):
    left = []
    for was_asked in (True, False):
        finding_id = recorded(world, harm=Harm.CONFIRMED)
        if was_asked:
            ask_for_protection(world, finding_id)
        before = count_events(world)
        step(world, finding_id, S.MATERIALISED)
        left.append(count_events(world) - before)

    assert left == [2, 2], "the step, and one event that only officers read"


def count_events(world: World) -> int:
    with acting(world.tenant):
        return db.session.scalar(select(func.count()).select_from(AuditEvent)) or 0


def test_stale_step_and_faulty_words_are_refused(world: World):
    finding_id = recorded(world)
    with acting(world.tenant), pytest.raises(Conflict) as stale:
        take_step(
            finding_id, S.ASSESSED, StepInput(), version=7, act=Act(world.tenant.manager, NOW)
        )
    with pytest.raises(Invalid) as refused:
        step(world, finding_id, S.ASSESSED, reason="Mail a@b.example", trigger="TRG-99")

    assert stale.value.theirs == {"State": "Identified"}
    assert set(refused.value.fields) == {"reason", "trigger"}
