"""The context and the handler interface of jobs."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.db import finish, unit_of_work
from ddplatform.infrastructure.tenancy import acting_in

Result = Mapping[str, Any] | None
Unit = Callable[[], AbstractContextManager[None]]
"""Opens one stage of long work: `unit` or `look` of the job."""
Progress = Callable[[int, int], None]
"""Told how much is done of how much; only between units of work."""


@dataclass(frozen=True)
class JobContext:
    """The context of a job for its handler."""

    payload: Mapping[str, Any]
    act: Act
    progress: Progress
    id: UUID | None = None
    """The job itself: the same at each attempt."""

    def id_of(self, name: str) -> UUID:
        """An id of the payload."""
        return UUID(self.payload[name])

    @contextmanager
    def unit(self) -> Iterator[None]:
        """A unit of work in the tenant of the job, for staged handlers."""
        with unit_of_work(), acting_in(self.act.by.organisation_id):
            yield

    @contextmanager
    def look(self) -> Iterator[None]:
        """Reading in the tenant of the job: nothing is kept, and nobody waits for it to end."""
        with acting_in(self.act.by.organisation_id):
            try:
                yield
            finally:
                finish(ok=False)


class StagedVerb(Protocol):
    """A verb about one row that opens its own units of work and reports progress."""

    def __call__(self, row_id: UUID, /, *, unit: Unit, progress: Progress, act: Act) -> Result: ...


def about(name: str, verb: StagedVerb) -> Callable[[JobContext], Result]:
    """What carries out a staged verb about the row whose id the payload calls `name`."""

    def run(job: JobContext) -> Result:
        return verb(job.id_of(name), unit=job.unit, progress=job.progress, act=job.act)

    return run


@dataclass(frozen=True)
class Handler:
    """A job handler. Every handler can run twice: the worker may be killed at any time."""

    run: Callable[[JobContext], Result]
    permission: Permission | None = None
    """The permission that the requester must still have when the job runs."""
    is_staged: bool = False
    """Long work: it opens its own units of work and reports progress between them."""
    every_s: int | None = None
    """Seconds between two runs for each organisation, where the work comes by itself."""
    title: str = ""
    """The title on the progress page."""
