"""What each view of a map gives away as a file: its picture, tables, graph and points.

All of it is made from what the page itself shows, so a file is never wider than its page. Places
of sites are those that are kept, rounded where somebody may live; a country stands at the middle of
its area.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flask import current_app, request

from ddplatform.adapters.assets import load_outline
from ddplatform.errors import NotFound
from ddplatform.models.saved_views import ViewKind
from ddplatform.models.value_chain import ValueChain
from ddplatform.queries.node_places import Place, list_coordinates
from ddplatform.reports.content import Column, Table
from ddplatform.reports.words import cell_words
from ddplatform.services.saved_views import kept_parts
from ddplatform.web.issue_colour import HIGHEST
from ddplatform.web.map_colour import Colouring, chosen_colouring, colouring_of
from ddplatform.web.matrix_drawing import Line, Spot, matrix_size, matrix_svg
from ddplatform.web.site_dots import dots_size, dots_svg
from ddplatform.web.standalone import Picture
from ddplatform.web.value_chain.country_rows import CountryRow
from ddplatform.web.value_chain.map_scope import MapScope, map_scope
from ddplatform.web.value_chain.node_filter import read_filter
from ddplatform.web.value_chain.pictures import around_page, map_page, row_in_focus
from ddplatform.web.value_chain.presenters import MapPage
from ddplatform.web.value_chain.site_routes import dots_of, site_columns
from ddplatform.web.value_chain.view_bar import PAGE_WORDS, view_words
from ddplatform.web.value_chain.view_tables import (
    box_tables,
    country_table,
    site_table,
    tier_table,
)
from ddplatform.web.value_chain.words import lane_word
from ddplatform.web.value_chain.world_routes import (
    BubbleSize,
    asked_size,
    place_of_country,
    world_drawing,
    world_rows,
)
from supply_chain.chain_columns import FLOWS
from supply_chain.graph_files import GraphPart, Point, write_geojson, write_graphml
from supply_chain.home_places import NOTE

CREDIT = "Map data: Natural Earth, public domain."
LINES = "Line width: share of input. Dashed line: not confirmed. Dashed box: origin not known."
EVENT = "Triangle: in the area of an event."
ROUNDED = "rounded, it may be a home"

_Record = dict[str, str | int | float]


@dataclass(frozen=True)
class ViewContent:
    """A view, ready for files; what it has no word for is None."""

    nodes: int
    tables: Callable[[], Sequence[Table]]
    picture: Callable[[], Picture] | None = None
    graphml: Callable[[], bytes] | None = None
    geojson: Callable[[], bytes] | None = None
    notes: Sequence[str] = ()
    """What has to be known with all of it."""

    def sheets(self) -> list[Table]:
        """The tables, and the notes as one more."""
        rows = tuple((note,) for note in self.notes)
        notes = [Table("notes", "Notes", (Column("note", "Note", 5),), rows)] if rows else []
        return [*self.tables(), *notes]


def content_of(chain: ValueChain, kind: ViewKind) -> ViewContent:
    """The view that the address asks for.

    Raises:
        NotFound: a neighbourhood of no node.
    """
    # The table has no colours to choose: its bands are the highest over all issues.
    colouring = colouring_of(HIGHEST) if kind is ViewKind.TABLE else chosen_colouring()
    return _CONTENT[kind](chain, _Told(chain, kind, colouring))


@dataclass(frozen=True)
class _Told:
    chain: ValueChain
    kind: ViewKind
    colouring: Colouring

    @property
    def title(self) -> str:
        return f"{self.chain.name}: {PAGE_WORDS[self.kind]}"

    @property
    def lines(self) -> list[str]:
        parts = kept_parts(self.kind, request.args.items(multi=True))
        asked = [part for part in parts if part[0] != "colour"]
        told = [f"Coloured by: {self.colouring.label}", *(view_words(asked) if asked else [])]
        return [f"{'. '.join(told)}. Map version {self.chain.version}."]


def _notes(*, is_like: bool) -> list[str]:
    if not is_like:
        return []
    return [f"No site is called “{read_filter().q}”. These are like it."]


def _drawing(chain: ValueChain, told: _Told) -> ViewContent:
    return _of_boxes(map_page(chain), told)


def _around(chain: ValueChain, told: _Told) -> ViewContent:
    row = row_in_focus(chain)
    if row is None:
        raise NotFound()
    return _of_boxes(around_page(chain, row), told)


def _of_boxes(page: MapPage, told: _Told) -> ViewContent:
    notes = _notes(is_like=page.is_like)

    def picture() -> Picture:
        placed = page.placed()
        return Picture(
            drawing=page.drawing(),
            width=placed.width,
            height=placed.height,
            title=told.title,
            lines=[page.sentence(), *told.lines],
            legend=told.colouring.legend,
            notes=[f"{LINES} {EVENT} Red count: actions overdue.", *notes],
        )

    def tables() -> list[Table]:
        return box_tables(page, told.colouring)

    def graphml() -> bytes:
        boxes, links = tables()
        ids = [(box.id,) for box in page.view.boxes]
        ends = [(link.supplier, link.buyer) for link in page.view.links]
        return write_graphml(_part(boxes, ids), _part(links, ends), name=told.title)

    def geojson() -> bytes:
        boxes, shown = tables()[0], page.view.boxes
        places = list_coordinates(page.chain.id)
        return _points(
            [
                (places.get(page.key(box)) if box.kind == "node" else None, told_)
                for box, told_ in zip(shown, _records(boxes), strict=True)
            ],
            told.title,
        )

    nodes = sum(total for total, _ in page.view.lanes.values())
    return ViewContent(nodes, tables, picture, graphml, geojson, notes)


def _world(chain: ValueChain, told: _Told) -> ViewContent:
    scope, size = map_scope(chain), asked_size()
    rows, by_volume = world_rows(scope, size), size is BubbleSize.VOLUME
    notes = _notes(is_like=scope.is_like)

    def picture() -> Picture:
        outline = load_outline(Path(current_app.static_folder or ""))
        return Picture(
            drawing=world_drawing(rows, by_volume=by_volume, land_href=None, land=outline.values()),
            width=1080.0,
            height=516.0,
            title=told.title,
            lines=told.lines,
            legend=told.colouring.legend,
            notes=[
                f"A country has the colour of the gravest of its sites. {EVENT} {CREDIT}",
                *notes,
            ],
        )

    def tables() -> list[Table]:
        pairs = [(row.country, row.volume) for row in rows]
        return [country_table(pairs, told.colouring, by_volume=by_volume)]

    def geojson() -> bytes:
        points = [
            Point(*at, told_)
            for row, told_ in zip(rows, _records(tables()[0]), strict=True)
            if (at := place_of_country(row.country))
        ]
        return write_geojson(points, name=told.title)

    return ViewContent(len(scope.rows), tables, picture, geojson=geojson, notes=notes)


def _matrix(chain: ValueChain, told: _Told) -> ViewContent:
    scope = map_scope(chain)
    columns = [lane_word(scope.snapshot, lane) for lane in scope.cells.lanes]
    rows = scope.countries
    notes = _notes(is_like=scope.is_like)

    def picture() -> Picture:
        heads, lines = [*columns, "All"], [_line(row) for row in rows]
        width, height = matrix_size(heads, lines)
        return Picture(
            drawing=matrix_svg(heads, lines),
            width=width,
            height=height,
            title=told.title,
            lines=told.lines,
            legend=told.colouring.legend,
            notes=[f"Letter: the gravest of the sites. {EVENT}", *notes],
        )

    def tables() -> list[Table]:
        whole = [(row, None) for row in rows]
        return [
            tier_table(columns, rows, told.colouring),
            country_table(whole, told.colouring, by_volume=False),
        ]

    return ViewContent(len(scope.rows), tables, picture, notes=notes)


def _line(row: CountryRow) -> Line:
    return Line(
        row.label,
        tuple(
            Spot(cell.count, cell.gravest if cell.count else None, cell.parts, cell.events)
            for cell in (*row.cells, row.whole)
        ),
    )


def _sites(chain: ValueChain, told: _Told) -> ViewContent:
    scope = map_scope(chain, told.colouring)
    notes = _notes(is_like=scope.is_like)

    def picture() -> Picture:
        width, height = dots_size()
        fills = [shade.css for shade in told.colouring.shades]
        return Picture(
            drawing=dots_svg(dots_of(scope), site_columns(scope), fills),
            width=width,
            height=height,
            title=told.title,
            lines=[f"One square a site, {len(scope.rows):,} in all.", *told.lines],
            legend=told.colouring.legend,
            notes=["Frame: in the area of an event.", *notes],
        )

    return ViewContent(
        len(scope.rows),
        lambda: [site_table(scope)],
        picture if told.kind is ViewKind.ALL_SITES else None,
        lambda: _graph_of_sites(scope, told.title),
        lambda: _points_of_sites(scope, told.title),
        notes,
    )


def _graph_of_sites(scope: MapScope, name: str) -> bytes:
    nodes, links = scope.snapshot.graph.nodes, scope.snapshot.graph.links
    asked = [False] * len(nodes)
    for row in scope.rows.tolist():
        asked[row] = True
    kept = [
        at
        for at, ends in enumerate(zip(links.supplier.tolist(), links.buyer.tolist(), strict=True))
        if asked[ends[0]] and asked[ends[1]]
    ]
    share = ["" if value != value else value for value in links.share[kept].tolist()]
    flow = [FLOWS[place].value for place in links.flow[kept].tolist()]
    ends = [(nodes.ids[int(links.supplier[at])], nodes.ids[int(links.buyer[at])]) for at in kept]
    table = site_table(scope)
    return write_graphml(
        _part(table, [(str(row[0]),) for row in table.rows]),
        GraphPart(["Share of the buyer's input", "Flow"], [*zip(share, flow, strict=True)], ends),
        name=name,
    )


def _points_of_sites(scope: MapScope, name: str) -> bytes:
    places, keys = list_coordinates(scope.chain.id), scope.snapshot.keys
    records = _records(site_table(scope))
    return _points(
        [
            (places.get(keys[row]), told)
            for row, told in zip(scope.rows.tolist(), records, strict=True)
        ],
        name,
    )


def _points(found: Sequence[tuple[Place | None, _Record]], name: str) -> bytes:
    """The sites that have a place; what is rounded says so, and the file why."""
    points = [
        Point(at.longitude, at.latitude, {**told, "Place": ROUNDED} if at.is_rounded else told)
        for at, told in found
        if at is not None
    ]
    is_any = any(at is not None and at.is_rounded for at, _ in found)
    return write_geojson(points, name=name, note=NOTE if is_any else None)


def _part(table: Table, ends: Sequence[tuple[str, ...]]) -> GraphPart:
    titles = [column.title for column in table.columns]
    return GraphPart(titles, [["" if c is None else c for c in row] for row in table.rows], ends)


def _records(table: Table) -> list[_Record]:
    """Each row by the titles of its columns; numbers stay numbers."""
    return [
        {
            column.title: cell if isinstance(cell, int | float) else cell_words(cell, column)
            for column, cell in zip(table.columns, row, strict=True)
        }
        for row in table.rows
    ]


_CONTENT: Mapping[ViewKind, Callable[[ValueChain, _Told], ViewContent]] = {
    ViewKind.MAP: _drawing,
    ViewKind.AROUND: _around,
    ViewKind.WORLD: _world,
    ViewKind.MATRIX: _matrix,
    ViewKind.ALL_SITES: _sites,
    ViewKind.TABLE: _sites,
}
