"""Rows of a merge: their move to the surviving node, and its exact reversal."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update

from ddplatform.infrastructure.db import db
from ddplatform.value_chain.approvals.services.merges import carry_back, carry_over, check_origins
from ddplatform.value_chain.history.models import TRACKED
from ddplatform.value_chain.history.services.steps import note_rows
from ddplatform.value_chain.mapping.models import SupplyLink, ValueChainNode
from ddplatform.value_chain.matching.models import NodeMerge
from ddplatform.value_chain.merging.queries.merges import (
    load_active_links,
    load_archived_ends,
)
from ddplatform.value_chain.merging.queries.references import (
    FOLLOWS,
    LINK_ENDS,
    Column,
    NodeReference,
    list_links_to_move,
    list_moving,
    list_rows_to_move,
    name_of,
)
from ddplatform.value_chain.merging.services.pairs import point_pairs, restore_pairs
from ddplatform.value_chain.merging.services.summaries import (
    count_anew,
    restore_status,
    show_newest_status,
)
from supply_chain.matching.merging import FILLED, JoinedLink, fill_gaps, plan_links
from supply_chain.vocabulary import FlowEvidence

CHUNK = 500
_KEYS = ("operated_by_id", "supplier_organisation_id")
PAIRS = "duplicate_pair"


def bring_over(
    merge: NodeMerge, survivor: ValueChainNode, absorbed: ValueChainNode, *, at: datetime
) -> None:
    """Move everything of the absorbed node to the other one, and note each row on the merge.

    The merge itself must stand in the database: the isolation triggers ask for it
    (migrations/isolation.py).
    """
    merge.filled = _fill(survivor, absorbed)
    merge.links = {"summary": show_newest_status(survivor.id, absorbed.id)}
    ends = _bring_links(merge)
    moved = {name_of(one.column): _move(one, absorbed.id, survivor.id) for one in list_moving()}
    merge.moved = {
        **{name: ids for name, ids in {**ends, **moved}.items() if ids},
        PAIRS: point_pairs(absorbed, survivor, but=merge.pair_id),
    }
    absorbed.archived_at, absorbed.archived_by_id = merge.merged_at, merge.merged_by_id
    count_anew(survivor.id, absorbed.id, at=at)


def take_back(
    merge: NodeMerge, survivor: ValueChainNode, absorbed: ValueChainNode, *, at: datetime
) -> None:
    """Undo `bring_over`: every row goes back, what came since follows what it hangs on."""
    absorbed.archived_at = absorbed.archived_by_id = None
    db.session.flush()  # links come back to nodes that stand
    for column in (*(one.column for one in list_moving()), *LINK_ENDS):
        _point(column, merge.moved.get(name_of(column), ()), survivor.id, absorbed.id)
    for follow in FOLLOWS:
        hangs_on_it = follow.parent.in_(follow.parents_of(absorbed.id))
        _update(
            follow.column,
            select_by=hangs_on_it & (follow.column == survivor.id),
            to=absorbed.id,
        )
    _restore_links(merge)
    _empty_again(survivor, merge.filled)
    check_origins((survivor.id, absorbed.id))
    restore_status(survivor.id, merge.links["summary"])
    restore_pairs(merge.moved[PAIRS], absorbed, at=at)
    count_anew(survivor.id, absorbed.id, at=at)


# ---- rows that only change their node --------------------------------------------------------


def _move(reference: NodeReference, old: UUID, new: UUID) -> list[str]:
    """Point rows to another node; returns their ids."""
    ids = [str(key) for key in list_rows_to_move(reference, old, new)]
    _point(reference.column, ids, old, new)
    return ids


def _point(column: Column, ids: Sequence[str], old: UUID, new: UUID) -> None:
    for part in _parts(ids):
        _update(column, select_by=column.class_.id.in_(part) & (column == old), to=new)


def _update(column: Column, *, select_by: Any, to: UUID) -> None:
    model: Any = column.class_
    if model in TRACKED:
        note_rows(model, select_by, column.key)
    db.session.execute(
        update(column.class_)
        .where(select_by)
        .values({column.key: to})
        .execution_options(synchronize_session=False)
    )


def _parts(ids: Sequence[str]) -> Iterator[list[UUID]]:
    for start in range(0, len(ids), CHUNK):
        yield [UUID(key) for key in ids[start : start + CHUNK]]


# ---- links -----------------------------------------------------------------------------------


def _bring_links(merge: NodeMerge) -> dict[str, list[str]]:
    survivor, absorbed = merge.survivor_id, merge.absorbed_id
    plan = plan_links(survivor, absorbed, load_active_links(merge.chain_id, (survivor, absorbed)))
    joined = [_join(one) for one in plan.joined]
    inner = [str(key) for key in plan.inner]
    merge.links = {**merge.links, "inner": inner, "joined": joined}
    left = [*inner, *(one["absorbed"] for one in joined)]
    for part in _parts(left):
        _set_archived(part, merge.merged_at, merge.merged_by_id)
    return {name_of(column): _move_links(column, absorbed, survivor, left) for column in LINK_ENDS}


def _join(one: JoinedLink[UUID]) -> dict[str, Any]:
    link = db.session.get(SupplyLink, one.kept, populate_existing=True)
    assert link is not None
    before = _said(link)
    link.share, link.flow_evidence, link.valid_to = one.share, one.flow_evidence, one.valid_to
    db.session.flush()  # the next one that joins it begins from here
    return {
        "kept": str(one.kept),
        "absorbed": str(one.absorbed),
        "approvals": carry_over(one.absorbed, one.kept),
        "before": before,
        "after": _said(link),
    }


def _said(link: SupplyLink) -> list[Any]:
    valid_to = link.valid_to.isoformat() if link.valid_to else None
    return [link.share, link.flow_evidence.value, valid_to]


def _set_archived(ids: Sequence[UUID], at: datetime | None, by_id: UUID | None) -> None:
    note_rows(SupplyLink, SupplyLink.id.in_(ids), "archived_at", archived_at=at)
    db.session.execute(
        update(SupplyLink)
        .where(SupplyLink.id.in_(ids))
        .values(archived_at=at, archived_by_id=by_id, row_version=SupplyLink.row_version + 1)
        .execution_options(synchronize_session=False)
    )


def _move_links(column: Column, old: UUID, new: UUID, left: Sequence[str]) -> list[str]:
    """Point links to the other node, archived ones too; what left the map stays as it was."""
    stays = set(left)
    ids = [str(key) for key in list_links_to_move(column, old, new) if str(key) not in stays]
    for part in _parts(ids):
        _update(column, select_by=SupplyLink.id.in_(part), to=new)
    return ids


def _restore_links(merge: NodeMerge) -> None:
    joined = merge.links["joined"]
    for one in reversed(joined):
        link = db.session.get(SupplyLink, UUID(one["kept"]), populate_existing=True)
        assert link is not None
        if _said(link) == one["after"]:  # what a person changed since stays
            share, flow, valid_to = one["before"]
            link.share, link.flow_evidence = share, FlowEvidence(flow)
            link.valid_to = date.fromisoformat(valid_to) if valid_to else None
            db.session.flush()  # the one that joined before is compared with this
    back = [*merge.links["inner"], *(one["absorbed"] for one in joined)]
    for part in _parts(back):
        _set_archived(part, None, None)
        for key, moment in load_archived_ends(part).items():
            _set_archived([key], moment, None)  # so it comes back with its other end
    for one in joined:
        carry_back(one.get("approvals", ()), kept=UUID(one["kept"]), absorbed=UUID(one["absorbed"]))


# ---- the node that stays ---------------------------------------------------------------------


def _fill(survivor: ValueChainNode, absorbed: ValueChainNode) -> dict[str, Any]:
    ours, theirs = ({name: getattr(n, name) for name in FILLED} for n in (survivor, absorbed))
    new = fill_gaps(ours, theirs, keys=(survivor.id, absorbed.id))
    filled = {name: [_plain(ours[name]), _plain(value)] for name, value in new.items()}
    for name, value in new.items():
        setattr(survivor, name, value)
    return filled


def _empty_again(survivor: ValueChainNode, filled: Mapping[str, Any]) -> None:
    for name, (before, after) in filled.items():
        if _plain(getattr(survivor, name)) == after:  # what a person changed since stays
            is_key = name in _KEYS and before is not None
            setattr(survivor, name, UUID(before) if is_key else before)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value
