"""Removal of what is due, and legal holds. Each may run twice: the second time nothing is due."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete

from ddplatform.accounts.organisations.models import Invitation, RateCount
from ddplatform.accounts.organisations.queries import INSTALLATION_SLUG, find_organisation
from ddplatform.audit.services import log as audit
from ddplatform.due_diligence.concerns.queries import list_to_erase
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.infrastructure.jobs.models import Job
from ddplatform.infrastructure.tenancy import acting_in, current_organisation
from ddplatform.operations.personal_data.services.erasure import erase_case, erase_concern
from ddplatform.operations.personal_data.services.records import (
    erase_answers,
    erase_document,
    erase_finding,
    erase_log_values,
    erase_report,
)
from ddplatform.operations.retention.classes import (
    RetentionClass,
    get_class,
    retention_classes,
)
from ddplatform.operations.retention.mails import tell_officers
from ddplatform.operations.retention.models import LegalHold
from ddplatform.operations.retention.queries import (
    list_announced_cases,
    list_assignments_to_erase,
    list_cases_to_announce,
    list_cases_to_remove,
    list_counts_before,
    list_findings_to_erase,
    list_holds,
    list_invitations_before,
    list_log_values_before,
    list_reports_before,
    list_unused_documents,
    list_withdrawn_documents,
    list_work_before,
)

APPLY = "retention:apply"
"""The name of the nightly job."""
CASES, CONCERNS, ANSWERS = "case_content", "concern_content", "answers_and_evidence"
RESTRICTED = frozenset({CASES, CONCERNS})
"""Classes of which only officers learn how much was removed."""
NOTICE = timedelta(days=30)
"""How long before the content of a case goes its officers are told."""
AT_ONCE = 500
"""Rows with content that one night removes in an organisation: nobody else writes meanwhile."""


@dataclass(frozen=True)
class Rule:
    """How a class is removed: what is due before a moment, and its removal."""

    due: Callable[[datetime], Sequence[Any]]
    remove: Callable[[Sequence[Any], datetime], None]
    at_once: int | None = None
    """The most that one night removes; none: all of it."""


@dataclass(frozen=True)
class Due:
    """One class in the acting organisation: `count` is what is due; a hold keeps all of it."""

    of: RetentionClass
    count: int
    held_until: date | None


def _due_work(moment: datetime) -> Sequence[UUID]:
    return list_work_before(moment, current_organisation())


def _due_counts(moment: datetime) -> Sequence[UUID]:
    """Counts belong to the installation, so that they are removed with its own organisation."""
    keeper = find_organisation(INSTALLATION_SLUG)
    is_keeper = keeper is not None and keeper.id == current_organisation()
    return list_counts_before(moment) if is_keeper else ()


def _due_cases(moment: datetime) -> Sequence[Any]:
    """What was told about a child goes only after its notice, however long it was due."""
    today = (moment + timedelta(days=get_class(CASES).days)).date()
    return list_cases_to_remove(moment, today)


def _due_concerns(moment: datetime) -> Sequence[Any]:
    return list_to_erase(moment.date())


def _due_answers(moment: datetime) -> Sequence[Any]:
    """A hold of the supplier keeps its answers as well."""
    today = (moment + timedelta(days=get_class(ANSWERS).days)).date()
    found = list_assignments_to_erase(moment)
    suppliers = {one.respondent_organisation_id for one in found}
    held = {one for one in suppliers if one is not None and _holds_answers(one, today)}
    return [one for one in found if one.respondent_organisation_id not in held]


def _holds_answers(organisation_id: UUID, today: date) -> bool:
    with acting_in(organisation_id):
        return any(one.class_ref == ANSWERS for one in list_holds(today))


def _each(erase: Callable[..., None]) -> Callable[[Sequence[Any], datetime], None]:
    """The removal of rows one by one, each with an event of its own."""

    def remove(rows: Sequence[Any], at: datetime) -> None:
        for row in rows:
            erase(row, at=at)

    return remove


def _erase_values(ids: Sequence[UUID], _at: datetime) -> None:
    erase_log_values(ids)


def _deleting(model: Any) -> Callable[[Sequence[Any], datetime], None]:
    def remove(ids: Sequence[Any], _at: datetime) -> None:
        statement = delete(model).where(model.id.in_(ids))
        db.session.execute(statement, execution_options={"synchronize_session": False})

    return remove


def _erase_cases(cases: Sequence[Any], at: datetime) -> None:
    for case in cases:
        erase_case(case, at=at, listed_in=adapters().erasure_list)


def _erase_concerns(concerns: Sequence[Any], at: datetime) -> None:
    for concern in concerns:
        erase_concern(concern, at=at, listed_in=adapters().erasure_list)


RULES: Mapping[str, Rule] = {
    "sign_in_counts": Rule(_due_counts, _deleting(RateCount)),
    "invitations": Rule(list_invitations_before, _deleting(Invitation)),
    "finished_work": Rule(_due_work, _deleting(Job)),
    CASES: Rule(_due_cases, _erase_cases),
    CONCERNS: Rule(_due_concerns, _erase_concerns),
    ANSWERS: Rule(_due_answers, _each(erase_answers), AT_ONCE),
    "findings": Rule(list_findings_to_erase, _each(erase_finding), AT_ONCE),
    "documents": Rule(list_unused_documents, _each(erase_document), AT_ONCE),
    "withdrawn_documents": Rule(list_withdrawn_documents, _each(erase_document), AT_ONCE),
    "sealed_reports": Rule(list_reports_before, _each(erase_report), AT_ONCE),
    "log_values": Rule(list_log_values_before, _erase_values),
}


def list_due(at: datetime) -> list[Due]:
    """What the nightly job would remove in the acting organisation now; changes nothing."""
    holds = _holds(at)
    return [
        Due(one, len(RULES[one.rule].due(_before(one, at))), holds.get(one.ref))
        for one in retention_classes()
        if one.is_removed_here
    ]


def apply_retention(at: datetime) -> dict[str, int]:
    """Remove what is due and not held in the acting organisation; class -> number."""
    holds, removed = _holds(at), {}
    for one in retention_classes():
        if not one.is_removed_here or one.ref in holds:
            continue
        rule = RULES[one.rule]
        if due := rule.due(_before(one, at))[: rule.at_once]:
            rule.remove(due, at)
            removed[one.ref] = len(due)
    if CASES not in holds:
        _announce_cases(at)
    told: dict[str, Any] = {ref: count for ref, count in removed.items() if ref not in RESTRICTED}
    if told:  # each erased case or concern has an event of its own, which officers alone see
        act = Act(system_identity(current_organisation()), at)
        audit.record(APPLY, None, act=act, **told)
    return removed


def _announce_cases(at: datetime) -> None:
    """Tell the officers of cases whose content goes in a month; call it after the removal."""
    cases = list_cases_to_announce(_before(get_class(CASES), at) + NOTICE, at.date())
    removal_day = (at + NOTICE).date()
    for case in cases:
        case.removal_day = removal_day
        act = Act(system_identity(case.organisation_id), at)
        audit.record("case:announce_removal", case, act=act, restricted=True)
    if cases:
        tell_officers(removal_day, at=at)


def hold(class_ref: str, *, reason: str, ends_on: date, at: datetime) -> LegalHold:
    """Keep everything of a class in the acting organisation until a day.

    Raises:
        NotFound: there is no such class.
        Invalid: no reason, or a day that has passed.
    """
    get_class(class_ref)
    if not reason.strip():
        raise Invalid("A legal hold needs a reason.", "Name the claim, the order or the law.")
    if ends_on < at.date():
        raise Invalid("The last day of the hold has passed.", "Give a day to come.")
    if class_ref == CASES:  # what was announced is announced anew when the hold has ended
        for case in list_announced_cases():
            case.removal_day = None
    made = LegalHold(class_ref=class_ref, reason=reason.strip(), ends_on=ends_on, created_at=at)
    db.session.add(made)
    db.session.flush()  # the event names it
    act = Act(system_identity(current_organisation()), at)
    audit.record("retention:hold", made, act=act, class_ref=class_ref, ends_on=ends_on)
    return made


def release(held: LegalHold, *, at: datetime) -> None:
    """End a hold before its day; what is due goes in the next night.

    Raises:
        Conflict: it has ended already.
    """
    if held.released_at is not None:
        raise Conflict("This hold was released already.", "Nothing is left to do.")
    held.released_at = at
    act = Act(system_identity(current_organisation()), at)
    audit.record("retention:release", held, act=act, class_ref=held.class_ref)


def _holds(at: datetime) -> dict[str, date]:
    """Class -> the last day on which something of it is held."""
    held = {one.class_ref: one.ends_on for one in list_holds(at.date())}
    for one in retention_classes():
        if one.held_with in held:
            held[one.ref] = max(held[one.held_with], held.get(one.ref, held[one.held_with]))
    return held


def _before(one: RetentionClass, at: datetime) -> datetime:
    return at - timedelta(days=one.days)
