"""Supplier view of the scores of its place: only lines that it could know itself (RM-2.0 17).

Cases, allegations, judgements of people, open findings and voices of workers are left out, so that
nothing it reads can identify an informant or a child. The lines add up to the score without them.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from supply_chain.graph.columns import NodeColumns
from supply_chain.reference.release import Reference
from supply_chain.risk.evidence import Evidence, Judgements, Priorities, States
from supply_chain.risk.factors import MONTH_DAYS
from supply_chain.risk.method import METHOD as COLUMNS  # positions in evidence are those of RM-1.0
from supply_chain.risk.rm2.adjustments import Adjustments
from supply_chain.risk.rm2.explanation import Explanation, Item, explain
from supply_chain.risk.rm2.method import METHOD_VERSION
from supply_chain.risk.rm2.possible_changes import Changes, Measure, changes_of
from supply_chain.risk.rm2.profile import profile_of
from supply_chain.risk.rm2.subject import subject_of
from supply_chain.vocabulary import Issue

OWN = frozenset({"supplier_answer", "supplier_evidence", "admission"})
VISITS = frozenset({"site_work", "audit"})
IN_CONFIDENCE = "worker_voice"
OPEN_FINDINGS = "WRK-22"
ISSUES_SHOWN = 3  # of a place, the first in the order of work
LEAST_GAIN = 0.5  # points; what changes less is not proposed
STEPS_SHOWN = 2
_ROWS = ("others", "events", "controls", "steps")


@dataclass(frozen=True)
class FactorLine:
    """One factor that the supplier itself reported, or left blank."""

    factor: str
    points: float
    source_type: str  # of its newest statement; empty where all was left blank
    month: str  # "2026-06" of that statement


@dataclass(frozen=True)
class SupplierLines:
    """The lines of one issue at a place; they add up to `index`."""

    issue: Issue
    index: float  # residual, 0-100
    low: float
    high: float
    band: str
    grade: str
    base: float
    country: float
    activity: float
    listing: float
    own: tuple[FactorLine, ...]
    others: tuple[tuple[str, str], ...]  # (visit, report or figures, month of the newest)
    others_points: float  # all of them together
    events: tuple[tuple[str, float, str], ...]  # (event, points, month of its beginning)
    controls: tuple[tuple[str, float, float, float], ...]  # (control, points, coverage, evidence)
    severity: float
    limits: float  # what the ends of the scale give or take
    steps: tuple[tuple[str, str, float], ...]  # (what, control or factor, points lower)

    @property
    def place(self) -> float:
        """Points of all evidence on the place, without controls and severity."""
        events = sum(points for _, points, _ in self.events)
        return events + sum(line.points for line in self.own) + self.others_points

    def as_json(self) -> dict[str, Any]:
        """Plain values, as they are stored."""
        own = [[one.factor, one.points, one.source_type, one.month] for one in self.own]
        rows = {key: [list(row) for row in getattr(self, key)] for key in _ROWS}
        return {**vars(self), **rows, "issue": self.issue.value, "own": own}


def read_lines(kept: Mapping[str, Any]) -> SupplierLines:
    """The lines as they were stored."""
    rows = {key: tuple(map(tuple, kept[key])) for key in _ROWS}
    own = tuple(FactorLine(*one) for one in kept["own"])
    known = {key: value for key, value in kept.items() if key in _NAMES}
    return SupplierLines(**{**known, **rows, "issue": Issue(kept["issue"]), "own": own})


_NAMES = frozenset(one.name for one in fields(SupplierLines))


def open_to_supplier(evidence: Evidence) -> Evidence:
    """Evidence on places without information given or decided in confidence."""
    seen = evidence.observations
    confided = seen.source_type == COLUMNS.source_index[IN_CONFIDENCE]
    found = seen.factor == COLUMNS.factor_index[OPEN_FINDINGS]
    return replace(
        evidence,
        observations=seen.take(~(confided | found)),
        states=States(),
        judgements=Judgements(),
        priorities=Priorities(),
        adjustments=Adjustments(),
    )


def lines_for_supplier(
    nodes: NodeColumns, evidence: Evidence, row: int, as_of: date, *, reference: Reference
) -> tuple[SupplierLines, ...]:
    """The first issues of a place with their lines.

    Args:
        nodes, evidence: those of the map, or of some of its nodes.
        row: row of the place in both.
    """
    alone = open_to_supplier(evidence.of_nodes(np.array([row], dtype=np.int64)))
    place = nodes.take(np.array([row], dtype=np.int64))
    first = profile_of(place, alone, 0, reference=reference).scores[:ISSUES_SHOWN]
    found = []
    for one in first:
        subject = subject_of(place, alone, 0, one.issue, reference=reference)
        found.append(_lines(explain(subject, reference=reference), changes_of(subject), as_of))
    return tuple(found)


def basis_of(nodes: NodeColumns, evidence: Evidence, row: int, *, reference: Reference) -> str:
    """Digest of the basis of the lines of a place, its ages in whole months.

    While it stays the same, so do the lines but for the fading of what is known within a month.
    """
    at = np.array([row], dtype=np.int64)
    known = open_to_supplier(evidence.of_nodes(at))
    seen, events, controls = known.observations, known.events, known.controls
    months = replace(
        known,
        observations=replace(seen, age_months=np.floor(seen.age_months)),
        events=replace(events, months_since_start=np.floor(events.months_since_start)),
        controls=replace(controls, verified_months=np.floor(controls.verified_months)),
    )
    place = nodes.take(at)
    columns = (place.kind, place.country, place.sector, place.commodities)
    said = f"{METHOD_VERSION} {reference.release} {columns} {months.digest()}"
    return hashlib.sha256(said.encode()).hexdigest()


def _lines(found: Explanation, changes: Changes, as_of: date) -> SupplierLines:
    own = [item for item in found.items if _is_own(item)]
    others = [item for item in found.items if not _is_own(item)]
    figures = found.figures
    return SupplierLines(
        issue=found.issue,
        index=figures.residual_index,
        low=figures.low,
        high=figures.high,
        band=figures.band.value,
        grade=figures.grade,
        base=found.base,
        country=found.country,
        activity=found.activity,
        listing=found.listing,
        own=tuple(_factor(item, as_of) for item in own),
        others=tuple(_sources(others, as_of)),
        others_points=sum(item.points for item in others),
        events=tuple(
            (one.event, one.points, _month(as_of, one.months_since_start)) for one in found.events
        ),
        controls=tuple(
            (one.control, one.points, one.coverage, one.evidence) for one in found.controls
        ),
        severity=found.severity,
        limits=found.limit + found.controls_limit + found.index_limit,
        steps=tuple(_steps(changes.measures)),
    )


def _is_own(item: Item) -> bool:
    return all(one.source_type in OWN for one in item.statements)


def _factor(item: Item, as_of: date) -> FactorLine:
    if item.score is None or not item.statements:
        return FactorLine(item.factor, item.points, "", "")
    newest = item.statements[0]
    month = _month(as_of, newest.age_months)
    return FactorLine(item.factor, item.points, newest.source_type, month)


def _sources(items: Iterable[Item], as_of: date) -> list[tuple[str, str]]:
    """Kinds of sources with the month of the newest, without who it was."""
    newest: dict[str, float] = {}
    for item in items:
        for one in item.statements:
            if one.source_type not in OWN:
                kind = _kind(one.source_type)
                newest[kind] = min(one.age_months, newest.get(kind, one.age_months))
    return [(kind, _month(as_of, newest[kind])) for kind in sorted(newest)]


def _kind(source_type: str) -> str:
    if source_type in VISITS:
        return "visit"
    return "figures" if source_type == "official" else "report"


def _month(as_of: date, months_ago: float) -> str:
    return f"{as_of - timedelta(days=months_ago * MONTH_DAYS):%Y-%m}"


def _steps(measures: Sequence[Measure]) -> list[tuple[str, str, float]]:
    """The measures that lower the score most, largest first."""
    found = [(one.how.value, one.ref, one.by) for one in measures if one.by >= LEAST_GAIN]
    return found[:STEPS_SHOWN]
