"""Every site of a map at once, as one dot a site."""

from collections import OrderedDict
from threading import Lock
from uuid import UUID

import numpy as np
from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.documents.drawings.site_dots import DotMap, Sites, dot_map
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.errors import Conflict, NotFound
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.web.address_values import carried
from ddplatform.infrastructure.web.countries import country_name
from ddplatform.value_chain.blueprints.value_chain import bp
from ddplatform.value_chain.countries.views.rows import NO_COUNTRY
from ddplatform.value_chain.countries.views.scope import MapScope, map_scope
from ddplatform.value_chain.filters.views import filter_bar, read_filter
from ddplatform.value_chain.mapping.queries.maps import get_chain
from ddplatform.value_chain.mapping.views import lane_word
from ddplatform.value_chain.pictures.views.colour import map_colour_choices
from ddplatform.value_chain.saved_views.models import ViewKind
from ddplatform.value_chain.saved_views.queries import get_chain_with_views
from ddplatform.value_chain.saved_views.views import view_bar
from ddplatform.value_chain.view_files.views.bar import export_bar

MOST_COLUMNS = 31
"""The file of the dots has five bits for the column; the farthest tiers share one."""
KEPT = 4
_kept: OrderedDict[tuple[UUID, str], DotMap] = OrderedDict()
_lock = Lock()


@bp.get("/<uuid:chain_id>/all")
@requires(Permission.VALUE_CHAIN_READ)
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
        saved=view_bar(chain_id, ViewKind.ALL_SITES, views),
        files=export_bar(chain, ViewKind.ALL_SITES),
        bar=filter_bar(
            chain_id, "value_chain.all_sites", read_filter(standing=True), is_like=scope.is_like
        ),
        asked={**carried().to_dict(flat=False), "edition": scope.edition},
    )


@bp.get("/<uuid:chain_id>/all/points.bin")
@requires(Permission.VALUE_CHAIN_READ)
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
    place = request.args.get("dot", "")
    if not place.isdecimal() or int(place) >= len(order):
        raise NotFound()
    key = scope.snapshot.keys[int(scope.rows[order[int(place)]])]
    return redirect(url_for("value_chain.node", node_id=key))


def _asked(chain_id: UUID) -> MapScope:
    """The map of the page that asks.

    Raises:
        Conflict: the map moved on since that page was opened.
    """
    scope = map_scope(get_chain(chain_id))
    if request.args.get("edition", scope.edition) != scope.edition:
        raise Conflict("The map was changed after you opened it.", "Open the page again.")
    return scope


def site_columns(scope: MapScope) -> list[str]:
    """The words over the columns of the dots."""
    words = [(len(lanes), lane_word(scope.snapshot, lanes[-1])) for lanes in _columns(scope)]
    return [f"From {word.lower()}" if shared > 1 else word for shared, word in words]


def _columns(scope: MapScope) -> list[list[int]]:
    """The lanes of each column, raw material first."""
    lanes = list(scope.cells.lanes)
    alone = [[lane] for lane in lanes[:1] if lane == scope.snapshot.unlinked]
    tiers = lanes[len(alone) :]
    shared = max(0, len(tiers) + len(alone) - MOST_COLUMNS) + 1
    far = [tiers[:shared]] if tiers else []
    return [*alone, *far, *([lane] for lane in tiers[shared:])]


def dots_of(scope: MapScope) -> DotMap:
    """The drawing; of the newest few it is kept."""
    key = (scope.chain.id, scope.edition)
    with _lock:
        if key in _kept:
            return _kept[key]
    made = _draw(scope)
    with _lock:
        _kept[key] = made
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return made


def _draw(scope: MapScope) -> DotMap:
    snapshot, rows = scope.snapshot, scope.rows
    columns = _columns(scope)
    known = sorted((lane, at) for at, lanes in enumerate(columns) for lane in lanes)
    lanes, column = np.array(known, dtype=np.int64).reshape(-1, 2).T
    sites = Sites(
        labels=[country_name(code) if code else NO_COUNTRY for code in snapshot.countries],
        label=snapshot.country[rows],
        column=column[np.searchsorted(lanes, snapshot.lane[rows])],
        place=scope.colours.place[rows],
        marked=scope.colours.in_event[rows],
    )
    return dot_map(sites, len(columns))
