"""Changes of a what-if as a JSON file, and their effects in lines of text."""

import json
from pathlib import Path
from typing import Any

from ddplatform.infrastructure.errors import Invalid
from ddplatform.risk.scenarios.queries.details import ScenarioDetails
from ddplatform.risk.scenarios.views.content import sentence_of
from ddplatform.risk.scenarios.views.words import change_words, name_of
from supply_chain.analysis.what_if import Effect, Side
from supply_chain.analysis.what_if_changes import MOST, Change, read_change
from supply_chain.risk.issue_names import ISSUE_NAMES


def read_changes(path: Path) -> list[Change]:
    """The changes of a file: a list, or an object with `changes`, as the command answers them.

    Raises:
        Invalid: no JSON, no list, or a place in it that is no change; all places are named.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as fault:
        raise Invalid(fields={"changes": f"{path.name} is not JSON in UTF-8: {fault}."}) from fault
    entries = found.get("changes") if isinstance(found, dict) else found
    if not isinstance(entries, list) or not 1 <= len(entries) <= MOST:
        raise Invalid(fields={"changes": f"Give a list of 1 to {MOST} changes."})
    changes: list[Change] = []
    faults: dict[str, str] = {}
    for place, entry in enumerate(entries, start=1):
        try:
            changes.append(read_change(_without_answers(entry)))
        except (ValueError, TypeError) as fault:
            faults[f"change {place}"] = str(fault)
    if faults:
        raise Invalid(fields=faults)
    return changes


def _without_answers(entry: Any) -> dict[str, Any]:
    """A change without what only an answer adds."""
    if not isinstance(entry, dict):
        raise TypeError("This is no change of a what-if.")
    return {key: value for key, value in entry.items() if key not in ("words", "problem")}


def what_if_words(told: ScenarioDetails) -> str:
    """The what-if as lines of text."""
    lines = [sentence_of(told), "", "Changes"]
    for place, change in enumerate(told.changes):
        problem = told.problems.get(place)
        lines.append(
            f"  {change_words(change, told.moved.names)}{f' - {problem}' if problem else ''}"
        )
    for title, effects in (
        ("Own business", told.moved.own),
        ("What changes most", told.moved.effects),
    ):
        lines += ["", title, *(_line(effect, told) for effect in effects)]
    return "\n".join(lines)


def _line(effect: Effect, told: ScenarioDetails) -> str:
    name, issue = name_of(told.moved.names[effect.node]), ISSUE_NAMES[effect.issue.value]
    return f"  {name} | {issue} | {_side(effect.before)} -> {_side(effect.after)}"


def _side(side: Side | None) -> str:
    if side is None:
        return "not there"
    index = "not scored" if side.index is None else f"{side.index:.1f}, rank {side.rank}"
    return f"exposure {side.exposure:.4f}, risk {index}"
