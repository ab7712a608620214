"""The daily mail about actions: one to each person, grouped, never with anything about a child."""

from datetime import date
from uuid import UUID

from ddplatform.accounts.organisations.queries import get_organisation, get_person
from ddplatform.due_diligence.actions.queries.reminders import Reminder, list_reminders
from ddplatform.due_diligence.findings.services import counts as finding_counts
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.mail import Mail
from ddplatform.infrastructure.jobs import services as jobs

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
    """Write and send the mail of one person; False when there is nothing to tell any more."""
    reminders = list_reminders(act.at.date()).get(user_id)
    if not reminders:
        return False
    organisation, person = get_organisation(act.by.organisation_id), get_person(user_id)
    late = [one for one in reminders if one.due_on < act.at.date()]
    soon = [one for one in reminders if one.due_on >= act.at.date()]
    lines = [f"{organisation.name}: actions to protect children that wait for you.", ""]
    for title, group in (("Late:", late), ("Due soon:", soon)):
        if group:
            lines += [title, *(_line(one) for one in group), ""]
    lines += [f"Open them: {adapters().base_url}/o/{organisation.slug}/", ""]
    lines += ["If a day cannot be kept, say so there and why. Ask for help early."]
    adapters().mailer.send(Mail(person.email, _subject(len(late), len(soon)), "\n".join(lines)))
    return True


def _subject(late: int, soon: int) -> str:
    parts = [f"{count} {word}" for count, word in ((late, "late"), (soon, "due soon")) if count]
    return "Your actions: " + ", ".join(parts)


def _line(one: Reminder) -> str:
    return f"- {_day(one.due_on)}: {one.title} ({one.node_name})"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
