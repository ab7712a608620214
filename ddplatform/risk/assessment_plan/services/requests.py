"""Background creation of a requested plan: a large map takes seconds to assess."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.infrastructure.jobs.context import Progress, Unit
from ddplatform.infrastructure.jobs.models import Job
from ddplatform.infrastructure.jobs.queries import get_job_named
from ddplatform.risk.assessment_plan.queries.plans import has_plan
from ddplatform.risk.assessment_plan.services.plans import Wish, check_wish, keep_plan, work_out
from ddplatform.value_chain.mapping.queries.maps import get_chain
from supply_chain.analysis.visit_plan_field import Aim, Spread

MAKE = "visit_plan:make"


def request_plan(chain_id: UUID, wish: Wish, *, act: Act) -> Job:
    """Queue a plan; the same one that waits or is at work for this person is returned instead.

    Raises:
        NotFound: no such map.
        Invalid: no name, no budget, or an amount without costs.
    """
    check_wish(wish)
    payload = {"chain_id": str(get_chain(chain_id).id), **asdict(wish)}
    mark = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()[:16]
    key = f"{MAKE}:{act.by.user_id}:{mark}"
    return jobs.enqueue_once(MAKE, payload, unique_key=key, act=act)


def get_request(job_id: UUID) -> Job:
    """The job of a plan that was asked for, or NotFound."""
    return get_job_named(job_id, MAKE)


def read_request(payload: Mapping[str, Any]) -> tuple[UUID, Wish]:
    """The map and the wish that a request holds."""
    told = dict(payload)
    chain_id = UUID(told.pop("chain_id"))
    return chain_id, Wish(**{**told, "aim": Aim(told["aim"]), "spread": Spread(told["spread"])})


def make_requested(
    job_id: UUID,
    payload: Mapping[str, Any],
    *,
    look: Unit,
    unit: Unit,
    progress: Progress,
    act: Act,
) -> dict[str, Any]:
    """Make a plan that was asked for; done twice it is one plan, which has the id of its job.

    Returns:
        `plan_id`, or `refused`: why no plan can be made, which another try would say again.
    """
    chain_id, wish = read_request(payload)
    progress(1, 3)
    try:
        with look():  # nobody waits while the map is assessed
            made = None if has_plan(job_id) else work_out(get_chain(chain_id), wish, act=act)
    except Invalid as refusal:
        return {"refused": " ".join(refusal.fields.values()) or refusal.message}
    progress(2, 3)
    with unit():
        if made is not None and not has_plan(job_id):
            plan, lines = made
            plan.id = job_id
            keep_plan(plan, lines, act=act)
    return {"plan_id": str(job_id)}
