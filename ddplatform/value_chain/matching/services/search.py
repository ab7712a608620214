"""Search for likely duplicates of a map: pairs found, and updated."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.bulk import many_objects, rising_keys
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.infrastructure.jobs.context import Progress, Unit
from ddplatform.infrastructure.tenancy import insert_rows
from ddplatform.value_chain.mapping.queries.maps import get_chain, get_chain_for_change
from ddplatform.value_chain.matching.models import (
    WAITING,
    DuplicatePair,
    MatchRun,
    MatchRunKind,
    PairState,
)
from ddplatform.value_chain.matching.queries.records import (
    SourceOf,
    get_run,
    list_merged_pairs,
    list_pairs_of_chain,
    load_decisions,
    load_operated,
    load_records,
    load_source_records,
)
from supply_chain.matching.matcher import find_within
from supply_chain.matching.pairs import Decision, Pair
from supply_chain.matching.record_content import pair_key
from supply_chain.matching.records import Record

SEARCH = "matching:search"
CHUNK = 500
SAID_BEFORE = "records with the same two contents were merged before"


def request_search(chain_id: UUID, *, act: Act) -> MatchRun:
    """Queue a search for likely duplicates; one that already waits is enough."""
    chain = get_chain(chain_id)
    run = MatchRun(
        chain_id=chain.id,
        kind=MatchRunKind.SEARCH,
        created_at=act.at,
        created_by_id=act.by.user_id,
    )
    db.session.add(run)
    db.session.flush()  # its job names it
    key = f"{SEARCH}:{chain.id}"
    job = jobs.enqueue(SEARCH, {"run_id": str(run.id)}, act=act, unique_key=key)
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
        sources = load_source_records(chain_id)
        operated, decided = load_operated(chain_id), load_decisions()
    progress(1, 3)
    found = find_likely([*records, *(one.record for one in sources)], operated)
    found = in_the_map(found, sources, operated, hashes=hashes, decided=decided)
    progress(2, 3)
    with unit():
        counts = keep_pairs(chain_id, found, hashes, at=at)
        run = get_run(run_id, for_change=True)
        run.finished_at, run.counts = at, {"records": len(records), **counts}
        return dict(run.counts)


@many_objects()
def find_likely(records: Sequence[Record], operated: Collection[frozenset[str]]) -> list[Pair]:
    """The pairs that the matcher would merge or submit for review.

    Args:
        operated: pairs of which one runs the other; they share words and are two all the same.
    """
    return [
        pair
        for pair in find_within(records)
        if pair.decision is not Decision.DIFFERENT
        and frozenset((pair.left_id, pair.right_id)) not in operated
    ]


def in_the_map(
    found: Sequence[Pair],
    made_of: Sequence[SourceOf],
    operated: Collection[frozenset[str]],
    *,
    hashes: Mapping[str, str],
    decided: Mapping[tuple[str, str], bool],
) -> list[Pair]:
    """Pairs of nodes that stand: what is like a source record may be the supplier made of it.

    Args:
        made_of: the records that were merged into others.
        operated: pairs of which one runs the other.
        decided: what was said of two contents before; that a source record is another supplier
            is not asked again.
    """
    sources = {source.record.id: source for source in made_of}
    contents = {**hashes, **{key: source.content for key, source in sources.items()}}
    kept: dict[frozenset[str], Pair] = {}
    for pair in found:
        both = (pair.left_id, pair.right_id)
        merged = [sources[key] for key in both if key in sources]
        ends = [sources[key].node_id if key in sources else key for key in both]
        content = pair_key(*(contents[key] for key in both))
        is_left_out = ends[0] == ends[1] or frozenset(ends) in operated
        is_left_out |= not hashes.keys() >= set(ends)  # what was made of it left the map
        if merged and (is_left_out or decided.get(content) is False):
            continue
        told = tuple(f"like “{one.record.name}”, which was merged into it" for one in merged)
        moved = replace(pair, left_id=ends[0], right_id=ends[1], reasons=(*told, *pair.reasons))
        kept.setdefault(frozenset(ends), moved if merged else pair)
    return list(kept.values())


@many_objects()
def keep_pairs(
    chain_id: UUID, found: Sequence[Pair], hashes: dict[str, str], *, at: datetime
) -> dict[str, int]:
    """Bring the pairs of a map up to date with a search.

    A decision holds while both records say the same; what was decided on equal contents before,
    in whichever rows and maps, is not asked again. Open pairs that are no longer alike go, but
    for those that a merge names.
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
    merged = list_merged_pairs(chain_id)  # no search finds these; some are asked about again
    gone = [
        pair.id
        for ends, pair in known.items()
        if ends not in seen and pair.state is PairState.OPEN and pair.id not in merged
    ]
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
