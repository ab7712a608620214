"""Pages of saved views of a map: all of them, a new one, opened, renamed, removed."""

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.repeated import takes_lists
from ddplatform.infrastructure.forms.sent import answer_form, answer_page
from ddplatform.infrastructure.gate import requires
from ddplatform.languages import gettext as _
from ddplatform.value_chain.blueprints.value_chain import bp
from ddplatform.value_chain.filters.queries.named import load_names
from ddplatform.value_chain.mapping.forms import SavedViewForm
from ddplatform.value_chain.mapping.queries.maps import get_chain
from ddplatform.value_chain.saved_views import services as saving
from ddplatform.value_chain.saved_views.models import ViewKind
from ddplatform.value_chain.saved_views.queries import get_view_row, list_views
from ddplatform.value_chain.saved_views.views import (
    PAGE_WORDS,
    address_of,
    page_address,
    view_words,
)


@bp.get("/<uuid:chain_id>/views")
@requires(Permission.VALUE_CHAIN_READ)
def saved_views(chain_id: UUID) -> ResponseReturnValue:
    """All saved views of a map: content, author and time of each."""
    views = list_views(chain_id)
    named = load_names((name, value) for view in views for name, value in view.address)
    return render_template(
        "value_chain/saved_views/saved_views.html",
        chain=get_chain(chain_id),
        rows=[(view, PAGE_WORDS[view.kind], view_words(view.address, named)) for view in views],
    )


@bp.route("/<uuid:chain_id>/views/save", methods=["GET", "POST"])
@requires(Permission.SAVED_VIEW_EDIT)
@takes_lists("open")
def save_view(chain_id: UUID) -> ResponseReturnValue:
    """Give a name to the view whose page and filters stand in the address."""
    chain, form, kind = get_chain(chain_id), SavedViewForm(), _page_asked()
    address = list(request.args.items(multi=True))
    parts = saving.shown_address_parts(kind, address)

    def save() -> ResponseReturnValue:
        view = saving.save(chain_id, kind, form.name.data, address, act=g.act)
        told = _(
            "Saved as “%(name)s” for everybody in %(organisation)s.",
            name=view.name,
            organisation=g.organisation.name,
        )
        flash(told, "success")
        return redirect(url_for(".open_view", view_id=view.id))

    return answer_form(
        form,
        save,
        lambda: render_template(
            "value_chain/saved_views/save_view.html",
            form=form,
            chain=chain,
            page_word=PAGE_WORDS[kind],
            told=view_words(parts, load_names((name, value) for name, value in parts)),
            back=page_address(chain_id, kind, parts),
        ),
    )


def _page_asked() -> ViewKind:
    """The page in the address; the table for a word that names none."""
    word = request.args.get("page", "")
    return ViewKind(word) if word in set(ViewKind) else ViewKind.TABLE


@bp.get("/views/<uuid:view_id>")
@requires(Permission.VALUE_CHAIN_READ)
def open_view(view_id: UUID) -> ResponseReturnValue:
    """Redirect to the content of the view: an address that can be sent to a colleague."""
    return redirect(address_of(get_view_row(view_id)))


@bp.route("/views/<uuid:view_id>/name", methods=["GET", "POST"])
@requires(Permission.SAVED_VIEW_EDIT)
def rename_view(view_id: UUID) -> ResponseReturnValue:
    """Give a view another name."""
    view = get_view_row(view_id)
    chain, form = get_chain(view.chain_id), SavedViewForm(obj=view)

    def save() -> ResponseReturnValue:
        saving.rename(view_id, form.name.data, act=g.act)
        flash(_("The view was renamed."), "success")
        return redirect(url_for(".saved_views", chain_id=chain.id))

    return answer_page(
        form, save, "value_chain/saved_views/rename_view.html", view=view, chain=chain
    )


@bp.route("/views/<uuid:view_id>/remove", methods=["GET", "POST"])
@requires(Permission.SAVED_VIEW_EDIT)
def remove_view(view_id: UUID) -> ResponseReturnValue:
    """Take a view out of the list, after a second look."""
    view = get_view_row(view_id)
    if request.method == "POST":
        saving.remove(view_id, act=g.act)
        flash(_("The view was removed."), "success")
        return redirect(url_for(".saved_views", chain_id=view.chain_id))
    return render_template(
        "value_chain/saved_views/remove_view.html", view=view, chain=get_chain(view.chain_id)
    )
