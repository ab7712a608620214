"""How well matching agrees with people, on pairs that nobody looked at while it was built.

Ours at its shipped threshold; beside it, on the same pairs in the same run, a plain mix of
RapidFuzz ratios and nomenklatura's logic-v2 (where it is installed), each with the threshold that
is best for it on the open half of the same set. The spread is that of 400 resamples of the pairs;
`duplicate_splits` beside this module says how steady all are when ours is trained anew.
"""

import importlib
import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, utils
from scipy.stats import rankdata

from benchmarks import labelled_pairs
from benchmarks.contract import SEED, Row
from benchmarks.labelled_pairs import (
    Labelled,
    names_alone,
    names_other_units,
    without_coordinates,
)
from supply_chain.matching.grams import Floats
from supply_chain.matching.matcher import score_pairs
from supply_chain.matching.weights import weights

RESAMPLES = 400
NAME_PART = 0.6  # of the mix, the address has the rest
LARGEST = {"small": 400, "full": 10_000}

Evidence = Callable[[list[Labelled]], list[Labelled]]
Load = Callable[..., list[Labelled]]
Scorer = Callable[[Sequence[Labelled]], Floats]
Truth = NDArray[np.bool_]


@dataclass(frozen=True)
class Quality:
    """Figures of one scorer on one set; `spread` are the 5th and 95th percentile of F1."""

    auc: float
    precision: float
    recall: float
    f1: float
    spread: tuple[float, float]


def run(size: str) -> list[Row]:
    """One row a set and rival: F1 on the proof half."""
    rows = []
    for name, load in SETS.items():
        opened, proof = (thinned(load(proof=half), size) for half in (False, True))
        scores = ours_scores(proof)
        ours = quality(scores, truth(proof), weights().same_from)
        _print(name, "ours", len(proof), ours)
        shown = quality(scores, truth(proof), weights().review_from)
        _print(name, "ours, questions counted as found", len(proof), shown)
        for rival, scorer in rivals().items():
            limit = best_threshold(scorer(opened), truth(opened))
            theirs = quality(scorer(proof), truth(proof), limit)
            _print(name, rival, len(proof), theirs)
            label = f"duplicates, agreement with people, {name}, against {rival}"
            ratio = ours.f1 / theirs.f1
            rows.append(Row(label, ours.f1, theirs.f1, ratio, ">= 1x", bool(ratio >= 1.0), "F1"))
    return rows


def only(evidence: Evidence, load: Load) -> Load:
    """A set of which each record says no more than the evidence."""
    return lambda *, proof: evidence(load(proof=proof))


def of_one_unit(pairs: list[Labelled]) -> list[Labelled]:
    """Without the pairs that are called one although the numbers in their names differ."""
    return [pair for pair in pairs if not names_other_units(pair)]


# Distance alone must not carry the matching, and names alone should say what they can.
SETS: dict[str, Load] = {
    "facilities": labelled_pairs.facilities,
    "facilities, names alone": only(names_alone, labelled_pairs.facilities),
    "names alone": labelled_pairs.names,
    "names alone, other units apart": only(of_one_unit, labelled_pairs.names),
    "care sites": labelled_pairs.sites,
    "care sites, names alone": only(names_alone, labelled_pairs.sites),
    "mills": labelled_pairs.mills,
    "mills without coordinates": only(without_coordinates, labelled_pairs.mills),
    "mills, names alone": only(names_alone, labelled_pairs.mills),
}


def rivals() -> dict[str, Scorer]:
    """The mix, and logic-v2 where it is installed."""
    found: dict[str, Scorer] = {"rapidfuzz mix": mixed_scores}
    if importlib.util.find_spec("nomenklatura"):
        found["logic-v2"] = importlib.import_module("benchmarks.peers.logic_v2").scores
    else:
        print("nomenklatura is not installed: see benchmarks/peers/requirements.txt")
    return found


def ours_scores(pairs: Sequence[Labelled]) -> Floats:
    """The scores of our matcher."""
    return np.array([pair.score for pair in score_pairs([(p.left, p.right) for p in pairs])])


def mixed_scores(pairs: Sequence[Labelled]) -> Floats:
    """What a quick script would do: ratios of the words of name and address, mixed."""
    found = []
    for pair in pairs:
        name = _ratio(pair.left.name, pair.right.name)
        both = pair.left.address and pair.right.address
        address = _ratio(pair.left.address, pair.right.address) if both else name
        found.append(NAME_PART * name + (1 - NAME_PART) * address)
    return np.array(found)


def truth(pairs: Sequence[Labelled]) -> Truth:
    """What people said."""
    return np.array([pair.is_match for pair in pairs])


def best_threshold(scores: Floats, is_match: Truth) -> float:
    """The threshold with the highest F1."""
    return max(np.unique(scores).tolist(), key=lambda limit: f1_of(scores >= limit, is_match)[2])


def quality(scores: Floats, is_match: Truth, limit: float) -> Quality:
    """The figures at a threshold."""
    said = scores >= limit
    draw = np.random.default_rng(SEED)
    picks = draw.integers(0, len(said), (RESAMPLES, len(said)))
    spread = np.percentile([f1_of(said[pick], is_match[pick])[2] for pick in picks], [5, 95])
    auc = _auc(scores, is_match)
    return Quality(auc, *f1_of(said, is_match), spread=(float(spread[0]), float(spread[1])))


def f1_of(said: Truth, is_match: Truth) -> tuple[float, float, float]:
    """Precision, recall and F1."""
    right = float((said & is_match).sum())
    precision, recall = right / max(int(said.sum()), 1), right / max(int(is_match.sum()), 1)
    return precision, recall, 2 * right / max(int(said.sum()) + int(is_match.sum()), 1)


def _auc(scores: Floats, is_match: Truth) -> float:
    """How often a match scores above a non-match."""
    ranks, matches = rankdata(scores), int(is_match.sum())
    above = ranks[is_match].sum() - matches * (matches + 1) / 2
    return float(above / (matches * (len(scores) - matches)))


def _ratio(one: str, other: str) -> float:
    return fuzz.token_set_ratio(one, other, processor=utils.default_process) / 100


def thinned(pairs: list[Labelled], size: str) -> list[Labelled]:
    """Every n-th pair, as many as the size allows."""
    return pairs[:: max(1, len(pairs) // LARGEST[size])]


def _print(name: str, who: str, count: int, found: Quality) -> None:
    print(
        f"| {name} ({count}) | {who} | {found.auc:.3f} | {found.precision:.3f} | {found.recall:.3f}"
        f" | {found.f1:.3f} ({found.spread[0]:.3f}-{found.spread[1]:.3f}) |"
    )
