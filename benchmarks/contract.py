"""What every benchmark gives back."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison made in one process, in turn (seconds unless the name says otherwise).

    `ratio` is a gain (baseline / ours, goal: at least) or a floor (ours / baseline, goal: at
    most); `ok` says whether the goal is met.
    """

    name: str
    ours: float
    baseline: float
    ratio: float
    goal: float
    ok: bool
