"""Progress of the first steps, from the map, its list and its scores."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from ddplatform.accounts.founding.models import FirstRun
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.jobs.models import Job, JobState
from ddplatform.infrastructure.jobs.queries import find_going_on, get_job
from ddplatform.risk.facts.services.facts import REASSESS
from ddplatform.risk.runs.models import AssessmentRun
from ddplatform.value_chain.import_steps.queries.first_run import (
    find_first_list,
    find_first_map,
    find_first_run,
)
from ddplatform.value_chain.mapping.models import (
    ImportStatus,
    MapImport,
    ValueChain,
    ValueChainNode,
)


class Stage(StrEnum):
    """The next step."""

    BEGIN = "begin"
    """There is no map yet."""
    LIST = "list"
    """There is a map and no list on its way into it."""
    CHECK = "check"
    """The list is being read or waits for review."""
    SCORE = "score"
    """The list comes in, or its places are scored."""
    READY = "ready"
    """Risks are ranked."""


@dataclass(frozen=True)
class Work:
    """A job behind the page: `done` of `total` steps, 0 of 0 before its first report."""

    done: int
    total: int
    is_over: bool = False
    is_going_on: bool = False
    fault: str | None = None


@dataclass(frozen=True)
class Progress:
    """Progress of the first steps."""

    stage: Stage
    first_run: FirstRun | None
    chain: ValueChain | None
    row: MapImport | None
    reading: Work
    scoring: Work
    places: int
    """Places that are scored; 0 before that."""

    @property
    def is_unscored(self) -> bool:
        """Whether the list is in but no scoring job is active: that job failed."""
        return self.stage is Stage.SCORE and self.reading.is_over and not self.scoring.is_going_on


def has_places() -> bool:
    """Whether the maps of the acting organisation hold more than its own business."""
    standing = select(ValueChainNode.id).where(ValueChainNode.archived_at.is_(None))
    return db.session.scalar(standing.limit(1).offset(1)) is not None


def load_progress() -> Progress:
    """The first steps of the acting organisation, in six statements at most."""
    first_run = find_first_run()
    chain, row = find_first_map(first_run), find_first_list(first_run)
    stage, run = _stage(chain, row), _run_of(chain)
    if stage is Stage.SCORE and chain is not None and _is_scored(chain, run):
        stage = Stage.READY
    return Progress(
        stage=stage,
        first_run=first_run,
        chain=chain,
        row=row,
        reading=_reading(row),
        scoring=_scoring(chain, is_over=stage is Stage.READY),
        places=run.node_count if run and stage is Stage.READY else 0,
    )


def _stage(chain: ValueChain | None, row: MapImport | None) -> Stage:
    if chain is None:
        return Stage.BEGIN
    if row is None:
        return Stage.LIST
    if row.status in (ImportStatus.READING, ImportStatus.PREVIEWED):
        return Stage.CHECK
    if row.status in (ImportStatus.APPLYING, ImportStatus.APPLIED):
        return Stage.SCORE
    return Stage.LIST


def _run_of(chain: ValueChain | None) -> AssessmentRun | None:
    if chain is None or chain.current_run_id is None:
        return None
    return db.session.scalar(select(AssessmentRun).where(AssessmentRun.id == chain.current_run_id))


def _is_scored(chain: ValueChain, run: AssessmentRun | None) -> bool:
    return run is not None and run.chain_version is not None and run.chain_version >= chain.version


def _reading(row: MapImport | None) -> Work:
    if row is None:
        return Work(0, 0)
    if row.status is ImportStatus.APPLIED:
        return Work(1, 1, is_over=True)
    return _work(row.job_id)


def _work(job_id: UUID | None) -> Work:
    if job_id is None:
        return Work(0, 0)
    job = get_job(job_id)
    return _told(job)


def _told(job: Job) -> Work:
    fault = job.last_error or "unknown" if job.state is JobState.FAILED else None
    return Work(job.done, job.total, is_going_on=job.is_going_on, fault=fault)


def _scoring(chain: ValueChain | None, *, is_over: bool) -> Work:
    if is_over:
        return Work(1, 1, is_over=True)
    job = find_going_on(f"{REASSESS}:{chain.id}") if chain else None
    return _told(job) if job else Work(0, 0)
