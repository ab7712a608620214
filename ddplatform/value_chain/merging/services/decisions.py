"""Decisions on likely duplicates, stored and carried out at once as merges or splits."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict
from ddplatform.infrastructure.stale_edits import refuse_stale
from ddplatform.languages import gettext
from ddplatform.languages import lazy_gettext as _
from ddplatform.value_chain.mapping.models import ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import get_chain_for_change, get_node
from ddplatform.value_chain.matching.models import DuplicatePair, NodeMerge, PairState
from ddplatform.value_chain.matching.queries.records import get_pair, hash_of_node
from ddplatform.value_chain.matching.services.memory import forget, remember
from ddplatform.value_chain.merging.queries.merges import find_merge_of_pair
from ddplatform.value_chain.merging.services.merge import merge_nodes, split_merge

STATE_WORDS = {
    PairState.OPEN: _("not decided"),
    PairState.LATER: _("postponed"),
    PairState.SAME: _("the same"),
    PairState.DIFFERENT: _("different"),
    PairState.COVERED: _("covered by another pair"),
}


@dataclass(frozen=True)
class Decided:
    """A decision that was kept, with the merge that followed from it."""

    pair: DuplicatePair
    merge: NodeMerge | None


def decide(
    pair_id: UUID, state: PairState, *, version: int, keep_id: UUID | None = None, act: Act
) -> Decided:
    """Keep what a person says of a pair; *same* merges the two at once.

    Of two that are merged already and are asked about again (`sources`), *same* lets them
    be one and *different* splits them.

    Args:
        state: SAME, DIFFERENT or LATER.
        version: of the pair as the person saw it.
        keep_id: for SAME, which of the two stays; else the one that `survivor_of` names.

    Raises:
        Conflict: somebody decided it meanwhile (both decisions are on the error), or a node left.
    """
    pair = _hold(pair_id)
    refuse_stale(
        pair,
        version,
        theirs={gettext("Decision"): STATE_WORDS[pair.state]},
        mine={gettext("Decision"): STATE_WORDS[state]},
    )
    if pair.state in (PairState.SAME, PairState.COVERED):
        raise Conflict(
            gettext("These two records are merged already."),
            gettext("Split them on the page of the supplier first."),
        )
    return Decided(pair, _follow(pair, state, keep_id, act=act))


def _follow(
    pair: DuplicatePair, state: PairState, keep_id: UUID | None, *, act: Act
) -> NodeMerge | None:
    """Store the decision and carry it out, with one event; returns a new merge."""
    standing = find_merge_of_pair(pair.id)
    if standing is not None and state is PairState.DIFFERENT:
        split_merge(standing.id, act=act)
        settle(pair, state, act=act)
        return None
    settle(pair, state, act=act)
    if standing is None and state is PairState.SAME:
        stays, goes = survivor_of(pair, keep_id)
        return merge_nodes(stays, goes, pair_id=pair.id, act=act)
    audit.record(
        "duplicate_pair:decide",
        pair,
        act=act,
        decision=state.value,
        left=pair.left_id,
        right=pair.right_id,
    )
    return None


def _hold(pair_id: UUID) -> DuplicatePair:
    """A pair for change, its map held before it as in every merge: two never wait in a circle."""
    get_chain_for_change(get_pair(pair_id).chain_id)
    return get_pair(pair_id, for_change=True)


def settle(pair: DuplicatePair, state: PairState, *, act: Act) -> None:
    """Write a decision on the pair and into the memory of contents."""
    pair.state, pair.decided_at, pair.decided_by_id = state, act.at, act.by.user_id
    contents = [(pair.left_hash, pair.right_hash)]
    now = (hash_of_node(get_node(pair.left_id)), hash_of_node(get_node(pair.right_id)))
    if now not in contents:
        contents.append(now)
        pair.left_hash, pair.right_hash = now
    for one, other in contents:
        if state in (PairState.SAME, PairState.DIFFERENT):
            remember(one, other, is_same=state is PairState.SAME, act=act)
        else:
            forget(one, other)
    db.session.flush()  # a merge that follows looks for what is still open


def survivor_of(pair: DuplicatePair, keep_id: UUID | None = None) -> tuple[UUID, UUID]:
    """The surviving node of the two, and the absorbed one.

    Unless a person says so: the own operation, else the one that stands in the map longer.
    """
    ends = (pair.left_id, pair.right_id)
    if keep_id in ends:
        stays = pair.left_id if keep_id == pair.left_id else pair.right_id
    else:
        stays = min((get_node(key) for key in ends), key=_seniority).id
    return stays, pair.right_id if stays == pair.left_id else pair.left_id


def _seniority(node: ValueChainNode) -> tuple[bool, datetime, str]:
    return (not node.own_operation, node.created_at, node.external_ref)


def take_decision_back(pair_id: UUID, *, version: int, act: Act) -> DuplicatePair:
    """Ask again: the decision *different* or *later* is forgotten, the pair is open as before.

    Raises:
        Conflict: somebody changed it meanwhile, or the two are one node (split them instead).
    """
    pair = _hold(pair_id)
    before = pair.state
    refuse_stale(
        pair,
        version,
        theirs={gettext("Decision"): STATE_WORDS[before]},
        mine={gettext("Decision"): STATE_WORDS[PairState.OPEN]},
    )
    if before not in (PairState.DIFFERENT, PairState.LATER):
        raise Conflict(
            gettext("There is no decision to reopen."),
            gettext("To undo a merge, split it."),
        )
    reopen(pair)
    audit.record("duplicate_pair:reopen", pair, act=act, decision=(before.value, "open"))
    return pair


def reopen(pair: DuplicatePair) -> None:
    """Forget the decision on a pair."""
    forget(pair.left_hash, pair.right_hash)
    pair.state, pair.decided_at, pair.decided_by_id = PairState.OPEN, None, None


def split(merge_id: UUID, *, ask_again: bool, act: Act) -> NodeMerge:
    """Split a merge; the decision on its pair becomes *different*, or is asked again.

    Raises:
        Conflict: it was split already, or the node that stayed is archived.
    """
    merge = split_merge(merge_id, act=act)
    pair = get_pair(merge.pair_id, for_change=True) if merge.pair_id else None
    if ask_again:
        forget(merge.survivor_hash, merge.absorbed_hash)
    else:
        remember(merge.survivor_hash, merge.absorbed_hash, is_same=False, act=act)
    if pair is not None and ask_again:
        reopen(pair)
    elif pair is not None:
        settle(pair, PairState.DIFFERENT, act=act)
    return merge
