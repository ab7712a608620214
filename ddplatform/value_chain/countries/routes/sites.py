"""Page of all sites of a map, one dot a site."""

from uuid import UUID

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.repeated import takes_lists
from ddplatform.infrastructure.access.uses import Use, limited
from ddplatform.infrastructure.errors import Conflict, NotFound
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.typed_values import read_number
from ddplatform.infrastructure.web.address_values import carried
from ddplatform.languages import gettext as _
from ddplatform.value_chain.blueprints.value_chain import bp
from ddplatform.value_chain.countries.scope import MapScope, map_scope
from ddplatform.value_chain.countries.views.sites import dots_of, site_columns
from ddplatform.value_chain.filters.address import asked_bar, asked_filter
from ddplatform.value_chain.mapping.queries.maps import get_chain
from ddplatform.value_chain.mapping.views import lane_word
from ddplatform.value_chain.pictures.views.colour import map_colour_choices
from ddplatform.value_chain.saved_views.address import asked_view_bar
from ddplatform.value_chain.saved_views.models import ViewKind
from ddplatform.value_chain.saved_views.queries import get_chain_with_views
from ddplatform.value_chain.view_files.address import export_bar


@bp.get("/<uuid:chain_id>/all")
@requires(Permission.VALUE_CHAIN_READ)
@takes_lists("open")
@limited(Use.COSTLY_PAGE)
def all_sites(chain_id: UUID) -> ResponseReturnValue:
    """One dot a site, and the same numbers as a table."""
    chain, views = get_chain_with_views(chain_id)
    scope = map_scope(chain)
    drawn = dots_of(scope)
    columns = [lane_word(scope.snapshot, lane) for lane in scope.cells.lanes]
    return render_template(
        "value_chain/countries/all_sites.html",
        chain=chain,
        total=len(scope.rows),
        columns=columns,
        dot_columns=site_columns(scope),
        drawn=drawn,
        rows=scope.countries,
        colouring=scope.colouring,
        colours=map_colour_choices(),
        saved=asked_view_bar(chain_id, ViewKind.ALL_SITES, views),
        files=export_bar(chain, ViewKind.ALL_SITES),
        bar=asked_bar(
            chain_id, "value_chain.all_sites", asked_filter(standing=True), is_like=scope.is_like
        ),
        asked={**carried().to_dict(flat=False), "edition": scope.edition},
    )


@bp.get("/<uuid:chain_id>/all/points.bin")
@requires(Permission.VALUE_CHAIN_READ)
@limited(Use.COSTLY_PAGE)
def points(chain_id: UUID) -> ResponseReturnValue:
    """The places of all dots; the format stands in `site_dots`."""
    scope = _asked(chain_id)
    response = Response(dots_of(scope).packed, mimetype="application/octet-stream")
    response.set_etag(scope.edition)
    return response.make_conditional(request)


@bp.get("/<uuid:chain_id>/all/site")
@requires(Permission.VALUE_CHAIN_READ)
def site_of_dot(chain_id: UUID) -> ResponseReturnValue:
    """On to the page of the site that a dot stands for (`dot` is its place in the file)."""
    scope = _asked(chain_id)
    order = dots_of(scope).order
    place = request.args.get("dot", type=read_number)
    if place is None or place >= len(order):
        raise NotFound()
    key = scope.snapshot.keys[int(scope.rows[order[place]])]
    return redirect(url_for("value_chain.node", node_id=key))


def _asked(chain_id: UUID) -> MapScope:
    """The map of the page that asks.

    Raises:
        Conflict: the map moved on since that page was opened.
    """
    scope = map_scope(get_chain(chain_id))
    if request.args.get("edition", scope.edition) != scope.edition:
        raise Conflict(_("The map was changed after you opened it."), _("Open the page again."))
    return scope
