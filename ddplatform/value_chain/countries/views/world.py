"""Countries of a map as bubbles on a map of the world, and as a list."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from flask import current_app
from markupsafe import Markup

from ddplatform.infrastructure.assets.files import load_outline
from ddplatform.infrastructure.web.filters import percent
from ddplatform.languages import lazy_gettext as _
from ddplatform.value_chain.countries.scope import MapScope
from ddplatform.value_chain.countries.views.rows import CountryRow
from ddplatform.value_chain.drawings.world import Bubble, world_map_svg
from supply_chain.reference.release import load_reference
from supply_chain.risk.method import Floats

TITLE = _(
    "World map: sites by country, coloured by the most critical of them. "
    "The list on this page has the same data."
)


class BubbleSize(StrEnum):
    """The measure of the size of a bubble."""

    SITES = "sites"
    VOLUME = "volume"


SIZE_WORDS = {BubbleSize.SITES: _("Number of sites"), BubbleSize.VOLUME: _("Share of input")}


@dataclass(frozen=True)
class WorldRow:
    """A country in the list beside the map.

    `volume` is None unless it makes the bubbles, and where it is not known.
    """

    country: CountryRow
    volume: float | None
    is_drawn: bool


def size_of(word: str) -> BubbleSize:
    """The measure of the size of a bubble, from a word of an address."""
    return BubbleSize(word) if word in set(BubbleSize) else BubbleSize.SITES


def world_rows(scope: MapScope, volume: Floats | None) -> list[WorldRow]:
    """The countries, those with the largest bubbles first.

    Args:
        volume: what the sites of each country of the map deliver, where that makes the bubbles.
    """
    known: dict[str, float] = {}
    if volume is not None:
        by_code = zip(scope.snapshot.countries, volume.tolist(), strict=True)
        known = {code: part for code, part in by_code if not math.isnan(part)}
    rows = [
        WorldRow(row, known.get(row.code or ""), place_of_country(row.code) is not None)
        for row in scope.countries
    ]
    return sorted(rows, key=lambda row: 1.0 if row.volume is None else -row.volume)


def world_drawing(
    rows: list[WorldRow], *, by_volume: bool, land_href: str | None, land: Iterable[str] = ()
) -> Markup:
    """The map; a country without a place on it stands in the list alone."""
    bubbles = [
        Bubble(
            longitude=at[0],
            latitude=at[1],
            count=row.country.whole.count,
            shade=row.country.whole.gravest,
            label=row.country.label,
            href=row.country.whole.href,
            size=(row.volume or 0.0) if by_volume else None,
            text=_part(row.volume) if by_volume else "",
            events=row.country.whole.events,
        )
        for row in rows
        if (at := place_of_country(row.country.code))
    ]
    hits = {row.country.code: row.country.whole.gravest for row in rows if row.country.code}
    outline = load_outline(Path(current_app.static_folder or ""))
    return world_map_svg(
        hits, bubbles, outline=outline, land_href=land_href, land=land, title=str(TITLE)
    )


def _part(volume: float | None) -> str:
    return "?" if volume is None else percent(volume)


def place_of_country(code: str | None) -> tuple[float, float] | None:
    """Longitude and latitude of the middle of a country; None where it has none."""
    at = load_reference().countries.get(code or "")
    if at is None or at.longitude is None or at.latitude is None:
        return None
    return at.longitude, at.latitude
