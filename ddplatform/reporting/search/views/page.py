"""The results page: one group per kind, with its count and paging."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from ddplatform.infrastructure.text_search import Found
from ddplatform.infrastructure.web.filters import number
from ddplatform.infrastructure.web.list_pages import Paging
from ddplatform.infrastructure.web.page_context import PageLink
from ddplatform.reporting.search.kinds import PAGE, Kind, Wanted
from ddplatform.reporting.search.views.results import (
    LINES,
    Result,
    find_in_atlas,
    find_in_glossary,
    find_pages,
)


@dataclass(frozen=True)
class Group:
    """The results of one kind; `all_href` leads to all of them, `count` is their number."""

    kind: Kind
    total: int
    count: str
    results: Sequence[Result]
    all_href: str
    paging: Paging | None = None


@dataclass(frozen=True)
class Filter:
    """A kind to choose, with its number; none: all kinds."""

    kind: Kind | None
    count: str
    href: str
    is_chosen: bool


@dataclass(frozen=True)
class SearchPage:
    """The page content; `total` is over all kinds, and `count` the same in words."""

    wanted: Wanted
    groups: Sequence[Group]
    filters: Sequence[Filter]
    total: int
    count: str


def page_of(
    wanted: Wanted, found: Mapping[Kind, Found[Any]], pages: Sequence[PageLink]
) -> SearchPage:
    """The results of each kind in the order of the kinds, those without any left out.

    Args:
        found: what the queries brought.
        pages: those the reader may open.
    """
    every = {**found, **_without_rows(wanted, pages)} if wanted.words else {}
    there = {kind: every[kind] for kind in Kind if kind in every}
    shown = [wanted.only] if wanted.only else [kind for kind, one in there.items() if one.total]
    all_kinds: Found[Any] = Found(
        (), sum(one.total for one in there.values()), _is_any_capped(there)
    )
    filters = [
        Filter(None, _count(all_kinds), _href(wanted), wanted.only is None),
        *(
            Filter(kind, _count(one), _href(wanted, kind), kind is wanted.only)
            for kind, one in there.items()
            if one.total or kind is wanted.only
        ),
    ]
    groups = [_group(wanted, kind, there[kind]) for kind in shown if kind in there]
    return SearchPage(wanted, groups, filters, all_kinds.total, _count(all_kinds))


def _is_any_capped(there: Mapping[Kind, Found[Any]]) -> bool:
    return any(one.is_capped for one in there.values())


def _count(found: Found[Any]) -> str:
    return number(found.total) + ("+" if found.is_capped else "")


def _without_rows(wanted: Wanted, pages: Sequence[PageLink]) -> dict[Kind, Found[Any]]:
    """The kinds that are in no table."""
    found: dict[Kind, Found[Any]] = {}
    if Kind.ATLAS in wanted.kinds:
        found[Kind.ATLAS] = find_in_atlas(wanted.typed, wanted.words, wanted.part_of(Kind.ATLAS))
    if Kind.TERMS in wanted.kinds:
        found[Kind.TERMS] = find_in_glossary(wanted.words, wanted.part_of(Kind.TERMS))
    if Kind.PAGES in wanted.kinds:
        found[Kind.PAGES] = find_pages(pages, wanted.words, wanted.part_of(Kind.PAGES))
    return found


def _group(wanted: Wanted, kind: Kind, found: Found[Any]) -> Group:
    results = [LINES[kind](row, wanted.words) for row in found.rows]
    return Group(
        kind,
        found.total,
        _count(found),
        results,
        _href(wanted, kind),
        _paging(wanted, kind, found) if wanted.only else None,
    )


def _paging(wanted: Wanted, kind: Kind, found: Found[Any]) -> Paging:
    first = wanted.part_of(kind).first
    last = first + len(found.rows)
    return Paging(
        first + 1,
        last,
        found.total,
        _href(wanted, kind, wanted.page - 1) if wanted.page > 1 else None,
        _href(wanted, kind, wanted.page + 1) if first + PAGE < found.total else None,
    )


def _href(wanted: Wanted, kind: Kind | None = None, page: int = 1) -> str:
    return url_for("search.show", q=wanted.typed, kind=kind, page=page if page > 1 else None)
