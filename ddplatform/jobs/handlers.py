"""Which service call each job's name stands for."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from ddplatform.access.identity import Identity
from ddplatform.access.permissions import Permission
from ddplatform.db import unit_of_work
from ddplatform.services import audit, invitations, sessions
from ddplatform.tenancy import acting_in

Result = Mapping[str, Any] | None


@dataclass(frozen=True)
class JobContext:
    """What a handler may know of its job."""

    payload: Mapping[str, Any]
    by: Identity
    at: datetime
    progress: Callable[[int, int], None]
    """Tell how much is done of how much; only between units of work."""

    def id_of(self, name: str) -> UUID:
        """An id of the payload."""
        return UUID(self.payload[name])

    @contextmanager
    def unit(self) -> Iterator[None]:
        """A unit of work in the tenant of the job, for staged handlers."""
        with unit_of_work(), acting_in(self.by.organisation_id):
            yield


@dataclass(frozen=True)
class Handler:
    """How a job is done. Every handler can run twice: the worker may be killed at any time."""

    run: Callable[[JobContext], Result]
    permission: Permission | None = None
    """What the requester must still be allowed when the job runs."""
    is_staged: bool = False
    """Long work: it opens its own units of work and reports progress between them."""


def _send_invitation(job: JobContext) -> None:
    invitations.send(job.id_of("invitation_id"), at=job.at)


def _sign_checkpoint(job: JobContext) -> None:
    audit.sign_checkpoint(at=job.at)


def _end_expired_sessions(job: JobContext) -> Result:
    return {"ended": sessions.end_expired_sessions(at=job.at)}


HANDLERS: dict[str, Handler] = {
    "invitation:send": Handler(_send_invitation),
    "audit:checkpoint": Handler(_sign_checkpoint),
    "session:expire": Handler(_end_expired_sessions),
}

PERIODIC: dict[str, int] = {"audit:checkpoint": 900, "session:expire": 3600}
"""Job name -> seconds between two runs, for each organisation."""
