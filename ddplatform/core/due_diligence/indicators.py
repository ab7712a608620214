"""Tracking indicators as they are measured: units, limits of reading, effort of detection.

Display texts are in `data/indicators.yaml`; kind, title and formula in `data/tracking.yaml`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import yaml

from ddplatform.core.due_diligence.tracking import Indicator, IndicatorKind, tracking_words

INDICATORS_FILE: Final = Path(__file__).parent / "data" / "indicators.yaml"


@dataclass(frozen=True, slots=True)
class IndicatorUnit:
    """A unit of values.

    Attributes:
        people: it counts people or cases of people, so small counts do not leave.
        whole: without decimals. signed: may lie below zero. most: the largest value.
    """

    ref: str
    title: str
    people: bool = False
    whole: bool = False
    signed: bool = False
    most: float | None = None


@dataclass(frozen=True, slots=True)
class MeasuredIndicator:
    """One indicator IND-nn with what it measures and how far it can be read.

    Attributes:
        units: keys of `IndicatorWords.units`, the usual one first.
        finds: it counts harm that was found, so that fewer is no success by itself.
        effort: it measures the effort of looking for cases.
        beside: indicators of effort that a count stands beside, the closest first.
    """

    named: Indicator
    units: tuple[str, ...]
    measures: str
    limits: str
    source: str
    finds: bool = False
    effort: bool = False
    beside: tuple[str, ...] = ()

    @property
    def ref(self) -> str:
        """IND-nn."""
        return self.named.ref

    @property
    def title(self) -> str:
        """The title, as in `data/tracking.yaml`."""
        return self.named.title

    @property
    def is_outcome(self) -> bool:
        """Whether it measures a change for children."""
        return self.named.kind is IndicatorKind.OUTCOME


@dataclass(frozen=True, slots=True)
class IndicatorWords:
    """The content of `data/indicators.yaml`.

    Attributes:
        groups: key -> group of children by which values may be told apart.
        detection_effort: what is said beside each count of what was found.
    """

    indicators: Mapping[str, MeasuredIndicator]
    units: Mapping[str, IndicatorUnit]
    groups: Mapping[str, str]
    detection_effort: str


@cache
def indicator_words() -> IndicatorWords:
    """The shipped words, read and checked once."""
    return read_indicators(yaml.safe_load(INDICATORS_FILE.read_text(encoding="utf-8")))


def read_indicators(data: Mapping[str, Any]) -> IndicatorWords:
    """The words in this content of a file.

    Raises:
        ValueError: an indicator is missing or unknown, a unit is unknown, or a count of what
            was found stands beside no indicator of effort.
    """
    named = tracking_words().indicators
    if set(named) != set(data["indicators"]):
        odd = ", ".join(sorted(set(named) ^ set(data["indicators"])))
        raise ValueError(f"indicators.yaml and tracking.yaml differ in: {odd}.")
    read = {ref: _indicator(named[ref], row) for ref, row in data["indicators"].items()}
    units = {ref: IndicatorUnit(ref, **row) for ref, row in data["units"].items()}
    for one in read.values():
        if not one.units or set(one.units) - set(units):
            raise ValueError(f"{one.ref} needs units of the list, not {one.units}.")
        if one.finds and not any(read[ref].effort for ref in one.beside if ref in read):
            raise ValueError(f"{one.ref} counts what was found; name its detection effort.")
    return IndicatorWords(
        indicators=MappingProxyType(read),
        units=MappingProxyType(units),
        groups=MappingProxyType(dict(data["groups"])),
        detection_effort=data["detection_effort"],
    )


def _indicator(named: Indicator, row: Mapping[str, Any]) -> MeasuredIndicator:
    more = {**row, "units": tuple(row["units"]), "beside": tuple(row.get("beside", ()))}
    return MeasuredIndicator(named=named, **more)
