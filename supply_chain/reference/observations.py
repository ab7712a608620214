"""Country observations from `data/indicators/`, as scores with their source."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path

from supply_chain.reference.files import Line, csv_lines
from supply_chain.reference.types import Indicator, ReferenceObservation
from supply_chain.risk.method import METHOD

# No indicator of the data has figures beyond this; a slip of the decimal point shows.
RAW_LIMIT = 100.0


def read_observations(
    folder: Path, indicators: Mapping[str, Indicator], countries: Collection[str]
) -> dict[str, tuple[ReferenceObservation, ...]]:
    """The observations of each country by alpha-2, in the order of the method's factors.

    A country occurs at most once for a factor, over all files that feed it.
    """
    found: dict[str, dict[str, ReferenceObservation]] = defaultdict(dict)
    for indicator in indicators.values():
        if not indicator.factor.startswith("CTY"):
            continue
        for line in csv_lines(folder, f"indicators/{indicator.ref}.csv"):
            alpha2 = line.one_of("iso2", countries)
            line.one_of("ref", (indicator.ref,))
            if indicator.factor in found[alpha2]:
                raise line.fault("iso2", f"{alpha2} has a figure for {indicator.factor} already")
            found[alpha2][indicator.factor] = _observation(line, indicator)
    return {
        alpha2: tuple(rows[factor] for factor in METHOD.factors if factor in rows)
        for alpha2, rows in found.items()
    }


def _observation(line: Line, indicator: Indicator) -> ReferenceObservation:
    value, raw = _score(line, indicator.factor)
    year = line.year("year")
    counted = indicator.unknown_year if year is None else year
    if counted is None or indicator.month_day is None:
        raise line.fault("year", "is blank, and the indicator names no year to count instead")
    return ReferenceObservation(
        factor=indicator.factor,
        value=value,
        raw=raw,
        source_type=indicator.source_type,
        as_of=date(counted, *indicator.month_day),
        year=year,
        indicator=indicator.ref,
        source=indicator.source,
        licence=indicator.licence,
        basis=line.optional("basis"),
    )


def _score(line: Line, factor: str) -> tuple[float, float | None]:
    """(s, raw): normalised by the method's anchors (3.1); without them the cell is s already."""
    position = METHOD.factor_index[factor]
    low, high = float(METHOD.lo[position]), float(METHOD.hi[position])
    if low != low:  # NaN: the factor has no anchors
        return line.number("value", 0, 1), None
    raw = line.number("value", -RAW_LIMIT, RAW_LIMIT)
    return min(1.0, max(0.0, (raw - low) / (high - low))), raw
