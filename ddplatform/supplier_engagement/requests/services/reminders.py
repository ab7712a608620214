"""Reminders to people who have not answered, by hand and by the calendar."""

from datetime import datetime, timedelta
from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.errors import Conflict
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.languages import day_in_words, gettext
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.supplier_engagement.library.queries import (
    WAITING,
    get_assignment,
    list_due,
    list_due_before,
)
from ddplatform.supplier_engagement.requests.services.letters import Letter, Letterhead, send_letter
from ddplatform.supplier_engagement.requests.services.requests import expire, invite

REMIND = "questionnaire:remind"
CHASE = "questionnaire:chase"
DAYS_FROM_DUE = (-7, -1, 1)
EXPIRE_AFTER = timedelta(days=30)


def remind(assignment: Assignment, *, act: Act) -> None:
    """Send a reminder, with a fresh link where the old one was never opened.

    Raises:
        Conflict: the answers are in, or a reminder went out today.
    """
    name = assignment.node_name
    if assignment.status not in WAITING:
        raise Conflict(gettext("%(name)s has no open questionnaire to be reminded of.", name=name))
    if _was_reminded(assignment, act.at):
        raise Conflict(
            gettext("%(name)s got a reminder today.", name=name), gettext("Wait until tomorrow.")
        )
    assignment.last_reminded_at = act.at
    assignment.reminders += 1
    if assignment.respondent_organisation_id is None:
        invite(assignment, act=act)
    else:
        jobs.enqueue(REMIND, {"assignment_id": str(assignment.id)}, act=act)
    audit.record("questionnaire:remind", assignment, act=act)


def chase(*, act: Act) -> dict[str, int]:
    """Send due reminders: 7 and 1 days before and 1 day after, then the end."""
    today = act.at.date()
    days = [today - timedelta(days=distance) for distance in DAYS_FROM_DUE]
    due = [found for found in list_due(days) if not _was_reminded(found, act.at)]
    for assignment in due:
        remind(assignment, act=act)
    over = list_due_before(today - EXPIRE_AFTER)
    for assignment in over:
        expire(assignment, act=act)
    return {"reminded": len(due), "expired": len(over)}


def send_reminder(assignment_id: UUID) -> None:
    """The mail to a supplier who has joined: the address of the questions, no secret in it."""
    assignment = get_assignment(assignment_id)
    if assignment.status not in WAITING or assignment.respondent_organisation_id is None:
        return

    def reminder(head: Letterhead) -> Letter:
        due = gettext(
            "Your answers to %(requester)s are due on %(day)s. What you wrote\n"
            "so far is kept. You can skip a question and come back.",
            requester=head.requester,
            day=day_in_words(assignment.due_on),
        )
        return Letter(
            gettext("%(requester)s still waits for your answers", requester=head.requester),
            (
                due,
                gettext("Go on here: %(link)s", link=head.pages),
                gettext("Do you need help, or more time? Ask %(helper)s.", helper=head.helper),
            ),
        )

    send_letter(assignment, reminder)


def _was_reminded(assignment: Assignment, at: datetime) -> bool:
    last = assignment.last_reminded_at
    return last is not None and last.date() == at.date()
