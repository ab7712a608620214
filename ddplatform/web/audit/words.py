"""What the events of the log are called on a page; the words are data (`actions.csv`)."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

ACTIONS_FILE: Final = Path(__file__).parent / "actions.csv"


class ActionWords(NamedTuple):
    """`what` somebody did, and how one and many of it are counted."""

    what: str
    one: str
    many: str


def _read() -> dict[str, ActionWords]:
    with ACTIONS_FILE.open(encoding="utf-8", newline="") as lines:
        return {
            row["action"]: ActionWords(row["what"], row["one"], row["many"])
            for row in csv.DictReader(lines)
        }


ACTION_WORDS: Final[Mapping[str, ActionWords]] = _read()
TARGET_WORDS: Final[Mapping[str, str]] = {
    "assessment_run": "assessment",
    "assignment": "questionnaire sent",
    "context_event": "event around sites",
    "duplicate_pair": "likely duplicate",
    "evidence": "document",
    "map_import": "supplier list",
    "bulk_change": "change of many sites",
    "match_run": "merge of many",
    "membership": "person of the organisation",
    "mitigation_action": "action",
    "node": "supplier or site",
    "red_flag": "red flag",
    "reference_release": "reference data",
    "response": "answers to a questionnaire",
    "review_task": "site to look at again",
    "screening_list": "official list",
    "screening_match": "match with a list",
    "user": "account",
}
"""Kinds of rows whose name in the log is not yet a plain word."""


def action_words(action: str) -> str:
    """`evidence:add` -> "Added a document"; an unknown kind is named by its own words."""
    if action in ACTION_WORDS:
        return ACTION_WORDS[action].what
    subject, _, verb = action.replace("_", " ").partition(":")
    return f"{subject.capitalize()}: {verb}"


def change_words(action: str, times: int) -> str:
    """`response:submit` three times -> "3 questionnaires were answered"."""
    if action in ACTION_WORDS:
        words = ACTION_WORDS[action]
        return f"{times:,} {words.one if times == 1 else words.many}"
    return action_words(action) + (f", {times:,} times" if times > 1 else "")


def target_words(target_type: str | None) -> str:
    """`mitigation_action` -> "action"; an event that was done to no row has none."""
    return (
        "" if target_type is None else TARGET_WORDS.get(target_type, target_type.replace("_", " "))
    )
