"""Recording a check of the grievance mechanism."""

from dataclasses import dataclass
from datetime import date

from ddplatform.audit.services import log as audit
from ddplatform.core.due_diligence.grievance_checklist import grievance_checklist
from ddplatform.due_diligence.grievance_check.models import GrievanceCheck
from ddplatform.due_diligence.grievance_check.queries import get_criterion
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.plain_text import fault_in
from ddplatform.languages import gettext

REASON_LENGTH = 2_000
CONSULTED_LENGTH = 500


@dataclass(frozen=True)
class CheckFields:
    """What a person says of one criterion.

    Attributes:
        score: 0 to 3. consulted: groups, never names; empty where nobody was asked.
    """

    score: int
    reason: str
    consulted: str
    checked_on: date


def check_criterion(ref: str, wanted: CheckFields, *, act: Act) -> GrievanceCheck:
    """Record the check of one criterion, GRV-a to GRV-h; earlier checks stay.

    Raises:
        NotFound: no such criterion.
        Invalid: an unknown score, no reason, a text that leads to a person, a day ahead, or the
            highest score where nobody who uses the mechanism was asked.
    """
    criterion = get_criterion(ref)
    _check(wanted, today=act.at.date())
    assert act.by.user_id is not None  # the platform itself checks nothing
    row = GrievanceCheck(
        item=criterion.ref,
        score=wanted.score,
        reason=wanted.reason.strip(),
        consulted=wanted.consulted.strip(),
        checked_on=wanted.checked_on,
        created_at=act.at,
        created_by_id=act.by.user_id,
    )
    db.session.add(row)
    db.session.flush()  # the event names it
    audit.record(
        "grievance:check",
        row,
        act=act,
        item=row.item,
        score=row.score,
        reason=row.reason,
        consulted=row.consulted,
        checked_on=row.checked_on,
    )
    return row


def _check(wanted: CheckFields, *, today: date) -> None:
    checklist = grievance_checklist()
    faults = {
        "score": None,
        "reason": fault_in(wanted.reason, label=gettext("the reason"), longest=REASON_LENGTH),
        "consulted": fault_in(
            wanted.consulted,
            label=gettext("who was asked"),
            longest=CONSULTED_LENGTH,
            required=False,
        ),
        "checked_on": None,
    }
    if wanted.score not in checklist.scores:
        faults["score"] = gettext("Choose a score from the list.")
    if wanted.score == max(checklist.scores) and not wanted.consulted.strip():
        faults["consulted"] = gettext("The highest score needs users who confirm it: say who.")
    if wanted.checked_on > today:
        faults["checked_on"] = gettext("Choose today or an earlier day.")
    found = {field: fault for field, fault in faults.items() if fault is not None}
    if found:
        raise Invalid(fields=found)
