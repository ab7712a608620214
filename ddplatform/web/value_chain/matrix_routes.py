"""Tier by country in numbers."""

from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from ddplatform.access.permissions import Permission
from ddplatform.gate import requires
from ddplatform.models.saved_views import ViewKind
from ddplatform.queries.saved_views import get_chain_with_views
from ddplatform.web.map_colour import map_colour_choices
from ddplatform.web.value_chain.blueprint import bp
from ddplatform.web.value_chain.export_bar import export_bar
from ddplatform.web.value_chain.map_scope import map_scope
from ddplatform.web.value_chain.node_filter import filter_bar, read_filter
from ddplatform.web.value_chain.view_bar import view_bar
from ddplatform.web.value_chain.words import lane_word


@bp.get("/<uuid:chain_id>/matrix")
@requires(Permission.VALUE_CHAIN_READ)
def matrix(chain_id: UUID) -> ResponseReturnValue:
    """Tier by country: how many sites, and how bad."""
    chain, views = get_chain_with_views(chain_id)
    scope = map_scope(chain)
    return render_template(
        "value_chain/matrix.html",
        chain=chain,
        total=len(scope.rows),
        columns=[lane_word(scope.snapshot, lane) for lane in scope.cells.lanes],
        rows=scope.countries,
        colouring=scope.colouring,
        colours=map_colour_choices(),
        saved=view_bar(chain_id, ViewKind.MATRIX, views),
        files=export_bar(chain, ViewKind.MATRIX),
        bar=filter_bar(
            chain_id, "value_chain.matrix", read_filter(standing=True), is_like=scope.is_like
        ),
    )
