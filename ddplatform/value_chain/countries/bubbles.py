"""Countries of a map as bubbles, sized as the address requests."""

from flask import request

from ddplatform.value_chain.countries.queries.volume import load_country_volume
from ddplatform.value_chain.countries.scope import MapScope
from ddplatform.value_chain.countries.views.world import BubbleSize, WorldRow, size_of, world_rows


def asked_bubbles(scope: MapScope) -> tuple[BubbleSize, list[WorldRow]]:
    """The measure of the size of bubbles, and the countries, those with the largest first."""
    size = size_of(request.args.get("size", ""))
    if size is BubbleSize.SITES:
        return size, world_rows(scope, None)
    rows = None if scope.is_whole else scope.rows
    return size, world_rows(scope, load_country_volume(scope.chain, rows))
