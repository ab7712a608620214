"""Decision on many pairs at once: a merge of all above a score, with undo of the whole."""

from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.infrastructure.jobs.context import Progress, Unit
from ddplatform.languages import gettext
from ddplatform.value_chain.mapping.models import ValueChain
from ddplatform.value_chain.mapping.queries.maps import get_chain, get_chain_for_change
from ddplatform.value_chain.mapping.services.changes import finish_import
from ddplatform.value_chain.matching.models import DuplicatePair, MatchRun, MatchRunKind, PairState
from ddplatform.value_chain.matching.queries.pairs import PairFilter, count_pairs, list_keys_above
from ddplatform.value_chain.matching.queries.records import get_pair, get_run
from ddplatform.value_chain.matching.services.memory import forget
from ddplatform.value_chain.merging.queries.merges import (
    find_merge_of,
    get_merge,
    get_node_anew,
    list_merges_of_run,
)
from ddplatform.value_chain.merging.services.decisions import reopen, settle, survivor_of
from ddplatform.value_chain.merging.services.merge import absorb, take_apart

MERGE_MANY = "matching:merge-many"
UNDO_MANY = "matching:undo-many"
AT_ONCE = 25
"""Merges in one unit of work: nobody else waits long, and little is lost when it ends early."""
MOST = 100_000
LEAST_SCORE = 0.5
"""Below it most pairs are two suppliers: they are reviewed one by one."""


def count_above(chain_id: UUID, threshold: float) -> int:
    """The number of open pairs of a map with at least this score."""
    wanted = PairFilter(state=PairState.OPEN, least=threshold, is_two=True)
    return count_pairs(chain_id, wanted, cap=MOST)


def request_merge_above(chain_id: UUID, threshold: float, *, seen: int, act: Act) -> MatchRun:
    """Queue the merge of every open pair of at least this score.

    Args:
        threshold: 0.5 to 1.
        seen: how many pairs the person was shown and agreed to.

    Raises:
        Invalid: the score is out of range, or nothing has it.
        Conflict: by now other pairs have this score than the person was shown.
    """
    if not LEAST_SCORE <= threshold <= 1:
        least = round(100 * LEAST_SCORE)
        range_words = gettext("Enter a score from %(least)s to 100.", least=least)
        raise Invalid(fields={"score": range_words})
    chain = get_chain(chain_id)
    count = count_above(chain_id, threshold)
    if not count:
        raise Invalid(fields={"score": gettext("No open pair has this score. Choose a lower one.")})
    if count != seen:
        raise Conflict(
            gettext("The pairs changed after you opened this page."),
            gettext("Check the number again, then decide."),
            theirs={gettext("Pairs of this score"): f"{count:,}"},
            mine={gettext("Pairs of this score"): f"{seen:,}"},
        )
    run = MatchRun(
        chain_id=chain.id,
        kind=MatchRunKind.MERGE,
        threshold=threshold,
        counts={"asked": count},
        created_at=act.at,
        created_by_id=act.by.user_id,
    )
    db.session.add(run)
    db.session.flush()  # its job and its event name it
    _queue(run, MERGE_MANY, act=act)
    audit.record("match_run:merge", run, act=act, pairs=count, score=threshold, chain=chain.id)
    return run


def _queue(run: MatchRun, name: str, *, act: Act) -> None:
    job = jobs.enqueue(name, {"run_id": str(run.id)}, act=act, unique_key=f"{name}:{run.id}")
    run.job_id = job.id


def merge_many(run_id: UUID, *, unit: Unit, progress: Progress, act: Act) -> dict[str, int]:
    """Merge the pairs of a run, some at a time; begun again it goes on where it ended."""
    while True:
        with unit():
            run = get_run(run_id, for_change=True)
            asked = int(run.counts["asked"])
            merged = len(list_merges_of_run(run_id))
            keys = [] if run.undone_at else _next_pairs(run)
            if not keys:
                run.finished_at, run.counts = act.at, {**run.counts, "merged": merged}
                return dict(run.counts)
            chain = get_chain_for_change(run.chain_id)
            for key in keys:
                merged += _merge_one(chain, run, key, act=act)
            finish_import(chain, "match_run:merge", cause=run, act=act)
        progress(min(merged, asked), asked)


def _next_pairs(run: MatchRun) -> list[UUID]:
    assert run.threshold is not None
    return list(list_keys_above(run.chain_id, run.threshold, limit=AT_ONCE))


def _merge_one(chain: ValueChain, run: MatchRun, key: UUID, *, act: Act) -> int:
    """Merge one pair, unless a merge just before made it the same question as another."""
    pair = get_pair(key, for_change=True)
    if pair.state is not PairState.OPEN or not _both_stand(pair):
        return 0
    settle(pair, PairState.SAME, act=act)
    stays, goes = survivor_of(pair)
    absorb(chain, stays, goes, pair_id=pair.id, run_id=run.id, act=act)
    return 1


def _both_stand(pair: DuplicatePair) -> bool:
    return all(get_node_anew(key).archived_at is None for key in (pair.left_id, pair.right_id))


def request_undo(run_id: UUID, *, act: Act) -> MatchRun:
    """Queue the taking back of every merge of a run that still stands.

    Raises:
        Conflict: it is no merge, goes on still, or was undone already.
    """
    run = get_run(run_id, for_change=True)
    if run.kind is not MatchRunKind.MERGE or run.finished_at is None:
        raise Conflict(
            gettext("There is nothing to undo yet."), gettext("Wait until the merge has ended.")
        )
    if run.undone_at is not None:
        raise Conflict(
            gettext("This was undone already."),
            gettext("All records are separate in the map again."),
        )
    run.undone_at, run.undone_by_id, run.finished_at = act.at, act.by.user_id, None
    _queue(run, UNDO_MANY, act=act)
    audit.record("match_run:undo", run, act=act, merges=len(list_merges_of_run(run_id)))
    return run


def undo_many(run_id: UUID, *, unit: Unit, progress: Progress, act: Act) -> dict[str, int]:
    """Split the merges of a run, the last one first; their pairs are asked again.

    A merge whose node was archived by hand since stays as it is: one that left the map stops none
    of the others. Restored, it can be split on its own page.
    """
    left: set[UUID] = set()
    while True:
        with unit():
            run = get_run(run_id, for_change=True)
            chain = get_chain_for_change(run.chain_id)
            merges = [key for key in list_merges_of_run(run_id) if key not in left]
            total = int(run.counts.get("merged", 0))
            if not merges:
                run.finished_at = act.at
                run.counts = {**run.counts, "left": len(left)} if left else run.counts
                return dict(run.counts)
            for merge_id in merges[:AT_ONCE]:
                if not _undo_one(merge_id, act=act):
                    left.add(merge_id)
            finish_import(chain, "match_run:undo", cause=run, act=act)
        progress(total - len(merges[AT_ONCE:]), total)


def _undo_one(merge_id: UUID, *, act: Act) -> bool:
    """Split one merge; False where a person archived the node that stayed."""
    merge = get_merge(merge_id)
    is_archived = get_node_anew(merge.survivor_id).archived_at is not None
    if is_archived and find_merge_of(merge.survivor_id) is None:
        return False
    take_apart(merge_id, act=act)
    forget(merge.survivor_hash, merge.absorbed_hash)
    if merge.pair_id is not None:
        reopen(get_pair(merge.pair_id, for_change=True))
    return True
