"""Context data of each country beside its scores, read from `data/context/`.

These figures help a reader to understand a country. None of them is part of a score: RM-1.0
section 4 names the series that are.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from supply_chain.reference.files import csv_lines, fresh, yaml_lines
from supply_chain.reference.types import ContextFigure, ContextIndicator

MORE_RISK, LESS_RISK, NEITHER = "more risk", "less risk", "neither"
MEANINGS = (MORE_RISK, LESS_RISK, NEITHER)
# No figure of a country is wider than this; people and deaths are counted one by one.
WIDEST = 1e10
TEXTS = "theme name unit publisher edition licence attribution gaps note"


def read_context_indicators(folder: Path) -> dict[str, ContextIndicator]:
    """Entries of `context_indicators.yaml`, in the order of the file.

    Raises:
        ReferenceFault: naming the entry (1 is the first) and the field.
    """
    found: dict[str, ContextIndicator] = {}
    for line in yaml_lines(folder, "context_indicators.yaml"):
        ref = fresh(line, "id", found)
        found[ref] = ContextIndicator(
            ref=ref,
            higher_means=line.one_of("higher_means", MEANINGS),
            **{column: line.text(column) for column in TEXTS.split()},
        )
    return found


def read_context(
    folder: Path, indicators: Mapping[str, ContextIndicator], countries: Collection[str]
) -> dict[str, tuple[ContextFigure, ...]]:
    """The figures of each country by alpha-2, in the order of the indicators.

    Raises:
        ReferenceFault: naming the file, the row and the column.
    """
    found: dict[str, list[ContextFigure]] = defaultdict(list)
    for indicator in indicators.values():
        figures = _read_figures(folder, indicator.ref, countries)
        values = sorted(figure.value for figure in figures.values())
        for alpha2, figure in figures.items():
            share = worse_than(figure.value, values, indicator.higher_means)
            found[alpha2].append(replace(figure, worse_than=share))
    return {alpha2: tuple(figures) for alpha2, figures in found.items()}


def worse_than(value: float, values: Sequence[float], higher_means: str) -> float | None:
    """Share of `values` (sorted, `value` among them) that are better than it, 0 to 1.

    `None` where neither more nor less is better, or where there is no other country.
    """
    if higher_means == NEITHER or len(values) < 2:
        return None
    below, above = bisect_left(values, value), len(values) - bisect_right(values, value)
    return (below if higher_means == MORE_RISK else above) / (len(values) - 1)


def _read_figures(folder: Path, ref: str, countries: Collection[str]) -> dict[str, ContextFigure]:
    figures: dict[str, ContextFigure] = {}
    for line in csv_lines(folder, f"context/{ref}.csv"):
        alpha2 = line.one_of("iso2", countries)
        if alpha2 in figures:
            raise line.fault("iso2", f"{alpha2} stands twice")
        figures[alpha2] = ContextFigure(
            indicator=line.one_of("ref", (ref,)),
            value=line.number("value", -WIDEST, WIDEST),
            year=line.year("year"),
            basis=line.optional("basis"),
            worse_than=None,
        )
    return figures
