"""Invariants of an installation after the kill of one of its processes, at any moment."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import func, select, text

from ddplatform.audit.models import AuditEvent
from ddplatform.audit.services.log import verify
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.snapshot_files import MAP, Snapshot, SnapshotPlace
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.jobs.models import Job, JobState
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.risk.runs.models import AssessmentRun, RiskAssessment, RunRegister
from ddplatform.value_chain.filters.queries.search import PART, index_part, read_words
from ddplatform.value_chain.graph.queries.columns import map_part, read_map
from ddplatform.value_chain.graph.queries.drafts import load_drafts
from ddplatform.value_chain.graph.queries.graph import load_tiers
from ddplatform.value_chain.imports.models import (
    ImportFault,
    ImportFaultRow,
    ImportGone,
    ImportPage,
)
from ddplatform.value_chain.mapping.models import (
    ImportStatus,
    MapImport,
    NodeSummary,
    ValueChain,
    ValueChainNode,
)
from ddplatform.value_chain.mapping.queries.maps import get_chain
from ddplatform.value_chain.matching.models import DuplicatePair, MatchRun, NodeMerge, PairState

SHOWN = (ImportPage, ImportFault, ImportFaultRow, ImportGone)
NOT_SHOWN = (ImportStatus.READING, ImportStatus.REFUSED)


def content_of(chain_id: UUID) -> str:
    """Checksum of the content of a map: its nodes and links without keys and timestamps."""
    drafts = load_drafts(chain_id)
    return hashlib.sha256(repr((drafts.nodes, drafts.links)).encode()).hexdigest()


def faults_of(chain_id: UUID) -> list[str]:
    """Every half state that can be seen at any moment, also while a job waits to be done again."""
    checks: Sequence[Callable[[UUID], Iterable[str]]] = (
        _log_faults,
        _key_faults,
        _tier_faults,
        _import_faults,
        _merge_faults,
        _run_faults,
        _snapshot_faults,
    )
    return [fault for check in checks for fault in check(chain_id)]


def faults_at_rest(chain_id: UUID) -> list[str]:
    """The same once all jobs have ended, with what a job that was begun again clears away."""
    return [*faults_of(chain_id), *_job_faults(), *_left_behind(), *_stale(chain_id)]


def _log_faults(_chain_id: UUID) -> Iterator[str]:
    for fault in verify().faults:
        yield f"log: {fault}"


def _key_faults(_chain_id: UUID) -> Iterator[str]:
    """PostgreSQL holds foreign keys at each commit; SQLite's file is looked through."""
    if db.engine.dialect.name == "sqlite":
        for row in db.session.execute(text("PRAGMA foreign_key_check")):
            yield f"orphan: {tuple(row)}"
        answer = db.session.execute(text("PRAGMA quick_check")).scalar_one()
        if answer != "ok":
            yield f"file: {answer}"


def _tier_faults(chain_id: UUID) -> Iterator[str]:
    """Each node has one summary, and its tier is that of the current links."""
    nodes = set(
        db.session.scalars(select(ValueChainNode.id).where(ValueChainNode.chain_id == chain_id))
    )
    rows = db.session.execute(
        select(NodeSummary.node_id, NodeSummary.tier).where(NodeSummary.chain_id == chain_id)
    ).all()
    kept = {row.node_id: row.tier for row in rows}
    if len(rows) != len(kept) or kept.keys() != nodes:
        yield f"summaries: {len(rows)} of {len(nodes)} nodes"
    wrong = [key for key, tier in load_tiers(chain_id).items() if kept.get(key) != tier]
    if wrong:
        yield f"tiers: {len(wrong)} are not those of the links"


def _import_faults(chain_id: UUID) -> Iterator[str]:
    for row in db.session.scalars(select(MapImport).where(MapImport.chain_id == chain_id)).all():
        for entry in row.files:
            if not adapters().files.has(current_organisation(), entry["sha256"]):
                yield f"import: {entry['name']} is not on disk"
        pages = sum(_count(model, model.import_id == row.id) for model in SHOWN)
        if bool(pages) == (row.status in NOT_SHOWN):
            yield f"import: {row.status} with {pages} rows of a preview"
        applied = row.status in (ImportStatus.APPLIED, ImportStatus.UNDONE)
        yield from _events("map_import:apply", row.id, int(applied))
        yield from _events("map_import:undo", row.id, int(row.status is ImportStatus.UNDONE))
        yield from _events("map_import:stage", row.id, 1)


def _merge_faults(chain_id: UUID) -> Iterator[str]:
    """A merge is complete: its pair, its nodes and its event agree."""
    merges = db.session.scalars(select(NodeMerge).where(NodeMerge.chain_id == chain_id)).all()
    rows = db.session.execute(
        select(ValueChainNode.id, ValueChainNode.archived_at).where(
            ValueChainNode.chain_id == chain_id
        )
    )
    archived = {row.id for row in rows if row.archived_at is not None}
    standing = [merge for merge in merges if merge.split_at is None]
    for merge in standing:
        if merge.absorbed_id not in archived:
            yield f"merge {merge.number}: what was merged stands still"
    same = _count(
        DuplicatePair, DuplicatePair.chain_id == chain_id, DuplicatePair.state == PairState.SAME
    )
    if same != len({merge.pair_id for merge in standing}):
        yield f"merges: {len(standing)} stand, {same} pairs are said to be the same"
    yield from _counted_events("node:merge", len(merges), chain_id)
    yield from _counted_events("node:split", len(merges) - len(standing), chain_id)


def _run_faults(chain_id: UUID) -> Iterator[str]:
    """A run is there with all of its scores, its register and its event, or not at all."""
    runs = db.session.scalars(select(AssessmentRun).where(AssessmentRun.chain_id == chain_id)).all()
    for run in runs:
        places = select(func.count(), func.max(RiskAssessment.place)).where(
            RiskAssessment.run_id == (run.base_run_id or run.id), RiskAssessment.step == 0
        )
        count, last = db.session.execute(places).one()
        if count < run.node_count or last != count - 1:
            yield f"run: {count} scores, the last at {last}, of {run.node_count} nodes"
        if _count(RunRegister, RunRegister.run_id == run.id) != 1:
            yield "run: without its register"
        yield from _events("risk:assess", run.id, 1)
    current = get_chain(chain_id).current_run_id
    if current is not None and current not in {run.id for run in runs}:
        yield "run: the map points to one that is not there"


def _job_faults() -> Iterator[str]:
    """Every job has ended, and what it worked for says so too."""
    jobs = db.session.scalars(select(Job).where(Job.state != JobState.DONE)).all()
    yield from (f"job: {job.name} is {job.state}: {job.last_error}" for job in jobs)
    unread = (ImportStatus.READING, ImportStatus.APPLYING)
    if count := _count(MapImport, MapImport.status.in_(unread)):
        yield f"import: {count} wait for nothing"
    if count := _count(MatchRun, MatchRun.finished_at.is_(None)):
        yield f"matching: {count} runs wait for nothing"


def _left_behind() -> Iterator[str]:
    """Scores and registers of a run that was begun and never came to be."""
    runs = select(AssessmentRun.id)
    for model in (RiskAssessment, RunRegister):
        if count := _count(model, model.run_id.not_in(runs)):
            yield f"{model.__tablename__}: {count} rows without a run"


def _stale(chain_id: UUID) -> Iterator[str]:
    """The assessment required after every change was made for the current map."""
    chain = get_chain(chain_id)
    run = db.session.get(AssessmentRun, chain.current_run_id) if chain.current_run_id else None
    if chain.version > 1 and (run is None or run.chain_version != chain.version):
        yield f"run: of version {run and run.chain_version}, the map is at {chain.version}"


def _snapshot_faults(chain_id: UUID) -> Iterator[str]:
    """No snapshot is newer than the map, each is whole, and that of its version shows it.

    Of web and worker one lives on, and may take an old snapshot away while this looks.
    """
    chain, store = get_chain(chain_id), adapters().snapshots
    home = store.root / chain.organisation_id.hex / chain.id.hex
    for folder in home.glob("[0-9]*"):
        version = int(folder.name)
        place = SnapshotPlace(chain.organisation_id, chain.id, version)
        if version > chain.version:
            yield f"snapshot: of version {version}, the map is at {chain.version}"
        for part in folder.glob("*"):
            if not store.is_whole(place, part.name) and part.exists():
                yield f"snapshot: {version}/{part.name} is not whole"
        if version == chain.version:
            yield from _other_content(chain, place)


def _other_content(chain: ValueChain, place: SnapshotPlace) -> Iterator[str]:
    words = read_words(chain.id)
    for part, made in ((MAP, map_part(read_map(chain.id))), (PART, index_part(words))):
        kept = adapters().snapshots.open(place, part)
        if kept is not None and not _equal(kept, made):
            yield f"snapshot: {place.version}/{part} shows another state than the map"


def _equal(one: Snapshot, other: Snapshot) -> bool:
    arrays: tuple[Any, Any] = (one.arrays, other.arrays)
    return arrays[0].keys() == arrays[1].keys() and all(
        np.array_equal(array, arrays[1][name], equal_nan=array.dtype.kind == "f")
        for name, array in arrays[0].items()
    )


def _events(action: str, target: UUID, wanted: int) -> Iterator[str]:
    found = _count(AuditEvent, AuditEvent.action == action, AuditEvent.target_id == str(target))
    if found != wanted:
        yield f"log: {found} events {action}, not {wanted}"


def _counted_events(action: str, wanted: int, chain_id: UUID) -> Iterator[str]:
    nodes = select(ValueChainNode.id).where(ValueChainNode.chain_id == chain_id)
    keys = [str(key) for key in db.session.scalars(nodes)]
    found = _count(AuditEvent, AuditEvent.action == action, AuditEvent.target_id.in_(keys))
    if found != wanted:
        yield f"log: {found} events {action}, not {wanted}"


def _count(model: Any, *conditions: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0
