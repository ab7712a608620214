"""Merged records that a later list changes: a new question to people.

The record remains part of its supplier until somebody answers; no data of the list are lost.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from ddplatform.infrastructure.db import db
from ddplatform.value_chain.mapping.models import ValueChainNode
from ddplatform.value_chain.matching.models import WAITING, DuplicatePair, NodeMerge, PairState
from ddplatform.value_chain.matching.queries.records import (
    find_decision,
    find_pair_of,
    get_pair,
    hash_of_node,
    record_of,
)
from ddplatform.value_chain.merging.queries.merges import (
    find_merge_of,
    find_merge_of_pair,
    get_node_anew,
)
from supply_chain.intake.compare import NodeChange
from supply_chain.matching.matcher import score_pairs
from supply_chain.matching.pairs import Pair
from supply_chain.matching.record_content import content_hash, pair_key

FIELD_WORDS = {"external_ids": "id", "attributes": "from the list"}


def ask_again(
    changes: Sequence[NodeChange], keys: Mapping[str, UUID], *, at: datetime
) -> list[UUID]:
    """Open the question of each merged record whose content is another now; returns the pairs.

    The new words stand on the source records already. What was said of the same two contents
    before, and what says the same as its supplier, is no question; nor is another figure beside
    the same words.

    Args:
        keys: external id -> key of every node of the map.
    """
    open_again = []
    for change in changes:
        if content_hash(record_of(change.before)) == content_hash(record_of(change.after)):
            continue
        merge = find_merge_of(keys[change.before.id])
        assert merge is not None  # they were loaded as merged records
        both = get_node_anew(merge.survivor_id), get_node_anew(merge.absorbed_id)
        if _is_answered(merge, *both):
            withdraw([merge.pair_id] if merge.pair_id else [])
        else:
            open_again.append((merge, both, _words(change)))
    records = [(record_of(stays), record_of(goes)) for _, (stays, goes), _ in open_again]
    return [
        _ask(merge, both, found, told, at=at)
        for (merge, both, told), found in zip(open_again, score_pairs(records), strict=True)
    ]


def _is_answered(merge: NodeMerge, stays: ValueChainNode, goes: ValueChainNode) -> bool:
    """Whether the record says what it said when it was merged, or what was said to be one."""
    one, other = hash_of_node(stays), hash_of_node(goes)
    before = find_decision(*pair_key(one, other))
    is_known = other in (merge.absorbed_hash, one)
    return is_known or (before is not None and before.is_same)


def _ask(
    merge: NodeMerge,
    both: tuple[ValueChainNode, ValueChainNode],
    found: Pair,
    told: str,
    *,
    at: datetime,
) -> UUID:
    stays, goes = both
    pair = _pair_of(merge, at=at)
    pair.left_id, pair.left_hash = stays.id, hash_of_node(stays)
    pair.right_id, pair.right_hash = goes.id, hash_of_node(goes)
    pair.score, pair.suggestion, pair.reasons = found.score, found.decision, [told, *found.reasons]
    pair.state = PairState.OPEN
    db.session.flush()  # a new one gets its key
    merge.pair_id = pair.id
    return pair.id


def _pair_of(merge: NodeMerge, *, at: datetime) -> DuplicatePair:
    """The pair of a merge; one that followed from none takes that of its nodes, or a new one."""
    if merge.pair_id is not None:
        return get_pair(merge.pair_id, for_change=True)
    known = find_pair_of(merge.survivor_id, merge.absorbed_id)
    if known is not None:
        return known
    pair = DuplicatePair(chain_id=merge.chain_id, found_at=at)
    db.session.add(pair)
    return pair


def _words(change: NodeChange) -> str:
    fields = dict.fromkeys(_field_words(one.field) for one in change.fields)
    return f"one supplier since a merge, but its list says something else now ({', '.join(fields)})"


def _field_words(field: str) -> str:
    group, _, name = field.partition(".")
    return f"{FIELD_WORDS[group]} {name}" if name else group.replace("_", " ")


def withdraw(pair_ids: Iterable[UUID]) -> None:
    """Restore the answer where both have the decided content again (a list was undone).

    Later values from another list are still a question.
    """
    for pair_id in pair_ids:
        pair, merge = get_pair(pair_id, for_change=True), find_merge_of_pair(pair_id)
        if pair.state not in WAITING or merge is None:
            continue
        stays, goes = get_node_anew(merge.survivor_id), get_node_anew(merge.absorbed_id)
        if _is_answered(merge, stays, goes):
            pair.state = PairState.SAME
        else:
            hashes = {node.id: hash_of_node(node) for node in (stays, goes)}
            pair.left_hash, pair.right_hash = hashes[pair.left_id], hashes[pair.right_id]
