"""Agreement of pair scores with human verdicts: figures, spreads and their differences."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from benchmarks.contract import SEED
from supply_chain.matching.grams import Floats

RESAMPLES = 400
WITHIN = (5, 95)  # percentiles of the resamples that are called the spread

Truth = NDArray[np.bool_]
Spread = tuple[float, float]


@dataclass(frozen=True)
class Quality:
    """Figures of one matcher on one set of pairs, from 0 to 1; `resampled` holds F1 of each draw.

    Sets of equal length are drawn alike, so the draws of two matchers on one set are paired.
    """

    auc: float
    precision: float
    recall: float
    f1: float
    resampled: Floats

    @property
    def spread(self) -> Spread:
        """F1 range of nine in ten resamples of the pairs."""
        return _within(self.resampled)


@dataclass(frozen=True)
class Difference:
    """F1 of one matcher minus that of another on the same pairs; `spread` of the same draws."""

    f1: float
    spread: Spread

    @property
    def is_told(self) -> bool:
        """Whether the spread lies wholly on one side of zero."""
        return self.spread[0] > 0 or self.spread[1] < 0


def quality(scores: Floats, is_match: Truth, limit: float) -> Quality:
    """The figures at a threshold; a score that reaches it says "the same"."""
    said = scores >= limit
    draws = np.random.default_rng([SEED, len(said)])
    picks = draws.integers(0, len(said), (RESAMPLES, len(said)))
    resampled = np.array([f1_of(said[pick], is_match[pick])[2] for pick in picks])
    precision, recall, f1 = f1_of(said, is_match)
    return Quality(_auc(scores, is_match), precision, recall, f1, resampled)


def difference(one: Quality, other: Quality) -> Difference:
    """Difference in F1 of two matchers over the same draws: overlapping spreads are no test."""
    return Difference(one.f1 - other.f1, _within(one.resampled - other.resampled))


def mean_quality(found: Sequence[Quality]) -> Quality:
    """The mean over sets, each counting as much, however many pairs it has."""
    figures = np.array([(q.auc, q.precision, q.recall, q.f1) for q in found])
    auc, precision, recall, f1 = figures.mean(axis=0).tolist()
    return Quality(auc, precision, recall, f1, np.mean([q.resampled for q in found], axis=0))


def best_threshold(scores: Floats, is_match: Truth) -> float:
    """The threshold with the highest F1."""
    limits: list[float] = np.unique(scores).tolist()
    return max(limits, key=lambda limit: f1_of(scores >= limit, is_match)[2])


def f1_of(said: Truth, is_match: Truth) -> tuple[float, float, float]:
    """Precision, recall and F1."""
    right = float((said & is_match).sum())
    precision, recall = right / max(int(said.sum()), 1), right / max(int(is_match.sum()), 1)
    return precision, recall, 2 * right / max(int(said.sum()) + int(is_match.sum()), 1)


def _within(values: Floats) -> Spread:
    low, high = np.percentile(values, WITHIN).tolist()
    return low, high


def _auc(scores: Floats, is_match: Truth) -> float:
    """Probability that a match scores above a non-match."""
    ranks, matches = rankdata(scores), int(is_match.sum())
    above = ranks[is_match].sum() - matches * (matches + 1) / 2
    return float(above / (matches * (len(scores) - matches)))
