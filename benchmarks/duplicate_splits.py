"""Stability of the agreement with human verdicts: fixed splits of the open half, proof half unread.

Each split cuts the open half in two, groups whole: facilities and names by the names they share,
care sites by the site. Ours is trained anew on the one part, the rivals get the threshold that is
best for them there, and all are measured on the other part. Pairs of mills train nothing; they are
cut by the pair, for the rivals' thresholds.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from benchmarks import labelled_pairs
from benchmarks.agreement import best_threshold, f1_of
from benchmarks.contract import Row
from benchmarks.duplicate_quality import (
    Evidence,
    of_one_unit,
    rivals,
    thinned,
    truth,
)
from benchmarks.labelled_pairs import (
    Labelled,
    is_in_second_half,
    names_alone,
    without_coordinates,
)
from scripts.train_matching import Opened, fitted, training_sets
from supply_chain.matching.grams import Floats
from supply_chain.matching.normalise import normalise
from supply_chain.matching.prepared import prepare
from supply_chain.matching.scoring import score
from supply_chain.matching.weights import Weights, weights

SPLITS = {"small": 1, "full": 5}  # each in both directions
EVIDENCE: Mapping[str, tuple[str, Evidence]] = {
    "facilities": ("facilities", list),
    "facilities, names alone": ("facilities", names_alone),
    "names alone": ("names", list),
    "names alone, other units apart": ("names", of_one_unit),
    "care sites": ("sites", list),
    "care sites, names alone": ("sites", names_alone),
    "mills": ("mills", list),
    "mills without coordinates": ("mills", without_coordinates),
    "mills, names alone": ("mills", names_alone),
}

Item = TypeVar("Item")
Parts = Mapping[str, tuple[list[Labelled], list[Labelled]]]


def run(size: str) -> list[Row]:
    """One row a set and rival: the median of F1 over the splits."""
    found: dict[tuple[str, str], list[float]] = {}
    for number in range(SPLITS[size]):
        parts = split(number)
        for turned in (False, True):
            sides = {name: part[::-1] if turned else part for name, part in parts.items()}
            for key, value in measured(sides, size).items():
                found.setdefault(key, []).append(value)
    rows = []
    for name in EVIDENCE:
        _print(name, "ours", found[name, "ours"])
        for rival in rivals():
            _print(name, rival, found[name, rival])
            rows.append(_row(name, rival, found))
    return rows


def split(number: int) -> Parts:
    """Both parts of each set."""
    facilities, names = labelled_pairs.facilities(proof=False), labelled_pairs.names(proof=False)
    mills = labelled_pairs.mills(proof=False)
    records = labelled_pairs.site_records(proof=False)
    first, second = _halves(number, records, [site for _, site in records])
    return {
        "facilities": _halves(number, facilities, groups(facilities)),
        "names": _halves(number, names, groups(names)),
        "sites": (labelled_pairs.site_pairs(first), labelled_pairs.site_pairs(second)),
        "mills": _halves(number, mills, [pair.left.id for pair in mills]),
    }


def groups(pairs: list[Labelled]) -> list[str]:
    """The group of each pair: all that share a name, however many pairs lie between."""
    codes: dict[str, int] = {}
    ends = [
        [codes.setdefault(normalise(side.name), len(codes)) for side in (pair.left, pair.right)]
        for pair in pairs
    ]
    left, right = np.array(ends).T
    links = csr_array((np.ones(len(pairs)), (left, right)), shape=(len(codes), len(codes)))
    _, group_of = connected_components(links, directed=False)
    names: dict[int, str] = {}
    for name, code in codes.items():
        names.setdefault(int(group_of[code]), name)
    return [names[int(group_of[code])] for code in left]


def measured(sides: Parts, size: str) -> dict[tuple[str, str], float]:
    """F1 of ours and of the rivals on the second part, by set."""
    opened = Opened(*(sides[name][0] for name in ("facilities", "names", "sites")))
    intercept, terms = fitted(training_sets(opened))
    known = replace(weights(), intercept=intercept, terms=terms)
    found = {}
    for name, (base, evidence) in EVIDENCE.items():
        one, other = (evidence(thinned(part, size)) for part in sides[base])
        is_match = truth(other)
        found[name, "ours"] = f1_of(scores_by(other, known) >= known.same_from, is_match)[2]
        for rival, scorer in rivals().items():
            limit = best_threshold(scorer(one), truth(one))
            found[name, rival] = f1_of(scorer(other) >= limit, is_match)[2]
    return found


def scores_by(pairs: list[Labelled], known: Weights) -> Floats:
    """The scores of our matcher with weights that are not the shipped ones."""
    prepared = prepare([*(pair.left for pair in pairs), *(pair.right for pair in pairs)])
    rows = np.arange(len(pairs))
    return score(prepared, rows, rows + len(pairs), known).score


def _halves(number: int, items: list[Item], keys: list[str]) -> tuple[list[Item], list[Item]]:
    is_second = [is_in_second_half(f"{number} {key}") for key in keys]
    first = [item for item, second in zip(items, is_second, strict=True) if not second]
    return first, [item for item, second in zip(items, is_second, strict=True) if second]


def _row(name: str, rival: str, found: Mapping[tuple[str, str], list[float]]) -> Row:
    ours, theirs = (float(np.median(found[name, who])) for who in ("ours", rival))
    label = f"duplicates, agreement with people, {name}, splits, against {rival}"
    return Row(label, ours, theirs, ours / theirs, ">= 1x", bool(ours >= theirs), "F1")


def _print(name: str, who: str, values: list[float]) -> None:
    least, most = min(values), max(values)
    print(f"| {name} | {who} | {np.median(values):.3f} ({least:.3f}-{most:.3f}) |", flush=True)
