"""Background scoring of a large map before its first what-if."""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import unquote_plus
from uuid import UUID

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.infrastructure.jobs.context import Unit
from ddplatform.infrastructure.jobs.models import Job
from ddplatform.infrastructure.jobs.queries import get_job_on_map
from ddplatform.risk.scenario_scores.queries import load_begin
from ddplatform.value_chain.mapping.queries.maps import get_chain

PREPARE = "what_if:score-map"
TYPED = frozenset({"q", "name"})
"""The values typed into these pages: their addresses hold them, no job does."""


def split_typed(address: str) -> tuple[str, str]:
    """An address without the typed values, and these as a query of their own."""
    path, _, query = address.partition("?")
    told: dict[bool, list[str]] = {True: [], False: []}
    for piece in filter(None, query.split("&")):
        told[unquote_plus(piece.partition("=")[0]) in TYPED].append(piece)
    return _joined(path, "?", "&".join(told[False])), "&".join(told[True])


def with_typed(address: str, typed: str) -> str:
    """The address with the typed values."""
    return _joined(address, "&" if "?" in address else "?", typed)


def _joined(address: str, sign: str, query: str) -> str:
    return f"{address}{sign}{query}" if query else address


def request_scores(chain_id: UUID, page: str, *, act: Act) -> Job:
    """Queue the scoring of a map; a pending or running job for it is returned instead.

    Args:
        page: the address of the page that needs the scores, to lead back there; what was typed
            is left out of it.

    Raises:
        NotFound: no such map.
    """
    chain, day = get_chain(chain_id), act.at.date().isoformat()
    page, _ = split_typed(page)
    payload = {"chain_id": str(chain.id), "day": day, "page": page}
    mark = hashlib.sha256(page.encode()).hexdigest()[:16]
    key = f"{PREPARE}:{chain.id}:{chain.version}:{day}:{mark}"
    return jobs.enqueue_once(PREPARE, payload, unique_key=key, act=act)


def get_request(job_id: UUID, chain_id: UUID) -> Job:
    """The job that scores this map, or NotFound."""
    return get_job_on_map(job_id, PREPARE, chain_id)


def prepare(payload: Mapping[str, Any], *, look: Unit) -> dict[str, Any]:
    """Score the map as it is known now and leave that beside it; no row of the database changes."""
    with look():
        chain = get_chain(UUID(payload["chain_id"]))
        begin = load_begin(chain, date.fromisoformat(payload["day"]))
        return {"nodes": len(begin.known.rows)}
