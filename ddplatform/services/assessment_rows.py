"""The rows and the summary that keep an assessment (RM-1.0), made from its arrays."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import numpy as np

from ddplatform.bulk import many_objects, rising_keys
from supply_chain.risk.assessment import Assessment
from supply_chain.risk.heat_map import heat_cells
from supply_chain.risk.kept_scores import SCORES, pack, records_of
from supply_chain.risk.method import METHOD, Ints
from supply_chain.risk.scoring import RISK_BANDS, SEVERITY_BANDS
from supply_chain.unknown_origins import PREFIX
from supply_chain.vocabulary import Issue

ISSUES = tuple(Issue)


class RowMaker:
    """Rows of RiskAssessment, one a node, made a run of nodes at a time."""

    def __init__(
        self,
        assessment: Assessment,
        keys: Sequence[UUID],
        names: Mapping[UUID, str],
        self_disclosed: Iterable[tuple[int, Issue]],
    ) -> None:
        """Take the nodes' keys in the order of the graph; ghosts follow them and have none."""
        self._assessment = assessment
        self._keys = keys
        self._names = names
        self._in_remedy = np.zeros(assessment.scored.shape, dtype=np.bool_)
        for row, issue in self_disclosed:
            self._in_remedy[row, ISSUES.index(issue)] = True

    @property
    def count(self) -> int:
        """How many nodes there are, unknown origins among them."""
        return len(self._assessment.chain)

    @many_objects()
    def rows(self, run_id: UUID, start: int, stop: int) -> list[dict[str, Any]]:
        """The rows of the nodes `start` to `stop` (without `stop`) of the graph."""
        nodes = self._assessment.chain.nodes
        places, tiers = range(start, stop), self._assessment.chain.tiers[start:stop].tolist()
        kept = pack(records_of(self._assessment, self._in_remedy, start, stop))
        return [
            {
                "id": key,
                "run_id": run_id,
                "place": place,
                "node_id": self._keys[place] if place < len(self._keys) else None,
                "node_ref": nodes.ids[place],
                "node_name": self._name(place),
                "country": nodes.country[place],
                "tier": None if tier < 0 else tier,
                "scores": scores,
            }
            for key, place, tier, scores in zip(
                rising_keys(stop - start), places, tiers, kept, strict=True
            )
        ]

    def _name(self, row: int) -> str:
        if row < len(self._keys):
            return self._names[self._keys[row]]
        buyer = self._assessment.chain.nodes.ids[row].removeprefix(PREFIX)
        bought_by = self._names[self._keys[self._assessment.chain.rows[buyer]]]
        return f"Unknown origin of what {bought_by} buys"


def summary_of(assessment: Assessment, *, nodes: int) -> dict[str, Any]:
    """What lists and charts show of a run without reading its rows.

    Args:
        nodes: how many nodes the map has; the rows after them are unknown origins.
    """
    scores, scored = assessment.scores, assessment.scored
    node, issue = np.nonzero(scored)
    at = (node, issue)
    cells = heat_cells(scores.severity[at], scores.residual_likelihood[at])
    severity_bands = Counter(assessment.severity_band[at].tolist())
    residual_bands = Counter(scores.residual_band[at].tolist())
    return {
        "pairs": len(node),
        "insufficient": int(scores.insufficient_evidence[at].sum()),
        "unknown_origins": len(assessment.chain) - nodes,
        "cells": {
            "all": _counts(cells),
            **{code.value: _counts(cells[issue == column]) for column, code in enumerate(ISSUES)},
        },
        "severity_bands": {SEVERITY_BANDS[b].value: n for b, n in sorted(severity_bands.items())},
        "residual_bands": {RISK_BANDS[b].value: n for b, n in sorted(residual_bands.items())},
        "countries": _names(assessment.chain.nodes.country),
        "tiers": _bands_by_tier(assessment, nodes),
        "country_bands": _bands_by_country(assessment, nodes),
        "coverage": _coverage(assessment, nodes),
        "scores_sha256": _checksum(assessment),
    }


def _counts(cells: Ints) -> dict[str, int]:
    values, counts = np.unique(cells, return_counts=True)
    return {str(value): n for value, n in zip(values.tolist(), counts.tolist(), strict=True)}


def _names(values: Sequence[str | None]) -> dict[str, int]:
    return dict(sorted(Counter(value for value in values if value).items()))


def _bands_by_tier(assessment: Assessment, nodes: int) -> dict[str, dict[str, int]]:
    """Tier ("none" without a path to the own business) -> band -> number of nodes."""
    band = highest_bands(assessment)[:nodes].tolist()
    tiers = assessment.chain.tiers[:nodes].tolist()
    found: dict[str, Counter[str]] = {}
    for tier, value in zip(tiers, band, strict=True):
        word = "not_assessed" if value < 0 else RISK_BANDS[value].value
        found.setdefault("none" if tier < 0 else str(tier), Counter())[word] += 1
    return {tier: dict(found[tier]) for tier in sorted(found)}


def _bands_by_country(assessment: Assessment, nodes: int) -> dict[str, dict[str, str]]:
    """Issue -> country -> the highest residual band of its nodes on this issue."""
    bands = np.where(assessment.scored, assessment.scores.residual_band, -1)[:nodes]
    countries = assessment.chain.nodes.country[:nodes]
    highest: dict[str, Ints] = {}
    for country, row in zip(countries, bands, strict=True):
        if country:
            highest[country] = np.maximum(highest.get(country, row), row)
    return {
        issue.value: {
            country: RISK_BANDS[row[column]].value
            for country, row in sorted(highest.items())
            if row[column] >= 0
        }
        for column, issue in enumerate(ISSUES)
    }


def highest_bands(assessment: Assessment) -> Ints:
    """(nodes,) position in RISK_BANDS of the highest residual band over issues; -1 not scored."""
    bands = np.where(assessment.scored, assessment.scores.residual_band, -1)
    return np.asarray(bands.max(axis=1, initial=-1), dtype=np.int64)


def _coverage(assessment: Assessment, nodes: int) -> dict[str, int]:
    """Nodes by how well their best known issue is covered (RM-1.0 3.7)."""
    confidence = np.nan_to_num(assessment.scores.confidence[:nodes]).max(axis=1, initial=0.0)
    policy = METHOD.policy
    known = np.round(confidence, policy.decimals)
    good, fair = known >= policy.confidence_good, known >= policy.confidence_fair
    return {
        "nodes": nodes,
        "good": int(good.sum()),
        "fair": int((fair & ~good).sum()),
        "poor": int((~fair).sum()),
    }


def _checksum(assessment: Assessment) -> str:
    """SHA-256 over every score, so that a run that changes nothing is known."""
    total = hashlib.sha256("\0".join(assessment.chain.nodes.ids).encode())
    scores = assessment.scores
    for values in (
        *(getattr(scores, field) for field in (*SCORES, "insufficient_evidence")),
        scores.group_score,
        assessment.exposure,
        assessment.linkage,
        assessment.severity_chain,
        assessment.salience_rank,
    ):
        total.update(np.ascontiguousarray(values).tobytes())
    return total.hexdigest()
