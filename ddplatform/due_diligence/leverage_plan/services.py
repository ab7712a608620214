"""Steps of leverage on a finding: planned, closed with a result, escalated after failures.

The plan is stored with the finding, as its other judgements are; the log keeps every version.
"""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from ddplatform.accounts.organisations.queries import list_people
from ddplatform.audit.services import log as audit
from ddplatform.core.due_diligence.impacts import Involvement, impact_words
from ddplatform.core.due_diligence.leverage_plan import (
    NEEDS_LEVERAGE,
    Escalation,
    EscalationDecision,
    LeveragePlan,
    LeverageStep,
    StepResult,
    read_plan,
    write_plan,
)
from ddplatform.due_diligence.findings.models import Finding
from ddplatform.due_diligence.findings.queries import get_finding
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid, NotFound
from ddplatform.infrastructure.plain_text import fault_in
from ddplatform.infrastructure.stale_edits import refuse_stale
from ddplatform.languages import gettext

KEPT = "leverage_plan"
TEXT_LENGTH = 1000
STEPS_MOST = 50


@dataclass(frozen=True)
class StepFields:
    """What a person plans. `kind`: LEV-nn."""

    kind: str
    text: str
    owner_id: UUID | None
    due: date


def plan_of(finding: Finding) -> LeveragePlan:
    """The leverage plan on a finding; empty where none was begun."""
    return read_plan(finding.step_data.get(KEPT, {}))


def find_obstacle(finding: Finding) -> Conflict | None:
    """What keeps a step from being planned; None: nothing."""
    if not finding.involvement or Involvement(finding.involvement) not in NEEDS_LEVERAGE:
        return Conflict(
            gettext(
                "Leverage is planned on findings that we contribute to or are directly linked to."
            ),
            gettext("Assess the involvement first. What we cause ourselves, we stop directly."),
        )
    if "leverage" not in finding.step_data:
        return Conflict(
            gettext("Leverage has not been assessed."),
            gettext("Assess leverage first: the plan follows from that decision."),
        )
    return None


def add_step(finding_id: UUID, wanted: StepFields, *, version: int, act: Act) -> LeverageStep:
    """Plan a step.

    Raises:
        NotFound: no such finding.
        Conflict: changed meanwhile, no involvement that asks for leverage, leverage not
            assessed, or a decision after failures is due first.
        Invalid: a field breaks a rule.
    """
    finding = _held(finding_id, version)
    plan = plan_of(finding)
    if (obstacle := find_obstacle(finding)) is not None:
        raise obstacle
    if plan.needs_decision:
        raise Conflict(
            gettext("Two steps have failed since the last decision."),
            gettext("Somebody who may approve decides first how to go on."),
        )
    _check_step(plan, wanted, today=act.at.date())
    step = LeverageStep(
        number=len(plan.steps) + 1,
        kind=wanted.kind,
        text=wanted.text.strip(),
        owner_id=str(wanted.owner_id),
        due=wanted.due,
    )
    _keep(finding, replace(plan, steps=(*plan.steps, step)))
    audit.record(
        "finding:leverage_step",
        finding,
        act=act,
        number=step.number,
        leverage=step.kind,
        due=step.due,
        reason=step.text,
    )
    return step


def _check_step(plan: LeveragePlan, wanted: StepFields, *, today: date) -> None:
    faults: dict[str, str] = {}
    if wanted.kind not in impact_words().leverage_types:
        faults["kind"] = gettext("Choose a kind of leverage from the list.")
    if fault := fault_in(wanted.text, label=gettext("what will be done"), longest=TEXT_LENGTH):
        faults["text"] = fault
    if wanted.owner_id not in {person.user_id for person in list_people()}:
        faults["owner_id"] = gettext("Choose somebody of your organisation.")
    if wanted.due < today:
        faults["due"] = gettext("Choose today or a later day.")
    if len(plan.steps) >= STEPS_MOST:
        faults["text"] = gettext("A plan has at most %(most)s steps.", most=STEPS_MOST)
    if faults:
        raise Invalid(fields=faults)


def record_result(
    finding_id: UUID, number: int, result: StepResult, reason: str, *, version: int, act: Act
) -> LeverageStep:
    """Close a step with what it achieved. A result is recorded once; the log keeps it.

    Raises:
        NotFound: no such finding or step. Conflict: changed meanwhile, or closed already.
        Invalid: no reason, or one that leads to a person.
    """
    finding = _held(finding_id, version)
    plan = plan_of(finding)
    step = next((one for one in plan.steps if one.number == number), None)
    if step is None:
        raise NotFound()
    if step.result is not None:
        raise Conflict(
            gettext("The result of this step is recorded already."), gettext("Plan a new step.")
        )
    _require_reason(reason)
    closed = replace(step, result=result, reason=reason.strip(), closed_on=act.at.date())
    steps = tuple(closed if one.number == number else one for one in plan.steps)
    _keep(finding, replace(plan, steps=steps))
    audit.record(
        "finding:leverage_result",
        finding,
        act=act,
        number=number,
        leverage=step.kind,
        result=result,
        reason=closed.reason,
    )
    return closed


def decide_escalation(
    finding_id: UUID, choice: Escalation, reason: str, *, version: int, act: Act
) -> EscalationDecision:
    """Decide how to go on after repeated failure.

    Raises:
        NotFound: no such finding.
        Conflict: changed meanwhile, no decision is due, or this person owns the finding.
        Invalid: no reason, or one that leads to a person.
    """
    finding = _held(finding_id, version)
    plan = plan_of(finding)
    if not plan.needs_decision:
        raise Conflict(gettext("No decision is due: fewer than two steps failed since the last."))
    # Escalation means that another, senior person looks at what the owner could not change.
    if act.by.user_id == finding.owner_id:
        raise Conflict(
            gettext("You own this finding."),
            gettext("Another person who may approve decides how to go on."),
        )
    _require_reason(reason)
    decision = EscalationDecision(plan.failures, choice, reason.strip(), act.by.name, act.at.date())
    _keep(finding, replace(plan, decisions=(*plan.decisions, decision)))
    audit.record(
        "finding:leverage_escalate",
        finding,
        act=act,
        after_failures=plan.failures,
        decision=choice,
        reason=decision.reason,
    )
    return decision


def _held(finding_id: UUID, version: int) -> Finding:
    finding = get_finding(finding_id, for_change=True)
    refuse_stale(finding, version)
    return finding


def _require_reason(reason: str) -> None:
    if fault := fault_in(reason, label=gettext("the reason"), longest=TEXT_LENGTH):
        raise Invalid(fields={"reason": fault})


def _keep(finding: Finding, plan: LeveragePlan) -> None:
    finding.step_data = {**finding.step_data, KEPT: write_plan(plan)}
    db.session.flush()  # the version that the page shows next
