"""Chunks of a bulk change: nodes changed, and restored exactly."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update

from ddplatform.accounts.organisations.queries import list_people
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.among import among
from ddplatform.infrastructure.db import db
from ddplatform.value_chain.bulk_changes.models import BulkChange, BulkPart, BulkVerb
from ddplatform.value_chain.bulk_changes.queries import (
    Wish,
    can_come_back,
    list_active_links_at,
    plan_change,
)
from ddplatform.value_chain.history.models import TRACKED
from ddplatform.value_chain.history.queries.values import list_values
from ddplatform.value_chain.history.services.steps import keep_step, note_rows
from ddplatform.value_chain.mapping.models import SupplyLink, ValueChain, ValueChainNode

Values = Mapping[UUID, Any]


def change_part(chain: ValueChain, change: BulkChange, part: BulkPart, *, act: Act) -> None:
    """Change the nodes of a part that still can be; the caller holds the map."""
    wish = Wish(change.verb, change.value)
    db.session.flush()  # what an earlier step changed is looked at
    before = plan_change(chain.id, wish, [UUID(key) for key in part.node_ids]).before
    if change.verb is BulkVerb.ARCHIVE:
        part.link_ids = _archive(change, list(before), at=act.at)
    else:
        _set(wish.column, {key: wish.after(value) for key, value in before.items()})
    part.before = {str(key): _plain(value) for key, value in before.items()}
    part.done_at = act.at
    change.changed += len(before)
    chain.version += 1
    keep_step(chain, "bulk_change:make", act=act)


def change_part_back(chain: ValueChain, change: BulkChange, part: BulkPart, *, act: Act) -> None:
    """Restore the earlier values, where not changed since; the caller holds the map."""
    wish = Wish(change.verb, change.value)
    db.session.flush()  # what an earlier step changed is looked at
    before = {UUID(key): _read(change.verb, value) for key, value in part.before.items()}
    now = _now(wish.column, before)
    untouched = {
        key: value
        for key, value in before.items()
        if key in now and now[key] == _expected(change, part, wish, value)
    }
    if change.verb is BulkVerb.ARCHIVE:
        _restore(change, part, list(untouched))
    else:
        _set(wish.column, _still_members(untouched) if wish.column == "owner_id" else untouched)
    part.kept_ids = sorted(str(key) for key in before.keys() - untouched.keys())
    part.undone_at = act.at
    change.kept += len(part.kept_ids)
    chain.version += 1
    keep_step(chain, "bulk_change:undo", act=act)


def _expected(change: BulkChange, part: BulkPart, wish: Wish, before: Any) -> Any:
    return part.done_at if change.verb is BulkVerb.ARCHIVE else wish.after(before)


def _still_members(owners: Values) -> Values:
    """Replace owners who left the organisation since by none."""
    members = {person.user_id for person in list_people()}
    return {key: owner if owner in members else None for key, owner in owners.items()}


def _now(column: str, keys: Iterable[UUID]) -> Values:
    rows = list_values(ValueChainNode, among(ValueChainNode.id, list(keys)), column)
    return {key: value for key, value in rows}


def _set(column: str, wanted: Values) -> None:
    """One statement for each value: a change gives few of them."""
    if column in TRACKED[ValueChainNode]:
        note_rows(ValueChainNode, among(ValueChainNode.id, list(wanted)), column)
    by_value: dict[Any, list[UUID]] = defaultdict(list)
    for key, value in wanted.items():
        by_value[tuple(value) if isinstance(value, list) else value].append(key)
    for value, keys in by_value.items():
        put = list(value) if isinstance(value, tuple) else value
        _update(ValueChainNode, among(ValueChainNode.id, keys), {column: put})


def _update(model: Any, which: Any, values: Mapping[str, Any]) -> None:
    db.session.execute(
        update(model)
        .where(which)
        .values(**values, row_version=model.row_version + 1)
        .execution_options(synchronize_session=False)
    )


def _archive(change: BulkChange, keys: list[UUID], *, at: datetime) -> list[str]:
    """Archive nodes with their links; returns the links.

    Rows that are archived at the moment of the step need no note in the history of the map.
    """
    gone = {"archived_at": at, "archived_by_id": change.created_by_id}
    links = list_active_links_at(change.chain_id, keys)
    _update(SupplyLink, among(SupplyLink.id, links), gone)
    _update(ValueChainNode, among(ValueChainNode.id, keys), gone)
    return sorted(map(str, links))


def _restore(change: BulkChange, part: BulkPart, keys: list[UUID]) -> None:
    """Nodes come back, and of their links those that left with them and whose ends both stand."""
    back = {"archived_at": None, "archived_by_id": None}
    nodes = among(ValueChainNode.id, keys)
    note_rows(ValueChainNode, nodes, "archived_at")
    _update(ValueChainNode, nodes, back)
    links = can_come_back(change.chain_id, part)
    note_rows(SupplyLink, links, "archived_at")
    _update(SupplyLink, links, back)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID | datetime) else value


def _read(verb: BulkVerb, value: Any) -> Any:
    return UUID(value) if verb is BulkVerb.OWNER and value is not None else value
