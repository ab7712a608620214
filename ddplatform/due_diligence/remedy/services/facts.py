"""Facts of a case for the guards of ST-IMPACT, gathered from its rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ddplatform.core.due_diligence.impacts import AgeBand, WorkClass
from ddplatform.core.due_diligence.remedy_protocol import remedy_steps
from ddplatform.core.due_diligence.step_facts import ImpactFacts
from ddplatform.core.due_diligence.vocabulary import ImpactState
from ddplatform.due_diligence.remedy.models import (
    CaseCriterion,
    RemediationCase,
    RemediationStep,
    SupportItem,
)
from ddplatform.due_diligence.remedy.queries.cases import (
    AccessRow,
    AssigneeRow,
    CaseOrigin,
    get_origin,
    list_accesses,
    list_assignees,
    list_steps,
    list_support_items,
    load_criteria,
)
from ddplatform.due_diligence.remedy.services import seal as case_seal
from ddplatform.infrastructure.access.identity import Act

DAYS_A_MONTH = 30.44
NOT_REACHED, SAFE_VISIT = "child_not_reached", "safe_and_out_of_work"
VERIFICATION = "REM-12"
"""The step that the verifier takes; refusing or reopening a case is no work on it either."""


@dataclass(frozen=True)
class CaseFacts:
    """The sealed facts of a case."""

    alert_source: str
    work_class: WorkClass
    age_band: AgeBand
    in_danger: bool | None
    note: str

    def as_json(self) -> dict[str, Any]:
        """As it is sealed."""
        return {
            "alert_source": self.alert_source,
            "work_class": self.work_class.value,
            "age_band": self.age_band.value,
            "in_danger": self.in_danger,
            "note": self.note,
        }


@dataclass(frozen=True)
class StepNote:
    """One step taken, opened."""

    step: str
    taken_at: datetime
    ticked: tuple[str, ...]
    note: str


def open_facts(case: RemediationCase) -> CaseFacts:
    """The sealed facts of a case, opened."""
    data = case_seal.unseal(case, case, "sealed_facts", case.sealed_facts)
    return CaseFacts(
        data["alert_source"],
        WorkClass(data["work_class"]),
        AgeBand(data["age_band"]),
        data["in_danger"],
        data["note"],
    )


def open_steps(case: RemediationCase) -> list[StepNote]:
    """The steps taken in a case, opened, oldest first."""
    return [_open_step(case, row) for row in list_steps(case.id)]


def _open_step(case: RemediationCase, row: RemediationStep) -> StepNote:
    data = {"ticked": [], "note": ""}
    if row.sealed_note is not None:
        data = case_seal.unseal(case, row, "sealed_note", row.sealed_note)
    return StepNote(row.step, row.taken_at, tuple(data["ticked"]), str(data["note"]))


@dataclass(frozen=True)
class JudgedCriterion:
    """A criterion for closing a case as it was judged last, opened."""

    is_met: bool | None
    basis: str


@dataclass(frozen=True)
class OpenedCase:
    """All that is kept of a case, opened for a person who is assigned to it."""

    case: RemediationCase
    facts: CaseFacts
    steps: Sequence[StepNote]
    """Oldest first."""
    origin: CaseOrigin
    support: Sequence[SupportItem]
    criteria: Mapping[str, JudgedCriterion]
    may_move: ImpactFacts
    """The facts of the guards; a reason and a reference are asked for in the form."""
    assignees: Sequence[AssigneeRow]
    accesses: Sequence[AccessRow]


def open_case(case: RemediationCase, *, act: Act) -> OpenedCase:
    """Open a case for the person who is assigned to it."""
    return OpenedCase(
        case=case,
        facts=open_facts(case),
        steps=open_steps(case),
        origin=get_origin(case),
        support=list_support_items(case.id),
        criteria={ref: _judged(case, row) for ref, row in load_criteria(case.id).items()},
        may_move=gather(case, act=act, reason="given", reference="given"),
        assignees=list_assignees(case.id),
        accesses=list_accesses(case.id),
    )


def _judged(case: RemediationCase, row: CaseCriterion) -> JudgedCriterion:
    basis = ""
    if row.sealed_basis is not None:
        basis = str(case_seal.unseal(case, row, "sealed_basis", row.sealed_basis))
    return JudgedCriterion(row.is_met, basis)


def gather(
    case: RemediationCase, *, act: Act, reason: str = "", reference: str = ""
) -> ImpactFacts:
    """The facts of a case as its guards ask for them.

    The one who acts is the verifier, if neither case manager nor somebody who worked on it.
    """
    facts, steps = open_facts(case), open_steps(case)
    ticked = {flag for step in steps for flag in step.ticked}
    managers = [person for person in list_assignees(case.id) if not person.is_verifier]
    running = [person for person in managers if not person.is_ended(act.at.date())]
    work = {*remedy_steps(), ImpactState.CLOSURE_PROPOSED} - {VERIFICATION}
    worked = {row.taken_by_id for row in list_steps(case.id) if row.step in work}
    is_verifier = act.by.user_id not in {person.user_id for person in managers} | worked
    missed = [step for step in steps if NOT_REACHED in step.ticked]
    criteria = load_criteria(case.id).values()
    return ImpactFacts(
        case_owner=running[0].user_id if running else None,
        alert_source_named=bool(facts.alert_source),
        work_class_named=True,
        safety_checklist_done="safety_checklist_done" in ticked,
        provider_contacted="provider_contacted" in ticked,
        assessed_by_qualified_person="assessed_by_qualified_person" in ticked,
        child_heard="child_heard" in ticked,
        caregiver_informed="caregiver_informed" in ticked,
        informing_caregiver_unsafe="informing_caregiver_unsafe" in ticked,
        child_and_caregiver_agree="child_and_caregiver_agree" in ticked,
        payer_shares_fixed="payer_shares_fixed" in ticked,
        stipend_without_gap="stipend_without_gap" in ticked,
        first_item_started="first_item_started" in ticked,
        first_goals_met="first_goals_met" in ticked,
        closure_criteria_met=frozenset(row.criterion for row in criteria if row.is_met),
        months_stable=_months_stable(steps, act.at),
        verifier=act.by.user_id if is_verifier else None,
        verifier_independent_of_supplier="verifier_independent_of_supplier" in ticked,
        child_view_recorded="child_view_recorded" in ticked,
        second_reviewer=act.by.user_id if is_verifier else None,
        reason=reason,
        authority_reference=reference,
        contact_tries=len(missed),
        contact_months=_span(step.taken_at for step in missed),
        contact_means=len({step.note.casefold() for step in missed}),
        partner_signed_off="partner_signed_off" in ticked,
    )


def _months_stable(steps: list[StepNote], at: datetime) -> float:
    """Months since the first of the unbroken run of safe visits up to now."""
    since: datetime | None = None
    for step in steps:
        if step.step == "REM-11":
            since = (since or step.taken_at) if SAFE_VISIT in step.ticked else None
    return (at - since).days / DAYS_A_MONTH if since else 0.0


def _span(moments: Iterable[datetime]) -> float:
    known = sorted(moments)
    return (known[-1] - known[0]).days / DAYS_A_MONTH if known else 0.0
