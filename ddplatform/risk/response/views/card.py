"""Response measure of a supplier, ready for the template; never beside risk in one drawing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import ceil, floor
from typing import Any

from ddplatform.languages import gettext, ngettext
from ddplatform.risk.response.views.words import FLAGS, LABELS, NOTHING_ANSWERED, PARTS, REPORTED
from supply_chain.risk.rm2.chain_parameters import CHAIN
from supply_chain.risk.rm2.response import ConductFlag, Label, OwnCheck, label_of

COLUMNS = 30  # of the swarm
HIGHEST = 8  # dots of a column
LEFT, WIDTH, FLOOR, STEP = 8.0, 266.0, 88.0, 11.0  # of the drawing, in its own units


@dataclass(frozen=True)
class PartLine:
    """One of the five parts."""

    title: str
    sub: str  # what stands behind it
    points: int
    most: int
    share: float  # %, of the most possible


@dataclass(frozen=True)
class ResponseCard:
    """A measure with its parts."""

    value: str
    label: str
    parts: tuple[PartLine, ...]
    limits: tuple[str, ...]  # sentences; empty where nothing limits it
    taken: str  # points that the limits take, "−12"; empty where they take none


@dataclass(frozen=True)
class Dot:
    """A supplier, or several, in the swarm."""

    x: float
    y: float
    is_own: bool


@dataclass(frozen=True)
class Swarm:
    """Suppliers by measure, from 0 on the left to 100 on the right."""

    dots: tuple[Dot, ...]
    labels: tuple[tuple[str, int, float], ...]  # word, suppliers, where its part begins
    per_dot: int
    suppliers: int
    below: int  # suppliers with a lower measure than the own one


def figure_of(value: float) -> str:
    """A measure as a whole number, halves up; with a decimal where it would cross a label."""
    whole = floor(value + 0.5)
    return str(whole) if label_of(whole) is label_of(value) else f"{floor(value * 10) / 10:.1f}"


def card_of(value: float, response: Mapping[str, Any]) -> ResponseCard:
    """A measure with its parts.

    Args:
        value: as it is shown; below that of the lines where something limits it.
        response: the lines, as `risk/supplier_figures/services/figures` keeps them.
    """
    total = sum(weight * share for _, weight, share in response["parts"])
    points = _whole([weight * share for _, weight, share in response["parts"]])
    lines = tuple(
        PartLine(
            title=str(PARTS[name]),
            sub=_behind(name, response),
            points=whole,
            most=round(weight),
            share=round(share * 100, 1),
        )
        for (name, weight, share), whole in zip(response["parts"], points, strict=True)
    )
    limits = [str(FLAGS[ConductFlag(flag)]) for flag, _ in response["flags"]]
    if not _answered(response):
        limits.append(str(NOTHING_ANSWERED))
    taken = floor(total - value + 0.5)
    if taken > 0 and not limits:
        # Only the buyer reads a measure that is below its lines for no reason told here.
        limits.append(str(REPORTED))
    return ResponseCard(
        value=figure_of(value),
        label=str(LABELS[label_of(value)]),
        parts=lines,
        limits=tuple(dict.fromkeys(limits)),
        taken=f"−{taken}" if taken > 0 else "",
    )


def _whole(values: Sequence[float]) -> list[int]:
    """Whole numbers that add up to the rounded sum, the largest rests rounded up first."""
    wholes = [floor(value) for value in values]
    missing = floor(sum(values) + 0.5) - sum(wholes)
    by_rest = sorted(range(len(values)), key=lambda at: (wholes[at] - values[at], at))
    for at in by_rest[:missing]:
        wholes[at] += 1
    return wholes


def _behind(part: str, response: Mapping[str, Any]) -> str:
    """The basis of a part, in a few words."""
    if part == "R1":
        return _answers_words(response)
    if part == "R2":
        shown = sum(form["evidence"] for form in response["forms"])
        asked = sum(form["asked_evidence"] for form in response["forms"])
        return gettext("%(shown)s of %(asked)s asked", shown=shown, asked=asked)
    if part == "R3":
        return gettext("%(done)s of %(all)s", done=len(checks_of(response)), all=len(OwnCheck))
    actions = response["actions"]
    if part == "R4":
        if not actions:
            return gettext("no action agreed yet")
        done = sum(not one["is_late"] for one in actions)
        return gettext("%(done)s of %(all)s", done=done, all=len(actions))
    return _effects_words(actions)


def _answers_words(response: Mapping[str, Any]) -> str:
    counts = answer_counts(response)
    asked = sum(counts.values())
    blank = counts.get("blank", 0)
    late, unsure = counts.get("late", 0), counts.get("dont_know", 0)
    planned = counts.get("dont_know_planned", 0)
    words = [gettext("%(done)s of %(all)s answered", done=asked - blank, all=asked)]
    if late:
        words.append(ngettext("%(num)s late", "%(num)s late", late))
    if unsure:
        words.append(ngettext("%(num)s “I don’t know”", "%(num)s “I don’t know”", unsure))
    if planned:
        words.append(
            ngettext(
                "%(num)s “I don’t know” with a dated plan",
                "%(num)s “I don’t know” with a dated plan",
                planned,
            )
        )
    if blank:
        words.append(ngettext("%(num)s blank", "%(num)s blank", blank))
    return ", ".join(words)


def _effects_words(actions: Sequence[Mapping[str, Any]]) -> str:
    closed = [one for one in actions if one["reported_on"]]
    if not closed:
        return gettext("no action closed yet")
    verified = sum(one["effect"] == "verified" for one in closed)
    return gettext("%(done)s of %(all)s closed", done=verified, all=len(closed))


def answer_counts(response: Mapping[str, Any]) -> dict[str, int]:
    """State of an answer -> how many of all questionnaires."""
    counts: dict[str, int] = {}
    for state, count in chain.from_iterable(form["states"].items() for form in response["forms"]):
        counts[state] = counts.get(state, 0) + count
    return counts


def checks_of(response: Mapping[str, Any]) -> Mapping[str, list[str]]:
    """Own checks that are shown, with the questions that show them."""
    found: dict[str, list[str]] = {}
    for form in response["forms"]:
        for check, items in form["checks"].items():
            found.setdefault(check, []).extend(items)
    return found


def _answered(response: Mapping[str, Any]) -> int:
    counts = answer_counts(response)
    return sum(counts.values()) - counts.get("blank", 0)


# ---- swarm ----------------------------------------------------------------------------------


def swarm_of(values: Sequence[float], own: float | None = None) -> Swarm:
    """Suppliers as dots over the measure; where there are many, a dot stands for several."""
    columns: dict[int, int] = {}
    for value in values:
        at = min(int(value / 100 * COLUMNS), COLUMNS - 1)
        columns[at] = columns.get(at, 0) + 1
    per_dot = max(1, ceil(max(columns.values(), default=0) / HIGHEST))
    own_column = min(int(own / 100 * COLUMNS), COLUMNS - 1) if own is not None else -1
    counts = {label: 0 for label in reversed(Label)}
    for value in values:
        counts[label_of(value)] += 1
    starts = dict(CHAIN.response.labels)
    return Swarm(
        dots=tuple(
            Dot(_x((at + 0.5) * 100 / COLUMNS), FLOOR - STEP * row, at == own_column and not row)
            for at in sorted(columns)
            for row in range(ceil(columns[at] / per_dot))
        ),
        labels=tuple(
            (str(LABELS[label]).capitalize(), count, _x(starts[label.value]))
            for label, count in counts.items()
        ),
        per_dot=per_dot,
        suppliers=len(values),
        below=sum(value < own for value in values) if own is not None else 0,
    )


def _x(value: float) -> float:
    return round(LEFT + WIDTH * value / 100, 1)
