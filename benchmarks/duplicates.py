"""Likely duplicates in one long list: time, memory, candidates, and agreement with the truth.

The list is synthetic (`made_records`), so its figures are relative. Where splink is installed it
runs on the same records in the same run, with blocking rules after our candidates; it is given the
threshold that is best for it on this very list, we keep the shipped one.
"""

import importlib
import importlib.util
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial

from benchmarks.contract import REPEATS, Row, count_row, limit_row, ratio_row
from benchmarks.made_records import MadeList, make_records
from supply_chain.matching.candidates import candidate_pairs
from supply_chain.matching.matcher import find_within
from supply_chain.matching.normalise import address_forms, name_forms
from supply_chain.matching.pairs import Decision
from supply_chain.matching.prepared import prepare

SIZES = {"small": 5_000, "full": 100_000}
LONGEST = {"small": 6.0, "full": 60.0}
MOST_MEMORY = 2.0  # GB
LEAST_RECALL, SLOWEST = 0.97, 2.5
THRESHOLDS = [step / 50 for step in range(1, 50)]

Scores = dict[tuple[str, str], float]


def run(size: str) -> list[Row]:
    """Time, memory, recall of the candidates; time and F1 beside splink."""
    count = SIZES[size]
    made = make_records(count)
    true = made.true_pairs()
    ours = partial(_ours, made)
    seconds, scores = _timed(ours, REPEATS if size == "small" else 1)
    recall = len(_candidates(made) & true) / len(true)
    found = f1_at(scores, true, 0.0)
    label = f"duplicates among {count:,} records"
    rows = [
        limit_row(label, seconds, LONGEST[size]),
        count_row(f"{label}, peak memory", _peak_memory(count), MOST_MEMORY, "GB"),
        _least_row(f"{label}, true pairs among the candidates", recall, LEAST_RECALL, "recall"),
    ]
    if not importlib.util.find_spec("splink"):
        print("splink is not installed: see benchmarks/peers/requirements.txt")
        return [*rows, _least_row(f"{label}, F1", found, 0.0, "F1")]
    peer = importlib.import_module("benchmarks.peers.splink_rules")
    their_seconds, their_scores = _timed(partial(peer.scores, made.records), 1)
    theirs = max(f1_at(their_scores, true, limit) for limit in THRESHOLDS)
    better = found / theirs
    return [
        *rows,
        ratio_row(f"{label}, against splink", (seconds, their_seconds), SLOWEST),
        Row(f"{label}, F1 against splink", found, theirs, better, ">= 1x", better >= 1, "F1"),
    ]


def f1_at(scores: Scores, true: set[tuple[str, str]], limit: float) -> float:
    """F1 of the pairs whose score reaches the limit."""
    said = {pair for pair, score in scores.items() if score >= limit}
    return 2 * len(said & true) / max(len(said) + len(true), 1)


def _ours(made: MadeList) -> Scores:
    found = find_within(made.records)
    same = (pair for pair in found if pair.decision is Decision.SAME)
    return {(pair.left_id, pair.right_id): pair.score for pair in same}


def _candidates(made: MadeList) -> set[tuple[str, str]]:
    prepared = prepare(made.records)
    ids = [record.id for record in made.records]
    pairs = zip(*(side.tolist() for side in candidate_pairs(prepared)), strict=True)
    return {(min(ids[one], ids[other]), max(ids[one], ids[other])) for one, other in pairs}


def _timed(work: Callable[[], Scores], repeats: int) -> tuple[float, Scores]:
    """The median of the seconds, and what came out."""
    times = []
    for _ in range(repeats):
        name_forms.cache_clear()  # both sides make names plain; neither gets it for nothing
        address_forms.cache_clear()
        start = time.perf_counter()
        scores = work()
        times.append(time.perf_counter() - start)
    return sorted(times)[len(times) // 2], scores


def _least_row(name: str, found: float, goal: float, unit: str) -> Row:
    """A share that must reach the goal."""
    return Row(
        name, found, goal, found / goal if goal else 0.0, f">= {goal:g}", found >= goal, unit
    )


def _peak_memory(count: int) -> float:
    """Peak memory in GB of a fresh process that does only this."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.duplicates", str(count)],
        check=True,
        capture_output=True,
        text=True,
    )
    return float(json.loads(done.stdout))


if __name__ == "__main__":
    _ours(make_records(int(sys.argv[1])))
    print(json.dumps(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20))
