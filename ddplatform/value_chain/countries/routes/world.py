"""Page of the sites of a map by country, as bubbles on a map of the world."""

from pathlib import Path
from uuid import UUID

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.repeated import takes_lists
from ddplatform.infrastructure.access.uses import Use, limited
from ddplatform.infrastructure.assets.files import vendor_files
from ddplatform.infrastructure.gate import requires
from ddplatform.value_chain.blueprints.value_chain import bp
from ddplatform.value_chain.countries.bubbles import asked_bubbles
from ddplatform.value_chain.countries.scope import map_scope
from ddplatform.value_chain.countries.views.world import (
    SIZE_WORDS,
    BubbleSize,
    world_drawing,
)
from ddplatform.value_chain.filters.address import asked_bar, asked_filter
from ddplatform.value_chain.pictures.pages import asked_state
from ddplatform.value_chain.pictures.views.boxes import here
from ddplatform.value_chain.pictures.views.colour import map_colour_choices
from ddplatform.value_chain.saved_views.address import asked_view_bar
from ddplatform.value_chain.saved_views.models import ViewKind
from ddplatform.value_chain.saved_views.queries import get_chain_with_views
from ddplatform.value_chain.view_files.address import export_bar


@bp.get("/<uuid:chain_id>/world")
@requires(Permission.VALUE_CHAIN_READ)
@takes_lists("open")
@limited(Use.COSTLY_PAGE)
def world(chain_id: UUID) -> ResponseReturnValue:
    """Countries on a map and as a list."""
    chain, views = get_chain_with_views(chain_id)
    scope = map_scope(chain)
    size, rows = asked_bubbles(scope)
    static = Path(current_app.static_folder or "")
    has_land = "land.svg" in vendor_files(static)
    land = url_for("static", filename="vendor/land.svg") if has_land else None
    return render_template(
        "value_chain/countries/world.html",
        chain=chain,
        total=len(scope.rows),
        rows=rows,
        drawing=world_drawing(rows, by_volume=size is BubbleSize.VOLUME, land_href=land),
        sizes=[
            {
                "label": word,
                "href": here(chain_id, "value_chain.world", asked_state(), size=one.value),
                "current": one == size,
            }
            for one, word in SIZE_WORDS.items()
        ],
        by_volume=size is BubbleSize.VOLUME,
        colouring=scope.colouring,
        colours=map_colour_choices(),
        saved=asked_view_bar(chain_id, ViewKind.WORLD, views),
        files=export_bar(chain, ViewKind.WORLD),
        bar=asked_bar(
            chain_id, "value_chain.world", asked_filter(standing=True), is_like=scope.is_like
        ),
        kept=[(k, v) for k, v in request.args.items(multi=True) if k != "colour"],
    )
