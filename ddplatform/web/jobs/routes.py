"""The progress of one job."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from ddplatform.access.permissions import Permission
from ddplatform.gate import requires
from ddplatform.queries.jobs import get_job
from ddplatform.services.risk import REASSESS
from ddplatform.web.auth.kept_input import safe_next

bp = Blueprint("jobs", __name__)

TITLES = {REASSESS: "The risks of the map are being assessed"}
"""What the work that leads here is called on its page."""


@bp.get("/<uuid:job_id>")
@requires(Permission.ORGANISATION_READ)
def show(job_id: UUID) -> ResponseReturnValue:
    """Reloads itself until the work is done, then leads on to `next`."""
    job = get_job(job_id)
    return render_template(
        "jobs/show.html",
        job=job,
        title=TITLES.get(job.name, "Work behind the page"),
        running=job.is_going_on,
        next=safe_next(request.args.get("next")),
    )
