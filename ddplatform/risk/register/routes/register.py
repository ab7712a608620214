"""Pages and files of the register under RM-2.0, of one map or of all."""

from uuid import UUID

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.web.downloads import as_download, asked_form
from ddplatform.languages import ENGLISH, speaking
from ddplatform.risk.register.queries.basis import ALL_MAPS
from ddplatform.risk.register.queries.listed import load_listed
from ddplatform.risk.register.queries.register import count_unknown_activities, load_page
from ddplatform.risk.register.queries.trend import load_trend
from ddplatform.risk.register.reading import read_asked, read_basis
from ddplatform.risk.register.services import export_register
from ddplatform.risk.register.views.files import as_tables
from ddplatform.risk.register.views.register import page_of
from ddplatform.risk.words import codes as words
from supply_chain.risk.follow_up import MOST_AT_ONCE
from supply_chain.search.node_filter import NOT_KNOWN

bp = Blueprint("risk_register", __name__)


@bp.get("/")
@requires(Permission.RISK_READ)
def show() -> ResponseReturnValue:
    """Risks with ranges and grades, in the order of work."""
    chosen = request.args.get("chain", ALL_MAPS)
    basis = read_basis(chosen)
    if basis is None:
        return redirect(url_for("risk.index", chain=None if chosen == ALL_MAPS else chosen))
    asked = read_asked(request.args, g.identity.user_id)
    found = load_page(basis.runs, asked, g.now.date())
    trend = load_trend(found.maps, asked, asked.since) if asked.since else None
    page = page_of(basis, asked, found, me=g.identity.user_id, today=g.now.date(), trend=trend)
    head = basis.head
    return render_template(
        "risk/register/show.html",
        page=page,
        head=head,
        words=words,
        most=MOST_AT_ONCE,
        unknown_activities=count_unknown_activities(head.chain_id) if head else 0,
        not_known=NOT_KNOWN,
    )


@bp.post("/<uuid:chain_id>/export")
@requires(Permission.RISK_EXPORT, reads_first=True)
def export(chain_id: UUID) -> ResponseReturnValue:
    """The risks that the page lists, as a workbook, CSV or Parquet."""
    return _file(str(chain_id))


@bp.post("/all/export")
@requires(Permission.RISK_EXPORT, reads_first=True)
def export_all() -> ResponseReturnValue:
    """The same over all maps."""
    return _file(ALL_MAPS)


def _file(chain: str) -> Response:
    form, basis = asked_form(), read_basis(chain)
    if basis is None:
        raise NotFound()
    asked, today = read_asked(request.form, g.identity.user_id), g.now.date()
    listed = load_listed(basis.runs, asked, today)
    with speaking(ENGLISH):
        tables = as_tables(basis, asked, listed, today=today)
    made = export_register(basis, tables, form, risks=len(listed.risks), act=g.act)
    return as_download(made)
