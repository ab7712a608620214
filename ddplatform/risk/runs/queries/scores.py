"""Scores of a run as values: of one node and issue, of the places of a list, of a whole map."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

import numpy as np
from sqlalchemy import Row, Select, and_, or_, select

from ddplatform.infrastructure.bulk import many_objects
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.together import Question, ask
from ddplatform.risk.runs.models import AssessmentRun, RiskAssessment
from ddplatform.risk.runs.queries.rows import (
    load_register,
    of_run,
    of_whole_run,
    on_runs,
    records_as_of,
    settled,
    whole_of,
)
from supply_chain.risk.register import ISSUES
from supply_chain.risk.rm2.map_scores import LINES
from supply_chain.risk.rm2.ranges import GRADES
from supply_chain.risk.rm2.salience import EMERGENCY
from supply_chain.risk.rm2.stored_scores import NODE as RM2_NODE
from supply_chain.risk.rm2.stored_scores import SCORES as RM2_SCORES
from supply_chain.risk.scoring import RISK_BANDS, SEVERITY_BANDS
from supply_chain.risk.stored_scores import SCORES, Records, unpack
from supply_chain.vocabulary import Issue, RiskBand, SeverityBand

IN_REMEDY = "self_disclosed_in_remedy"
AT_ONCE = 5_000  # nodes whose scores are unpacked together

Made = TypeVar("Made")
ScoredRow: TypeAlias = (
    Row[UUID, int, int, UUID | None, str, str, str | None, int | None, bytes] | RiskAssessment
)


@dataclass(frozen=True)
class Known:
    """The certainty of a score of RM-2.0, and the lines that add up to it; points 0 to 100."""

    grade: str  # A to E
    completeness: float  # C, 0-1
    points: float  # P
    points_low: float
    points_high: float
    residual_points: float
    index_low: float
    index_high: float
    residual_low: float
    residual_high: float
    lines: Mapping[str, float]  # parts of P
    is_emergency: bool  # judged: a child is known to be in danger now


@dataclass(frozen=True)
class RiskScore:
    """The score of one (node, issue) in one run; `node_id` None: an unknown origin.

    What only one version of the method has is empty, or None, under the other.
    """

    node_id: UUID | None
    node_ref: str
    node_name: str
    country: str | None
    tier: int | None
    issue: Issue
    likelihood: float
    severity: float
    scale: float
    scope: float
    irremediability: float
    index: float
    residual_likelihood: float
    residual_severity: float
    residual_index: float
    exposure: float
    linkage: float
    severity_chain: float
    severity_band: SeverityBand
    band: RiskBand
    residual_band: RiskBand
    insufficient_evidence: bool
    salience_rank: int
    heat_cell: int
    status: str | None
    confidence: float | None = None  # C of RM-1.0
    group_scores: tuple[float | None, ...] = ()  # G of CTY SEC WRK COM ONL of RM-1.0
    contributions: tuple[float, ...] = ()  # parts of the modelled likelihood of RM-1.0
    known: Known | None = None
    """Range, grade and lines of RM-2.0."""

    @property
    def known_share(self) -> float:
        """The share of the data required by the method that is known, 0-1: C of either version."""
        share = self.known.completeness if self.known else self.confidence
        assert share is not None, "a score has one or the other"
        return share

    @property
    def grade(self) -> str | None:
        """The grade of evidence, A to E, under RM-2.0."""
        return self.known.grade if self.known else None


_OF_BOTH = (*(name for name in SCORES if name in RM2_SCORES), "exposure", "severity_chain")
"""Scores that both versions of the method have."""
_KNOWN = tuple(one.name for one in fields(Known) if one.name in RM2_SCORES)


def select_scores() -> Select[UUID, int, int, UUID | None, str, str, str | None, int | None, bytes]:
    """The columns that `risk_of` reads of a node in a run."""
    return select(
        RiskAssessment.run_id,
        RiskAssessment.place,
        RiskAssessment.step,
        RiskAssessment.node_id,
        RiskAssessment.node_ref,
        RiskAssessment.node_name,
        RiskAssessment.country,
        RiskAssessment.tier,
        RiskAssessment.scores,
    )


def risk_of(row: ScoredRow, issue: Issue, run_id: UUID) -> RiskScore | None:
    """The score of one issue of a node as of a run; None where the pair is not scored."""
    return _risk(row, records_as_of(run_id, [row])[0], ISSUES.index(issue))


def risks_of(row: ScoredRow, run_id: UUID) -> list[RiskScore]:
    """The scores of a node as of a run, at most one for each issue, in salience order."""
    record = records_as_of(run_id, [row])[0]
    found = (_risk(row, record, column) for column in range(len(ISSUES)))
    return sorted((one for one in found if one), key=lambda one: one.salience_rank)


def residual_band_of(scores: bytes | None, issue: Issue) -> RiskBand | None:
    """The residual band of one issue in the kept scores of a node."""
    if scores is None:
        return None
    band = int(unpack([scores])[0]["residual_band"][ISSUES.index(issue)])
    return None if band < 0 else RISK_BANDS[band]


def _risk(row: ScoredRow, record: Any, column: int) -> RiskScore | None:
    rank = int(record["salience_rank"][column])
    if rank < 0:
        return None
    scores: dict[str, Any] = {name: float(record[name][column]) for name in _OF_BOTH}
    of_method = _of_rm2(record, column) if record.dtype == RM2_NODE else _of_rm1(record, column)
    return RiskScore(
        node_id=row.node_id,
        node_ref=row.node_ref,
        node_name=row.node_name,
        country=row.country,
        tier=row.tier,
        issue=ISSUES[column],
        **scores,
        severity_band=SEVERITY_BANDS[record["severity_band"][column]],
        band=RISK_BANDS[record["band"][column]],
        residual_band=RISK_BANDS[record["residual_band"][column]],
        insufficient_evidence=bool(record["insufficient_evidence"][column]),
        salience_rank=rank,
        heat_cell=int(record["heat_cell"][column]),
        status=IN_REMEDY if record["in_remedy"][column] else None,
        **of_method,
    )


def _of_rm1(record: Any, column: int) -> dict[str, Any]:
    groups = record["group_scores"].tolist()
    return {
        "linkage": float(record["linkage"][column]),
        "confidence": float(record["confidence"][column]),
        "group_scores": tuple(None if math.isnan(score) else score for score in groups),
        "contributions": tuple(record["contributions"][column].tolist()),
    }


def _of_rm2(record: Any, column: int) -> dict[str, Any]:
    lines = record["lines"][column].tolist()
    known = Known(
        grade=GRADES[record["grade"][column]],
        lines=dict(zip(LINES, lines, strict=True)),
        is_emergency=bool(record["urgency"][column] & EMERGENCY),
        **{name: float(record[name][column]) for name in _KNOWN},
    )
    return {"linkage": 1 - float(record["free"][column]), "known": known}


def list_at(run_id: UUID, positions: Sequence[int]) -> list[RiskScore]:
    """The risks at these positions (salience rank less one) of a run, in their order."""
    return list_at_runs({run_id: positions})[run_id]


def list_at_runs(asked: Mapping[UUID, Sequence[int]]) -> dict[UUID, list[RiskScore]]:
    """The same of runs of different maps, read together."""
    if not asked:
        return {}
    pairs = {
        run_id: load_register(run_id).pairs_at(np.array(positions, dtype=np.int64))
        for run_id, positions in asked.items()
    }
    rows = db.session.execute(
        select_scores().where(
            or_(
                *(
                    and_(of_run(run_id), RiskAssessment.place.in_(sorted(set(places))))
                    for run_id, (places, _) in pairs.items()
                )
            )
        )
    ).all()
    by_whole: dict[UUID, list[ScoredRow]] = defaultdict(list)
    for row in rows:
        by_whole[row.run_id].append(row)
    return {
        run_id: _risks_at(run_id, by_whole[whole_of(run_id)], *of_pairs)
        for run_id, of_pairs in pairs.items()
    }


def _risks_at(
    run_id: UUID, rows: Sequence[ScoredRow], places: Sequence[int], columns: Sequence[int]
) -> list[RiskScore]:
    by_place = settled(rows, "place")
    made = records_as_of(run_id, list(by_place.values()))
    records = dict(zip(by_place, made, strict=True))
    found = (
        _risk(by_place[place], records[place], column)
        for place, column in zip(places, columns, strict=True)
    )
    return [one for one in found if one is not None]


def list_refs(run_id: UUID) -> Sequence[str]:
    """The ref of the node of each place of a run, unknown origins too."""
    return db.session.scalars(
        select(RiskAssessment.node_ref).where(of_whole_run(run_id)).order_by(RiskAssessment.place)
    ).all()


@dataclass(frozen=True)
class RunMark:
    """The run that a score of the past belongs to."""

    id: UUID
    as_of: date
    created_at: datetime
    cause: str
    method_version: str


def list_history(node_id: UUID, issue: Issue, *, limit: int) -> list[tuple[RunMark, RiskScore]]:
    """The scores of a (node, issue) in the newest runs of its map, newest first."""
    return ask(select_history(node_id, issue, list, limit=limit))


def select_history(
    node_id: UUID,
    issue: Issue,
    make: Callable[[Sequence[tuple[RunMark, RiskScore]]], Made],
    *,
    limit: int,
) -> Question[Made]:
    """Asks for the same, and for what is made of it."""
    statement = (
        select_scores()
        .add_columns(*(getattr(AssessmentRun, one.name) for one in fields(RunMark)))
        .join(AssessmentRun, on_runs())
        .where(RiskAssessment.node_id == node_id)
    )
    return Question(
        (statement,),
        lambda rows: make(_history(rows, issue)),
        (AssessmentRun.created_at.desc(), AssessmentRun.id),
        limit,
    )


def _history(rows: Sequence[Any], issue: Issue) -> list[tuple[RunMark, RiskScore]]:
    names = [one.name for one in fields(RunMark)]
    marks = (RunMark(**{name: getattr(row, name) for name in names}) for row in rows)
    found = ((mark, risk_of(row, issue, mark.id)) for mark, row in zip(marks, rows, strict=True))
    return [(run, risk) for run, risk in found if risk is not None]


@many_objects()
def list_residuals(run_id: UUID, issue: Issue) -> dict[str, float]:
    """Node ref -> L_res of one issue, over a whole run, unknown origins too."""
    rows = db.session.execute(
        select(RiskAssessment.node_ref, RiskAssessment.scores)
        .where(of_run(run_id))
        .order_by(RiskAssessment.place, RiskAssessment.step)  # of a node the newest row last
    )
    found: dict[str, float] = {}
    for part in rows.partitions(AT_ONCE):
        values = _residuals(unpack([row.scores for row in part]), issue)
        found.update(zip((row.node_ref for row in part), values, strict=True))
    return found


def _residuals(records: Records, issue: Issue) -> Iterable[float]:
    """Pairs that are not scored carry nothing on."""
    column = ISSUES.index(issue)
    scored = records["salience_rank"][:, column] >= 0
    values: list[float] = (records["residual_likelihood"][:, column] * 1.0).tolist()
    return [value if yes else 0.0 for value, yes in zip(values, scored.tolist(), strict=True)]
