"""Remediation cases: opening, steps, support plans, closure criteria, follow-up."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from ddplatform.accounts.officers.queries import list_officers
from ddplatform.audit.services import log as audit
from ddplatform.core.due_diligence.impacts import (
    SENSITIVE_CLASSES,
    AgeBand,
    WorkClass,
    impact_words,
)
from ddplatform.core.due_diligence.lifecycle import require_step
from ddplatform.core.due_diligence.remedy_protocol import remedy_steps
from ddplatform.core.due_diligence.vocabulary import ImpactState, Machine
from ddplatform.due_diligence.case_texts.services import record_confirmation, require_clean
from ddplatform.due_diligence.findings.models import Finding, FindingSource
from ddplatform.due_diligence.remedy.models import (
    CaseAccess,
    CaseAssignment,
    CaseCriterion,
    RemediationCase,
    RemediationStep,
    SupportItem,
    SupportStatus,
)
from ddplatform.due_diligence.remedy.queries.cases import (
    find_assignment,
    get_origin,
    has_open_case,
    is_last_manager,
)
from ddplatform.due_diligence.remedy.services import seal as case_seal
from ddplatform.due_diligence.remedy.services.facts import CaseFacts, gather
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.languages import gettext
from ddplatform.risk.facts.services import facts as risk
from ddplatform.risk.runs.models import FactKind

ENDED = frozenset({ImpactState.CLOSED_VERIFIED, ImpactState.UNSUBSTANTIATED})
PAYERS = ("us", "supplier", "shared", "another buyer", "public service")
FROM_FINDING: Mapping[FindingSource, str] = {
    FindingSource.OWN_CHECK: "own_check",
    FindingSource.QUESTIONNAIRE: "supplier_self_report",
    FindingSource.AUDIT: "audit",
    FindingSource.MEDIA: "media",
    FindingSource.WORKER_VOICE: "grievance",
    FindingSource.OFFICIAL_LIST: "authority",
}
"""Source of a finding -> that of the alert, where nobody said more."""
_CODE_SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True)
class Alert:
    """Facts known when a case is opened (REM-01). Ages as bands, nothing identifying."""

    alert_source: str
    work_class: WorkClass
    age_band: AgeBand = AgeBand.UNDETERMINED
    in_danger: bool | None = None
    """None: unknown, which counts as danger."""
    note: str = ""


def open_case(
    finding: Finding, alert: Alert, *, act: Act, not_names: Collection[str] = ()
) -> RemediationCase:
    """Open a case about one child for a finding that is an actual impact.

    Every safeguarding officer of the organisation is assigned; whoever opens it does not see it
    unless they are one of them.

    Args:
        not_names: words of the note that the writer confirmed as no person's name.

    Raises:
        Conflict: the finding is a potential impact, or there is no safeguarding officer.
        Invalid: an unknown choice, or a note that could show who the child is.
    """
    if alert.alert_source not in impact_words().alert_sources:
        raise Invalid(fields={"alert_source": gettext("Choose the source of the alert.")})
    is_confirmed = require_clean(alert.note, field="note", not_names=not_names)
    officers = _require_readers(finding, act)
    case = RemediationCase(
        id=uuid4(),
        organisation_id=act.by.organisation_id,
        code=new_code(),
        finding_id=finding.id,
        is_sensitive_class=alert.work_class in SENSITIVE_CLASSES,
        key_version=1,
        opened_at=act.at,
        opened_by_id=act.by.user_id,
    )
    case_seal.give_key(case)
    facts = CaseFacts(
        alert.alert_source, alert.work_class, alert.age_band, alert.in_danger, alert.note
    )
    case.sealed_facts = case_seal.seal(case, case, "sealed_facts", case.id, facts.as_json())
    db.session.add(case)
    db.session.flush()  # assignments and the event name it
    for user_id, _name in officers:
        db.session.add(CaseAssignment(case_id=case.id, user_id=user_id, created_at=act.at))
    audit.record("case:open", case, act=act, restricted=True)
    if is_confirmed:
        record_confirmation(case, act=act)
    return case


def make_sure_of_protection(finding: Finding, *, act: Act) -> None:
    """Hand a finding over to the safeguarding officers unless a case of it is open.

    Either way one restricted event is left, so that neither the answer nor the gap in the open
    part of the log tells which it was (decision 33).

    Raises:
        Conflict: the finding is a potential impact, or there is no safeguarding officer.
    """
    _require_readers(finding, act)
    if has_open_case(finding.id):
        audit.record("case:ask", finding, act=act, restricted=True)
        return
    alert = Alert(alert_source=FROM_FINDING[finding.source], work_class=WorkClass.OTHER)
    open_case(finding, alert, act=act)


def new_code() -> str:
    """A random case code in two groups, derived from nothing: for example K7QM-3RDX."""
    signs = [secrets.choice(_CODE_SIGNS) for _ in range(8)]
    return "".join(signs[:4]) + "-" + "".join(signs[4:])


def note_reading(case: RemediationCase, *, purpose: str, act: Act) -> None:
    """Each reading of a case is kept, shown on the case, and an event."""
    db.session.add(
        CaseAccess(case_id=case.id, user_id=act.by.user_id, purpose=purpose, read_at=act.at)
    )
    audit.record("case:read", case, act=act, restricted=True)


def assign(case: RemediationCase, user_id: UUID, *, is_verifier: bool, act: Act) -> CaseAssignment:
    """Let one more safeguarding officer open a case, as case manager or as verifier.

    Raises:
        Invalid: the person is no safeguarding officer here.
        Conflict: the person may open it already, or it is oneself.
    """
    if user_id == act.by.user_id:
        raise Conflict(
            gettext("You cannot change your own role in a case."), gettext("Ask another officer.")
        )
    if user_id not in {officer for officer, _ in list_officers(today=act.at.date())}:
        raise Invalid(fields={"user": gettext("Only safeguarding officers can be given a case.")})
    assigned, today = find_assignment(case, user_id), act.at.date()
    runs = assigned is not None and (assigned.access_until or today) >= today
    if assigned is not None and runs and assigned.is_verifier == is_verifier:
        raise Conflict(gettext("This person may open the case already."))
    if is_verifier and is_last_manager(user_id, today=today, case_id=case.id):
        raise Conflict(
            gettext("This person is the only case manager, who cannot become its verifier."),
            gettext("The case is handed over first."),
        )
    if assigned is None:
        assigned = CaseAssignment(case_id=case.id, user_id=user_id, created_at=act.at)
        assigned.created_by_id = act.by.user_id
        db.session.add(assigned)
    assigned.is_verifier, assigned.access_until = is_verifier, None
    db.session.flush()  # the page lists it
    audit.record("case:assign", case, act=act, restricted=True)
    return assigned


def is_still_needed(user_id: UUID, *, at: datetime) -> bool:
    """Whether this officer has to hand an open case over before they leave."""
    return is_last_manager(user_id, today=at.date())


def take_step(
    case: RemediationCase,
    step: str,
    *,
    ticked: Collection[str],
    note: str,
    act: Act,
    not_names: Collection[str] = (),
) -> RemediationStep:
    """Record a step of the protocol (REM-01..12) with its confirmed facts.

    Args:
        not_names: words of the note that the writer confirmed as no person's name.

    Raises:
        Invalid: unknown step or statement, or a note that could show who the child is.
    """
    known = remedy_steps().get(step)
    if known is None or not set(ticked) <= set(known.records):
        raise Invalid(
            fields={"step": gettext("Choose a step of the protocol and its own statements.")}
        )
    _require_open(case)
    is_confirmed = require_clean(note, field="note", not_names=not_names)
    row = RemediationStep(
        id=uuid4(), case_id=case.id, step=step, taken_at=act.at, taken_by_id=act.by.user_id
    )
    row.sealed_note = case_seal.seal(
        case, row, "sealed_note", row.id, {"ticked": sorted(ticked), "note": note}
    )
    db.session.add(row)
    db.session.flush()  # the guards of the next move read it
    audit.record("case:step", case, act=act, restricted=True)
    if is_confirmed:
        record_confirmation(case, act=act)
    return row


def move(
    case: RemediationCase,
    to: ImpactState,
    *,
    act: Act,
    reason: str = "",
    reference: str = "",
    not_names: Collection[str] = (),
) -> None:
    """Take a case to another state, if its guards are met.

    Args:
        reason: for going back, refusing, not substantiating, reopening.
        reference: body referred to and its reference code.
        not_names: words of the reason that the writer confirmed as no person's name.

    Raises:
        StepNotAllowed: names what has to be done first.
        Invalid: a reason that could show who the child is.
    """
    is_confirmed = require_clean(reason, field="reason", not_names=not_names)
    if case.merged_into_id is not None:
        raise Conflict(
            gettext("This case was merged into another one."),
            gettext("Go on in the other case."),
        )
    facts = gather(case, act=act, reason=reason, reference=reference)
    require_step(Machine.IMPACT, case.status, to, facts)
    case.status = to
    row = RemediationStep(
        id=uuid4(), case_id=case.id, step=to.value, taken_at=act.at, taken_by_id=act.by.user_id
    )
    row.sealed_note = case_seal.seal(
        case, row, "sealed_note", row.id, {"ticked": [], "note": reason or reference}
    )
    db.session.add(row)
    _mark_end(case, to, act=act)
    audit.record("case:move", case, act=act, restricted=True)
    if is_confirmed:
        record_confirmation(case, act=act)


def _mark_end(case: RemediationCase, to: ImpactState, *, act: Act) -> None:
    was_closed = case.closed_at is not None
    case.closed_at, case.closed_by_id = (act.at, act.by.user_id) if to in ENDED else (None, None)
    case.removal_day = None  # a notice counted from the end of before
    db.session.flush()  # the next question counts the open cases
    origin = get_origin(case)
    if to in ENDED and not has_open_case(case.finding_id, but=case.id):
        verified = to is ImpactState.CLOSED_VERIFIED
        risk.end_fact("finding", case.finding_id, at=act.at, closure_verified=verified)
    elif was_closed:
        risk.add_fact(
            origin.node_id,
            origin.issue,
            FactKind.CONFIRMED,
            cause_type="finding",
            cause_id=case.finding_id,
            since=act.at,
        )
    else:
        return
    # Everybody reads who asked for an assessment; nobody else learns who closed a case, and when.
    platform = system_identity(case.organisation_id)
    risk.ask_reassessment(origin.chain_id, cause="facts", act=Act(platform, act.at))


def plan_support(
    case: RemediationCase,
    item: str,
    *,
    payer: str,
    amount: int | None,
    currency: str | None,
    act: Act,
) -> SupportItem:
    """Agree one support item and its payer. The child never waits for the split.

    Raises:
        Invalid: unknown item or payer, or an amount without its currency.
    """
    problems = {}
    if item not in impact_words().support_items:
        problems["item"] = gettext("Choose one of the kinds of support.")
    if payer not in PAYERS:
        problems["payer"] = gettext("Choose who pays.")
    if amount is not None and (amount < 0 or not currency):
        problems["amount"] = gettext(
            "Give the amount in whole units with its currency, for example 40 EUR."
        )
    if problems:
        raise Invalid(fields=problems)
    row = SupportItem(
        case_id=case.id,
        item=item,
        payer=payer,
        amount=amount,
        currency=currency if amount is not None else None,
        created_at=act.at,
        created_by_id=act.by.user_id,
    )
    db.session.add(row)
    db.session.flush()  # the page lists it
    audit.record("case:plan_support", case, act=act, restricted=True)
    return row


def set_support_status(
    case: RemediationCase, item: SupportItem, status: SupportStatus, *, act: Act
) -> None:
    """Record the progress of a support item."""
    item.status = status
    audit.record("case:support", case, act=act, restricted=True)


def judge_criterion(
    case: RemediationCase,
    criterion: str,
    *,
    is_met: bool,
    basis: str,
    act: Act,
    not_names: Collection[str] = (),
) -> CaseCriterion:
    """Record whether a closure criterion is met, with its basis.

    Args:
        not_names: words of the basis that the writer confirmed as no person's name.

    Raises:
        Invalid: unknown criterion, no basis, or a basis that could show who the child is.
    """
    if criterion not in impact_words().closure_criteria:
        raise Invalid(fields={"criterion": gettext("Choose one of the closure criteria.")})
    if not basis.strip():
        raise Invalid(fields={"basis": gettext("Enter the basis.")})
    is_confirmed = require_clean(basis, field="basis", not_names=not_names)
    row = CaseCriterion(
        id=uuid4(),
        case_id=case.id,
        criterion=criterion,
        is_met=is_met,
        judged_at=act.at,
        judged_by_id=act.by.user_id,
    )
    row.sealed_basis = case_seal.seal(case, row, "sealed_basis", row.id, basis)
    db.session.add(row)
    db.session.flush()  # the guards of the next move read it
    audit.record("case:judge", case, act=act, restricted=True)
    if is_confirmed:
        record_confirmation(case, act=act)
    return row


def _require_readers(finding: Finding, act: Act) -> Sequence[tuple[UUID, str]]:
    """The officers who are given a case of this finding; refuse where nobody would read it."""
    if not finding.is_actual:
        raise Conflict(
            gettext("Only an actual impact opens a case."),
            gettext("Report the harm on the page of the finding first."),
        )
    officers = list_officers(today=act.at.date())
    if not officers:
        raise Conflict(
            gettext("Your organisation has no safeguarding officer, so nobody would read this."),
            gettext(
                "Call the child-protection service now if there is danger, and ask the operator "
                "of the platform to name an officer today."
            ),
        )
    return officers


def _require_open(case: RemediationCase) -> None:
    if case.closed_at is not None:
        raise Conflict(
            gettext("This case is closed."), gettext("Reopen it first, with the reason.")
        )
