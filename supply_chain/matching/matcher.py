"""Interface of matching: records in, pairs with score, decision and reasons out.

The score of a pair depends on the two records alone, is the same in both orders, and changes only
with the shipped weights (docs/matching.md). Nothing is merged by a score: people decide.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from supply_chain.matching.candidates import candidate_pairs
from supply_chain.matching.grams import Ints
from supply_chain.matching.pairs import Pair
from supply_chain.matching.prepared import Prepared, prepare
from supply_chain.matching.pruning import may_reach
from supply_chain.matching.reasons import reasons
from supply_chain.matching.records import Record
from supply_chain.matching.scoring import decide, score
from supply_chain.matching.weights import Weights, weights

# Pairs are compared in portions, which bounds the memory.
PORTION = 100_000


def score_pairs(pairs: Sequence[tuple[Record, Record]]) -> list[Pair]:
    """Score each pair, in the order given, whatever its decision."""
    known = weights()
    found: list[Pair] = []
    for start in range(0, len(pairs), PORTION):
        part = pairs[start : start + PORTION]
        prepared = prepare([*(left for left, _ in part), *(right for _, right in part)])
        rows = np.arange(len(part))
        found += _scored(prepared, rows, rows + len(part), known, least=0.0)
    return found


def find_within(records: Sequence[Record]) -> list[Pair]:
    """Likely duplicates within one list: pairs of *same* and *review*, highest score first.

    `left_id` comes first in the order of ids; the order of the list changes nothing.
    """
    prepared = prepare(sorted(records, key=_content))
    return _likely(prepared, candidate_pairs(prepared))


def find_between(left: Sequence[Record], right: Sequence[Record]) -> list[Pair]:
    """Likely duplicates between two lists: pairs of *same* and *review*, highest score first."""
    prepared = prepare([*sorted(left, key=_content), *sorted(right, key=_content)])
    return _likely(prepared, candidate_pairs(prepared, len(left)), is_within=False)


def _content(record: Record) -> tuple[str, ...]:
    return (record.name, record.address, record.country, record.company, record.id)


def _likely(prepared: Prepared, pairs: tuple[Ints, Ints], *, is_within: bool = True) -> list[Pair]:
    known = weights()
    left, right = pairs
    if is_within:
        ids = np.array([record.id for record in prepared.records], dtype=object)
        swap = np.array(ids[left] > ids[right], dtype=bool)
        left, right = np.where(swap, right, left), np.where(swap, left, right)
    found: list[Pair] = []
    for start in range(0, len(left), PORTION):
        one, other = left[start : start + PORTION], right[start : start + PORTION]
        kept = may_reach(prepared, one, other, known, least=known.review_from)
        found += _scored(prepared, one[kept], other[kept], known, least=known.review_from)
    return sorted(found, key=lambda pair: (-pair.score, pair.left_id, pair.right_id))


def _scored(
    prepared: Prepared, left: Ints, right: Ints, known: Weights, *, least: float
) -> Iterator[Pair]:
    """The pairs whose score reaches `least`."""
    scored = score(prepared, left, right, known)
    for place in np.flatnonzero(scored.score >= least).tolist():
        one, other = int(left[place]), int(right[place])
        value = round(float(scored.score[place]), 4)
        yield Pair(
            left_id=prepared.records[one].id,
            right_id=prepared.records[other].id,
            score=value,
            decision=decide(value, known),
            reasons=reasons(
                prepared,
                one,
                other,
                values={name: float(column[place]) for name, column in scored.columns.items()},
                ids=scored.ids[place],
                km=float(scored.km[place]),
            ),
        )
