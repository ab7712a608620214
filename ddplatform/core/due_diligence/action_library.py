"""The action library: what is done elsewhere about an issue and its root causes, with sources.

Display texts are in `data/action_library.yaml`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import yaml

LIBRARY_FILE: Final = Path(__file__).parent / "data" / "action_library.yaml"
BLANK: Final = re.compile(r"\[(?:baseline|target|year|date|number|days)\]")
"""What a success measure of the library leaves to the plan."""


@dataclass(frozen=True, slots=True)
class Source:
    """A published work; `year` is that of the edition used."""

    title: str
    publisher: str
    year: int


@dataclass(frozen=True, slots=True)
class LibraryAction:
    """An action to start a plan from.

    Attributes:
        ref: ACL-nn. issues: ISS-nn. causes, costs: keys of `ActionLibrary`.
        success: with brackets where the plan has its own baseline, target and date.
        controls: CTL-nn, and indicators: IND-nn, the closest first.
        own_practice: it changes the buyer's own practices.
    """

    ref: str
    title: str
    issues: tuple[str, ...]
    causes: tuple[str, ...]
    what: str
    success: str
    controls: tuple[str, ...]
    indicators: tuple[str, ...]
    costs: tuple[str, ...]
    sources: tuple[Source, ...]
    own_practice: bool


@dataclass(frozen=True, slots=True)
class ActionLibrary:
    """The content of `data/action_library.yaml`: actions, and words of causes and costs."""

    actions: Mapping[str, LibraryAction]
    causes: Mapping[str, str]
    costs: Mapping[str, str]

    def find(self, *, issue: str | None = None, cause: str = "") -> list[LibraryAction]:
        """The actions that address an issue and a root cause; all where none is asked for."""
        return [
            one
            for one in self.actions.values()
            if (issue is None or issue in one.issues) and (not cause or cause in one.causes)
        ]


@cache
def action_library() -> ActionLibrary:
    """The shipped library, read once."""
    data: dict[str, Any] = yaml.safe_load(LIBRARY_FILE.read_text(encoding="utf-8"))
    sources = {ref: Source(**row) for ref, row in data["sources"].items()}
    return ActionLibrary(
        actions=MappingProxyType(
            {ref: _action(ref, row, sources) for ref, row in data["actions"].items()}
        ),
        causes=MappingProxyType(data["causes"]),
        costs=MappingProxyType(data["costs"]),
    )


def _action(ref: str, row: Mapping[str, Any], sources: Mapping[str, Source]) -> LibraryAction:
    return LibraryAction(
        ref=ref,
        title=row["title"],
        issues=tuple(row["issues"]),
        causes=tuple(row["causes"]),
        what=row["what"],
        success=row["success"],
        controls=tuple(row["controls"]),
        indicators=tuple(row["indicators"]),
        costs=tuple(row["costs"]),
        sources=tuple(sources[source] for source in row["sources"]),
        own_practice=row.get("own_practice", False),
    )
