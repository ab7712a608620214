"""Boxes of a drawing as rows of the table under it."""

from collections.abc import Sequence
from dataclasses import dataclass

from ddplatform.languages import gettext as _
from ddplatform.value_chain.drawings.shades import Shade
from ddplatform.value_chain.pictures.queries.boxes import MapBox
from ddplatform.value_chain.pictures.views.boxes import MapPage


@dataclass(frozen=True)
class BoxRow:
    """A box of the drawing as a row of the table under it."""

    title: str
    href: str
    sub: str
    lane: str
    shade: Shade
    events: int
    """The number of its sites in the area of an event."""
    buys_from: str
    sells_to: str
    state: str


def rows_of(page: MapPage) -> list[BoxRow]:
    """The boxes as rows, tier by tier, the worst first."""
    buys, sells = _neighbours(page)
    return [
        BoxRow(
            title=page.title(box),
            href=page.detail(box).href,
            sub=page.sub(box),
            lane=page.lane_word(box.lane),
            shade=page.shade(box),
            events=page.events(box),
            buys_from=buys[box.id],
            sells_to=sells[box.id],
            state=page.detail(box).state,
        )
        for box in sorted(page.view.boxes, key=lambda box: _gravity(page, box))
    ]


def _gravity(page: MapPage, box: MapBox) -> tuple[bool, int, bool, int]:
    """The worst first; of one band suppliers before our own sites and customers."""
    if box.kind == "ghost":
        return True, 0, box.lane <= 0, abs(box.lane)
    return False, page.gravest(box), box.lane <= 0, abs(box.lane)


def _neighbours(page: MapPage) -> tuple[dict[str, str], dict[str, str]]:
    titles = {box.id: page.title(box) for box in page.view.boxes}
    buys: dict[str, list[str]] = {box.id: [] for box in page.view.boxes}
    sells: dict[str, list[str]] = {box.id: [] for box in page.view.boxes}
    for link in page.view.links:
        buys[link.buyer].append(titles[link.supplier])
        sells[link.supplier].append(titles[link.buyer])
    return {k: _few(v) for k, v in buys.items()}, {k: _few(v) for k, v in sells.items()}


def _few(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    if len(names) <= 3:
        return shown
    return _("%(names)s and %(num)s more", names=shown, num=len(names) - 3)
