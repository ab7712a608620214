"""Judgements on the risks of a map, as columns of the risk method: the newest counts."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Row, or_, select

from ddplatform.infrastructure.together import Question, Rows
from ddplatform.risk.runs.models import ControlRecord, SalienceNote, ScoreChange, SeverityJudgement
from ddplatform.value_chain.history.queries.on_day import MapOnDay
from supply_chain.risk.context import age_in_months
from supply_chain.risk.evidence import ControlsSeen, Judgements, Priorities
from supply_chain.risk.method import METHOD, Floats, Ints
from supply_chain.risk.rm2.adjustments import Adjustments
from supply_chain.risk.salience import INVOLVEMENTS, Involvement
from supply_chain.vocabulary import Issue

ISSUES = tuple(Issue)
UNJUDGED = -1


def select_judged(known: MapOnDay) -> dict[str, Question[Rows]]:
    """Asks for all that people judged by a day: controls, judgements, notes and changes."""
    traits = ("scale", "scope", "irremediability", "vulnerable")
    return {
        "controls": _select(known, ControlRecord, "control", "coverage", "evidence", "verified_on"),
        "judgements": _select(known, SeverityJudgement, "issue", *traits),
        "notes": _select(
            known, SalienceNote, "issue", "is_emergency", "delay_harms", "involvement"
        ),
        "changes": _select_changes(known),
    }


def controls_from(
    known: MapOnDay, rows: Rows, design: Mapping[tuple[UUID, str], float]
) -> ControlsSeen:
    """The newest record of each control at each node.

    Args:
        design: (node, control) -> design credit of the questionnaire, 0-1.
    """
    every = _newest(rows)
    newest = {key: row for key, row in every.items() if row.control in METHOD.control_index}
    return ControlsSeen(
        node=_ints(known.rows[node] for node, _ in newest),
        control=_ints(METHOD.control_index[control] for _, control in newest),
        coverage=_floats(row.coverage for row in newest.values()),
        evidence=_floats(row.evidence for row in newest.values()),
        design=_floats(design.get(key) for key in newest),
        verified_months=_floats(
            None if row.verified_on is None else age_in_months(row.verified_on, known.as_of)
            for row in newest.values()
        ),
    )


def judgements_from(known: MapOnDay, rows: Rows) -> Judgements:
    """The newest severity judgement of each (node, issue)."""
    newest = _newest(rows).values()
    return Judgements(
        node=_ints(known.rows[row.node_id] for row in newest),
        issue=_ints(ISSUES.index(row.issue) for row in newest),
        scale=_floats(row.scale for row in newest),
        scope=_floats(row.scope for row in newest),
        irremediability=_floats(row.irremediability for row in newest),
        vulnerable=np.array([row.vulnerable for row in newest], dtype=np.bool_),
    )


def priorities_from(known: MapOnDay, rows: Rows) -> Priorities:
    """The newest note of each (node, issue) for the salience order."""
    newest = _newest(rows).values()
    return Priorities(
        node=_ints(known.rows[row.node_id] for row in newest),
        issue=_ints(ISSUES.index(row.issue) for row in newest),
        emergency=np.array([row.is_emergency for row in newest], dtype=np.bool_),
        delay=_ints(UNJUDGED if r.delay_harms is None else int(r.delay_harms) for r in newest),
        involvement=_ints(
            UNJUDGED if not row.involvement else INVOLVEMENTS.index(Involvement(row.involvement))
            for row in newest
        ),
    )


def _select_changes(known: MapOnDay) -> Question[Rows]:
    """Changes of scores in force: raises at once, lowerings once approved and until expiry."""
    return known.about(
        select(
            ScoreChange.node_id, ScoreChange.issue, ScoreChange.points, ScoreChange.is_raise
        ).where(
            ScoreChange.created_at < known.end,
            or_(ScoreChange.ended_at.is_(None), ScoreChange.ended_at >= known.end),
            or_(ScoreChange.expires_on.is_(None), ScoreChange.expires_on >= known.as_of),
            or_(
                ScoreChange.is_raise.is_(True),
                ScoreChange.is_approved.is_(True) & (ScoreChange.decided_at < known.end),
            ),
        ),
        ScoreChange.node_id,
        *(ScoreChange.created_at, ScoreChange.id),
    )


def adjustments_from(known: MapOnDay, rows: Rows) -> Adjustments:
    """Changes of scores in force."""
    return Adjustments(
        node=_ints(known.rows[row.node_id] for row in rows),
        issue=_ints(ISSUES.index(row.issue) for row in rows),
        points=_floats(row.points for row in rows),
        raises=np.array([row.is_raise for row in rows], dtype=np.bool_),
    )


def _select(
    known: MapOnDay, model: type[ControlRecord | SeverityJudgement | SalienceNote], *names: str
) -> Question[Rows]:
    """Rows known on the day, the newest last."""
    return known.about(
        select(model.node_id, *(getattr(model, name) for name in names)).where(
            model.created_at < known.end
        ),
        model.node_id,
        *(model.created_at, model.id),
    )


def _newest(rows: Rows) -> dict[tuple[UUID, Any], Row[*tuple[Any, ...]]]:
    """(node, value of the column after it) -> the newest of some rows."""
    return {(row.node_id, row[1]): row for row in rows}


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)


def _floats(values: Iterable[float | None]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
