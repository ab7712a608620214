"""Likely duplicates of a map: search for them, and keep what people decide."""

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete

from ddplatform.access.identity import Identity
from ddplatform.bulk import many_objects, rising_keys
from ddplatform.db import db
from ddplatform.errors import Conflict
from ddplatform.models.matching import (
    DuplicatePair,
    MatchRun,
    MatchRunKind,
    NodeMerge,
    PairState,
)
from ddplatform.models.value_chain import ValueChainNode
from ddplatform.queries.matching import (
    WAITING,
    get_pair,
    get_run,
    hash_of_node,
    list_pairs_of_chain,
    load_decisions,
    load_operated,
    load_records,
)
from ddplatform.queries.value_chain import get_chain, get_chain_for_change, get_node
from ddplatform.services import audit, jobs
from ddplatform.services.match_memory import forget, remember
from ddplatform.services.node_merge import merge_nodes, split_merge
from ddplatform.services.stale_edits import refuse_stale
from ddplatform.tenancy import insert_rows
from supply_chain.matching.matcher import find_within
from supply_chain.matching.pairs import Decision, Pair
from supply_chain.matching.records import Record
from supply_chain.record_content import pair_key

SEARCH = "matching:search"
CHUNK = 500
SAID_BEFORE = "the same two contents were said to be one before"
STATE_WORDS = {
    PairState.OPEN: "not decided",
    PairState.LATER: "to look at later",
    PairState.SAME: "the same",
    PairState.DIFFERENT: "different",
    PairState.COVERED: "covered by another pair",
}

Unit = Callable[[], AbstractContextManager[None]]
Progress = Callable[[int, int], None]


def request_search(chain_id: UUID, *, by: Identity, at: datetime) -> MatchRun:
    """Queue a search for likely duplicates; one that already waits is enough."""
    chain = get_chain(chain_id)
    run = MatchRun(
        chain_id=chain.id,
        kind=MatchRunKind.SEARCH,
        created_at=at,
        created_by_id=by.user_id,
    )
    db.session.add(run)
    db.session.flush()  # its job names it
    key = f"{SEARCH}:{chain.id}"
    job = jobs.enqueue(SEARCH, {"run_id": str(run.id)}, by=by, at=at, unique_key=key)
    if job.payload["run_id"] != str(run.id):
        db.session.delete(run)
        db.session.flush()  # the last run of the map is the one that waits
        return get_run(UUID(job.payload["run_id"]))
    run.job_id = job.id
    return run


def search(run_id: UUID, *, unit: Unit, progress: Progress, at: datetime) -> dict[str, int]:
    """Look for likely duplicates and keep them as pairs; done twice it gives the same."""
    with unit():
        chain_id = get_run(run_id).chain_id
        records, hashes = load_records(chain_id)
        operated = load_operated(chain_id)
    progress(1, 3)
    found = find_likely(records, operated)
    progress(2, 3)
    with unit():
        counts = keep_pairs(chain_id, found, hashes, at=at)
        run = get_run(run_id, for_change=True)
        run.finished_at, run.counts = at, {"records": len(records), **counts}
        return dict(run.counts)


@many_objects()
def find_likely(records: Sequence[Record], operated: Collection[frozenset[str]]) -> list[Pair]:
    """The pairs that the matcher would merge or have looked at.

    Args:
        operated: pairs of which one runs the other; they share words and are two all the same.
    """
    return [
        pair
        for pair in find_within(records)
        if pair.decision is not Decision.DIFFERENT
        and frozenset((pair.left_id, pair.right_id)) not in operated
    ]


@many_objects()
def keep_pairs(
    chain_id: UUID, found: Sequence[Pair], hashes: dict[str, str], *, at: datetime
) -> dict[str, int]:
    """Bring the pairs of a map up to date with a search.

    A decision holds while both records say the same; what was decided on equal contents before,
    in whichever rows and maps, is not asked again. Open pairs that are no longer alike go.
    """
    get_chain_for_change(chain_id)  # a decision that comes meanwhile waits, and is not lost
    known = {_ends(pair.left_id, pair.right_id): pair for pair in list_pairs_of_chain(chain_id)}
    decided = load_decisions()
    fresh: list[dict[str, Any]] = []
    seen, remembered = set(), 0
    for pair in found:
        ends = _ends(UUID(pair.left_id), UUID(pair.right_id))
        seen.add(ends)
        content = pair_key(hashes[pair.left_id], hashes[pair.right_id])
        if ends in known:
            _refresh(known[ends], pair, hashes, is_same=decided.get(content))
        elif decided.get(content) is False:
            remembered += 1
        else:
            row = _row(pair, hashes, is_same=decided.get(content))
            fresh.append({**row, "chain_id": chain_id, "found_at": at})
    gone = [p.id for ends, p in known.items() if ends not in seen and p.state is PairState.OPEN]
    for start in range(0, len(gone), CHUNK):
        part = DuplicatePair.id.in_(gone[start : start + CHUNK])
        db.session.execute(
            delete(DuplicatePair).where(part).execution_options(synchronize_session=False)
        )
    keys = rising_keys(len(fresh))
    insert_rows(DuplicatePair, [{**row, "id": k} for row, k in zip(fresh, keys, strict=True)])
    return {
        "pairs": len(found),
        "new": len(fresh),
        "decided_before": remembered,
        "gone": len(gone),
    }


def _ends(one: UUID, other: UUID) -> frozenset[UUID]:
    return frozenset((one, other))


def _row(pair: Pair, hashes: dict[str, str], *, is_same: bool | None) -> dict[str, Any]:
    before = [SAID_BEFORE] if is_same else []
    return {
        "left_id": UUID(pair.left_id),
        "right_id": UUID(pair.right_id),
        "left_hash": hashes[pair.left_id],
        "right_hash": hashes[pair.right_id],
        "score": min(1.0, max(0.0, pair.score)),
        "suggestion": pair.decision,
        "reasons": [*before, *pair.reasons],
        "state": PairState.OPEN,
        "row_version": 1,
    }


def _refresh(
    known: DuplicatePair, pair: Pair, hashes: dict[str, str], *, is_same: bool | None
) -> None:
    """Bring a kept pair up to date; a decision ends when one of the contents changed."""
    new = _row(pair, hashes, is_same=is_same)
    before = pair_key(known.left_hash, known.right_hash)
    is_changed = before != pair_key(new["left_hash"], new["right_hash"])
    if known.state not in WAITING and not (is_changed and known.state is PairState.DIFFERENT):
        return
    if known.state is PairState.DIFFERENT:
        if is_same is False:
            return
        known.state, known.decided_at, known.decided_by_id = PairState.OPEN, None, None
    if known.left_id != new["left_id"]:
        new["left_hash"], new["right_hash"] = new["right_hash"], new["left_hash"]
    for name in ("left_hash", "right_hash", "score", "suggestion", "reasons"):
        if getattr(known, name) != new[name]:
            setattr(known, name, new[name])


# ---- decisions -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Decided:
    """A decision that was kept, with the merge that followed from it."""

    pair: DuplicatePair
    merge: NodeMerge | None


def decide(
    pair_id: UUID,
    state: PairState,
    *,
    version: int,
    keep_id: UUID | None = None,
    by: Identity,
    at: datetime,
) -> Decided:
    """Keep what a person says of a pair; *same* merges the two at once.

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
        theirs={"Decision": STATE_WORDS[pair.state]},
        mine={"Decision": STATE_WORDS[state]},
    )
    if pair.state in (PairState.SAME, PairState.COVERED):
        raise Conflict(
            "These two are one node already.", "Split them on the page of the supplier first."
        )
    settle(pair, state, by=by, at=at)
    if state is PairState.SAME:
        stays, goes = survivor_of(pair, keep_id)
        return Decided(pair, merge_nodes(stays, goes, pair_id=pair.id, by=by, at=at))
    audit.record(
        "duplicate_pair:decide",
        pair,
        by=by,
        at=at,
        decision=state.value,
        left=pair.left_id,
        right=pair.right_id,
    )
    return Decided(pair, None)


def _hold(pair_id: UUID) -> DuplicatePair:
    """A pair for change, its map held before it as in every merge: two never wait in a circle."""
    get_chain_for_change(get_pair(pair_id).chain_id)
    return get_pair(pair_id, for_change=True)


def settle(pair: DuplicatePair, state: PairState, *, by: Identity, at: datetime) -> None:
    """Write a decision on the pair and into the memory of contents."""
    pair.state, pair.decided_at, pair.decided_by_id = state, at, by.user_id
    contents = [(pair.left_hash, pair.right_hash)]
    now = (hash_of_node(get_node(pair.left_id)), hash_of_node(get_node(pair.right_id)))
    if now not in contents:
        contents.append(now)
        pair.left_hash, pair.right_hash = now
    for one, other in contents:
        if state in (PairState.SAME, PairState.DIFFERENT):
            remember(one, other, is_same=state is PairState.SAME, by=by, at=at)
        else:
            forget(one, other)
    db.session.flush()  # a merge that follows looks for what is still open


def survivor_of(pair: DuplicatePair, keep_id: UUID | None = None) -> tuple[UUID, UUID]:
    """Which of the two stays, and which goes into it.

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


def take_decision_back(pair_id: UUID, *, version: int, by: Identity, at: datetime) -> DuplicatePair:
    """Ask again: the decision *different* or *later* is forgotten, the pair is open as before.

    Raises:
        Conflict: somebody changed it meanwhile, or the two are one node (split them instead).
    """
    pair = _hold(pair_id)
    before = pair.state
    refuse_stale(
        pair,
        version,
        theirs={"Decision": STATE_WORDS[before]},
        mine={"Decision": STATE_WORDS[PairState.OPEN]},
    )
    if before not in (PairState.DIFFERENT, PairState.LATER):
        raise Conflict(
            "There is no decision to take back.", "A merge is taken back by splitting it."
        )
    reopen(pair)
    audit.record("duplicate_pair:reopen", pair, by=by, at=at, decision=(before.value, "open"))
    return pair


def reopen(pair: DuplicatePair) -> None:
    """Forget the decision on a pair."""
    forget(pair.left_hash, pair.right_hash)
    pair.state, pair.decided_at, pair.decided_by_id = PairState.OPEN, None, None


def split(merge_id: UUID, *, ask_again: bool, by: Identity, at: datetime) -> NodeMerge:
    """Split a merge; the decision on its pair becomes *different*, or is asked again.

    Raises:
        Conflict: it was split already, or the node that stayed is archived.
    """
    merge = split_merge(merge_id, by=by, at=at)
    pair = get_pair(merge.pair_id, for_change=True) if merge.pair_id else None
    if ask_again:
        forget(merge.survivor_hash, merge.absorbed_hash)
    else:
        remember(merge.survivor_hash, merge.absorbed_hash, is_same=False, by=by, at=at)
    if pair is not None and ask_again:
        reopen(pair)
    elif pair is not None:
        settle(pair, PairState.DIFFERENT, by=by, at=at)
    return merge
