"""Pairs of a merge: open questions move to the surviving node, and back at a split.

A decision on a pair applies to the two contents at that time. So a question that was answered
while one of its nodes was merged remains with the node that it was answered for, and a new
question is opened for the node that is split out again.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from ddplatform.infrastructure.db import db
from ddplatform.value_chain.mapping.models import ValueChainNode
from ddplatform.value_chain.matching.models import DuplicatePair, PairState
from ddplatform.value_chain.matching.queries.records import (
    find_decision,
    hash_of_node,
    list_pairs_by_id,
    list_partners,
    list_waiting_pairs,
)
from ddplatform.value_chain.merging.queries.merges import get_node_anew
from supply_chain.matching.record_content import pair_key

CHUNK = 500
DECIDED = (PairState.SAME, PairState.DIFFERENT)


def point_pairs(
    absorbed: ValueChainNode, survivor: ValueChainNode, *, but: UUID | None
) -> list[list[str]]:
    """Point the open pairs of a node to the one that stays.

    Args:
        but: the pair that this very merge follows from; it may be asked about again.

    Returns:
        Notes: [pair, state it had], or [pair, end that was pointed, content it had there].
    """
    old, new = absorbed.id, survivor.id
    known = set(list_partners(new))
    notes = []
    for pair in list_waiting_pairs(old):
        if pair.id == but:
            continue
        end = "left" if pair.left_id == old else "right"
        other = pair.right_id if end == "left" else pair.left_id
        if other == new or other in known:
            notes.append([str(pair.id), pair.state.value])
            pair.state = PairState.COVERED
        else:
            notes.append([str(pair.id), end, getattr(pair, f"{end}_hash")])
            _set_end(pair, end, new, hash_of_node(survivor))
            known.add(other)
    db.session.flush()  # the next merge of the same work looks for them
    return notes


def restore_pairs(
    notes: Sequence[Sequence[str]], absorbed: ValueChainNode, *, at: datetime
) -> None:
    """Undo `point_pairs`, but for what was decided since: that was said of the node that stays."""
    of = {UUID(key): said for key, *said in notes}
    partners = set(list_partners(absorbed.id))
    for pair in _load(list(of)):
        end, *content = of[pair.id]
        if not content:
            if pair.state is PairState.COVERED:
                pair.state = PairState(end)
        elif pair.state in DECIDED:
            _ask_anew(pair, absorbed, end, partners, at=at)
        else:
            _set_end(pair, end, absorbed.id, *content)
    db.session.flush()  # a later step of the same work looks for them


def _load(keys: Sequence[UUID]) -> Iterator[DuplicatePair]:
    for start in range(0, len(keys), CHUNK):
        yield from list_pairs_by_id(keys[start : start + CHUNK])


def _ask_anew(
    pair: DuplicatePair, absorbed: ValueChainNode, end: str, partners: set[UUID], *, at: datetime
) -> None:
    """Open questions on the split node that were answered for the merged one only."""
    other = get_node_anew(pair.right_id if end == "left" else pair.left_id)
    contents = hash_of_node(absorbed), hash_of_node(other)
    before = find_decision(*pair_key(*contents))
    is_settled = before is not None and not before.is_same
    if other.id in partners or is_settled:
        return
    partners.add(other.id)
    fresh = DuplicatePair(
        chain_id=pair.chain_id,
        score=pair.score,
        suggestion=pair.suggestion,
        reasons=pair.reasons,
        found_at=at,
    )
    _set_end(fresh, end, absorbed.id, contents[0])
    _set_end(fresh, "right" if end == "left" else "left", other.id, contents[1])
    db.session.add(fresh)


def _set_end(pair: DuplicatePair, end: str, node_id: UUID, content: str) -> None:
    setattr(pair, f"{end}_id", node_id)
    setattr(pair, f"{end}_hash", content)
