"""Card of an import with the activities of its places and the open questions about them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ddplatform.infrastructure.web.filters import number
from ddplatform.languages import gettext, ngettext
from ddplatform.value_chain.import_activities.services import SHOWN
from supply_chain.reference.release import load_reference

_READ_SHOWN = 12
_COLUMNS_SHOWN, _SECTORS_SHOWN = 3, 5


@dataclass(frozen=True)
class Question:
    """Words that leave open what places do, with the sectors to choose from."""

    number: int
    says: str
    column: str
    places: int
    effects: tuple[str, ...]
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Card:
    """The activities of a list; `counts` are (word, places, colour of its tag)."""

    counts: tuple[tuple[str, int, str], ...]
    questions: tuple[Question, ...]
    more: int  # questions that are not shown
    answered: tuple[Mapping[str, Any], ...]
    readings: tuple[Mapping[str, Any], ...]


def activity_card(told: Mapping[str, Any] | None) -> Card | None:
    """The card, or None where the list has no places of its own.

    Args:
        told: as `services.import_activities.activities_of_draft` gives it.
    """
    if not told or not told["places"]:
        return None
    counts = (
        (gettext("Known"), told["known"], "ok"),
        (gettext("To confirm"), told["asked"], "warn"),
        (gettext("Contradicted by goods or name"), told["contradicted"], "danger"),
        (gettext("Not stated"), told["unknown"], "warn"),
    )
    every = sorted((one.name, ref) for ref, one in load_reference().sectors.items())
    shown = enumerate(told["questions"][:SHOWN], start=1)
    return Card(
        counts=tuple(one for one in counts if one[1]),
        questions=tuple(_question(number, one, every) for number, one in shown),
        more=len(told["questions"][SHOWN:]),
        answered=tuple(one for one in told["readings"] if one["answered"]),
        readings=tuple(one for one in told["readings"] if not one["answered"])[:_READ_SHOWN],
    )


@dataclass(frozen=True)
class Summary:
    """The interpretation of the activities of a list, beside its columns.

    Attributes:
        columns: name of each column that told some, and of how many places, the most first.
        sectors: name of each activity read, and of how many places, the most first.
        moved: places that the answer which changes most would move by more than 5 points.
    """

    places: int
    known: int
    columns: tuple[tuple[str, int], ...]
    sectors: tuple[tuple[str, int], ...]
    questions: int
    asked: int
    moved: int
    unknown: int


def activity_summary(told: Mapping[str, Any] | None) -> Summary | None:
    """The summary, or None where the list has no places of its own.

    Args:
        told: as `services.import_activities.activities_of_draft` gives it.
    """
    if not told or not told["places"]:
        return None
    columns: Counter[str] = Counter()
    sectors: Counter[str] = Counter()
    for one in told["readings"]:
        earlier = gettext("an earlier answer") if one["answered"] else ""
        columns[one["column"] or earlier] += one["places"]
        sectors[one["name"]] += one["places"]
    moved = (max((c.get("moved", 0) for c in q["choices"]), default=0) for q in told["questions"])
    return Summary(
        places=told["places"],
        known=told["known"],
        columns=tuple((name, n) for name, n in columns.most_common(_COLUMNS_SHOWN) if name),
        sectors=tuple(sectors.most_common(_SECTORS_SHOWN)),
        questions=len(told["questions"]),
        asked=told["asked"],
        moved=sum(moved),
        unknown=told["unknown"],
    )


def _question(number: int, asked: Mapping[str, Any], every: list[tuple[str, str]]) -> Question:
    offered = {choice["sector"]: choice for choice in asked["choices"]}
    first = [(ref, f"{one['name']} ({one['sure']:.0%})") for ref, one in offered.items()]
    others = [(ref, name) for name, ref in every if ref not in offered]
    return Question(
        number=number,
        says=asked["says"],
        column=asked["column"] or "",
        places=asked["places"],
        effects=tuple(_effect(one) for one in asked["choices"] if "moved" in one),
        choices=(("", gettext("Leave open")), *first, *others),
    )


def _effect(choice: Mapping[str, Any]) -> str:
    """One choice in words: how many places would move, and the mean headline index."""
    values = {
        "name": choice["name"],
        "before": number(choice["before"]),
        "after": number(choice["after"]),
    }
    if not choice["moved"]:
        return gettext(
            "%(name)s: no place would move by more than 5 points"
            " (mean index %(before)s → %(after)s)",
            **values,
        )
    return ngettext(
        "%(name)s: %(places)s place would move by more than 5 points"
        " (mean index %(before)s → %(after)s)",
        "%(name)s: %(places)s places would move by more than 5 points"
        " (mean index %(before)s → %(after)s)",
        choice["moved"],
        places=number(choice["moved"]),
        **values,
    )


def chosen_activities(form: Mapping[str, str]) -> dict[str, str]:
    """Words of the questions -> the sector chosen; those that were left open are not named."""
    return {
        says: form[f"answer-{name.removeprefix('says-')}"]
        for name, says in form.items()
        if name.startswith("says-") and form.get(f"answer-{name.removeprefix('says-')}")
    }
