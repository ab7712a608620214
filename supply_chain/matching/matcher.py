"""The face of matching: pairs of records in, scores with reasons out."""

from collections.abc import Iterable, Sequence
from itertools import combinations, product

from rapidfuzz import fuzz, utils

from supply_chain.matching.pairs import Decision, Pair
from supply_chain.matching.records import Record

SAME_FROM, REVIEW_FROM = 0.8, 0.5


def score_pairs(pairs: Sequence[tuple[Record, Record]]) -> list[Pair]:
    """Score each pair, in the order given."""
    return [_scored(left, right) for left, right in pairs]


def find_within(records: Sequence[Record]) -> list[Pair]:
    """Likely duplicates within one list: pairs of *same* and *review*, best first."""
    return _likely(combinations(records, 2))


def find_between(left: Sequence[Record], right: Sequence[Record]) -> list[Pair]:
    """Likely duplicates between two lists: pairs of *same* and *review*, best first."""
    return _likely(product(left, right))


def _likely(pairs: Iterable[tuple[Record, Record]]) -> list[Pair]:
    found = [pair for pair in score_pairs(list(pairs)) if pair.decision != Decision.DIFFERENT]
    return sorted(found, key=lambda pair: (-pair.score, pair.left_id, pair.right_id))


def _scored(left: Record, right: Record) -> Pair:
    name = fuzz.token_set_ratio(left.name, right.name, processor=utils.default_process) / 100
    score, reasons = name, [f"names {name:.0%} alike"]
    if left.address and right.address:
        near = fuzz.token_set_ratio(left.address, right.address, processor=utils.default_process)
        score = 0.6 * name + 0.4 * near / 100
        reasons.append(f"addresses {near / 100:.0%} alike")
    same, review = score >= SAME_FROM, score >= REVIEW_FROM
    decision = Decision.SAME if same else Decision.REVIEW if review else Decision.DIFFERENT
    return Pair(left.id, right.id, score, decision, tuple(reasons))
