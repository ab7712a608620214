"""Background preparation of a past day of a large map, which is read as a whole."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.infrastructure.jobs.context import Unit
from ddplatform.infrastructure.jobs.models import Job
from ddplatform.infrastructure.jobs.queries import get_job_on_map
from ddplatform.value_chain.graph.queries.snapshots import load_past_snapshot
from ddplatform.value_chain.history.queries.past import load_past
from ddplatform.value_chain.history.services.days import check_day
from ddplatform.value_chain.mapping.queries.maps import get_chain

PREPARE = "map:past-day"


def request_day(chain_id: UUID, day: date, page: str, *, act: Act) -> Job:
    """Queue the preparation of a day; a job pending or running for it is returned instead.

    Args:
        page: which page of the day was asked for, to lead there.

    Raises:
        NotFound: no such map.
        Invalid: nothing can be told of the day.
    """
    chain = get_chain(chain_id)
    check_day(chain, day, today=act.at.date())
    payload = {"chain_id": str(chain.id), "day": day.isoformat(), "page": page}
    key = f"{PREPARE}:{chain.id}:{chain.version}:{day.isoformat()}:{page}"
    return jobs.enqueue_once(PREPARE, payload, unique_key=key, act=act)


def get_request(job_id: UUID, chain_id: UUID) -> Job:
    """The job of a day of this map that was asked for, or NotFound."""
    return get_job_on_map(job_id, PREPARE, chain_id)


def prepare(payload: Mapping[str, Any], *, look: Unit) -> dict[str, Any]:
    """Read the map of a day and leave it beside that of today; nothing in the database changes."""
    with look():
        chain = get_chain(UUID(payload["chain_id"]))
        snapshot = load_past_snapshot(chain, load_past(chain, date.fromisoformat(payload["day"])))
        return {"nodes": len(snapshot.keys)}
