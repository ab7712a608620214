"""Titles of log events on pages, from `actions.csv`."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from ddplatform.audit.models import Outcome
from ddplatform.audit.queries.log import LogRow
from ddplatform.languages import gettext
from ddplatform.languages import lazy_gettext as _

ACTIONS_FILE: Final = Path(__file__).parent / "actions.csv"


class ActionWords(NamedTuple):
    """`what` somebody did, and how one and many of it are counted."""

    what: str
    one: str
    many: str


@cache
def known_actions() -> Mapping[str, ActionWords]:
    """Action -> its words, read once."""
    with ACTIONS_FILE.open(encoding="utf-8", newline="") as lines:
        return {
            row["action"]: ActionWords(row["what"], row["one"], row["many"])
            for row in csv.DictReader(lines)
        }


DONE_BY_SUPPLIERS: Final = (
    _("Changed the status of an action"),
    _("Recorded progress of an action"),
    _("Reported an action as completed"),
    _("Questioned a line of its own figures"),
    _("Uploaded a file of answers"),
    _("Created an address for a phone app"),
    _("Discarded a file of answers"),
    _("Revoked the address of a phone app"),
    _("Adopted the answers of a file"),
    _("Forwarded questions to a sub-supplier"),
    _("Named a sub-supplier"),
    _("Disclosed a sub-supplier to a buyer"),
    _("Disclosed the name of a sub-supplier to a buyer"),
    _("Removed a sub-supplier from the list"),
    _("Withdrew the disclosure of a sub-supplier"),
    _("Added a document"),
    _("Opened a document"),
    _("Withdrew a document"),
    _("Founded the organisation"),
    _("Renamed the organisation"),
    _("Set a new password"),
    _("Invited a person"),
    _("Invited a person again"),
    _("Joined the organisation"),
    _("Removed a person"),
    _("Joined through a questionnaire"),
    _("Added a supplier or site"),
    _("Sent a questionnaire"),
    _("Reported a situation that needs help first"),
    _("Added an entry to a questionnaire"),
    _("Released a section of a questionnaire"),
    _("Removed an entry from a questionnaire"),
    _("Removed a file from an answer"),
    _("Saved a section of a questionnaire"),
    _("Started a questionnaire"),
    _("Submitted a questionnaire"),
    _("Took on a section of a questionnaire"),
    _("Signed out everywhere"),
    _("Refused a sign-in"),
    _("Signed in"),
    _("Withdrew a consent to share answers"),
    _("Ended an expired consent to share answers"),
    _("Consented to share earlier answers with another buyer"),
    _("Lost access to shared answers"),
)
"""Actions of suppliers, marked for translation; other events are read by buyers, in English."""
OUTCOME_WORDS: Final[Mapping[Outcome, str]] = {
    Outcome.DONE: _("done"),
    Outcome.REFUSED: _("refused"),
    Outcome.FAILED: _("failed"),
}
TARGET_WORDS: Final[Mapping[str, str]] = {
    "approval_request": _("request for approval"),
    "assessment_run": _("assessment"),
    "assignment": _("questionnaire sent"),
    "context_event": _("event around sites"),
    "duplicate_pair": _("likely duplicate"),
    "evidence": _("document"),
    "map_import": _("supplier list"),
    "bulk_change": _("bulk change of sites"),
    "match_run": _("merge of several duplicates"),
    "risk_follow_up": _("owner or deferral of a risk"),
    "risk_lot": _("bulk change of risks"),
    "membership": _("person of the organisation"),
    "mitigation_action": _("action"),
    "node": _("supplier or site"),
    "red_flag": _("red flag"),
    "reference_release": _("reference data"),
    "response": _("answers to a questionnaire"),
    "review_task": _("site for reassessment"),
    "section_share": _("consent to show answers"),
    "own_supplier": _("own supplier"),
    "chain_proposal": _("what a buyer was told"),
    "answer_intake": _("file with answers"),
    "app_link": _("address for a phone app"),
    "screening_list": _("official list"),
    "screening_match": _("match with a list"),
    "user": _("account"),
}
"""Kinds of rows whose name in the log is not yet a plain word."""


@dataclass(frozen=True)
class HiddenEvents:
    """The number of consecutive events that a reader's role may not see."""

    count: int


def with_gaps(
    events: Sequence[LogRow], *, above: int | None, below: int | None
) -> list[LogRow | HiddenEvents]:
    """The rows, newest first, with the numbers of hidden events between them.

    Args:
        events: what the reader may see of a stretch of the log, filtered by nothing else.
        above, below: the numbers between which the stretch stands; None where that is not known.
    """
    found: list[LogRow | HiddenEvents] = []
    last = above
    for event in events:
        if last is not None and last - event.sequence > 1:
            found.append(HiddenEvents(last - event.sequence - 1))
        found.append(event)
        last = event.sequence
    if last is not None and below is not None and last - below > 1:
        found.append(HiddenEvents(last - below - 1))
    return found


def action_words(action: str) -> str:
    """`evidence:add` -> "Added a document", translated where suppliers do it.

    An unknown kind is named by its own words.
    """
    if action in known_actions():
        return gettext(known_actions()[action].what)
    subject, _colon, verb = action.replace("_", " ").partition(":")
    return f"{subject.capitalize()}: {verb}"


def change_words(action: str, times: int) -> str:
    """`response:submit` three times -> "3 questionnaires were submitted"."""
    if action in known_actions():
        words = known_actions()[action]
        return f"{times:,} {words.one if times == 1 else words.many}"
    return action_words(action) + (f", {times:,} times" if times > 1 else "")


def target_words(target_type: str | None) -> str:
    """`mitigation_action` -> "action"; an event that was done to no row has none."""
    if target_type is None:
        return ""
    return str(TARGET_WORDS.get(target_type, target_type.replace("_", " ")))
