"""Contribution of the country alone to its scores: group CTY of RM-1.0, factor by factor."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from supply_chain.graph.columns import NodeColumns
from supply_chain.reference.release import Reference
from supply_chain.risk.context import reference_observations
from supply_chain.risk.factors import (
    Cells,
    FactorRows,
    FactorTable,
    combine,
)
from supply_chain.risk.method import METHOD, Floats
from supply_chain.risk.scoring import group_scores

COUNTRY = METHOD.groups.index("CTY")
FACTORS = METHOD.group_slices[COUNTRY]
_NONE = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class FactorShare:
    """One country factor: `score` None where nothing is known, `counts` what the method takes."""

    factor: str
    score: float | None
    quality: float
    prior: float
    counts: float


@dataclass(frozen=True, slots=True)
class CountryPart:
    """Group CTY of a country on a day, 0 (benign) to 1 (worst).

    `lowest` and `highest` are what it would be if all that is missing were known, and benign or
    worst; `known` is the share of the weight that is known, by quality (section 3.7).
    """

    score: float
    lowest: float
    highest: float
    known: float
    factors: Mapping[str, FactorShare]


def country_parts(reference: Reference, as_of: date) -> dict[str, CountryPart]:
    """Group CTY of every country of the reference data, without what a map knows besides."""
    codes = tuple(reference.countries)
    rows = _rows(reference, codes, as_of)
    groups = group_scores(rows)
    lowest, highest = (_if_missing_were(rows, value) for value in (0.0, 1.0))
    return {
        code: CountryPart(
            score=float(groups.score[at, COUNTRY]),
            lowest=float(lowest[at]),
            highest=float(highest[at]),
            known=float(groups.known[at, COUNTRY] / groups.weight[at, COUNTRY]),
            factors=_shares(rows, at),
        )
        for at, code in enumerate(codes)
    }


def _rows(reference: Reference, codes: tuple[str, ...], as_of: date) -> FactorRows:
    nodes = NodeColumns.build(codes, country=codes)
    cells = combine(reference_observations(nodes, reference, as_of))
    no_priors = Cells(_NONE, np.empty(0), np.empty(0))
    table = FactorTable(cells, no_priors, _NONE, np.zeros(len(codes), dtype=np.bool_))
    return table.rows(0, len(codes))


def _if_missing_were(rows: FactorRows, value: float) -> Floats:
    """G of CTY if each missing factor were known beyond doubt with this score."""
    missing = np.isnan(rows.score)
    known = FactorRows(
        np.where(missing, value, rows.score),
        np.where(missing, 1.0, rows.quality),
        rows.prior,
        rows.applies,
    )
    score: Floats = group_scores(known).score[:, COUNTRY]
    return score


def _shares(rows: FactorRows, at: int) -> dict[str, FactorShare]:
    found = {}
    for place in range(FACTORS.start, FACTORS.stop):
        score = float(rows.score[at, place])
        found[METHOD.factors[place]] = FactorShare(
            factor=METHOD.factors[place],
            score=None if np.isnan(score) else score,
            quality=float(rows.quality[at, place]),
            prior=float(rows.prior[at, place]),
            counts=float(rows.adjusted[at, place]),
        )
    return found
