"""The register under RM-2.0 and its files."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.access.permissions import Permission
from ddplatform.errors import NotFound
from ddplatform.gate import requires
from ddplatform.queries.risk import list_chain_choices
from ddplatform.queries.risk_runs import RunHead, find_current_head
from ddplatform.queries.value_chain import get_chain
from ddplatform.risk.register.queries import Asked, View, load_page
from ddplatform.risk.register.services import export_register
from ddplatform.risk.register.views import page_of
from ddplatform.services.analysis_export import MEDIA_TYPES
from ddplatform.web.address_values import number
from ddplatform.web.register_filter import read_filter
from ddplatform.web.risk import words
from supply_chain.risk.rm2.method import METHOD_VERSION

bp = Blueprint("risk_register", __name__)


@bp.get("/")
@requires(Permission.RISK_READ)
def show() -> ResponseReturnValue:
    """Risks of a map with ranges and grades, in the order of work."""
    chains = list_chain_choices()
    chosen = request.args.get("chain")
    chain = next((one for one in chains if str(one.id) == chosen), None)
    if chain is None:
        raise NotFound()
    head = find_current_head(chain.id)
    if head is None or head.method_version != METHOD_VERSION:
        return redirect(url_for("risk.index", chain=chain.id))
    asked = _asked(request.args)
    page = page_of(head, chains, asked, load_page(head.id, asked))
    return render_template("risk/register/show.html", page=page, head=head, words=words)


@bp.post("/<uuid:chain_id>/export")
@requires(Permission.RISK_EXPORT, reads_first=True)
def export(chain_id: UUID) -> ResponseReturnValue:
    """The risks that the page lists, as a workbook or CSV."""
    form = request.form.get("form", "")
    if form not in MEDIA_TYPES:
        raise NotFound()
    chain, head = get_chain(chain_id), _head(chain_id)
    made = export_register(chain, head, _asked(request.form), form, by=g.identity, at=g.now)
    response = Response(made.content, mimetype=made.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=made.name)
    return response


def _head(chain_id: UUID) -> RunHead:
    head = find_current_head(chain_id)
    if head is None or head.method_version != METHOD_VERSION:
        raise NotFound()
    return head


def _asked(given: Any) -> Asked:
    """What an address or a form asks for; what it does not know is left out."""
    view = given.get("view", View.ACT.value)
    return Asked(
        view=View(view) if view in {one.value for one in View} else View.ACT,
        wanted=read_filter(given),
        tie=given.get("tie", type=number),
        number=given.get("page", default=1, type=number),
    )
