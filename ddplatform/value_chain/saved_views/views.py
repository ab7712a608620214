"""Saved views above a map: their addresses, the open one, the content of each in words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import url_for
from werkzeug.datastructures import MultiDict

from ddplatform.languages import gettext, ngettext
from ddplatform.languages import lazy_gettext as _
from ddplatform.value_chain.filters.queries.named import Named
from ddplatform.value_chain.filters.views import filter_query, filter_words, read_filter
from ddplatform.value_chain.pictures.views.colour import map_colour_choices
from ddplatform.value_chain.saved_views.models import ViewKind
from ddplatform.value_chain.saved_views.queries import ViewRow
from supply_chain.search.node_filter import FILTERS

SHOWN = 8
ENDPOINTS: Mapping[ViewKind, str] = {
    ViewKind.MAP: "value_chain.show",
    ViewKind.TABLE: "value_chain.table",
    ViewKind.MATRIX: "value_chain.matrix",
    ViewKind.ALL_SITES: "value_chain.all_sites",
    ViewKind.WORLD: "value_chain.world",
    ViewKind.AROUND: "value_chain.around",
}
PAGE_WORDS: Mapping[ViewKind, str] = {
    ViewKind.MAP: _("Map"),
    ViewKind.TABLE: _("Table"),
    ViewKind.MATRIX: _("Tier by country"),
    ViewKind.ALL_SITES: _("All sites"),
    ViewKind.WORLD: _("World"),
    ViewKind.AROUND: _("Suppliers and buyers"),
}


@dataclass(frozen=True)
class ViewLink:
    """A saved view in the bar."""

    name: str
    page: str
    href: str
    current: bool


@dataclass(frozen=True)
class ViewBar:
    """The bar above a map: its first views, how many there are, where this one is saved."""

    links: tuple[ViewLink, ...]
    total: int
    all_href: str
    save_href: str | None
    """None where the bar shows it already."""


def view_bar(
    chain_id: UUID, kind: ViewKind, views: Sequence[ViewRow], here: Sequence[Sequence[str]]
) -> ViewBar:
    """The bar for the page that is open; an open view stands in it however many there are.

    Args:
        here: what a view keeps of the address that is open.
    """
    is_open = [view.kind == kind and view.address == here for view in views]
    ordered = sorted(zip(views, is_open, strict=True), key=lambda pair: not pair[1])[:SHOWN]
    links = [
        ViewLink(view.name, str(PAGE_WORDS[view.kind]), address_of(view), current)
        for view, current in ordered
    ]
    return ViewBar(
        links=tuple(sorted(links, key=lambda link: link.name.casefold())),
        total=len(views),
        all_href=url_for("value_chain.saved_views", chain_id=chain_id),
        save_href=None if any(is_open) else _save_href(chain_id, kind, here),
    )


def _save_href(chain_id: UUID, kind: ViewKind, parts: Sequence[Sequence[str]]) -> str:
    # The name of a filter may be `kind` as well, so the page goes by a word of its own.
    return url_for("value_chain.save_view", chain_id=chain_id, page=kind.value, **query_of(parts))


def address_of(view: ViewRow) -> str:
    """The address of a view."""
    return page_address(view.chain_id, view.kind, view.address)


def page_address(chain_id: UUID, kind: ViewKind, parts: Sequence[Sequence[str]]) -> str:
    """The page of a map with these parts in its address."""
    return url_for(ENDPOINTS[kind], chain_id=chain_id, **query_of(parts))


def query_of(parts: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Parts of an address as `url_for` takes them."""
    query: dict[str, list[str]] = {}
    for name, value in parts:
        query.setdefault(name, []).append(value)
    return query


def view_words(parts: Sequence[Sequence[str]], named: Named) -> list[str]:
    """A view in words, one phrase for each part of its address; without any, all sites.

    Args:
        named: the owners and events that it names.
    """
    if not parts:
        return [gettext("All sites")]
    wanted = read_filter(MultiDict((name, value) for name, value in parts))
    told = list(filter_words(filter_query(wanted), named).values())
    others = [part for part in parts if part[0] not in FILTERS]
    for name, pairs in groupby(others, key=lambda part: part[0]):
        values = [value for _, value in pairs]
        told += (
            [ngettext("%(num)s group open", "%(num)s groups open", len(values))]
            if name == "open"
            else [_WORDS[name](value) for value in values]
        )
    return told


def _colour(text: str) -> str:
    return gettext("Coloured by: %(scale)s", scale=dict(map_colour_choices()).get(text, text))


_UPSTREAM, _BOTH_WAYS = _("Upstream only"), _("Upstream and downstream")
_BY_INPUT, _BY_SITES = _("Bubbles by share of input"), _("Bubbles by number of sites")
_SORTS: Mapping[str, str] = {
    "name": _("Sorted by name"),
    "country": _("Sorted by country"),
    "risk": _("Sorted by risk"),
    "tier": _("Sorted by tier"),
}
_GROUPINGS: Mapping[str, str] = {
    "country": _("Grouped by country"),
    "region": _("Grouped by region"),
    "commodity": _("Grouped by commodity"),
    "operator": _("Grouped by operator"),
}
_WORDS: Mapping[str, Callable[[str], str]] = {
    "sort": lambda text: str(_SORTS.get(text, text)),
    "focus": lambda _text: gettext("One site in focus"),
    "depth": lambda text: gettext("Tiers upstream: %(num)s", num=text),
    "show": lambda text: str(_UPSTREAM if text == "upstream" else _BOTH_WAYS),
    "colour": _colour,
    "by": lambda text: str(_GROUPINGS.get(text, text)),
    "size": lambda text: str(_BY_INPUT if text == "volume" else _BY_SITES),
}
