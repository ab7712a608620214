"""Page of one node of a map with its suppliers and its buyers."""

from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.repeated import takes_lists
from ddplatform.infrastructure.access.uses import Use, limited
from ddplatform.infrastructure.gate import requires
from ddplatform.value_chain.blueprints.value_chain import bp
from ddplatform.value_chain.filters.address import asked_bar, asked_filter
from ddplatform.value_chain.pictures.pages import (
    STEPS_AROUND,
    around_page,
    chosen_colouring,
    row_in_focus,
    steps_around,
)
from ddplatform.value_chain.pictures.views.colour import map_colour_choices
from ddplatform.value_chain.pictures.views.rows import rows_of
from ddplatform.value_chain.saved_views.address import asked_view_bar
from ddplatform.value_chain.saved_views.models import ViewKind
from ddplatform.value_chain.saved_views.queries import get_chain_with_views
from ddplatform.value_chain.view_files.address import export_bar


@bp.get("/<uuid:chain_id>/around")
@requires(Permission.VALUE_CHAIN_READ)
@takes_lists("open")
@limited(Use.COSTLY_PAGE)
def around(chain_id: UUID) -> ResponseReturnValue:
    """The neighbourhood of the node in focus; without one, how to come to one."""
    chain, views = get_chain_with_views(chain_id)
    row = row_in_focus(chain)
    if row is None:
        return render_template("value_chain/pictures/around.html", chain=chain, page=None)
    page, steps = around_page(chain, row), steps_around()
    return render_template(
        "value_chain/pictures/around.html",
        chain=chain,
        page=page,
        rows=rows_of(page),
        steps=[
            {"label": f"{n}", "href": page.here(depth=n, open=[]), "current": n == steps}
            for n in STEPS_AROUND
        ],
        colouring=chosen_colouring(),
        colours=map_colour_choices(),
        saved=asked_view_bar(chain_id, ViewKind.AROUND, views),
        files=export_bar(chain, ViewKind.AROUND),
        bar=asked_bar(
            chain_id, "value_chain.around", asked_filter(standing=True), is_like=page.is_like
        ),
        kept=[(k, v) for k, v in request.args.items(multi=True) if k != "colour"],
    )
