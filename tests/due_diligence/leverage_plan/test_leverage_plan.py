"""Leverage plan on a finding: steps with results; a senior decision after two failures."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from ddplatform.audit.models import AuditEvent
from ddplatform.core.due_diligence.impacts import InvolvementAnswer, impact_words
from ddplatform.core.due_diligence.leverage_plan import (
    Escalation,
    EscalationDecision,
    LeveragePlan,
    LeverageStep,
    StepResult,
    asks_contribution,
    read_plan,
    write_plan,
)
from ddplatform.due_diligence.finding_judgements.services.judgements import judge_involvement
from ddplatform.due_diligence.finding_judgements.services.leverage import (
    LeverageAnswers,
    settle_leverage,
)
from ddplatform.due_diligence.findings.queries import get_finding
from ddplatform.due_diligence.findings.services import findings
from ddplatform.due_diligence.leverage_plan import services as leverage_plan
from ddplatform.due_diligence.leverage_plan.services import StepFields, plan_of
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid, NotFound
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.finding_worlds import World, acting
from tests.fixtures import pages_of_that_day  # noqa: F401

NO, YES = InvolvementAnswer(False, "No."), InvolvementAnswer(True, "They supply us.")
LINKED = {"INV-1": NO, "INV-2": NO, "INV-3": YES}
IN_A_MONTH = NOW.date() + timedelta(days=30)
days = st.dates()
texts = st.text(max_size=40)
steps = st.builds(
    LeverageStep,
    number=st.integers(1, 50),
    kind=st.sampled_from(sorted(impact_words().leverage_types)),
    text=texts,
    owner_id=st.uuids().map(str),
    due=days,
    result=st.none() | st.sampled_from(StepResult),
    reason=texts,
    closed_on=st.none() | days,
)
decisions = st.builds(
    EscalationDecision,
    after_failures=st.integers(0, 50),
    choice=st.sampled_from(Escalation),
    reason=texts,
    by=texts,
    on=days,
)


@pytest.fixture
def inside(app: Flask):
    with app.app_context():
        yield


def act_of(by: Identity) -> Act:
    return Act(by, NOW)


def version_of(finding_id: UUID) -> int:
    return get_finding(finding_id).row_version


def assessed(world: World, finding_id: UUID) -> None:
    """Directly linked, with leverage that can be used."""
    act = act_of(world.tenant.analyst)
    with acting(world.tenant):
        judge_involvement(finding_id, LINKED, version=version_of(finding_id), act=act)
    with acting(world.tenant):
        settle_leverage(
            finding_id,
            LeverageAnswers(True, False, False, False),
            types=["LEV-02"],
            reason="We buy a third of the harvest.",
            version=version_of(finding_id),
            act=act,
        )


def planned(world: World, finding_id: UUID, **more: object) -> LeverageStep:
    values = {
        "kind": "LEV-02",
        "text": "Offer a contract over three years.",
        "owner_id": world.tenant.analyst.user_id,
        "due": IN_A_MONTH,
        **more,
    }
    with acting(world.tenant):
        return leverage_plan.add_step(
            finding_id,
            StepFields(**values),  # type: ignore[arg-type]
            version=version_of(finding_id),
            act=act_of(world.tenant.analyst),
        )


def closed(world: World, finding_id: UUID, number: int, result: StepResult) -> None:
    with acting(world.tenant):
        leverage_plan.record_result(
            finding_id,
            number,
            result,
            "The partner did not answer.",
            version=version_of(finding_id),
            act=act_of(world.tenant.analyst),
        )


def failed_twice(world: World, finding_id: UUID) -> None:
    for number in (1, 2):
        planned(world, finding_id)
        closed(world, finding_id, number, StepResult.FAILED)


def decided(world: World, finding_id: UUID, by: Identity, choice: Escalation) -> None:
    with acting(world.tenant):
        leverage_plan.decide_escalation(
            finding_id,
            choice,
            "Two buyers are ready to join.",
            version=version_of(finding_id),
            act=act_of(by),
        )


def plan(world: World, finding_id: UUID) -> LeveragePlan:
    with acting(world.tenant):
        return plan_of(get_finding(finding_id))


@given(st.lists(steps, max_size=4), st.lists(decisions, max_size=3))
def test_a_plan_is_read_back_as_it_was_written(
    some: list[LeverageStep], made: list[EscalationDecision]
):
    whole = LeveragePlan(tuple(some), tuple(made))
    assert read_plan(write_plan(whole)) == whole


def test_a_step_is_refused_until_involvement_and_leverage_are_assessed(
    inside: None, world: World, finding_id: UUID
):
    with pytest.raises(Conflict) as refused:
        planned(world, finding_id)
    assert "Assess the involvement first" in refused.value.advice
    assessed(world, finding_id)
    assert planned(world, finding_id).number == 1


def test_what_we_cause_ourselves_asks_for_no_plan_of_leverage(
    inside: None, world: World, finding_id: UUID
):
    assessed(world, finding_id)
    with acting(world.tenant):
        judge_involvement(
            finding_id,
            {"INV-1": InvolvementAnswer(True, "Our own site.")},
            version=version_of(finding_id),
            act=act_of(world.tenant.analyst),
        )
    with pytest.raises(Conflict, match="directly linked"):
        planned(world, finding_id)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "LEV-13"}, "kind"),
        ({"text": "  "}, "text"),
        ({"text": "Call +33 6 12 34 56 78"}, "text"),
        ({"owner_id": uuid4()}, "owner_id"),
        ({"due": NOW.date() - timedelta(days=1)}, "due"),
    ],
)
def test_a_wrong_value_of_a_step_is_named_at_its_field(
    inside: None, world: World, finding_id: UUID, wrong: dict[str, object], field: str
):
    assessed(world, finding_id)
    with pytest.raises(Invalid) as refused:
        planned(world, finding_id, **wrong)
    assert set(refused.value.fields) == {field}


def test_a_result_is_recorded_once_and_only_for_a_step_of_the_plan(
    inside: None, world: World, finding_id: UUID
):
    assessed(world, finding_id)
    planned(world, finding_id)
    closed(world, finding_id, 1, StepResult.PARTLY)
    with pytest.raises(Conflict, match="recorded already"):
        closed(world, finding_id, 1, StepResult.ACHIEVED)
    with pytest.raises(NotFound):
        closed(world, finding_id, 2, StepResult.ACHIEVED)
    step = plan(world, finding_id).steps[0]
    assert (step.result, step.closed_on) == (StepResult.PARTLY, NOW.date())


def test_after_the_second_failure_no_step_is_planned_before_somebody_else_decides(
    inside: None, world: World, finding_id: UUID
):
    assessed(world, finding_id)
    planned(world, finding_id)
    closed(world, finding_id, 1, StepResult.FAILED)
    assert not plan(world, finding_id).needs_decision
    planned(world, finding_id)
    closed(world, finding_id, 2, StepResult.FAILED)
    with pytest.raises(Conflict, match="Two steps have failed"):
        planned(world, finding_id)

    manager = world.tenant.manager
    with acting(world.tenant):
        findings.set_owner(
            finding_id,
            manager.user_id,
            version=version_of(finding_id),
            act=act_of(world.tenant.analyst),
        )
    with pytest.raises(Conflict, match="You own this finding"):
        decided(world, finding_id, manager, Escalation.JOIN_OTHERS)
    with acting(world.tenant):
        findings.set_owner(
            finding_id,
            world.tenant.analyst.user_id,
            version=version_of(finding_id),
            act=act_of(manager),
        )
    decided(world, finding_id, manager, Escalation.JOIN_OTHERS)
    assert planned(world, finding_id, kind="LEV-04").number == 3
    with pytest.raises(Conflict, match="No decision is due"):
        decided(world, finding_id, manager, Escalation.INCREASE)


@pytest.mark.parametrize(
    ("involvement", "days_known", "has_effect", "asked"),
    [
        ("directly_linked", 180, False, True),
        ("directly_linked", 179, False, False),
        ("directly_linked", 400, True, False),
        ("contribute", 400, False, False),
        (None, 400, False, False),
    ],
)
def test_a_direct_link_known_for_180_days_without_effect_asks_for_contribution(
    involvement: str | None, days_known: int, has_effect: bool, asked: bool
):
    today = NOW.date()
    since = today - timedelta(days=days_known)
    found = asks_contribution(involvement, known_since=since, has_effect=has_effect, today=today)
    assert found is asked


def test_the_page_of_a_finding_asks_until_the_involvement_is_assessed_again(
    app: Flask,
    world: World,
    finding_id: UUID,
    pages_of_that_day: None,  # noqa: F811
):
    long_ago = Act(world.tenant.analyst, NOW - timedelta(days=200))
    page = f"/o/{world.tenant.slug}/findings/{finding_id}"
    analyst = signed_in_client(app, world.tenant, RoleId.ANALYST)
    with app.app_context(), acting(world.tenant):
        judge_involvement(finding_id, LINKED, version=version_of(finding_id), act=long_ago)
    shown = analyst.get(page).text
    assert "Assessed 200 days ago; since then no action was verified" in shown
    with app.app_context(), acting(world.tenant):
        act = act_of(world.tenant.analyst)
        judge_involvement(finding_id, LINKED, version=version_of(finding_id), act=act)
    assert "since then no action was verified" not in analyst.get(page).text


def test_each_change_of_the_plan_leaves_its_event(inside: None, world: World, finding_id: UUID):
    assessed(world, finding_id)
    failed_twice(world, finding_id)
    decided(world, finding_id, world.tenant.manager, Escalation.ASSESS_EXIT)
    with acting(world.tenant):
        actions = list(
            db.session.scalars(
                select(AuditEvent.action)
                .where(
                    AuditEvent.target_id == str(finding_id),
                    AuditEvent.action.startswith("finding:leverage_"),
                )
                .order_by(AuditEvent.sequence)
            )
        )
    step, result = "finding:leverage_step", "finding:leverage_result"
    assert actions == [step, result, step, result, "finding:leverage_escalate"]


def test_a_plan_goes_by_its_pages_from_the_first_step_to_the_decision(
    app: Flask,
    world: World,
    finding_id: UUID,
    other_tenant: Tenant,
    pages_of_that_day: None,  # noqa: F811
):
    base = f"/o/{world.tenant.slug}/findings/{finding_id}/leverage-plan"
    analyst = signed_in_client(app, world.tenant, RoleId.ANALYST)
    assert "Assess the involvement first" in analyst.get(base).text
    with app.app_context():
        assessed(world, finding_id)
    assert "No step yet" in analyst.get(base).text
    for number in (1, 2):
        page = f"{base}/new"
        step = {
            "kind": "LEV-03",
            "text": f"Pay for training, round {number}.",
            "owner_id": str(world.tenant.analyst.user_id),
            "due": IN_A_MONTH.isoformat(),
        }
        send(analyst, page, step)
        send(analyst, f"{base}/{number}", {"result": "failed", "reason": "Nobody came."})
    shown = analyst.get(base).text
    assert "Two steps have failed since the last decision." in shown
    assert "Pay for training, round 2." in shown and "Nobody came." in shown
    assert analyst.get(f"{base}/decision").status_code == 403
    manager = signed_in_client(app, world.tenant, RoleId.SUSTAINABILITY_MANAGER)
    send(manager, f"{base}/decision", {"choice": "assess_exit", "reason": "Nothing changes."})
    assert "Assess responsible disengagement" in manager.get(base).text
    assert (
        "2 steps of leverage planned, 2 failed."
        in manager.get(base.replace("leverage-plan", "exit")).text
    )
    stranger = signed_in_client(app, other_tenant, RoleId.ANALYST)
    foreign = base.replace(world.tenant.slug, other_tenant.slug)
    assert stranger.get(foreign).status_code == 404


def send(client, page: str, typed: dict[str, str]) -> None:
    form = client.get(page).text
    version = form.split('name="version"')[1].split('value="')[1].split('"')[0]
    sent = client.post(
        page, data={**typed, "version": version, "csrf_token": csrf_token(client, page)}
    )
    assert sent.status_code == 302, sent.text
