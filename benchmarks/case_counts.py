"""Attack on counts of cases: all releases of a year and a half together, over random histories.

For each history the integer program of `tests/count_attacker.py` looks for a count below five that
is known exactly or better than as 0 to 4, for a count above that is known better than by its band,
and for a rise or fall that can only be of one case. Cases that an attacker reported, and nobody
confirmed, must change nothing; histories that differ in one case and stay below five must read the
same. Printed without a goal: how many such pairs above five somebody distinguishes who knows every
other case, and what three cases of one's own, confirmed by an officer, reveal.
"""

import sys
from collections import Counter
from collections.abc import Sequence
from random import Random

from benchmarks.contract import SEED, Row, count_row
from ddplatform.core.due_diligence.case_figures import Release
from tests.case_histories import (
    History,
    confirmed_cases,
    neighbour_of,
    random_dummies,
    random_history,
    releases_of,
    stays_below_five,
)
from tests.count_attacker import learn_all, readings_of

HISTORIES = {"small": 200, "full": 10_000}
TOGETHER = 100  # histories of one program
OWN = 3
NONE = (
    EXACT := "counts below five known exactly",
    NARROWED := "counts below five narrowed",
    BANDS := "counts of five or more known better than by their band",
    SINGLE := "changes of a single case seen",
    DUMMIES := "histories that reported cases change",
    PAIRS := "pairs below five distinguished",
)


def run(size: str) -> list[Row]:
    """Attack as many histories as the size says; nothing may be found in any."""
    found: Counter[str] = Counter()
    for first in range(0, HISTORIES[size], TOGETHER):
        found.update(_attack([Random(f"{SEED}:{first + number}") for number in range(TOGETHER)]))
        print(f"case_counts: {first + TOGETHER:,} histories", file=sys.stderr, flush=True)
    for name, count in sorted(found.items()):
        print(f"{name}: {count:,}")
    return [count_row(f"case counts: {name}", found[name], 0, "found") for name in NONE]


def _attack(randoms: Sequence[Random]) -> Counter[str]:
    found: Counter[str] = Counter()
    readings, readings_with_own = [], []
    for random in randoms:
        history = random_history(random)
        releases = releases_of(history)
        readings.append(readings_of(releases))
        dummies = random_dummies(random)
        found["histories"] += 1
        found["cases"] += len(history)
        found[DUMMIES] += releases_of((*history, *dummies)) != releases
        found.update(_neighbours(history, releases, random))
        own = confirmed_cases(random, OWN)
        readings_with_own.append(readings_of(releases_of((*history, *own)), own))
    for learned in learn_all(readings):
        found["releases"] += len(learned.ranges)
        found["figures below five"] += len(learned.small())
        found[EXACT] += len(learned.exact_small())
        found[NARROWED] += len(learned.narrowed_small())
        found[BANDS] += len(learned.narrowed_bands())
        found[SINGLE] += len(learned.single_changes())
    for learned in learn_all(readings_with_own):
        found[f"figures with {OWN} own confirmed cases"] += sum(map(len, learned.ranges))
        found["of these others' counts of 1 to 4 known exactly"] += len(learned.exact_small())
    return found


def _neighbours(history: History, releases: Sequence[Release], random: Random) -> Counter[str]:
    neighbour = neighbour_of(history, random)
    is_distinguished = releases_of(neighbour) != releases
    if stays_below_five(history) and stays_below_five(neighbour):
        return Counter({"pairs below five": 1, PAIRS: is_distinguished})
    return Counter({"pairs above": 1, "pairs above distinguished": is_distinguished})
