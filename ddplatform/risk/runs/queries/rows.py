"""Rows of scores as of a run: of each node the newest that the run, or one before it, wrote.

Only this module determines the row that counts in a run (decision 15). All rows belong to the
whole run; a run that rests on it adds rows of nodes with a score that differs from the run
before, at its own step. Ranks are those of the whole run, moved by the lines of the run.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from threading import Lock
from typing import Any, Protocol, TypeVar
from uuid import UUID

import numpy as np
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.infrastructure.together import Rows
from ddplatform.risk.runs.models import AssessmentRun, RiskAssessment, RunRegister
from ddplatform.value_chain.mapping.models import ValueChain, ValueChainNode
from supply_chain.risk.register import Register
from supply_chain.risk.register_changes import RegisterChanges
from supply_chain.risk.stored_scores import Records, unpack

KEPT_RISKS = 10_000_000  # in registers, some 20 bytes each; a map of 100,000 nodes has 1.6 million
KEPT_CHANGES = 256  # a few KB each

Key = tuple[UUID, UUID]
_lock = Lock()
_registers: OrderedDict[Key, Register] = OrderedDict()
_contents: OrderedDict[Key, tuple[UUID, RegisterChanges] | None] = OrderedDict()
"""Run -> its base and its differences from it; None: a whole run."""

Kept = TypeVar("Kept")


class StoredRow(Protocol):
    """A row of scores, wherever it was selected."""

    @property
    def step(self) -> int: ...
    @property
    def scores(self) -> bytes: ...


class PlacedRow(StoredRow, Protocol):
    """The same, with where it stands."""

    @property
    def run_id(self) -> UUID: ...
    @property
    def place(self) -> int: ...


Found = TypeVar("Found", bound=StoredRow)


def of_run(run_id: UUID) -> ColumnElement[bool]:
    """The rows that a run and those before it wrote; of a node the newest counts (`settled`)."""
    step = select(AssessmentRun.step).where(AssessmentRun.id == run_id).scalar_subquery()
    return and_(RiskAssessment.run_id == _whole(run_id), RiskAssessment.step <= step)


def of_whole_run(run_id: UUID) -> ColumnElement[bool]:
    """Rows of all nodes, one each: those of a whole run, or of the one that a run rests on.

    Which nodes there are is the same in both, as any other map is assessed as a whole; what they
    are called is not.
    """
    return and_(RiskAssessment.run_id == _whole(run_id), RiskAssessment.step == 0)


def _whole(run_id: UUID) -> ColumnElement[UUID]:
    base = select(AssessmentRun.base_run_id).where(AssessmentRun.id == run_id).scalar_subquery()
    return func.coalesce(base, run_id)


def settled(rows: Iterable[Found], by: str) -> dict[Any, Found]:
    """The row that counts in a run, by one of its columns; of rows `of_run`."""
    found: dict[Any, Found] = {}
    for row in rows:
        key = getattr(row, by)
        if key not in found or row.step > found[key].step:
            found[key] = row
    return found


def list_rows_at(base_id: UUID, places: Sequence[int], step: int) -> Rows:
    """The rows of some places of a whole run that count at a step on it or were written before.

    They stand by place and step; of a place the last one counts (`settled`).
    """
    row = RiskAssessment
    columns = (row.place, row.step, row.node_id, row.node_ref, row.node_name, row.country)
    return db.session.execute(
        select(*columns, row.tier, row.scores)
        .where(row.run_id == base_id, row.place.in_(places), row.step <= step)
        .order_by(row.place, row.step)
    ).all()


def of_begun_run(run_id: UUID) -> tuple[ColumnElement[bool], ...]:
    """The rows of a run that was begun and does not stand; none of one that stands."""
    run = select(AssessmentRun.id).where(AssessmentRun.id == run_id)
    return RiskAssessment.run_id == run_id, ~run.exists()


def find_last_begun(run_id: UUID) -> int | None:
    """The last place that has a row of such a run; None where there is none."""
    return db.session.scalar(select(func.max(RiskAssessment.place)).where(*of_begun_run(run_id)))


def newest_row() -> ColumnElement[UUID]:
    """The key of the row that counts now of a node; part of a statement with node and map."""
    row, run = aliased(RiskAssessment), aliased(AssessmentRun)
    return (
        select(row.id)
        .join(run, row.run_id == func.coalesce(run.base_run_id, run.id))
        .where(
            run.id == ValueChain.current_run_id,
            row.node_id == ValueChainNode.id,
            row.step <= run.step,
        )
        .order_by(row.step.desc())
        .limit(1)
        .correlate(ValueChain, ValueChainNode)
        .scalar_subquery()
    )


def on_runs() -> ColumnElement[bool]:
    """Joins rows of scores with every run in which they count, of each node one row a run."""
    newer = aliased(RiskAssessment)
    is_replaced = (
        select(newer.id)
        .where(
            newer.run_id == RiskAssessment.run_id,
            newer.place == RiskAssessment.place,
            newer.step > RiskAssessment.step,
            newer.step <= AssessmentRun.step,
        )
        .correlate(RiskAssessment, AssessmentRun)
        .exists()
    )
    return and_(
        or_(
            AssessmentRun.id == RiskAssessment.run_id,
            AssessmentRun.base_run_id == RiskAssessment.run_id,
        ),
        RiskAssessment.step <= AssessmentRun.step,
        ~is_replaced,
    )


def records_as_of(run_id: UUID, rows: Sequence[PlacedRow]) -> Records:
    """The records of rows with their ranks as of a run."""
    records = unpack([row.scores for row in rows])
    is_whole = all(row.run_id == run_id for row in rows)
    found = None if is_whole else find_changes(run_id)
    if found is None:
        return records
    records = records.copy()
    places = np.array([row.place for row in rows], dtype=np.int64)
    kept = records["salience_rank"].astype(np.int64)
    records["salience_rank"] = found[1].ranks_of(places, kept)
    return records


def find_changes(run_id: UUID) -> tuple[UUID, RegisterChanges] | None:
    """The base of a run and its differences from it; None: it is a whole run.

    One statement the first time in a process, none later: a run never changes.
    """
    key = (current_organisation(), run_id)
    if (known := _recall(_contents, key)) is not None or key in _contents:
        return known
    return _read(run_id)


def whole_of(run_id: UUID) -> UUID:
    """The whole run that a run rests on; a whole one rests on itself."""
    found = find_changes(run_id)
    return run_id if found is None else found[0]


def load_register(run_id: UUID) -> Register:
    """All risks of a run as columns; two statements at most the first time in a process."""
    key = (current_organisation(), run_id)
    if (known := _recall(_registers, key)) is not None:
        return known
    found = find_changes(run_id)
    if found is None:
        made = _recall(_registers, key) or _read_register(run_id)
    else:
        base, changes = found
        made = changes.applied(load_register(base))
    _remember_register(key, made)
    return made


def _read(run_id: UUID) -> tuple[UUID, RegisterChanges] | None:
    content, base = db.session.execute(
        select(RunRegister.content, AssessmentRun.base_run_id)
        .outerjoin(AssessmentRun, AssessmentRun.id == RunRegister.run_id)
        .where(RunRegister.run_id == run_id)
    ).one()
    key = (current_organisation(), run_id)
    if base is None:
        _remember_register(key, Register.unpack(content))
        found = None
    else:
        found = base, RegisterChanges.unpack(content)
    _remember(_contents, key, found, KEPT_CHANGES)
    return found


def _read_register(run_id: UUID) -> Register:
    column: InstrumentedAttribute[bytes] = RunRegister.content
    content = db.session.scalars(select(column).where(RunRegister.run_id == run_id)).one()
    return Register.unpack(content)


def _recall(where: OrderedDict[Key, Kept], key: Key) -> Kept | None:
    with _lock:
        if key in where:
            where.move_to_end(key)
        return where.get(key)


def _remember_register(key: Key, made: Register) -> None:
    with _lock:
        _registers[key] = made
        while len(_registers) > 1 and sum(map(len, _registers.values())) > KEPT_RISKS:
            _registers.popitem(last=False)


def _remember(where: OrderedDict[Key, Kept], key: Key, made: Kept, most: int) -> None:
    with _lock:
        where[key] = made
        while len(where) > most:
            where.popitem(last=False)
