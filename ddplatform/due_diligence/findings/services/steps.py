"""Lifecycle of findings (ST-RISK), each step open only when its guards are met."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.core.due_diligence.lifecycle import (
    Step,
    lifecycle,
    missing_for,
    next_steps,
    require_step,
)
from ddplatform.core.due_diligence.step_facts import RiskFacts
from ddplatform.core.due_diligence.tracking import tracking_words
from ddplatform.core.due_diligence.vocabulary import Machine, RiskState
from ddplatform.due_diligence.actions.queries.actions import ActionFilter, ActionRow, list_actions
from ddplatform.due_diligence.findings.models import Finding
from ddplatform.due_diligence.findings.queries import (
    LIVE_ACTIONS,
    FindingPlace,
    get_finding,
    get_finding_place,
)
from ddplatform.due_diligence.findings.services import counts as finding_counts
from ddplatform.due_diligence.remedy.services.cases import make_sure_of_protection
from ddplatform.evidence.uploads.queries.documents import count_documents_of
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.plain_text import fault_in
from ddplatform.infrastructure.stale_edits import refuse_stale
from ddplatform.languages import gettext

DAYS_OF_MONTH = 30.4375
REASON_LENGTH = 1000
ACTIONS_READ = 500


@dataclass(frozen=True)
class StepInput:
    """A person's input to a step; the required fields depend on the step.

    Attributes:
        review_on: when a deferred finding is looked at again, within 12 months.
        outcome: what shows that the outcome was reached. feedback: what affected people said.
        trigger: TRG-nn, what asks for a new assessment.
    """

    reason: str = ""
    review_on: date | None = None
    affected_consulted: bool = False
    no_consultation_reason: str = ""
    outcome: str = ""
    feedback: str = ""
    trigger: str = ""


@dataclass(frozen=True)
class OpenStep:
    """A step in the table from here, with its open requirements."""

    step: Step
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Work:
    """The work done on a finding, for the guards."""

    actions: Sequence[ActionRow]
    documents: int


def work_on(finding_id: UUID) -> Work:
    """The actions and documents of a finding."""
    actions = list_actions(ActionFilter(finding_id=finding_id), limit=ACTIONS_READ)
    documents = count_documents_of([finding_id, *(action.id for action in actions)])
    return Work(actions, documents)


def list_steps(place: FindingPlace, work: Work, *, act: Act) -> list[OpenStep]:
    """The next possible steps of a finding; input of a step's form counts as given."""
    given = StepInput(
        reason="given",
        review_on=act.at.date() + timedelta(days=1),
        affected_consulted=True,
        outcome="given",
        feedback="given",
        trigger="given",
    )
    facts = _facts(place, work, given, act=act)
    steps = next_steps(Machine.RISK, place.finding.status)
    return [OpenStep(step, missing_for(step, facts)) for step in steps]


def take_step(
    finding_id: UUID, to: RiskState, given: StepInput, *, version: int, act: Act
) -> Finding:
    """Take a finding to another state; harm that has happened reaches the safeguarding officers.

    Raises:
        NotFound, Conflict: gone, or changed meanwhile.
            Or the harm has no safeguarding officer who would read of it.
        StepNotAllowed: no such step from here, or a guard is not met; says what to do first.
        Invalid: a text is too long or leads to a person, or an unknown trigger.
    """
    finding = get_finding(finding_id, for_change=True)
    states = lifecycle(Machine.RISK).states
    label = gettext("State")
    refuse_stale(finding, version, theirs={label: states[finding.status]}, mine={label: states[to]})
    _check_input(given)
    place = get_finding_place(finding_id)
    facts = _facts(place, work_on(finding_id), given, act=act)
    require_step(Machine.RISK, finding.status, to, facts)
    before = finding.status
    finding.status = to
    finding.step_data = {
        **finding.step_data,
        **_kept(to, given, place, act=act, was=before),
    }
    closed = (act.at, act.by.user_id) if to is RiskState.CONTROLLED else (None, None)
    finding.closed_at, finding.closed_by_id = closed
    finding_counts.refresh(finding.node_id, today=act.at.date())
    if to is RiskState.MATERIALISED:
        make_sure_of_protection(finding, act=act)
    audit.record(
        "finding:step",
        finding,
        act=act,
        status=(before, to),
        **{name: value for name, value in _told(given).items() if value},
    )
    return finding


def _told(given: StepInput) -> dict[str, Any]:
    told = {name: getattr(given, name) for name in StepInput.__dataclass_fields__}
    # An event has an outcome of its own: whether what was tried was done.
    told["outcome_reached"] = told.pop("outcome")
    return told


def _check_input(given: StepInput) -> None:
    faults: dict[str, str] = {}
    for name in ("reason", "no_consultation_reason", "outcome", "feedback"):
        fault = fault_in(
            getattr(given, name), label=gettext("this text"), longest=REASON_LENGTH, required=False
        )
        if fault:
            faults[name] = fault
    if given.trigger and given.trigger not in tracking_words().triggers:
        faults["trigger"] = gettext("Choose an event from the list.")
    if faults:
        raise Invalid(fields=faults)


def _facts(place: FindingPlace, work: Work, given: StepInput, *, act: Act) -> RiskFacts:
    finding, scores, data = place.finding, place.scores, place.finding.step_data
    planned = [
        action
        for action in work.actions
        if action.status in LIVE_ACTIONS or finding.status is not RiskState.INEFFECTIVE
    ]
    is_approver = act.by.has(Permission.RISK_APPROVE) and act.by.user_id != finding.owner_id
    failed = int(data.get("failed_reviews", 0))
    return RiskFacts(
        severity=_severity(place),
        likelihood=scores.likelihood if scores else None,
        confidence=scores.known_share if scores else None,
        involvement_drafted=finding.involvement is not None,
        salience_rank=scores.salience_rank if scores else None,
        approver=act.by.user_id if is_approver else None,
        owner=finding.owner_id,
        budget_set=any(action.budget_amount is not None for action in planned),
        due_on=min((action.due_on for action in planned), default=None),
        control_named=any(action.control for action in planned),
        indicator_chosen=any(action.indicator for action in planned),
        affected_consulted=given.affected_consulted,
        no_consultation_reason=given.no_consultation_reason,
        emergency=finding.is_emergency if finding.scale is not None else None,
        reason=given.reason,
        review_on=given.review_on,
        today=act.at.date(),
        evidence_attached=work.documents > 0,
        months_of_data=_months_since(data.get("implemented_on"), act.at.date()),
        reviewer=act.by.user_id,
        outcome_met=bool(given.outcome.strip()),
        affected_gave_feedback=bool(given.feedback.strip()),
        band_before=data.get("planning", {}).get("band"),
        band_after=scores.residual_band.value if scores else None,
        failed_reviews=failed,
        leverage_decided=int(data.get("leverage", {}).get("after_failures", -1)) >= failed,
        harm_reported=finding.is_actual,
        trigger=given.trigger,
    )


def _severity(place: FindingPlace) -> float | None:
    graded = place.severity
    if graded is None or place.scores is None:
        return graded
    return max(graded, place.scores.severity)


def _months_since(day: str | None, today: date) -> float:
    return (today - date.fromisoformat(day)).days / DAYS_OF_MONTH if day else 0.0


def _kept(
    to: RiskState, given: StepInput, place: FindingPlace, *, act: Act, was: RiskState
) -> dict[str, Any]:
    """Data of this step for later guards and for the page."""
    today, data, scores = act.at.date().isoformat(), place.finding.step_data, place.scores
    if to is RiskState.DEFERRED:
        review_on = given.review_on.isoformat() if given.review_on else None
        return {
            "deferral": {
                "reason": given.reason.strip(),
                "review_on": review_on,
                "approver": act.by.name,
            }
        }
    if to is RiskState.ACTION_PLANNED:
        return {
            "planning": {
                "on": today,
                "band": scores.residual_band.value if scores else None,
                "index": scores.residual_index if scores else None,
                "affected_consulted": given.affected_consulted,
                "no_consultation_reason": given.no_consultation_reason.strip(),
            }
        }
    if to is RiskState.IMPLEMENTED:
        return {"implemented_on": today}
    if to in (RiskState.CONTROLLED, RiskState.INEFFECTIVE):
        failed = int(data.get("failed_reviews", 0))
        return {
            "failed_reviews": failed + (to is RiskState.INEFFECTIVE),
            "review": {
                "on": today,
                "by": act.by.name,
                "effective": to is RiskState.CONTROLLED,
                "outcome": given.outcome.strip() or given.reason.strip(),
                "feedback": given.feedback.strip(),
            },
        }
    return {"trigger": given.trigger} if was is RiskState.CONTROLLED and given.trigger else {}
