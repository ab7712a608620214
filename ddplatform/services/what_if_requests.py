"""A large map is scored behind the page before the first what-if on it is tried."""

import hashlib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Any
from uuid import UUID

from ddplatform.access.identity import Identity
from ddplatform.errors import NotFound
from ddplatform.models.jobs import Job
from ddplatform.queries.jobs import find_going_on, get_job_named
from ddplatform.queries.value_chain import get_chain
from ddplatform.queries.what_if_scores import load_begin
from ddplatform.services import jobs

PREPARE = "what_if:score-map"


def request_scores(chain_id: UUID, page: str, *, by: Identity, at: datetime) -> Job:
    """Queue that a map is scored; a job that waits or is at work for it is returned instead.

    Args:
        page: the address of the page that needs the scores, to lead back there.

    Raises:
        NotFound: no such map.
    """
    chain, day = get_chain(chain_id), at.date().isoformat()
    payload = {"chain_id": str(chain.id), "day": day, "page": page}
    mark = hashlib.sha256(page.encode()).hexdigest()[:16]
    key = f"{PREPARE}:{chain.id}:{chain.version}:{day}:{mark}"
    return find_going_on(key) or jobs.enqueue(PREPARE, payload, by=by, at=at, unique_key=key)


def get_request(job_id: UUID, chain_id: UUID) -> Job:
    """The job that scores this map, or NotFound."""
    job = get_job_named(job_id, PREPARE)
    if job.payload["chain_id"] != str(chain_id):
        raise NotFound()
    return job


def prepare(
    payload: Mapping[str, Any], *, look: Callable[[], AbstractContextManager[None]]
) -> dict[str, Any]:
    """Score the map as it is known now and leave that beside it; no row of the database changes."""
    with look():
        chain = get_chain(UUID(payload["chain_id"]))
        begin = load_begin(chain, date.fromisoformat(payload["day"]))
        return {"nodes": len(begin.known.keys)}
