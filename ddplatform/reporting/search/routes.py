"""The search page of the organisation."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from ddplatform.due_diligence.findings.views.words import ACTION_STATES, finding_states
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.uses import Use, limited
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.web.address_values import number
from ddplatform.infrastructure.web.page_context import list_pages, may
from ddplatform.reporting.search.kinds import read_wanted
from ddplatform.reporting.search.queries import load_found
from ddplatform.reporting.search.views.page import page_of

bp = Blueprint("search", __name__)


@bp.get("/")
@requires(Permission.OVERVIEW_READ)
@limited(Use.COSTLY_PAGE)
def show() -> ResponseReturnValue:
    """Results for the words typed, by kind; only kinds that this reader may read."""
    args = request.args
    page = args.get("page", 1, type=number)
    wanted = read_wanted(args.get("q", ""), args.get("kind", ""), page, may=may)
    return render_template(
        "reporting/search/show.html",
        page=page_of(wanted, load_found(wanted), list_pages()),
        finding_states=finding_states(),
        action_states=ACTION_STATES,
    )
