"""The rows and the summary that keep an assessment (RM-1.0), made from its arrays."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

import numpy as np

from ddplatform.bulk import many_objects
from supply_chain.risk.assessment import Assessment
from supply_chain.risk.method import METHOD, Floats, Ints
from supply_chain.risk.scoring import RISK_BANDS, SEVERITY_BANDS
from supply_chain.unknown_origins import PREFIX
from supply_chain.vocabulary import Issue

ISSUES = tuple(Issue)
IN_REMEDY = "self_disclosed_in_remedy"
SEVERITY_ROWS = 5
LIKELIHOOD_STEPS = 5
COLUMNS: Mapping[str, str] = {
    "likelihood": "likelihood",
    "severity": "severity",
    "scale": "scale",
    "scope": "scope",
    "irremediability": "irremediability",
    "index": "index",
    "confidence": "confidence",
    "insufficient_evidence": "insufficient_evidence",
    "residual_likelihood": "residual_likelihood",
    "residual_severity": "residual_severity",
    "residual_index": "residual_index",
}
"""Column of the table -> field of PairScores."""


def heat_cells(severity: Floats, residual_likelihood: Floats) -> Ints:
    """Cell of the heat map: severity row 1-5 times 10 plus likelihood step 1-5.

    The axes are those of the salience order: S before controls, L after them. S is rounded half
    up; a step of L is a fifth, its upper end included (.2 is step 1).
    """
    decimals = METHOD.policy.decimals
    row = np.clip(np.floor(np.round(severity, decimals) + 0.5), 1, SEVERITY_ROWS)
    step = np.ceil(np.round(residual_likelihood * LIKELIHOOD_STEPS, decimals))
    return np.asarray(row * 10 + np.clip(step, 1, LIKELIHOOD_STEPS), dtype=np.int64)


class RowMaker:
    """Rows of RiskAssessment in salience order, made a run of ranks at a time."""

    def __init__(
        self,
        assessment: Assessment,
        keys: Sequence[UUID],
        names: Mapping[UUID, str],
        self_disclosed: set[tuple[int, Issue]],
    ) -> None:
        """Take the nodes' keys in the order of the graph; ghosts follow them and have none."""
        self._assessment = assessment
        self._keys = keys
        self._names = names
        self._self_disclosed = self_disclosed
        node, issue = np.nonzero(assessment.scored)
        order = np.argsort(assessment.salience_rank[node, issue])
        self._node, self._issue = node[order], issue[order]
        # Keys that rise with the rank keep the indexes of a large run in one place.
        self._first_key = uuid4().int >> 32 << 32

    @property
    def count(self) -> int:
        """How many (node, issue) pairs are scored."""
        return len(self._node)

    @many_objects()
    def rows(self, run_id: UUID, start: int, stop: int) -> list[dict[str, Any]]:
        """The rows of the places `start` to `stop` (without `stop`) of the salience order."""
        at = (self._node[start:stop], self._issue[start:stop])
        columns = self._columns(at)
        names = tuple(columns)
        made = [
            dict(zip(names, values, strict=True)) for values in zip(*columns.values(), strict=True)
        ]
        for place, row in enumerate(made, start):
            row["id"], row["run_id"] = UUID(int=self._first_key + place), run_id
        return made

    def _columns(self, at: tuple[Ints, Ints]) -> dict[str, list[Any]]:
        result, scores, tiers = self._assessment, self._assessment.scores, self._tiers(at[0])
        plain = {name: getattr(scores, field)[at].tolist() for name, field in COLUMNS.items()}
        return {
            **plain,
            **self._identity(at),
            "tier": tiers,
            "severity_band": [SEVERITY_BANDS[b] for b in result.severity_band[at].tolist()],
            "band": [RISK_BANDS[b] for b in scores.band[at].tolist()],
            "residual_band": [RISK_BANDS[b] for b in scores.residual_band[at].tolist()],
            "exposure": result.exposure[at].tolist(),
            "linkage": result.linkage[at].tolist(),
            "severity_chain": result.severity_chain[at].tolist(),
            "salience_rank": result.salience_rank[at].tolist(),
            "heat_cell": heat_cells(scores.severity[at], scores.residual_likelihood[at]).tolist(),
            "group_scores": self._groups(at[0]),
            "contributions": result.contributions[at].tolist(),
        }

    def _identity(self, at: tuple[Ints, Ints]) -> dict[str, list[Any]]:
        nodes, count = self._assessment.chain.nodes, len(self._keys)
        rows, issues = at[0].tolist(), [ISSUES[column] for column in at[1].tolist()]
        disclosed = self._self_disclosed
        return {
            "node_id": [self._keys[row] if row < count else None for row in rows],
            "node_ref": [nodes.ids[row] for row in rows],
            "node_name": [self._name(row) for row in rows],
            "country": [nodes.country[row] for row in rows],
            "issue": issues,
            "status": [
                IN_REMEDY if pair in disclosed else None for pair in zip(rows, issues, strict=True)
            ],
        }

    def _name(self, row: int) -> str:
        if row < len(self._keys):
            return self._names[self._keys[row]]
        buyer = self._assessment.chain.nodes.ids[row].removeprefix(PREFIX)
        bought_by = self._names[self._keys[self._assessment.chain.rows[buyer]]]
        return f"Unknown origin of what {bought_by} buys"

    def _tiers(self, node: Ints) -> list[int | None]:
        return [None if tier < 0 else tier for tier in self._assessment.chain.tiers[node].tolist()]

    def _groups(self, node: Ints) -> list[list[float | None]]:
        scores = self._assessment.scores
        values = zip(
            scores.group_score[node].tolist(), scores.group_applies[node].tolist(), strict=True
        )
        return [
            [score if applies else None for score, applies in zip(row, used, strict=True)]
            for row, used in values
        ]


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
        *(getattr(scores, field) for field in COLUMNS.values()),
        scores.group_score,
        assessment.exposure,
        assessment.linkage,
        assessment.severity_chain,
        assessment.salience_rank,
    ):
        total.update(np.ascontiguousarray(values).tobytes())
    return total.hexdigest()
