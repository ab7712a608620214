"""Result of the matcher for two records."""

from dataclasses import dataclass
from enum import StrEnum


class Decision(StrEnum):
    """Decision from a score; nothing is ever merged by it alone."""

    SAME = "same"
    REVIEW = "review"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records, how likely they mean one thing (0..1), and why in plain words."""

    left_id: str
    right_id: str
    score: float
    decision: Decision
    reasons: tuple[str, ...]
