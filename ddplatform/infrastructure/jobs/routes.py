"""The progress page of one job."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.jobs.handlers import title_of
from ddplatform.infrastructure.jobs.queries import get_job
from ddplatform.infrastructure.web.saved_input import safe_next
from ddplatform.languages import gettext

bp = Blueprint("jobs", __name__)


@bp.get("/<uuid:job_id>")
@requires(Permission.ORGANISATION_READ)
def show(job_id: UUID) -> ResponseReturnValue:
    """Reloads itself until the work is done, then leads on to `next`."""
    job = get_job(job_id)
    return render_template(
        "infrastructure/jobs/show.html",
        job=job,
        title=title_of(job.name) or gettext("Background task"),
        running=job.is_going_on,
        next=safe_next(request.args.get("next")),
    )
