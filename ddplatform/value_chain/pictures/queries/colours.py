"""Colours of a map: for each node its step of a scale, the gravest first.

Bands are part of the snapshot. Data coverage belongs to a run, so it is stored beside it. Answers
and actions change without the map: only existing ones are queried.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, String, cast, literal_column, null, select, union_all

from ddplatform.core.due_diligence.vocabulary import QuestionnaireState as State
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.snapshot_files import Snapshot
from ddplatform.infrastructure.db import db, is_writing
from ddplatform.value_chain.filters.queries.events import events
from ddplatform.value_chain.graph.queries.columns import basis
from ddplatform.value_chain.graph.queries.snapshots import (
    Ints,
    MapSnapshot,
    coloured_by,
    find_part,
    place_of,
)
from ddplatform.value_chain.mapping.models import NodeSummary, ValueChain
from supply_chain.graph.stored_columns import RowOfKey
from supply_chain.risk.method import METHOD
from supply_chain.search.node_filter import GRADES_OF, Coverage
from supply_chain.vocabulary import Issue

STEPS = 5
"""Places in a scale; the last is for what is not known, or does not apply."""
LAST = STEPS - 1


class ColourBy(StrEnum):
    """The data that a map can be coloured by."""

    BAND = "band"
    COVERAGE = "coverage"
    QUESTIONNAIRE = "questionnaire"
    OVERDUE = "overdue"


_ANSWERS: Mapping[State, int] = {
    State.EXPIRED: 0,
    State.ESCALATED: 0,
    State.SUBMITTED: 1,
    State.UNDER_REVIEW: 1,
    State.DRAFT: 2,
    State.SENT: 2,
    State.OPENED: 2,
    State.RETURNED: 2,
    State.ACCEPTED: 3,
    State.WITHDRAWN: LAST,
}
MANY_OVERDUE, SOME_OVERDUE = 5, 2
NONE_OVERDUE = 3
_FAIR, _GOOD = METHOD.policy.confidence_fair, METHOD.policy.confidence_good
_PLACES: Mapping[Coverage, int] = {Coverage.POOR: 0, Coverage.FAIR: 1, Coverage.GOOD: 2}

_TOLD: Mapping[ColourBy, tuple[Any, ColumnElement[bool]]] = {
    ColourBy.QUESTIONNAIRE: (
        NodeSummary.questionnaire_status,
        NodeSummary.questionnaire_status.is_not(None),
    ),
    ColourBy.OVERDUE: (
        NodeSummary.overdue_actions,
        NodeSummary.overdue_actions > literal_column("0"),
    ),
}

Places = NDArray[np.int8]
Told = tuple[list[str], list[Any]]
"""Keys of nodes as text, and what is told of each."""


@dataclass(frozen=True)
class MapColours:
    """The colour of each node of a snapshot, and who stands in an event."""

    by: ColourBy
    place: Places  # 0 the gravest ... LAST
    in_event: NDArray[np.bool_]  # stands in the area of an event that goes on

    def mix(self, rows: Ints) -> tuple[int, ...]:
        """The number of these nodes in each step of the scale, the gravest first."""
        return tuple(np.bincount(self.place[rows], minlength=STEPS).tolist())

    def events(self, rows: Ints) -> int:
        """The number of these nodes in an event."""
        return int(self.in_event[rows].sum())


def load_colours(
    chain: ValueChain, snapshot: MapSnapshot, by: ColourBy, issue: Issue | None = None
) -> MapColours:
    """The colours of a map; one statement once the coverage of its run is kept.

    Args:
        issue: of the bands; None: the highest over all issues.
    """
    marked, told = _read(chain.id, by)
    if by is ColourBy.BAND:
        place = coloured_by(snapshot, issue).band
    elif by is ColourBy.COVERAGE:
        place = _coverage(chain, snapshot)
    elif by is ColourBy.QUESTIONNAIRE:
        place = _placed(snapshot, told, lambda status: _ANSWERS[State(status)], LAST)
    else:
        place = _placed(snapshot, told, lambda count: _of_overdue(int(count)), NONE_OVERDUE)
    inside = np.zeros(len(snapshot.keys), dtype=np.bool_)
    rows = _rows(snapshot, marked)
    inside[rows[rows >= 0]] = True
    return MapColours(by, place, inside)


def _read(chain_id: UUID, by: ColourBy) -> tuple[list[str], Told]:
    """The nodes in an event, and the state of answers or actions by node."""
    asked: Any = events().select_inside(chain_id).add_columns(null())
    if by in _TOLD:
        column, says_something = _TOLD[by]
        of_nodes = select(cast(NodeSummary.node_id, String), cast(column, String)).where(
            NodeSummary.chain_id == chain_id, says_something
        )
        asked = union_all(asked, of_nodes)
    rows = db.session.execute(asked).all()
    told = [(key, value) for key, value in rows if value is not None]
    keys = [key for key, value in rows if value is None]
    return keys, ([key for key, _ in told], [value for _, value in told])


def _coverage(chain: ValueChain, snapshot: MapSnapshot) -> Places:
    """Poor, fair, good; a run never changes, so that it is read once."""
    if chain.current_run_id is None:
        return np.full(len(snapshot.keys), LAST, dtype=np.int8)
    where = place_of(chain.id, snapshot.version)
    part = f"coverage-{chain.current_run_id.hex}"
    kept = None if is_writing() else find_part(where, part)
    if kept is None:
        rows = db.session.execute(
            select(
                cast(NodeSummary.node_id, String), NodeSummary.confidence, NodeSummary.grade
            ).where(NodeSummary.chain_id == chain.id, NodeSummary.band.is_not(None))
        ).all()
        told = [row[0] for row in rows], [_of_known(row.confidence, row.grade) for row in rows]
        kept = Snapshot(basis(), {"place": _placed(snapshot, told, int, LAST)})
        newest = select(ValueChain.current_run_id).where(ValueChain.id == chain.id)
        if not is_writing() and db.session.scalar(newest) == chain.current_run_id:
            adapters().snapshots.keep(where, part, kept.arrays, kept.facts)
    return np.asarray(kept.arrays["place"], dtype=np.int8)


def _of_known(confidence: float | None, grade: str | None) -> int:
    """0 poor, 1 fair, 2 good: by the confidence of RM-1.0, or the grade of RM-2.0."""
    if grade is not None:
        return next(_PLACES[word] for word, grades in GRADES_OF.items() if grade in grades)
    known = round(confidence or 0.0, METHOD.policy.decimals)
    return sum(known >= limit for limit in (_FAIR, _GOOD))


def _of_overdue(count: int) -> int:
    return 0 if count >= MANY_OVERDUE else 1 if count >= SOME_OVERDUE else 2


def _placed(
    snapshot: MapSnapshot, told: Told, place_of_value: Callable[[Any], int], otherwise: int
) -> Places:
    keys, values = told
    rows = _rows(snapshot, keys)
    place = np.full(len(snapshot.keys), otherwise, dtype=np.int8)
    found = np.fromiter(map(place_of_value, values), np.int8, len(values))
    place[rows[rows >= 0]] = found[rows >= 0]
    return place


def _rows(snapshot: MapSnapshot, keys: Sequence[str]) -> Ints:
    """The row of each of these keys, -1 for what left the map; very many are no UUIDs first."""
    row_of = snapshot.row_of
    assert isinstance(row_of, RowOfKey)
    content = bytes.fromhex("".join(keys).replace("-", ""))
    return row_of.rows(np.frombuffer(content, dtype=">u8").astype(np.uint64).reshape(-1, 2))
