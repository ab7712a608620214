"""Counts in the summary of a run, as arrays: few nodes can be removed and inserted again."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from supply_chain.risk.factors import rounded
from supply_chain.risk.heat_map import LIKELIHOOD_STEPS, SEVERITY_ROWS
from supply_chain.risk.method import METHOD, Bools, Floats, Ints
from supply_chain.risk.rm2.ranges import GRADES
from supply_chain.risk.scoring import RISK_BANDS, SEVERITY_BANDS
from supply_chain.vocabulary import Issue

ISSUES = tuple(Issue)
CELLS = SEVERITY_ROWS * 10 + LIKELIHOOD_STEPS + 1
"""Codes of the cells of a heat map: its row times 10 plus its step, both from 1 to 5 at most."""
KNOWN = ("good", "fair", "poor")
"""Levels of knowledge of a node under RM-1.0 (section 3.7)."""


@dataclass(frozen=True)
class CountedNodes:
    """Some nodes of a run; arrays (nodes, 16) unless said otherwise, bands -1 not scored."""

    severity_band: Ints
    residual_band: Ints
    heat_cell: Ints
    insufficient: Bools
    known: Ints  # (nodes,) position in `levels`, -1 not counted
    levels: Sequence[str]  # how well nodes are known: KNOWN, or the grades of RM-2.0
    tier: Ints  # (nodes,) below 0 without a path to the own business
    country: Ints  # (nodes,) position in a list of countries, -1 not known
    is_node: Bools  # (nodes,) False: an unknown origin


@dataclass(frozen=True)
class RunCounts:
    """The counts of a whole run."""

    cells: Ints  # (16, CELLS) risks by issue and cell of the heat map
    severity: Ints  # (severity bands,) risks
    residual: Ints  # (risk bands,) risks
    insufficient: Ints  # (1,) risks without enough evidence for their severity
    tiers: Ints  # (tiers + 1, risk bands + 1) nodes; first no path, first not scored
    countries: Ints  # (countries, 16, risk bands) nodes
    coverage: Ints  # (levels,) nodes by how well they are known

    @classmethod
    def of(cls, some: CountedNodes, *, tiers: int, countries: int) -> "RunCounts":
        """The counts of some nodes.

        Args:
            tiers: above every tier there is. countries: how many there are in the list.
        """
        real = some.is_node
        scored = some.residual_band >= 0
        issue = np.nonzero(scored)[1]
        bands = len(RISK_BANDS)
        highest = some.residual_band[real].max(axis=1, initial=-1) + 1
        placed = scored & (some.country >= 0)[:, None] & real[:, None]
        node, column = np.nonzero(placed)
        by_country = (some.country[node] * len(ISSUES) + column) * bands
        return cls(
            cells=_counted(issue * CELLS + some.heat_cell[scored], (len(ISSUES), CELLS)),
            severity=_counted(some.severity_band[scored], (len(SEVERITY_BANDS),)),
            residual=_counted(some.residual_band[scored], (bands,)),
            insufficient=np.array([int(some.insufficient[scored].sum())]),
            tiers=_counted(
                (np.maximum(some.tier[real], -1) + 1) * (bands + 1) + highest,
                (tiers + 1, bands + 1),
            ),
            countries=_counted(
                by_country + some.residual_band[placed], (countries, len(ISSUES), bands)
            ),
            coverage=_counted(some.known[real & (some.known >= 0)], (len(some.levels),)),
        )

    def changed(self, before: "RunCounts", after: "RunCounts") -> "RunCounts":
        """The counts once some nodes count as `after` and not as `before`."""
        return RunCounts(
            **{
                one.name: getattr(self, one.name)
                - getattr(before, one.name)
                + getattr(after, one.name)
                for one in fields(self)
            }
        )

    def told(self, countries: list[str]) -> dict[str, Any]:
        """The part of a summary that is counted, in plain values."""
        return {
            "pairs": int(self.residual.sum()),
            "insufficient": int(self.insufficient[0]),
            "cells": {
                "all": _by_cell(self.cells.sum(axis=0)),
                **{code.value: _by_cell(row) for code, row in zip(ISSUES, self.cells, strict=True)},
            },
            "severity_bands": _by_word(self.severity, [band.value for band in SEVERITY_BANDS]),
            "residual_bands": _by_word(self.residual, [band.value for band in RISK_BANDS]),
            "tiers": self._by_tier(),
            "country_bands": self._by_country(countries),
            "coverage": {
                "nodes": int(self.coverage.sum()),
                **_every(self.coverage, KNOWN if len(self.coverage) == len(KNOWN) else GRADES),
            },
        }

    def _by_tier(self) -> dict[str, dict[str, int]]:
        words = ["not_assessed", *(band.value for band in RISK_BANDS)]
        rows = enumerate(self.tiers, start=-1)
        found = {"none" if tier < 0 else str(tier): _by_word(row, words) for tier, row in rows}
        return {tier: found[tier] for tier in sorted(found) if found[tier]}

    def _by_country(self, countries: list[str]) -> dict[str, dict[str, str]]:
        """Issue -> country -> the highest residual band of its nodes on this issue."""
        seen: Bools = np.greater(self.countries, 0)
        highest = seen.shape[2] - 1 - seen[:, :, ::-1].argmax(axis=2)
        scored = np.asarray(seen.any(axis=2))
        return {
            issue.value: {
                country: RISK_BANDS[highest[row, column]].value
                for row, country in enumerate(countries)
                if scored[row, column]
            }
            for column, issue in enumerate(ISSUES)
        }


def known_by_confidence(confidence: Floats) -> Ints:
    """(nodes,) position in KNOWN of the best known issue of each node (RM-1.0 3.7).

    Args:
        confidence: (nodes, 16) C, 0-1, NaN not scored.
    """
    best = rounded(np.nan_to_num(confidence).max(axis=1, initial=0.0))
    policy = METHOD.policy
    return np.where(
        best >= policy.confidence_good,
        KNOWN.index("good"),
        np.where(best >= policy.confidence_fair, KNOWN.index("fair"), KNOWN.index("poor")),
    )


def known_by_grade(grade: Ints, residual_index: Floats) -> Ints:
    """(nodes,) position in GRADES of the highest risk of each node (RM-2.0 3.9); -1 not scored.

    Args:
        grade: (nodes, 16) -1 not scored. residual_index: (nodes, 16) NaN not scored.
    """
    first = np.nan_to_num(residual_index, nan=-1.0).argmax(axis=1)
    return np.asarray(grade[np.arange(len(grade)), first], dtype=np.int64)


def _counted(values: Ints, shape: tuple[int, ...]) -> Ints:
    counts: Ints = np.bincount(values.astype(np.int64), minlength=int(np.prod(shape)))
    return counts.reshape(shape)


def _by_cell(counts: Ints) -> dict[str, int]:
    return {str(cell): int(counts[cell]) for cell in np.flatnonzero(counts).tolist()}


def _by_word(counts: Ints, words: Sequence[str]) -> dict[str, int]:
    return {word: n for word, n in _every(counts, words).items() if n}


def _every(counts: Ints, words: Sequence[str]) -> dict[str, int]:
    return dict(zip(words, counts.tolist(), strict=True))


def country_places(codes: NDArray[np.str_], countries: NDArray[np.str_]) -> Ints:
    """The position of each code in rising codes; -1 for one that is not there."""
    at = np.searchsorted(countries, codes)
    if not len(countries):
        return np.full(len(codes), -1, dtype=np.int64)
    at = np.minimum(at, len(countries) - 1)
    return np.where(countries[at] == codes, at, -1).astype(np.int64)
