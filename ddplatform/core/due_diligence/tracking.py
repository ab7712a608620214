"""Tracking of the effectiveness of actions, and triggers of a new assessment.

Display texts are in `data/tracking.yaml`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import yaml

TRACKING_FILE: Final = Path(__file__).parent / "data" / "tracking.yaml"


class IndicatorKind(StrEnum):
    """The subject of an indicator; an outcome is a change for children."""

    INPUT = "I"
    PROCESS = "P"
    OUTCOME = "O"


@dataclass(frozen=True, slots=True)
class Indicator:
    """One tracking indicator (UNGP 20)."""

    ref: str
    kind: IndicatorKind
    title: str
    formula: str


@dataclass(frozen=True, slots=True)
class TrackingWords:
    """The content of `data/tracking.yaml`.

    Attributes:
        indicators: IND-nn -> indicator. triggers: TRG-nn -> what happened.
        evidence_levels: level 0, .25, .5, .75 or .9 -> its meaning (RM-1.0 section 9).
    """

    indicators: Mapping[str, Indicator]
    triggers: Mapping[str, str]
    evidence_levels: Mapping[float, str]


@cache
def tracking_words() -> TrackingWords:
    """The shipped words, read once."""
    data: dict[str, Any] = yaml.safe_load(TRACKING_FILE.read_text(encoding="utf-8"))
    return TrackingWords(
        indicators=MappingProxyType(
            {
                ref: Indicator(ref, IndicatorKind(row["kind"]), row["title"], row["formula"])
                for ref, row in data["indicators"].items()
            }
        ),
        triggers=MappingProxyType(data["triggers"]),
        evidence_levels=MappingProxyType(
            {float(row["level"]): row["title"] for row in data["evidence_levels"]}
        ),
    )


@cache
def outcome_refs() -> frozenset[str]:
    """IND-nn of the indicators that measure an outcome."""
    known = tracking_words().indicators.items()
    return frozenset(ref for ref, one in known if one.kind is IndicatorKind.OUTCOME)
