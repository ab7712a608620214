"""What the pages of the public door show, from values at hand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ddplatform.core.due_diligence.concern_clock import DueDay, promised_days
from ddplatform.core.due_diligence.lifecycle import lifecycle
from ddplatform.core.due_diligence.protection_services import DIRECTORY, ProtectionService
from ddplatform.core.due_diligence.vocabulary import GrievanceState, Machine
from ddplatform.due_diligence.concern_door.words import NEXT, STATES
from ddplatform.languages import LANGUAGES, day_in_words, gettext, own_name
from ddplatform.supplier_engagement.protection_services.views import whom_to_call

OUTSIDE: Mapping[str, str] = {
    "ncp": "https://mneguidelines.oecd.org/ncps/",
    "nhri": "https://ganhri.org/membership/",
    "union": "https://www.ituc-csi.org/",
    "helplines": DIRECTORY,
}
"""Directories of bodies outside, which a complainant may turn to at any time."""


@dataclass(frozen=True)
class LanguageLink:
    """A language of the door, in its own words."""

    code: str
    name: str
    is_current: bool


@dataclass(frozen=True)
class ThreadMessage:
    """One message as the complainant reads it."""

    text: str
    is_own: bool
    day: date


@dataclass(frozen=True)
class ThreadPage:
    """A thread as its complainant reads it."""

    state: str
    next: str
    messages: Sequence[ThreadMessage]
    may_withdraw: bool
    withdrawal_asked: bool
    may_appeal: bool


def language_links(here: str) -> list[LanguageLink]:
    """The languages of the door."""
    return [LanguageLink(code, own_name(code), code == here) for code in LANGUAGES]


def promises(today: date) -> list[str]:
    """What is done with a concern sent today, and by when."""
    return [_until(state, day) for state, day in promised_days(today).items()]


def contacts(services: Iterable[ProtectionService]) -> list[str]:
    """Whom to call now, most urgent first."""
    general = gettext("If somebody is in danger now, call the police or the emergency number.")
    return [general, *whom_to_call(services)]


def thread_page(
    *,
    status: GrievanceState,
    due: DueDay | None,
    messages: Sequence[ThreadMessage],
    withdrawal_asked: bool,
) -> ThreadPage:
    """A thread, with the acts that are open from its state."""
    steps = lifecycle(Machine.GRIEVANCE).steps
    return ThreadPage(
        state=str(STATES[status]),
        next=_until(due.to, due.day) if due is not None else "",
        messages=messages,
        may_withdraw=(status, GrievanceState.WITHDRAWN) in steps and not withdrawal_asked,
        withdrawal_asked=withdrawal_asked and status is not GrievanceState.WITHDRAWN,
        may_appeal=(status, GrievanceState.APPEAL) in steps,
    )


def _until(state: GrievanceState, day: date) -> str:
    return str(NEXT[state]) % {"day": day_in_words(day)}
