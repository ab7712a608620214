"""Interface of every benchmark module: `run(size) -> list[Row]`, `size` being "small" or "full"."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

REPEATS = 3
SEED = 20_260


@dataclass(frozen=True)
class Row:
    """One line of the answer.

    A `gain` is baseline / ours and should reach the goal; a `ratio` is ours / baseline, the
    baseline being a raw library call that does less, and should stay below it.
    """

    name: str
    ours: float  # in `unit`, median
    baseline: float
    ratio: float
    goal: str
    ok: bool
    unit: str = "s"


def in_turn(
    ours: Callable[[], object],
    baseline: Callable[[], object],
    repeats: int = REPEATS,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[float, float]:
    """Median seconds of both, run A B A B in one process.

    Args:
        clock: `time.process_time` where other programs on the machine should not count.
    """
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(repeats):
        for function, kept in zip((ours, baseline), times, strict=True):
            start = clock()
            function()
            kept.append(clock() - start)
    return statistics.median(times[0]), statistics.median(times[1])


def ratio_row(name: str, times: tuple[float, float], goal: float) -> Row:
    """Ours may take at most `goal` times as long as the raw library call."""
    ratio = times[0] / times[1]
    return Row(name, *times, ratio, f"<= {goal:g}x", ratio <= goal)


def gain_row(name: str, times: tuple[float, float], goal: float) -> Row:
    """Ours must be at least `goal` times as fast as the usual way."""
    ratio = times[1] / times[0]
    return Row(name, *times, ratio, f">= {goal:g}x", ratio >= goal)


def limit_row(name: str, seconds: float, goal: float) -> Row:
    """Ours has a limit in seconds and no rival; the baseline is that limit."""
    return Row(name, seconds, goal, seconds / goal, f"<= {goal:g} s", seconds <= goal)


def count_row(name: str, count: float, goal: float, unit: str) -> Row:
    """Something counted, not timed: it may be at most the goal."""
    return Row(
        name,
        count,
        goal,
        count / goal if goal else count,
        f"<= {goal:g} {unit}",
        count <= goal,
        unit,
    )
