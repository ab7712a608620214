"""Tally of the activities in all rows of an import: known, contradicted, unknown, or a question."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from supply_chain.intake.drafts import Activities, ActivityQuestion, ActivityReading
from supply_chain.intake.words import squeeze
from supply_chain.reference.release import load_reference

_LEAST_SURE = 0.05


@dataclass
class _Asked:
    says: str
    column: str | None
    choices: tuple[tuple[str, float], ...]
    nodes: dict[str, None] = field(default_factory=dict)


class ActivityTally:
    """Tally of the activity of each row; a place counts once, by its first row with any.

    Args:
        answers: words -> ref of the sector that a person chose for them.
    """

    def __init__(self, answers: Mapping[str, str]) -> None:
        sectors = load_reference().sectors
        self._answers = {squeeze(w): ref for w, ref in answers.items() if ref in sectors}
        self._known: dict[str, None] = {}
        self._contradicted: dict[str, None] = {}
        self._unknown: dict[str, None] = {}
        self._asked: dict[tuple[str | None, str], _Asked] = {}
        self._read: dict[tuple[str | None, str, str, bool], dict[str, None]] = {}

    @property
    def has_answers(self) -> bool:
        """Whether a person answered anything before."""
        return bool(self._answers)

    def answer(self, says: str) -> str | None:
        """The sector that a person chose for these words."""
        return self._answers.get(squeeze(says))

    def know(
        self,
        node_id: str,
        says: str,
        column: str | None,
        sector: str,
        *,
        is_answer: bool = False,
        is_contradicted: bool = False,
    ) -> None:
        """A place whose activity is certain, or known from what a person answered before."""
        self._known[node_id] = None
        self._read.setdefault((column, says, sector, is_answer), {})[node_id] = None
        if is_contradicted:
            self._contradicted[node_id] = None

    def ask(
        self, node_id: str, says: str, column: str | None, choices: Iterable[tuple[str, float]]
    ) -> None:
        """A place whose activity its words leave open."""
        key = (column, squeeze(says))
        asked = self._asked.setdefault(key, _Asked(says, column, tuple(choices)))
        asked.nodes[node_id] = None

    def pass_over(self, node_id: str) -> None:
        """A place of which nothing says what it does."""
        self._unknown[node_id] = None

    def summary(self, nodes: Collection[str]) -> Activities:
        """Activities of the places that became nodes, those of most places first."""
        known = tuple(one for one in self._known if one in nodes)
        open_ones = nodes - self._known.keys()
        questions = [
            ActivityQuestion(
                asked.says,
                asked.column,
                asked.choices,
                tuple(one for one in asked.nodes if one in open_ones),
            )
            for asked in self._asked.values()
        ]
        asked_of = {one for question in questions for one in question.nodes}
        return Activities(
            known=known,
            contradicted=tuple(one for one in self._contradicted if one in nodes),
            unknown=tuple(one for one in self._unknown if one in open_ones and one not in asked_of),
            questions=tuple(
                sorted((q for q in questions if q.nodes), key=lambda q: (-len(q.nodes), q.says))
            ),
            readings=tuple(
                ActivityReading(
                    says, column, sector, is_answer, tuple(filter(nodes.__contains__, of))
                )
                for (column, says, sector, is_answer), of in self._read.items()
            ),
        )


def with_certainty(candidates: tuple[str, ...], certainty: float) -> list[tuple[str, float]]:
    """Certainty of each choice: the first as found, the others share the rest by their order."""
    others = candidates[1:]
    weights = [1 / place for place in range(2, len(others) + 2)]
    rest = 1 - certainty
    shares = [max(_LEAST_SURE, rest * weight / sum(weights)) for weight in weights]
    capped = [round(min(share, certainty), 2) for share in shares]
    return list(zip(candidates, [certainty, *capped], strict=False))
