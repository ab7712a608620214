"""Earlier values of a map, stored in the transaction of each change.

Flushed objects are recorded automatically, so that no service can omit it; a service that changes
rows by a statement records them first (`note_rows`). Every service ends with `keep_step`, which
writes one row for each node and link whose values have changed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, event, inspect
from sqlalchemy.orm import InstanceState, Session

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.bulk import rising_keys
from ddplatform.infrastructure.db import PlatformSession, db
from ddplatform.infrastructure.tenancy import insert_rows
from ddplatform.value_chain.history.models import TRACKED, MapChange, MapStep, Part
from ddplatform.value_chain.history.queries.values import list_values, plain
from ddplatform.value_chain.mapping.models import MapImport, SupplyLink, ValueChain, ValueChainNode
from ddplatform.value_chain.matching.models import MatchRun, NodeMerge

Cause = MapImport | NodeMerge | MatchRun
_CAUSES: Final[Mapping[type[Cause], str]] = {
    MapImport: "import_id",
    NodeMerge: "merge_id",
    MatchRun: "run_id",
}
_PARTS: Final[Mapping[type[Part], str]] = {ValueChainNode: "node_id", SupplyLink: "link_id"}
_NOTES: Final = "map_history"


@dataclass
class _Note:
    """The values of a part of a map before the unit of work, and when it archived the part."""

    before: dict[str, Any] = field(default_factory=dict)
    archived_at: datetime | None = None


_NotesOfMap = dict[tuple[type[Part], UUID], _Note]
_Notes = dict[UUID, _NotesOfMap]


def note_rows(
    model: type[ValueChainNode | SupplyLink],
    which: ColumnElement[bool],
    *columns: str,
    archived_at: datetime | None = None,
) -> Sequence[UUID]:
    """Note what rows say that a statement is about to change past the session; returns their keys.

    A statement that archives rows which stand at the moment of its step needs no note: when a
    row left the map says what it was before.

    Args:
        archived_at: the new value, where that column is among them.
    """
    rows = list_values(model, which, "chain_id", *columns)
    notes = _notes(db.session())
    for key, chain_id, *values in rows:
        note = notes.setdefault(chain_id, {}).setdefault((model, key), _Note())
        for name, value in zip(columns, values, strict=True):
            note.before.setdefault(name, plain(value))
        if "archived_at" in columns:
            note.archived_at = archived_at
    return [row[0] for row in rows]


def keep_step(chain: ValueChain, action: str, *, cause: Cause | None = None, act: Act) -> None:
    """Keep what this unit of work changed in a map, as the step to its version.

    Args:
        action: as the event of the log calls it.
        cause: the list, the merge or the run that it came with.
    """
    db.session.flush()  # objects note themselves
    step = MapStep(
        chain_id=chain.id,
        version=chain.version,
        made_at=act.at,
        made_by_id=act.by.user_id,
        action=action,
    )
    if cause is not None:
        setattr(step, _CAUSES[type(cause)], cause.id)
    db.session.add(step)
    db.session.flush()  # its rows point to it
    notes = _notes(db.session()).pop(chain.id, {})
    insert_rows(MapChange, list(_rows(step, notes)))


def _rows(step: MapStep, notes: _NotesOfMap) -> Iterable[dict[str, Any]]:
    for key, ((model, part_id), note) in zip(rising_keys(len(notes)), notes.items(), strict=True):
        before = note.before
        if before.get("archived_at", "") is None and note.archived_at == step.made_at:
            del before["archived_at"]
        if before:
            ends = {name: part_id if of is model else None for of, name in _PARTS.items()}
            yield {"id": key, "step_id": step.id, "before": before, **ends}


def _notes(session: Session) -> _Notes:
    found: _Notes = session.info.setdefault(_NOTES, {})
    return found


@event.listens_for(PlatformSession, "before_flush")
def _note_changed(session: PlatformSession, _context: object, _instances: object) -> None:
    for row in session.dirty:
        if isinstance(row, ValueChainNode | SupplyLink | ValueChain):
            _note(session, row)


def _note(session: PlatformSession, row: Part) -> None:
    state: InstanceState[Any] = inspect(row)
    changed = [name for name in TRACKED[type(row)] if name not in state.unmodified]
    for name in changed:
        history = state.attrs[name].history
        if not history.has_changes():
            continue
        # What was never set on a row made in this session is not in its history: nothing.
        before = next(iter(history.deleted), None)
        chain_id = row.id if isinstance(row, ValueChain) else row.chain_id
        parts = _notes(session).setdefault(chain_id, {})
        note = parts.setdefault((type(row), row.id), _Note())
        note.before.setdefault(name, plain(before))
        if name == "archived_at":
            note.archived_at = getattr(row, name)


@event.listens_for(PlatformSession, "after_commit")
@event.listens_for(PlatformSession, "after_soft_rollback")
def _forget(session: PlatformSession, *_previous: object) -> None:
    session.info.pop(_NOTES, None)
