"""Maps: the list, a new one, its name, files out."""

from typing import cast
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.forms.sent import answer_page
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.web.downloads import as_download
from ddplatform.languages import gettext
from ddplatform.value_chain.blueprints.value_chain import bp
from ddplatform.value_chain.map_files.services.export import export_chain
from ddplatform.value_chain.mapping.forms import ChainForm, ChainNameForm, ExportForm
from ddplatform.value_chain.mapping.queries.maps import get_chain, list_chains
from ddplatform.value_chain.mapping.services import nodes as value_chain
from supply_chain.graph.export import ExportForm as FileForm


@bp.get("/")
@requires(Permission.VALUE_CHAIN_READ)
def index() -> ResponseReturnValue:
    """The maps of the organisation; on the first day, three ways to begin."""
    return render_template("value_chain/mapping/index.html", chains=list_chains())


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.VALUE_CHAIN_EDIT)
def new() -> ResponseReturnValue:
    """Make a map with the own business in it; `next=import` leads on to the upload."""
    form = ChainForm(own_business=g.organisation.name)

    def save() -> ResponseReturnValue:
        made = value_chain.create_chain(
            form.name.data,
            own_business=form.own_business.data,
            country=form.country.data or None,
            description=form.description.data or "",
            act=g.act,
        )
        onward = "upload" if request.args.get("next") == "import" else "show"
        return redirect(url_for(f"value_chain.{onward}", chain_id=made.id))

    return answer_page(form, save, "value_chain/mapping/new.html")


@bp.route("/<uuid:chain_id>/name", methods=["GET", "POST"])
@requires(Permission.VALUE_CHAIN_EDIT)
def rename(chain_id: UUID) -> ResponseReturnValue:
    """Give a map another name or description."""
    chain = get_chain(chain_id)
    form = ChainNameForm(obj=chain)

    def save() -> ResponseReturnValue:
        value_chain.change_chain(
            chain_id,
            name=form.name.data,
            description=form.description.data or "",
            act=g.act,
        )
        flash(gettext("The map has its new name."), "success")
        return redirect(url_for("value_chain.show", chain_id=chain_id))

    return answer_page(form, save, "value_chain/mapping/rename.html", chain=chain)


@bp.get("/search")
@requires(Permission.VALUE_CHAIN_READ)
def search() -> ResponseReturnValue:
    """On to the search over the organisation: an address that links and bookmarks have."""
    return redirect(url_for("search.show", q=request.args.get("q", "")[:200]))


@bp.route("/<uuid:chain_id>/export", methods=["GET", "POST"])
@requires(Permission.VALUE_CHAIN_EXPORT, reads_first=True)
def export(chain_id: UUID) -> ResponseReturnValue:
    """Choose a form and download the map."""
    chain, form = get_chain(chain_id), ExportForm()

    def save() -> ResponseReturnValue:
        made = export_chain(chain_id, cast(FileForm, form.form.data), act=g.act)
        return as_download(made)

    return answer_page(form, save, "value_chain/mapping/export.html", chain=chain)
