"""Page of the matrix of tiers by country in numbers."""

from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.repeated import takes_lists
from ddplatform.infrastructure.access.uses import Use, limited
from ddplatform.infrastructure.gate import requires
from ddplatform.value_chain.blueprints.value_chain import bp
from ddplatform.value_chain.countries.scope import map_scope
from ddplatform.value_chain.filters.address import asked_bar, asked_filter
from ddplatform.value_chain.mapping.views import lane_word
from ddplatform.value_chain.pictures.views.colour import map_colour_choices
from ddplatform.value_chain.saved_views.address import asked_view_bar
from ddplatform.value_chain.saved_views.models import ViewKind
from ddplatform.value_chain.saved_views.queries import get_chain_with_views
from ddplatform.value_chain.view_files.address import export_bar


@bp.get("/<uuid:chain_id>/matrix")
@requires(Permission.VALUE_CHAIN_READ)
@takes_lists("open")
@limited(Use.COSTLY_PAGE)
def matrix(chain_id: UUID) -> ResponseReturnValue:
    """Tier by country: how many sites, and how bad."""
    chain, views = get_chain_with_views(chain_id)
    scope = map_scope(chain)
    return render_template(
        "value_chain/countries/matrix.html",
        chain=chain,
        total=len(scope.rows),
        columns=[lane_word(scope.snapshot, lane) for lane in scope.cells.lanes],
        rows=scope.countries,
        colouring=scope.colouring,
        colours=map_colour_choices(),
        saved=asked_view_bar(chain_id, ViewKind.MATRIX, views),
        files=export_bar(chain, ViewKind.MATRIX),
        bar=asked_bar(
            chain_id, "value_chain.matrix", asked_filter(standing=True), is_like=scope.is_like
        ),
    )
