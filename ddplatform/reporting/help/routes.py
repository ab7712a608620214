"""The help page, and the link to a term of its glossary for every other page."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.text_search import LONGEST
from ddplatform.infrastructure.web.page_context import may
from ddplatform.reporting.help.glossary import load_glossary
from ddplatform.reporting.help.views import Link, link_to_term, page_of

bp = Blueprint("help", __name__)


@bp.get("/")
@requires(Permission.OVERVIEW_READ)
def show() -> ResponseReturnValue:
    """First tasks and the glossary, or the terms of it that hold the words typed."""
    typed = request.args.get("q", "")[:LONGEST].strip()
    page = page_of(typed, list(load_glossary().values()), may=may)
    return render_template("reporting/help/show.html", page=page)


@bp.app_template_global()
def glossary_term(term_id: str) -> Link | None:
    """The link to an entry of the glossary; None for those who have no help page."""
    return link_to_term(load_glossary()[term_id]) if may(Permission.OVERVIEW_READ) else None
