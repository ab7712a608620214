"""A merged record comes in a list again and says something else: people are asked once more.

The record stays part of its supplier until somebody answers; nothing of what the list says is lost.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from ddplatform.db import db
from ddplatform.models.matching import WAITING, DuplicatePair, NodeMerge, PairState
from ddplatform.queries.matching import find_decision, get_pair, hash_of_node, record_of_node
from ddplatform.queries.node_merges import find_merge_of, find_merge_of_pair, get_node_anew
from supply_chain.map_compare import NodeChange
from supply_chain.matching.matcher import score_pairs
from supply_chain.record_content import pair_key

FIELD_WORDS = {"external_ids": "id", "attributes": "from the list"}


def ask_again(
    changes: Sequence[NodeChange], keys: Mapping[str, UUID], *, at: datetime
) -> list[UUID]:
    """Open the question of each merged record whose content is another now; returns the pairs.

    The new words stand on the source records already. What was said of the same two contents
    before, and what says the same as its supplier, is no question.

    Args:
        keys: external id -> key of every node of the map.
    """
    asked = []
    for change in changes:
        merge = find_merge_of(keys[change.before.id])
        assert merge is not None  # they were loaded as merged records
        pair_id = _ask(merge, _words(change), at=at)
        asked += [pair_id] if pair_id else []
    db.session.flush()  # the job that follows looks for them
    return asked


def _ask(merge: NodeMerge, told: str, *, at: datetime) -> UUID | None:
    stays, goes = get_node_anew(merge.survivor_id), get_node_anew(merge.absorbed_id)
    contents = {stays.id: hash_of_node(stays), goes.id: hash_of_node(goes)}
    before = find_decision(*pair_key(*contents.values()))
    is_known = contents[goes.id] in (merge.absorbed_hash, contents[stays.id])
    if is_known or (before is not None and before.is_same):
        withdraw([merge.pair_id] if merge.pair_id else [])
        return None
    pair = _pair_of(merge, at=at)
    (scored,) = score_pairs([(record_of_node(stays), record_of_node(goes))])
    pair.left_hash, pair.right_hash = contents[pair.left_id], contents[pair.right_id]
    pair.score, pair.suggestion = scored.score, scored.decision
    pair.reasons = [told, *scored.reasons]
    pair.state = PairState.OPEN
    db.session.flush()  # a new one gets its key
    merge.pair_id = pair.id
    return pair.id


def _pair_of(merge: NodeMerge, *, at: datetime) -> DuplicatePair:
    """The pair of a merge as it was made; a merge that followed from none gets one."""
    if merge.pair_id is None:
        pair = DuplicatePair(chain_id=merge.chain_id, found_at=at)
        db.session.add(pair)
    else:
        pair = get_pair(merge.pair_id, for_change=True)
    pair.left_id, pair.right_id = merge.survivor_id, merge.absorbed_id
    return pair


def _words(change: NodeChange) -> str:
    fields = dict.fromkeys(_field_words(one.field) for one in change.fields)
    return f"one supplier since a merge, but its list says something else now ({', '.join(fields)})"


def _field_words(field: str) -> str:
    group, _, name = field.partition(".")
    return f"{FIELD_WORDS[group]} {name}" if name else group.replace("_", " ")


def withdraw(pair_ids: Iterable[UUID]) -> None:
    """Both say again what was decided on (a list was taken back): the answer is as before."""
    for pair_id in pair_ids:
        pair = get_pair(pair_id, for_change=True)
        if pair.state in WAITING and find_merge_of_pair(pair_id) is not None:
            pair.state = PairState.SAME
