"""Merge of two nodes of one supplier into one, and its exact split."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict
from ddplatform.languages import gettext
from ddplatform.value_chain.mapping.models import ValueChain, ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import get_chain_for_change
from ddplatform.value_chain.mapping.services.changes import finish_change
from ddplatform.value_chain.matching.models import NodeMerge
from ddplatform.value_chain.matching.queries.records import hash_of_node
from ddplatform.value_chain.merging.queries.merges import (
    get_merge,
    get_merge_with_rows,
    get_node_anew,
    list_newer_merges,
    next_number,
)
from ddplatform.value_chain.merging.services.rows import bring_over, take_back


def merge_nodes(
    survivor_id: UUID, absorbed_id: UUID, *, pair_id: UUID | None = None, act: Act
) -> NodeMerge:
    """Make two nodes of one map one. What the first one states stays, its gaps are filled.

    Links, questionnaires with their answers, findings, actions, documents, judgements and facts
    go over to the survivor; the absorbed node is kept as a source record.

    Raises:
        Conflict: they are one node, stand in two maps, or one of them is not in its map.
    """
    survivor = get_node_anew(survivor_id)
    chain = get_chain_for_change(survivor.chain_id)
    merge = absorb(chain, survivor_id, absorbed_id, pair_id=pair_id, act=act)
    finish_change(chain, "node:merge", touched=[survivor_id], cause=merge, act=act)
    return merge


def absorb(
    chain: ValueChain,
    survivor_id: UUID,
    absorbed_id: UUID,
    *,
    pair_id: UUID | None = None,
    run_id: UUID | None = None,
    act: Act,
) -> NodeMerge:
    """The same as one of many changes: the caller holds the map and ends with `finish_...`.

    Raises:
        Conflict: as `merge_nodes`.
    """
    survivor, absorbed = get_node_anew(survivor_id), get_node_anew(absorbed_id)
    _check(chain, survivor, absorbed)
    merge = NodeMerge(
        chain_id=chain.id,
        number=next_number(chain.id),
        survivor_id=survivor_id,
        absorbed_id=absorbed_id,
        survivor_hash=hash_of_node(survivor),
        absorbed_hash=hash_of_node(absorbed),
        pair_id=pair_id,
        run_id=run_id,
        merged_at=act.at,
        merged_by_id=act.by.user_id,
    )
    db.session.add(merge)
    db.session.flush()  # rows may move only along a merge that stands (migrations/isolation.py)
    bring_over(merge, survivor, absorbed, at=act.at)
    audit.record(
        "node:merge",
        survivor,
        act=act,
        merged=absorbed.name,
        id_in_lists=absorbed.external_ref,
        fields_filled=sorted(merge.filled),
    )
    return merge


def _check(chain: ValueChain, survivor: ValueChainNode, absorbed: ValueChainNode) -> None:
    if survivor.id == absorbed.id:
        raise Conflict(gettext("These are one site already."), gettext("Nothing is left to merge."))
    if {survivor.chain_id, absorbed.chain_id} != {chain.id}:
        raise Conflict(
            gettext("The two sites belong to different maps."),
            gettext("Only sites of one map can be merged."),
        )
    for node in (survivor, absorbed):
        if node.archived_at is not None:
            raise Conflict(
                gettext("“%(name)s” is no longer part of the map.", name=node.name),
                gettext("It was archived or merged meanwhile. Open its page to see what happened."),
            )


def split_merge(merge_id: UUID, *, act: Act) -> NodeMerge:
    """Take a source record out again: every row goes back to where it was.

    What came since follows what it hangs on: an action its finding, answers their questionnaire.
    What a person changed since on the survivor stays. Newer merges that touch the same nodes
    or links are opened and closed again around it, so that the order of merges does not matter.

    Raises:
        Conflict: it was split already, or the node that stayed is archived.
    """
    chain = get_chain_for_change(get_merge(merge_id).chain_id)
    merge = take_apart(merge_id, act=act)
    touched = [merge.survivor_id, merge.absorbed_id]
    finish_change(chain, "node:split", touched=touched, cause=merge, act=act)
    return merge


def take_apart(merge_id: UUID, *, act: Act) -> NodeMerge:
    """The same as one of many changes: the caller holds the map and ends with `finish_...`.

    Raises:
        Conflict: as `split_merge`.
    """
    merge = get_merge_with_rows(merge_id)
    if merge.split_at is not None:
        raise Conflict(
            gettext("This was split already."), gettext("Both are separate records of the map.")
        )
    with _opened(merge, at=act.at) as newer:
        survivor, absorbed = get_node_anew(merge.survivor_id), get_node_anew(merge.absorbed_id)
        if survivor.archived_at is not None:
            raise Conflict(
                gettext("“%(name)s” is archived.", name=survivor.name),
                gettext("Restore it first, then split this record out."),
            )
        take_back(merge, survivor, absorbed, at=act.at)
        merge.split_at, merge.split_by_id = act.at, act.by.user_id
        db.session.flush()  # what is merged again below must find both as they stand now
    audit.record(
        "node:split",
        survivor,
        act=act,
        split_out=absorbed.name,
        id_in_lists=absorbed.external_ref,
        newer_merges_kept=len(newer),
    )
    return merge


@contextmanager
def _opened(merge: NodeMerge, *, at: datetime) -> Iterator[Sequence[NodeMerge]]:
    """Inside, the newer merges that rest on this one are taken back; then they are made again."""
    newer = _resting_on(merge)
    for one in reversed(newer):
        take_back(one, get_node_anew(one.survivor_id), get_node_anew(one.absorbed_id), at=at)
        db.session.flush()  # an older one finds the rows as this one left them
    yield newer
    for one in newer:
        bring_over(one, get_node_anew(one.survivor_id), get_node_anew(one.absorbed_id), at=at)
        db.session.flush()  # a newer one finds the rows as this one left them


def _resting_on(merge: NodeMerge) -> list[NodeMerge]:
    nodes, links = _touched(merge)
    found = []
    for one in list_newer_merges(merge):
        more_nodes, more_links = _touched(one)
        if nodes & more_nodes or links & more_links:
            found.append(one)
            nodes |= more_nodes
            links |= more_links
    return found


def _touched(merge: NodeMerge) -> tuple[set[UUID], set[str]]:
    """The nodes of a merge, and the links it joined or took out of the map."""
    joined = merge.links["joined"]
    links = {key for one in joined for key in (one["kept"], one["absorbed"])}
    return {merge.survivor_id, merge.absorbed_id}, links | set(merge.links["inner"])
