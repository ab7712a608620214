"""A past day of a large map that nobody looked at yet: asked for, and waited for."""

from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.jobs.models import JobState
from ddplatform.infrastructure.web.address_values import day
from ddplatform.value_chain.blueprints.value_chain import bp
from ddplatform.value_chain.history.queries.past import Past
from ddplatform.value_chain.history.services import past_days as map_past_days
from ddplatform.value_chain.mapping.models import ValueChain
from ddplatform.value_chain.mapping.queries.maps import get_chain

PAGES = ("past_map", "past_table")


def not_ready(page: str, chain: ValueChain, past: Past) -> str:
    """Instead of a page of a day that has to be read first."""
    return _page(chain, past.day.isoformat(), page=page)


@bp.post("/<uuid:chain_id>/past/prepare")
@requires(Permission.VALUE_CHAIN_READ)
def prepare_past(chain_id: UUID) -> ResponseReturnValue:
    """Ask for a day; it is read behind the page."""
    page = request.form.get("page", "")
    try:
        asked = day(request.form.get("day", ""))
    except ValueError:
        raise NotFound() from None
    if page not in PAGES:
        raise NotFound()
    job = map_past_days.request_day(chain_id, asked, page, by=g.identity, at=g.now)
    return redirect(url_for(".past_prepared", chain_id=chain_id, job_id=job.id))


@bp.get("/<uuid:chain_id>/past/being-read/<uuid:job_id>")
@requires(Permission.VALUE_CHAIN_READ)
def past_prepared(chain_id: UUID, job_id: UUID) -> ResponseReturnValue:
    """How far it is; reloads itself until the day is there, then leads to it."""
    job = map_past_days.get_request(job_id, chain_id)
    told: dict[str, str] = dict(job.payload)
    if job.state == JobState.DONE:
        address = url_for(f".{told['page']}", chain_id=chain_id, day=told["day"])
        return redirect(address)
    return _page(get_chain(chain_id), told["day"], page=told["page"], job=job)


def _page(chain: ValueChain, shown: str, **more: Any) -> str:
    job = more.get("job")
    return render_template(
        "value_chain/history/past_wait.html",
        chain=chain,
        day=shown,
        on=day(shown),
        running=job is not None and job.is_going_on,
        **{"job": None, **more},
    )
