"""Contradictory conditions joined by `and`: two values at once, an empty range."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from questionnaires.checking.literals import literal_of
from questionnaires.xpath.parser import Token
from questionnaires.xpath.paths import function_name

TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}


@dataclass(frozen=True, slots=True)
class Condition:
    """One of the conditions; `name_of` gives the name of a question with one answer, else ""."""

    name_of: Callable[[Token], str]
    token: Token


@dataclass(slots=True)
class _Answer:
    """Values of an answer that the conditions so far allow: texts, and bounds of its number.

    `low`: the bound, and whether it is left out itself. `high`: the bound, and whether it counts.
    """

    texts: set[str] = field(default_factory=set)
    low: tuple[float, bool] = (-math.inf, False)
    high: tuple[float, bool] = (math.inf, True)

    def narrow(self, operator: str, literal: str | float) -> None:
        """Take one more condition in."""
        if isinstance(literal, str):
            self.texts |= {literal} if operator == "=" else set()
            return
        if operator in (">", ">=", "="):
            self.low = max(self.low, (literal, operator == ">"))
        if operator in ("<", "<=", "="):
            self.high = min(self.high, (literal, operator != "<"))

    @property
    def is_none(self) -> bool:
        """Whether nothing is left."""
        is_met = self.low[0] == self.high[0] and (self.low[1] or not self.high[1])
        return len(self.texts) > 1 or self.low[0] > self.high[0] or is_met


def contradictions(conditions: Sequence[Condition]) -> Iterator[tuple[str, Token]]:
    """The questions of which no answer keeps all conditions, each with the one too many."""
    answers: dict[str, _Answer] = {}
    told: set[str] = set()
    for condition in conditions:
        for name, operator, literal in _read(condition):
            answer = answers.setdefault(name, _Answer())
            answer.narrow(operator, literal)
            if answer.is_none and name not in told:
                told.add(name)
                yield name, condition.token


def _read(condition: Condition) -> Iterator[tuple[str, str, str | float]]:
    token = condition.token
    is_selected = function_name(token) == "selected"
    if len(token) != 2 or not (is_selected or token.symbol in TURNED):
        return
    operator = "=" if is_selected else token.symbol
    first, second = token
    for asked, other, sign in ((first, second, operator), (second, first, TURNED[operator])):
        name, literal = condition.name_of(asked), literal_of(other)
        if name and literal is not None:
            yield name, sign, literal
