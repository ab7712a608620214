"""The progress of one job."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.jobs.queries import get_job
from ddplatform.infrastructure.web.kept_input import safe_next
from ddplatform.risk.facts.services.facts import REASSESS

bp = Blueprint("jobs", __name__)

TITLES = {REASSESS: "The risks of the map are being assessed"}
"""What the work that leads here is called on its page."""


@bp.get("/<uuid:job_id>")
@requires(Permission.ORGANISATION_READ)
def show(job_id: UUID) -> ResponseReturnValue:
    """Reloads itself until the work is done, then leads on to `next`."""
    job = get_job(job_id)
    return render_template(
        "infrastructure/jobs/show.html",
        job=job,
        title=TITLES.get(job.name, "Work behind the page"),
        running=job.is_going_on,
        next=safe_next(request.args.get("next")),
    )
