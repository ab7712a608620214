"""Rows of scores as of a run: its own, and of the other nodes those of the run it rests on.

This is the one place that looks through from a run to its base (decision 15). A run that rests on
another has rows of changed nodes alone; ranks of the others are those of its base, moved.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from threading import Lock
from typing import Any, Protocol, TypeVar
from uuid import UUID

import numpy as np
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from ddplatform.db import db
from ddplatform.models.risk import AssessmentRun, RiskAssessment, RunRegister
from ddplatform.models.value_chain import ValueChain, ValueChainNode
from ddplatform.tenancy import current_organisation
from supply_chain.risk.kept_scores import Records, unpack
from supply_chain.risk.register import Register
from supply_chain.risk.register_changes import RegisterChanges

KEPT = 6  # registers of whole maps, some 16 MB each at 100,000 nodes
KEPT_CHANGES = 256  # a few KB each

Key = tuple[UUID, UUID]
_lock = Lock()
_registers: OrderedDict[Key, Register] = OrderedDict()
_contents: OrderedDict[Key, tuple[UUID, RegisterChanges] | None] = OrderedDict()
"""Run -> its base and what it says other than that; None: a whole run."""

Kept = TypeVar("Kept")


class KeptRow(Protocol):
    """A row of scores, wherever it was selected."""

    @property
    def run_id(self) -> UUID: ...
    @property
    def scores(self) -> bytes: ...


Found = TypeVar("Found", bound=KeptRow)


def of_run(run_id: UUID) -> ColumnElement[bool]:
    """Rows of a run and of the run that it rests on; of a node in both its own counts."""
    base = select(AssessmentRun.base_run_id).where(AssessmentRun.id == run_id).scalar_subquery()
    return or_(RiskAssessment.run_id == run_id, RiskAssessment.run_id == base)


def of_whole_run(run_id: UUID) -> ColumnElement[bool]:
    """Rows of all nodes: those of a run, or of the one that it rests on.

    Who the nodes are is the same in both, as a map that changes is assessed as a whole.
    """
    base = select(AssessmentRun.base_run_id).where(AssessmentRun.id == run_id).scalar_subquery()
    return RiskAssessment.run_id == func.coalesce(base, run_id)


def settled(rows: Iterable[Found], run_id: UUID, by: str) -> dict[Any, Found]:
    """The row that counts in a run, by one of its columns; of its own and of its base's rows."""
    found: dict[Any, Found] = {}
    for row in rows:
        key = getattr(row, by)
        if key not in found or row.run_id == run_id:
            found[key] = row
    return found


def newest_row() -> ColumnElement[UUID]:
    """The key of the row that counts now of a node; part of a statement with node and map."""
    own, base, run = aliased(RiskAssessment), aliased(RiskAssessment), aliased(AssessmentRun)
    current = ValueChain.current_run_id
    of_run = select(own.id).where(own.node_id == ValueChainNode.id, own.run_id == current)
    of_base = (
        select(base.id)
        .join(run, run.base_run_id == base.run_id)
        .where(base.node_id == ValueChainNode.id, run.id == current)
    )
    return func.coalesce(
        *(one.correlate(ValueChain, ValueChainNode).scalar_subquery() for one in (of_run, of_base))
    )


def on_runs() -> ColumnElement[bool]:
    """Joins rows of scores with every run in which they may count: their own, and those on it."""
    return or_(
        AssessmentRun.id == RiskAssessment.run_id,
        AssessmentRun.base_run_id == RiskAssessment.run_id,
    )


def records_as_of(run_id: UUID, rows: Sequence[KeptRow]) -> Records:
    """The records of rows with their ranks as of a run."""
    records = unpack([row.scores for row in rows])
    moved = np.array([row.run_id != run_id for row in rows], dtype=np.bool_)
    found = find_changes(run_id) if moved.any() else None
    if found is None:
        return records
    records = records.copy()
    ranks = records["salience_rank"]
    at = moved[:, None] & (ranks > 0)
    ranks[at] = found[1].ranks(ranks[at].astype(np.int64))
    return records


def find_changes(run_id: UUID) -> tuple[UUID, RegisterChanges] | None:
    """The base of a run and what it says other than that; None: it is a whole run.

    One statement the first time in a process, none later: a run never changes.
    """
    key = (current_organisation(), run_id)
    if (known := _recall(_contents, key)) is not None or key in _contents:
        return known
    return _read(run_id)


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
    _remember(_registers, key, made, KEPT)
    return made


def _read(run_id: UUID) -> tuple[UUID, RegisterChanges] | None:
    content, base = db.session.execute(
        select(RunRegister.content, AssessmentRun.base_run_id)
        .outerjoin(AssessmentRun, AssessmentRun.id == RunRegister.run_id)
        .where(RunRegister.run_id == run_id)
    ).one()
    key = (current_organisation(), run_id)
    if base is None:
        _remember(_registers, key, Register.unpack(content), KEPT)
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


def _remember(where: OrderedDict[Key, Kept], key: Key, made: Kept, most: int) -> None:
    with _lock:
        where[key] = made
        while len(where) > most:
            where.popitem(last=False)
