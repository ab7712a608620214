"""Content of each view of a map as a file: its picture, tables, graph and points.

All of it is made from what the page itself shows, so a file is never wider than its page. A picture
of a list is its current page; its other files hold the whole list.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from flask import current_app

from ddplatform.documents.content import Column, Table
from ddplatform.documents.drawings.site_dots import dots_size, dots_svg
from ddplatform.infrastructure.assets.files import load_outline
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.web.filters import number
from ddplatform.languages import gettext, ngettext
from ddplatform.languages import lazy_gettext as _
from ddplatform.value_chain.countries.bubbles import asked_bubbles
from ddplatform.value_chain.countries.scope import map_scope
from ddplatform.value_chain.countries.views.rows import CountryRow
from ddplatform.value_chain.countries.views.sites import dots_of, site_columns
from ddplatform.value_chain.countries.views.world import BubbleSize, world_drawing
from ddplatform.value_chain.drawings.matrix import Line, Spot, matrix_size, matrix_svg
from ddplatform.value_chain.drawings.standalone import PICTURES, Picture
from ddplatform.value_chain.filters.address import asked_filter
from ddplatform.value_chain.filters.queries.lists import load_node_rows
from ddplatform.value_chain.filters.queries.places import list_coordinates
from ddplatform.value_chain.mapping.models import ValueChain
from ddplatform.value_chain.mapping.views import lane_word
from ddplatform.value_chain.pictures.pages import around_page, map_page, row_in_focus
from ddplatform.value_chain.pictures.queries.bundles import bundle_links
from ddplatform.value_chain.pictures.views.boxes import MapPage
from ddplatform.value_chain.saved_views.models import ViewKind
from ddplatform.value_chain.view_files.address import list_of_address, view_facts
from ddplatform.value_chain.view_files.views.about import ViewFacts
from ddplatform.value_chain.view_files.views.graphs import (
    graph_of_boxes,
    graph_of_cells,
    graph_of_countries,
    graph_of_sites,
    groups_of_cells,
    groups_of_countries,
)
from ddplatform.value_chain.view_files.views.points import (
    points_of_boxes,
    points_of_countries,
    points_of_sites,
)
from ddplatform.value_chain.view_files.views.sites import picture_of_list
from ddplatform.value_chain.view_files.views.tables import (
    box_tables,
    country_table,
    list_table,
    site_table,
    tier_table,
)

CREDIT = _("Map data: Natural Earth, public domain.")
LINES = _("Line width: share of input. Dashed line: not confirmed. Dashed box: origin not known.")
EVENT = _("Triangle: in the area of an event.")
OVERDUE = _("Red count: overdue actions.")
WORST = _("A country has the colour of its most critical site.")
LETTER = _("Letter: the most critical of the sites.")
FRAME = _("Frame: in the area of an event.")


@dataclass(frozen=True)
class ViewContent:
    """A view, ready for files."""

    nodes: int
    told: ViewFacts
    tables: Callable[[], Sequence[Table]]
    picture: Callable[[], Picture]
    graphml: Callable[[], bytes]
    geojson: Callable[[], bytes]
    notes: Sequence[str] = ()
    """The remarks that apply to all of it."""
    pictured: int | None = None
    """The number of nodes in a picture, where it does not show all."""

    def nodes_in(self, form: str) -> int:
        """The number of nodes in a file of this form."""
        return self.nodes if self.pictured is None or form not in PICTURES else self.pictured

    def sheets(self) -> list[Table]:
        """The tables, the notes as one more, and what the file says of itself."""
        rows = tuple((note,) for note in self.notes)
        notes = [Table("notes", "Notes", (Column("note", "Note", 5),), rows)] if rows else []
        return [*self.tables(), *notes, self.told.table]


def content_of(chain: ValueChain, kind: ViewKind) -> ViewContent:
    """The view that the address asks for.

    Raises:
        NotFound: a neighbourhood of no node.
    """
    return _CONTENT[kind](chain, view_facts(chain, kind))


def _notes(*, is_like: bool) -> list[str]:
    if not is_like:
        return []
    told = gettext(
        "No site is called “%(q)s”. Sites with similar names are shown.", q=asked_filter().q
    )
    return [told]


def _drawing(chain: ValueChain, told: ViewFacts) -> ViewContent:
    return _of_boxes(map_page(chain), told)


def _around(chain: ValueChain, told: ViewFacts) -> ViewContent:
    row = row_in_focus(chain)
    if row is None:
        raise NotFound()
    return _of_boxes(around_page(chain, row), told)


def _of_boxes(page: MapPage, told: ViewFacts) -> ViewContent:
    notes = _notes(is_like=page.is_like)
    nodes = sum(total for total, _ in page.view.lanes.values())
    told = replace(told, said={"Drawing": page.sentence(), "Sites": nodes})

    def picture() -> Picture:
        placed = page.placed()
        return Picture(
            drawing=page.drawing(),
            width=placed.width,
            height=placed.height,
            title=told.title,
            lines=[page.sentence(), *told.lines],
            legend=told.colouring.legend,
            notes=[f"{LINES} {EVENT} {OVERDUE}", *notes],
        )

    def tables() -> list[Table]:
        return box_tables(page, told.colouring)

    return ViewContent(
        nodes,
        told,
        tables,
        picture,
        lambda: graph_of_boxes(page, told),
        lambda: points_of_boxes(page, tables()[0], told, list_coordinates(page.chain.id)),
        notes,
    )


def _world(chain: ValueChain, told: ViewFacts) -> ViewContent:
    scope = map_scope(chain)
    size, rows = asked_bubbles(scope)
    by_volume = size is BubbleSize.VOLUME
    pairs = [(row.country, row.volume) for row in rows]
    notes = _notes(is_like=scope.is_like)
    told = replace(told, said={"Sites": len(scope.rows)})

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
                f"{WORST} {EVENT} {CREDIT}",
                *notes,
            ],
        )

    def tables() -> list[Table]:
        return [country_table(pairs, told.colouring, by_volume=by_volume)]

    def graph() -> bytes:
        flows = bundle_links(chain, groups_of_countries(scope))
        return graph_of_countries(scope, pairs, told, flows, by_volume=by_volume)

    return ViewContent(
        len(scope.rows),
        told,
        tables,
        picture,
        graph,
        lambda: points_of_countries([row for row, _ in pairs], tables()[0], told),
        notes,
    )


def _matrix(chain: ValueChain, told: ViewFacts) -> ViewContent:
    scope = map_scope(chain)
    columns = [lane_word(scope.snapshot, lane) for lane in scope.cells.lanes]
    rows = scope.countries
    notes = _notes(is_like=scope.is_like)
    told = replace(told, said={"Sites": len(scope.rows)})

    def picture() -> Picture:
        heads, lines = [*columns, gettext("All")], [_line(row) for row in rows]
        width, height = matrix_size(heads, lines)
        return Picture(
            drawing=matrix_svg(heads, lines),
            width=width,
            height=height,
            title=told.title,
            lines=told.lines,
            legend=told.colouring.legend,
            notes=[f"{LETTER} {EVENT}", *notes],
        )

    def tiers() -> Table:
        return tier_table(columns, rows, told.colouring)

    def tables() -> list[Table]:
        whole = [(row, None) for row in rows]
        return [tiers(), country_table(whole, told.colouring, by_volume=False)]

    of_tiers = [row for row in rows for cell in row.cells if cell.count]
    return ViewContent(
        len(scope.rows),
        told,
        tables,
        picture,
        lambda: graph_of_cells(scope, told, bundle_links(chain, groups_of_cells(scope))),
        lambda: points_of_countries(of_tiers, tiers(), told),
        notes,
    )


def _line(row: CountryRow) -> Line:
    return Line(
        row.label,
        tuple(
            Spot(cell.count, cell.gravest if cell.count else None, cell.parts, cell.events)
            for cell in (*row.cells, row.whole)
        ),
    )


def _squares(count: int) -> str:
    return ngettext(
        "%(count)s site, one square a site.",
        "%(count)s sites, one square a site.",
        count,
        count=number(count),
    )


def _sites(chain: ValueChain, told: ViewFacts) -> ViewContent:
    scope = map_scope(chain)
    notes = _notes(is_like=scope.is_like)
    told = replace(told, said={"Sites": len(scope.rows)})

    def picture() -> Picture:
        dots = dots_of(scope)
        width, height = dots_size(dots)
        fills = [shade.css for shade in told.colouring.shades]
        return Picture(
            drawing=dots_svg(dots, site_columns(scope), fills),
            width=width,
            height=height,
            title=told.title,
            lines=[_squares(len(scope.rows)), *told.lines],
            legend=told.colouring.legend,
            notes=[str(FRAME), *notes],
        )

    def table() -> Table:
        return site_table(scope)

    return ViewContent(
        len(scope.rows),
        told,
        lambda: [table()],
        picture,
        lambda: graph_of_sites(scope, table(), told),
        lambda: points_of_sites(scope, table(), told, list_coordinates(chain.id)),
        notes,
    )


def _list(chain: ValueChain, told: ViewFacts) -> ViewContent:
    scope = map_scope(chain, told.colouring)
    listed, notes = list_of_address(chain.id), _notes(is_like=scope.is_like)
    told = replace(told, said={"Sites": len(scope.rows)})

    def table() -> Table:
        return list_table(scope, load_node_rows(chain.id))

    return ViewContent(
        len(scope.rows),
        told,
        lambda: [table()],
        lambda: picture_of_list(listed, told, notes),
        lambda: graph_of_sites(scope, table(), told),
        lambda: points_of_sites(scope, table(), told, list_coordinates(chain.id)),
        notes,
        pictured=len(listed.page.rows),
    )


_CONTENT: Mapping[ViewKind, Callable[[ValueChain, ViewFacts], ViewContent]] = {
    ViewKind.MAP: _drawing,
    ViewKind.AROUND: _around,
    ViewKind.WORLD: _world,
    ViewKind.MATRIX: _matrix,
    ViewKind.ALL_SITES: _sites,
    ViewKind.TABLE: _list,
}
