"""Every site of a map at once: tier by country in numbers, and as one dot a site."""

from collections import Counter, OrderedDict
from dataclasses import dataclass
from threading import Lock
from uuid import UUID

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.access.permissions import Permission
from ddplatform.errors import Conflict, NotFound
from ddplatform.gate import requires
from ddplatform.models.saved_views import ViewKind
from ddplatform.models.value_chain import ValueChain
from ddplatform.queries.map_columns import BANDS
from ddplatform.queries.map_snapshots import MapSnapshot, coloured_by, load_snapshot
from ddplatform.queries.map_views import NO_COUNTRY
from ddplatform.queries.saved_views import get_chain_with_views
from ddplatform.queries.value_chain import get_chain
from ddplatform.web.band_bars import BAR_CLASSES
from ddplatform.web.countries import country_name
from ddplatform.web.issue_colour import HIGHEST, chosen_issue, colour_choices, issue_of
from ddplatform.web.site_dots import DotMap, Site, dot_map
from ddplatform.web.value_chain.blueprint import bp
from ddplatform.web.value_chain.view_bar import ViewBar, view_bar
from ddplatform.web.value_chain.words import lane_word
from supply_chain.vocabulary import Issue, RiskBand

MOST_COLUMNS = 31
"""The file of the dots has five bits for the column; what lies behind shares the last one."""
KEPT = 4
_kept: OrderedDict[tuple[UUID, str], DotMap] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True)
class Cell:
    """The sites of one country in one tier; `parts` are fill class and number, worst first."""

    count: int
    worst: RiskBand | None
    parts: tuple[tuple[str, int], ...]
    href: str


@dataclass(frozen=True)
class CountryRow:
    """One country over all tiers."""

    label: str
    total: int
    cells: tuple[Cell, ...]


@bp.get("/<uuid:chain_id>/matrix")
@requires(Permission.VALUE_CHAIN_READ)
def matrix(chain_id: UUID) -> ResponseReturnValue:
    """Tier by country: how many sites, and how bad."""
    chain, views = get_chain_with_views(chain_id)
    bar = view_bar(chain_id, ViewKind.MATRIX, views)
    return _page("value_chain/matrix.html", chain, bar)


@bp.get("/<uuid:chain_id>/all")
@requires(Permission.VALUE_CHAIN_READ)
def all_sites(chain_id: UUID) -> ResponseReturnValue:
    """One dot a site, and the same numbers as a table."""
    chain, views = get_chain_with_views(chain_id)
    edition = _edition(chain, chosen_issue())
    return _page(
        "value_chain/all_sites.html",
        chain,
        view_bar(chain_id, ViewKind.ALL_SITES, views),
        edition=edition,
        dot_rows=_dots(chain, edition).rows,
    )


def _page(template: str, chain: ValueChain, bar: ViewBar, **more: object) -> str:
    issue = chosen_issue()
    snapshot = coloured_by(load_snapshot(chain), issue)
    lanes = _lanes(snapshot)
    columns = [lane_word(snapshot, lane) for lane in lanes]
    return render_template(
        template,
        chain=chain,
        total=len(snapshot.keys),
        columns=columns,
        dot_columns=columns[:MOST_COLUMNS],
        rows=_rows(chain.id, snapshot, lanes),
        issue=issue,
        colours=colour_choices(),
        saved=bar,
        **more,
    )


@bp.get("/<uuid:chain_id>/all/points.bin")
@requires(Permission.VALUE_CHAIN_READ)
def points(chain_id: UUID) -> ResponseReturnValue:
    """The places of all dots; the format stands in `site_dots`."""
    chain = get_chain(chain_id)
    edition = _asked_edition(chain)
    dots = _dots(chain, edition)
    response = Response(dots.packed, mimetype="application/octet-stream")
    response.set_etag(edition)
    return response.make_conditional(request)


@bp.get("/<uuid:chain_id>/all/site")
@requires(Permission.VALUE_CHAIN_READ)
def site_of_dot(chain_id: UUID) -> ResponseReturnValue:
    """On to the page of the site that a dot stands for (`dot` is its place in the file)."""
    chain = get_chain(chain_id)
    ids = _dots(chain, _asked_edition(chain)).ids
    place = request.args.get("dot", "")
    if not place.isdecimal() or int(place) >= len(ids):
        raise NotFound()
    return redirect(url_for("value_chain.node", node_id=ids[int(place)]))


def _asked_edition(chain: ValueChain) -> str:
    return request.args.get("edition") or _edition(chain, chosen_issue())


def _edition(chain: ValueChain, issue: Issue | None) -> str:
    """What the order of the dots depends on: the map, its assessment, the colour."""
    run = chain.current_run_id.hex if chain.current_run_id else "none"
    return f"{chain.version}-{run}-{issue.value if issue else HIGHEST}"


def _dots(chain: ValueChain, edition: str) -> DotMap:
    """The drawing of this edition.

    Raises:
        Conflict: the map moved on since its page was opened.
    """
    key, issue = (chain.id, edition), issue_of(edition.split("-", 2)[-1])
    if edition != _edition(chain, issue):
        raise Conflict("The map was changed after you opened it.", "Open the page again.")
    with _lock:
        if key in _kept:
            return _kept[key]
    made = _draw(coloured_by(load_snapshot(chain), issue))
    with _lock:
        _kept[key] = made
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return made


def _draw(snapshot: MapSnapshot) -> DotMap:
    lanes = _lanes(snapshot)
    column = {lane: min(place, MOST_COLUMNS - 1) for place, lane in enumerate(lanes)}
    rows = zip(
        snapshot.keys,
        snapshot.graph.nodes.country,
        snapshot.lane.tolist(),
        snapshot.band.tolist(),
        strict=True,
    )
    sites = [
        Site(str(key), _country(country), column[lane], BANDS[band])
        for key, country, lane, band in rows
    ]
    return dot_map(sites, min(len(lanes), MOST_COLUMNS))


def _lanes(snapshot: MapSnapshot) -> list[int]:
    """The tiers of a map, raw material first."""
    return sorted(set(snapshot.lane.tolist()), reverse=True)


def _country(code: str | None) -> str:
    return country_name(code) if code else "Country not known"


def _rows(chain_id: UUID, snapshot: MapSnapshot, lanes: list[int]) -> list[CountryRow]:
    counts: dict[str | None, Counter[tuple[int, int]]] = {}
    countries = snapshot.graph.nodes.country
    pairs = zip(countries, snapshot.lane.tolist(), snapshot.band.tolist(), strict=True)
    for country, lane, band in pairs:
        counts.setdefault(country, Counter())[lane, band] += 1
    ordered = sorted(counts.items(), key=lambda item: (-item[1].total(), item[0] or NO_COUNTRY))
    return [
        CountryRow(
            label=_country(code),
            total=found.total(),
            cells=tuple(
                _cell(
                    [found[lane, band] for band in range(len(BANDS))],
                    url_for(
                        "value_chain.table",
                        chain_id=chain_id,
                        country=code or "none",
                        tier=lane if 0 <= lane < snapshot.unlinked else None,
                    ),
                )
                for lane in lanes
            ),
        )
        for code, found in ordered
    ]


def _cell(by_band: list[int], href: str) -> Cell:
    return Cell(
        count=sum(by_band),
        worst=next((band for band, n in zip(BANDS, by_band, strict=True) if n), None),
        parts=tuple((BAR_CLASSES[band], n) for band, n in zip(BANDS, by_band, strict=True) if n),
        href=href,
    )
