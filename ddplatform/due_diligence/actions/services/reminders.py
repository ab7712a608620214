"""The daily mail about actions: one per person, grouped, never about a child."""

from collections.abc import Sequence
from uuid import UUID

from ddplatform.accounts.organisations.models import Organisation
from ddplatform.accounts.organisations.queries import (
    get_organisation,
    get_person,
    language_to_write_in,
)
from ddplatform.due_diligence.actions.queries.reminders import Reminder, Task, list_reminders
from ddplatform.due_diligence.findings.services import counts as finding_counts
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.mail import Mail
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.languages import day_in_words, gettext, speaking

REMIND, MAIL = "action:remind", "action:mail"


def ask_reminders(*, act: Act) -> int:
    """Count late actions anew and queue one mail for each person; returns how many."""
    today = act.at.date()
    finding_counts.refresh(today=today)
    people = list_reminders(today)
    for user_id in people:
        jobs.enqueue(
            MAIL, {"user_id": str(user_id)}, act=act, unique_key=f"{MAIL}:{user_id}:{today}"
        )
    return len(people)


def send_reminder(user_id: UUID, *, act: Act) -> bool:
    """Write and send the mail of one person; False when nothing is due any more."""
    reminders = list_reminders(act.at.date()).get(user_id)
    if not reminders:
        return False
    organisation, person = get_organisation(act.by.organisation_id), get_person(user_id)
    late = [one for one in reminders if one.due_on < act.at.date()]
    soon = [one for one in reminders if one.due_on >= act.at.date()]
    with speaking(language_to_write_in(person.email, "")):
        mail = Mail(person.email, _subject(len(late), len(soon)), _text(organisation, late, soon))
    adapters().mailer.send(mail)
    return True


def _text(organisation: Organisation, late: Sequence[Reminder], soon: Sequence[Reminder]) -> str:
    home = f"{adapters().base_url}/o/{organisation.slug}/"
    lines = [gettext("%(name)s: your actions to protect children", name=organisation.name), ""]
    for title, group in ((gettext("Late:"), late), (gettext("Due soon:"), soon)):
        if group:
            lines += [title, *(_line(one) for one in group), ""]
    lines += [gettext("Open them: %(address)s", address=home), ""]
    lines += [gettext("If a due date cannot be met, say so there and why. Ask for help early.")]
    return "\n".join(lines)


def _subject(late: int, soon: int) -> str:
    parts = [
        *([gettext("%(count)s late", count=late)] if late else []),
        *([gettext("%(count)s due soon", count=soon)] if soon else []),
    ]
    return gettext("Your actions: %(counts)s", counts=", ".join(parts))


def _line(one: Reminder) -> str:
    return f"- {day_in_words(one.due_on)}: {_task(one)} ({one.node_name})"


def _task(one: Reminder) -> str:
    if one.task is Task.REASSESSMENT:
        return gettext("Reassessment: %(trigger)s", trigger=one.title)
    return gettext("Review of a deferred finding") if one.task is Task.REVIEW else one.title
