"""Request for the scores of a large map with new evidence, and the wait for them."""

from urllib.parse import urlsplit
from uuid import UUID

from flask import g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.uses import Use, limited
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.jobs.models import JobState
from ddplatform.infrastructure.web.saved_input import safe_next
from ddplatform.risk.blueprints.scenarios import bp
from ddplatform.risk.scenario_scores import services as what_if_requests
from ddplatform.risk.scenario_scores.services import split_typed, with_typed
from ddplatform.risk.scenario_scores.views import wait_page
from ddplatform.value_chain.mapping.queries.maps import get_chain


@bp.post("/scores/<uuid:chain_id>")
@requires(Permission.RISK_READ)
@limited(Use.CALCULATION)
def prepare(chain_id: UUID) -> ResponseReturnValue:
    """Ask for the scores; they are worked out behind the page."""
    back = _back(request.form.get("back"))
    job = what_if_requests.request_scores(chain_id, back, act=g.act)
    waiting = url_for(".being_scored", chain_id=chain_id, job_id=job.id)
    return redirect(with_typed(waiting, split_typed(back)[1]))


@bp.get("/scores/<uuid:chain_id>/<uuid:job_id>")
@requires(Permission.RISK_READ)
def being_scored(chain_id: UUID, job_id: UUID) -> ResponseReturnValue:
    """The progress; reloads itself until the scores are there, then leads back."""
    job = what_if_requests.get_request(job_id, chain_id)
    back = with_typed(job.payload["page"], split_typed(request.full_path)[1])
    if job.state == JobState.DONE:
        return redirect(back)
    return wait_page(get_chain(chain_id), back, job)


def _back(address: str | None) -> str:
    """The page to go back to, or NotFound where it is none of these pages."""
    found, home = safe_next(address), url_for(".index")
    if found is None or not urlsplit(found).path.startswith(home):
        raise NotFound()
    return found
