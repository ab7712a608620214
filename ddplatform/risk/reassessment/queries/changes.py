"""Changes in maps and lists that call for a reassessment (UNGP 17(c))."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, or_, select

from ddplatform.infrastructure.db import db
from ddplatform.risk.reassessment.queries.signs import Seen, Sign
from ddplatform.value_chain.history.models import MapChange, MapStep
from ddplatform.value_chain.mapping.models import ValueChainNode
from ddplatform.value_chain.screening.models import (
    MatchAnswer,
    ScreeningEntry,
    ScreeningList,
    ScreeningMatch,
)
from supply_chain.screening.entries import EntryStatus

ROWS = 1_000  # read at a time
LOOKED_BACK = timedelta(days=30)
TAKEN_BACK_WITHIN = timedelta(days=1)
"""A change reversed so soon was a mistake, or an import that was undone."""

_Told = dict[UUID, list[tuple[UUID, datetime, Any]]]


@dataclass(frozen=True)
class _Change:
    """A value of one node that differs since a step of its map."""

    step_id: UUID
    made_at: datetime
    before: Any
    after: Any


def see_new_operators(at: datetime) -> Iterator[Seen]:
    """Nodes with a different operator than before; a first statement is no change."""
    for node_id, one in _changes(["operated_by_id"], at)["operated_by_id"]:
        yield Seen(node_id, f"operator:{one.step_id}", Sign.OPERATOR, one.made_at.date())


def see_new_goods_and_countries(at: datetime) -> Iterator[Seen]:
    """Nodes with goods that they did not have before, or in another country than before."""
    changes = _changes(["commodity_refs", "country"], at)
    for node_id, one in changes["commodity_refs"]:
        if set(one.after or ()) - set(one.before):
            yield Seen(node_id, f"goods:{one.step_id}", Sign.GOODS, one.made_at.date())
    for node_id, one in changes["country"]:
        if one.after is not None:
            yield Seen(node_id, f"country:{one.step_id}", Sign.COUNTRY, one.made_at.date())


def see_list_entries() -> Iterator[Seen]:
    """Nodes that a person confirmed to be on an edition in use of an official list, in force.

    An entry that says the same in the next edition is no change.
    """
    rows = db.session.execute(
        select(
            ScreeningMatch.node_id,
            ScreeningMatch.entry_hash,
            ScreeningList.name,
            ScreeningList.edition_on,
        )
        .join(ScreeningList, ScreeningList.id == ScreeningMatch.list_id)
        .join(ScreeningEntry, ScreeningEntry.id == ScreeningMatch.listed_id)
        .join(ValueChainNode, ValueChainNode.id == ScreeningMatch.node_id)
        .where(
            ScreeningMatch.answer == MatchAnswer.SAME,
            ScreeningEntry.status != EntryStatus.NO_LONGER_IN_FORCE,
            ScreeningMatch.gone_at.is_(None),
            ScreeningList.superseded_at.is_(None),
            ValueChainNode.archived_at.is_(None),
        )
    )
    for node_id, entry_hash, name, edition_on in rows:
        yield Seen(node_id, f"list:{entry_hash}", Sign.LISTED, edition_on, name)


def _changes(columns: Sequence[str], at: datetime) -> dict[str, list[tuple[UUID, _Change]]]:
    """Each change of these columns in the last days from something to something else, but slips.

    Two records that became one, or two again, say nothing new of a site.
    """
    rows = db.session.execute(
        select(
            MapChange.node_id,
            MapChange.before,
            MapStep.id,
            MapStep.made_at,
            *(getattr(ValueChainNode, column) for column in columns),
        )
        .join(MapStep, MapStep.id == MapChange.step_id)
        .join(ValueChainNode, ValueChainNode.id == MapChange.node_id)
        .where(
            MapStep.made_at >= at - LOOKED_BACK - TAKEN_BACK_WITHIN,
            MapStep.merge_id.is_(None),
            MapStep.run_id.is_(None),
            ValueChainNode.archived_at.is_(None),
            or_(*(cast(MapChange.before, Text).contains(f'"{name}"') for name in columns)),
        )
        .order_by(MapStep.version),
        execution_options={"yield_per": ROWS},
    )
    told: dict[str, _Told] = {column: defaultdict(list) for column in columns}
    now: dict[tuple[str, UUID], Any] = {}
    for node_id, before, step_id, made_at, *values in rows:
        for column, value in zip(columns, values, strict=True):
            if column in before:
                told[column][node_id].append((step_id, made_at, before[column]))
                now[column, node_id] = str(value) if isinstance(value, UUID) else value
    return {
        column: [
            (node_id, one)
            for node_id, steps in told[column].items()
            for one in _changes_of(steps, now[column, node_id])
            if one.made_at >= at - LOOKED_BACK
        ]
        for column in columns
    }


def _changes_of(steps: Sequence[tuple[UUID, datetime, Any]], now: Any) -> Iterator[_Change]:
    afters = [*(before for *_, before in steps[1:]), now]
    changes = [_Change(*step, after) for step, after in zip(steps, afters, strict=True)]
    for one in _without_slips(changes):
        if one.before and one.before != one.after:
            yield one


def _without_slips(changes: list[_Change]) -> list[_Change]:
    kept: list[_Change] = []
    for one in changes:
        is_back = kept and kept[-1].before == one.after
        if is_back and one.made_at - kept[-1].made_at <= TAKEN_BACK_WITHIN:
            kept.pop()
        else:
            kept.append(one)
    return kept
