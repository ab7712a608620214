"""Agreement of matching with human verdicts, on pairs unseen during its development.

Ours at its shipped threshold; beside it, on the same pairs in the same run, a plain mix of
RapidFuzz ratios and nomenklatura's logic-v2 (where it is installed), each with the threshold that
is best for it on the open half of the same pairs, and ours once more with a threshold so chosen.
After the individual sets come all their pairs in one pool, with one threshold for all, and the mean
over the sets. The spread is that of 400 resamples of the pairs, that of a difference of the same
resamples; `duplicate_splits` beside this module reports the stability of all of them when ours is
trained anew.
"""

import importlib
import importlib.util
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz, utils

from benchmarks import labelled_pairs
from benchmarks.agreement import (
    Quality,
    Truth,
    best_threshold,
    difference,
    mean_quality,
    quality,
)
from benchmarks.contract import Row
from benchmarks.labelled_pairs import (
    Labelled,
    names_alone,
    names_other_units,
    without_coordinates,
)
from supply_chain.matching.grams import Floats
from supply_chain.matching.matcher import score_pairs
from supply_chain.matching.weights import weights

NAME_PART = 0.6  # of the mix, the address has the rest
LARGEST = {"small": 400, "full": 10_000}
OURS, OURS_BEST = "ours", "ours, at its best threshold of the open half"
OURS_SHOWN = "ours, questions counted as found"

Evidence = Callable[[list[Labelled]], list[Labelled]]
Load = Callable[..., list[Labelled]]
Scorer = Callable[[Sequence[Labelled]], Floats]


@dataclass(frozen=True)
class Scored:
    """The scores of each matcher for the same pairs, and what people said of them."""

    scores: Mapping[str, Floats]
    is_match: Truth


def run(size: str) -> list[Row]:
    """One row a set, pool or mean and rival: F1 on the proof half."""
    matchers = {OURS: ours_scores, **rivals()}
    halves = {name: _halves(load, matchers, size) for name, load in SETS.items()}
    found = {name: qualities(*both) for name, both in halves.items()}
    counts = {name: len(proof.is_match) for name, (_, proof) in halves.items()}
    for told, names in TOGETHER.items():
        opened, proof = (pooled([halves[name][side] for name in names]) for side in (0, 1))
        found[f"all pairs, {told}"] = qualities(opened, proof)
        counts[f"all pairs, {told}"] = len(proof.is_match)
    for told, names in TOGETHER.items():
        found[f"mean of the sets, {told}"] = {
            who: mean_quality([found[name][who] for name in names]) for who in found[names[0]]
        }
    for name, by_matcher in found.items():
        _print_figures(f"{name} ({counts[name]})" if name in counts else name, by_matcher)
    rivalled = [who for who in matchers if who != OURS]
    for name, by_matcher in found.items():
        _print_differences(name, by_matcher, rivalled)
    return [_row(name, rival, found[name]) for name in found for rival in rivalled]


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
# Pooled and averaged: each labelled pair once, with one kind of evidence. Coordinates
# are in the set of mills alone.
TOGETHER = {
    "all they tell": ("facilities", "names alone", "care sites", "mills"),
    "without coordinates": (
        "facilities",
        "names alone",
        "care sites",
        "mills without coordinates",
    ),
    "names alone": (
        "facilities, names alone",
        "names alone",
        "care sites, names alone",
        "mills, names alone",
    ),
}


def rivals() -> dict[str, Scorer]:
    """The mix, and logic-v2 where it is installed."""
    found: dict[str, Scorer] = {"rapidfuzz mix": mixed_scores}
    if importlib.util.find_spec("nomenklatura"):
        found["logic-v2"] = importlib.import_module("benchmarks.peers.logic_v2").scores
    else:
        print("nomenklatura is not installed: see benchmarks/peers/requirements.txt")
    return found


def qualities(opened: Scored, proof: Scored) -> dict[str, Quality]:
    """The figures of each matcher on the proof half; ours three times, by three thresholds."""
    found = {}
    for who, limit in ((OURS, weights().same_from), (OURS_SHOWN, weights().review_from)):
        found[who] = quality(proof.scores[OURS], proof.is_match, limit)
    for who, scores in proof.scores.items():
        limit = best_threshold(opened.scores[who], opened.is_match)
        found[OURS_BEST if who == OURS else who] = quality(scores, proof.is_match, limit)
    return found


def pooled(parts: Sequence[Scored]) -> Scored:
    """Several sets as one: each pair counts as much, whichever set it is of."""
    scores = {who: np.concatenate([part.scores[who] for part in parts]) for who in parts[0].scores}
    return Scored(scores, np.concatenate([part.is_match for part in parts]))


def ours_scores(pairs: Sequence[Labelled]) -> Floats:
    """The scores of our matcher."""
    return np.array([pair.score for pair in score_pairs([(p.left, p.right) for p in pairs])])


def mixed_scores(pairs: Sequence[Labelled]) -> Floats:
    """Baseline of a simple script: a mix of ratios of the words of name and address."""
    found = []
    for pair in pairs:
        name = _ratio(pair.left.name, pair.right.name)
        both = pair.left.address and pair.right.address
        address = _ratio(pair.left.address, pair.right.address) if both else name
        found.append(NAME_PART * name + (1 - NAME_PART) * address)
    return np.array(found)


def truth(pairs: Sequence[Labelled]) -> Truth:
    """Human verdicts."""
    return np.array([pair.is_match for pair in pairs])


def thinned(pairs: list[Labelled], size: str) -> list[Labelled]:
    """Every n-th pair, as many as the size allows."""
    return pairs[:: max(1, len(pairs) // LARGEST[size])]


def _halves(load: Load, matchers: Mapping[str, Scorer], size: str) -> tuple[Scored, Scored]:
    """The open and the proof half of a set, scored."""
    opened, proof = (
        Scored({who: scorer(pairs) for who, scorer in matchers.items()}, truth(pairs))
        for pairs in (thinned(load(proof=half), size) for half in (False, True))
    )
    return opened, proof


def _ratio(one: str, other: str) -> float:
    return fuzz.token_set_ratio(one, other, processor=utils.default_process) / 100


def _row(name: str, rival: str, found: Mapping[str, Quality]) -> Row:
    ours, theirs = found[OURS].f1, found[rival].f1
    label = f"duplicates, agreement with people, {name}, against {rival}"
    return Row(label, ours, theirs, ours / theirs, ">= 1x", bool(ours >= theirs), "F1")


def _print_figures(name: str, found: Mapping[str, Quality]) -> None:
    for who, told in found.items():
        low, high = told.spread
        print(
            f"| {name} | {who} | {told.auc:.3f} | {told.precision:.3f} | {told.recall:.3f}"
            f" | {told.f1:.3f} ({low:.3f}-{high:.3f}) |"
        )


def _print_differences(name: str, found: Mapping[str, Quality], rivalled: Sequence[str]) -> None:
    for who in (OURS, OURS_BEST):
        for rival in rivalled:
            told = difference(found[who], found[rival])
            low, high = told.spread
            word = "told apart" if told.is_told else "not told apart"
            print(
                f"| {name} | {who} - {rival} | {told.f1:+.3f} ({low:+.3f} to {high:+.3f}) {word} |"
            )
