"""Basic checks of JSON values that collect every problem instead of stopping at the first."""

import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Problem:
    """Problem in an input file: place (`id` of the case, node or link), field, reason."""

    id: str | None
    field: str
    problem: str

    def as_json(self) -> dict[str, str | None]:
        """The shape of the answer file (docs/commands.md, "Risk JSON")."""
        return {"id": self.id, "field": self.field, "problem": self.problem}


@dataclass
class Checker:
    """Reads the values of one item and notes what is wrong with them."""

    id: str | None
    problems: list[Problem] = field(default_factory=list)

    def note(self, at: str, problem: str) -> None:
        """Note a problem of the field `at`."""
        self.problems.append(Problem(self.id, at, problem))

    def number(self, value: Any, at: str, *, low: float, high: float = math.inf) -> float | None:
        """A finite number from `low` to `high`, or None where there is none or it is wrong."""
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
            self.note(at, f"{value!r} is not a number.")
            return None
        if not low <= value <= high or abs(value) > sys.float_info.max:
            limits = f"at least {low:g}" if high == math.inf else f"from {low:g} to {high:g}"
            self.note(at, f"{value!r} is out of range: give a number {limits}.")
            return None
        return float(value)

    def items(self, value: Any, at: str) -> list[tuple[str, Mapping[str, Any]]]:
        """Objects of a list with the name of each; null is the empty list."""
        if value is None:
            return []
        if not isinstance(value, Sequence) or isinstance(value, str):
            self.note(at, "Give a list of objects.")
            return []
        found = []
        for place, item in enumerate(value):
            if isinstance(item, Mapping):
                found.append((f"{at}[{place}]", item))
            else:
                self.note(f"{at}[{place}]", "Give an object.")
        return found

    def known(self, value: Any, at: str, what: str, index: Mapping[str, Any]) -> bool:
        """Whether `value` is one of the ids of `index`; notes it otherwise."""
        if isinstance(value, str) and value in index:
            return True
        self.note(at, f"{value!r} is no known {what}.")
        return False
