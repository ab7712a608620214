"""Assessment of a whole map and storage of its result; scores are added, never overwritten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.adapters.snapshot_files import SnapshotPlace
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict
from ddplatform.infrastructure.jobs.context import Progress, Unit
from ddplatform.infrastructure.tenancy import insert_rows
from ddplatform.languages import gettext
from ddplatform.risk.assessment.services.rows import RowMaker, summary_of
from ddplatform.risk.assessment.services.summaries import refresh_summaries
from ddplatform.risk.facts.queries.evidence import load_evidence, load_self_disclosed
from ddplatform.risk.facts.queries.fresh import list_marks
from ddplatform.risk.facts.services.facts import ask_reassessment
from ddplatform.risk.facts.services.fresh import clear_marks, mark
from ddplatform.risk.reference.services import sync
from ddplatform.risk.runs.models import AssessmentRun, RiskAssessment, RunRegister, WholeBecause
from ddplatform.risk.runs.queries.rows import find_changes
from ddplatform.risk.runs.queries.runs import count_known_scores, count_scores, find_current_run
from ddplatform.value_chain.graph.queries.columns import MapRows, read_map
from ddplatform.value_chain.graph.services import snapshots as map_snapshots
from ddplatform.value_chain.mapping.queries.maps import get_chain, get_chain_for_change
from supply_chain.graph.graph import ValueChain as Graph
from supply_chain.reference.release import load_reference
from supply_chain.risk.assessment import assess as assess_by_rm1
from supply_chain.risk.evidence import Evidence
from supply_chain.risk.method import METHOD_VERSION as RM1
from supply_chain.risk.rm2.map_assessment import Assessment as Rm2Assessment
from supply_chain.risk.rm2.map_assessment import assess as assess_by_rm2
from supply_chain.risk.rm2.method import METHOD_VERSION as RM2
from supply_chain.risk.stored_run import Assessment, StoredRun, stored_run
from supply_chain.vocabulary import Issue

CHUNK = 5_000  # nodes written in one unit of work


@dataclass(frozen=True)
class Loaded:
    """A map on a day, read and ready to be scored."""

    chain_id: UUID
    chain_version: int
    release_id: UUID
    as_of: date
    graph: Graph
    keys: tuple[UUID, ...]  # of the nodes, in the order of the graph
    names: dict[UUID, str]
    rows: MapRows
    """All of the map that was read, for its snapshot."""
    evidence: Evidence
    """What reaches nodes in their surroundings, where the method counts it; else it is evidence."""
    method: str
    self_disclosed: set[tuple[int, Issue]]
    fresh: Sequence[UUID]
    """Marks of evidence that no run had scored before; this one does."""
    current_run_id: UUID | None
    """The run that was the current one when all this was read."""

    def score(self) -> Assessment:
        """Run the method. Takes time and no database."""
        graph, known, reference = self.graph, self.evidence, load_reference()
        if self.method == RM1:
            return assess_by_rm1(graph, known, reference=reference, as_of=self.as_of)
        return assess_by_rm2(graph, known, reference=reference, as_of=self.as_of)


@dataclass(frozen=True)
class Assessed:
    """Scores, the run that keeps them, and what they were made from."""

    run_id: UUID
    assessment: Assessment
    loaded: Loaded


def assess_chain(
    chain_id: UUID,
    cause: str,
    *,
    as_of: date,
    act: Act,
    unit: Unit,
    progress: Progress,
    run_id: UUID | None = None,
    whole_because: WholeBecause = WholeBecause.ASKED,
    method: str = RM2,
) -> Assessed:
    """Score every node and issue of a map and keep the run.

    The run becomes the current one in the last unit of work, with the node summaries: till then,
    and where nothing is new, the one before stays. One as of an earlier day is kept beside it.

    Args:
        unit: opens a unit of work in the tenant of the map.
        progress: told how many nodes of how many are written, between units.
        run_id: the key of the run, where an attempt that was killed is begun again.
        whole_because: why no run of changed nodes alone is enough.
        method: version of the method; RM-1.0 to have the scores that it gave before.

    Raises:
        NotFound: no such map. Conflict: another attempt cleared its scores away meanwhile.
    """
    with unit():
        loaded = load(chain_id, as_of=as_of, at=act.at, method=method)
    place = _keep_map(loaded, act.by, unit)
    assessment, run_id = loaded.score(), run_id or uuid4()
    kept = stored_run(assessment)
    summary = summary_of(kept, nodes=len(loaded.keys))
    with unit():
        known = _same_run(loaded, assessment, summary["scores_sha256"])
    if known is not None:
        return Assessed(known, assessment, loaded)
    firsts = _write(loaded, kept, run_id, unit=unit, progress=progress)
    register = kept.register(loaded.keys)
    run = _run(loaded, kept, run_id, summary, cause=cause, because=whole_because, act=act)
    with unit():
        get_chain_for_change(chain_id)  # whoever clears scores away waits, or did it before
        _must_stand(run_id, firsts, len(assessment.chain))
        db.session.add(RunRegister(run_id=run_id, content=register.pack()))
        _keep(run, loaded, kept, act=act)
    map_snapshots.keep_run(place, run_id, register)
    if isinstance(assessment, Rm2Assessment):
        map_snapshots.keep_state(place, run_id, assessment, loaded.evidence, nodes=run.node_count)
    return Assessed(run_id, assessment, loaded)


def _keep_map(loaded: Loaded, by: Identity, unit: Unit) -> SnapshotPlace:
    """The map on disk, where pages draw it from."""
    place = SnapshotPlace(by.organisation_id, loaded.chain_id, loaded.chain_version)
    map_snapshots.keep_map(place, loaded.rows)
    map_snapshots.keep_index(place, unit)
    return place


def _write(
    loaded: Loaded, run: StoredRun, run_id: UUID, *, unit: Unit, progress: Progress
) -> list[UUID]:
    """Write all scores in parts; returns the key of the first row of each."""
    maker = RowMaker(run, loaded.keys, loaded.names, loaded.self_disclosed)
    firsts = []
    for start in range(0, maker.count, CHUNK):
        stop = min(start + CHUNK, maker.count)
        rows = maker.rows(run_id, start, stop)
        firsts.append(rows[0]["id"])
        with unit():
            insert_rows(RiskAssessment, rows)
        progress(stop, maker.count)
    return firsts


def _must_stand(run_id: UUID, firsts: Sequence[UUID], count: int) -> None:
    """All scores are there, and written by this attempt.

    A worker that sleeps longer than its lease is taken for dead: the next one clears away what it
    wrote (`leftovers`) and begins the same run again.
    """
    if count_scores(run_id) != count or count_known_scores(firsts) != len(firsts):
        raise Conflict(
            gettext("The scores of this assessment were removed while it was under way."),
            gettext("Another attempt has started it again: wait for that one."),
        )


def load(chain_id: UUID, *, as_of: date, at: datetime, method: str = RM2) -> Loaded:
    """Read all that an assessment of a map rests on; installs shipped reference data if new.

    Args:
        method: as in `assess_chain`.
    """
    get_chain(chain_id)
    release = sync(at)
    rows = read_map(chain_id)
    # Before the evidence: what comes in between keeps its mark and is scored once more.
    fresh, current = list_marks(chain_id), find_current_run(chain_id)
    graph, keys = rows.graph, tuple(rows.keys)
    return Loaded(
        chain_id=chain_id,
        chain_version=rows.version,
        release_id=release.id,
        as_of=as_of,
        graph=graph,
        keys=keys,
        names=dict(zip(keys, rows.names, strict=True)),
        rows=rows,
        evidence=load_evidence(chain_id, keys, as_of),
        method=method,
        self_disclosed=load_self_disclosed(chain_id, keys, as_of),
        fresh=[mark.id for mark in fresh],
        current_run_id=current.id if current else None,
    )


def _same_run(loaded: Loaded, assessment: Assessment, checksum: str) -> UUID | None:
    """The current run, where it says the same; what was new then changed nothing."""
    current = find_current_run(loaded.chain_id)
    same = (
        current is not None
        and current.chain_version == loaded.chain_version
        and current.release_id == loaded.release_id
        and current.as_of == loaded.as_of
        and current.parameters_sha256 == assessment.parameters_sha256
        and current.summary.get("scores_sha256") == checksum
    )
    if current is None or not same:
        return None
    clear_marks(loaded.fresh)
    return current.id


def _run(
    loaded: Loaded,
    kept: StoredRun,
    run_id: UUID,
    summary: dict[str, Any],
    *,
    cause: str,
    because: WholeBecause,
    act: Act,
) -> AssessmentRun:
    return AssessmentRun(
        id=run_id,
        step=0,
        chain_id=loaded.chain_id,
        chain_version=loaded.chain_version,
        cause=cause,
        whole_because=because,
        method_version=kept.found.method_version,
        parameters_sha256=kept.found.parameters_sha256,
        release_id=loaded.release_id,
        as_of=loaded.as_of,
        node_count=len(loaded.keys),
        summary=summary,
        scaled=kept.over_one,
        created_at=act.at,
        created_by_id=act.by.user_id,
    )


def _keep(run: AssessmentRun, loaded: Loaded, kept: StoredRun, *, act: Act) -> None:
    chain = get_chain_for_change(loaded.chain_id)
    current = find_current_run(loaded.chain_id)
    db.session.add(run)
    db.session.flush()  # the event names it
    is_newest = current is None or (
        (current.as_of, current.chain_version) <= (run.as_of, run.chain_version)
    )
    if is_newest:
        chain.current_run_id = run.id
        refresh_summaries(chain.id, kept, loaded.keys)
        clear_marks(loaded.fresh)
        if current is not None and current.id != loaded.current_run_id:
            _score_once_more(current, loaded, act=act)
    audit.record(
        "risk:assess",
        run,
        act=act,
        cause=run.cause,
        as_of=run.as_of,
        chain_version=run.chain_version,
        method=run.method_version,
        nodes=run.node_count,
    )


def _score_once_more(run: AssessmentRun, loaded: Loaded, *, act: Act) -> None:
    """A run came in while this one was worked out: what that one read later is not lost.

    It took the marks away that it read, so that they are set again.
    """
    found = find_changes(run.id)
    if found is not None:
        mark(loaded.keys[row] for row in found[1].fresh.tolist())
    ask_reassessment(loaded.chain_id, run.cause, act=act)
