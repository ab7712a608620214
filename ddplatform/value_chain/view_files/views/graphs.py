"""Views of a map as graphs (GraphML): sites with their links, and cells or countries with theirs.

A view that counts sites by country is exported as the graph of these counts: each country, or each
tier of it, is a node, and all links between two of them are one. Only links whose two ends are both
shown count, as in the graph of sites.
"""

import math
from collections.abc import Sequence

import numpy as np

import supply_chain.graph
from ddplatform.documents.content import Column, Kind, Table
from ddplatform.value_chain.countries.scope import MapScope
from ddplatform.value_chain.countries.views.rows import CountryRow
from ddplatform.value_chain.graph.queries.snapshots import Ints
from ddplatform.value_chain.mapping.views import lane_word
from ddplatform.value_chain.pictures.queries.bundles import Bundles
from ddplatform.value_chain.pictures.views.boxes import MapPage
from ddplatform.value_chain.view_files.views.about import ViewFacts
from ddplatform.value_chain.view_files.views.tables import box_tables, country_table, tier_table
from supply_chain.graph.columns import FLOWS
from supply_chain.graph.files import Cell, GraphPart

NO_CODE = "unknown"
_NUMBERS = frozenset({Kind.NUMBER, Kind.SHARE})
_LINKS, _VOLUME = "Links", "Part of our input"


def graph_of_boxes(page: MapPage, told: ViewFacts) -> bytes:
    """The boxes of a drawing and the lines between them."""
    boxes, links = box_tables(page, told.colouring)
    ids = [(box.id,) for box in page.view.boxes]
    ends = [(link.supplier, link.buyer) for link in page.view.links]
    return _written(_part(boxes, ids), _part(links, ends), told)


def graph_of_sites(scope: MapScope, table: Table, told: ViewFacts) -> bytes:
    """The sites of a view, as a table says them, and the links between them."""
    nodes, links = scope.snapshot.graph.nodes, scope.snapshot.graph.links
    asked = _groups(scope, np.zeros(len(scope.rows), dtype=np.int64)) >= 0
    kept = np.flatnonzero(asked[links.supplier] & asked[links.buyer]).tolist()
    share = ["" if math.isnan(value) else value for value in links.share[kept].tolist()]
    flow = [FLOWS[place].value for place in links.flow[kept].tolist()]
    ends = [(nodes.ids[int(links.supplier[at])], nodes.ids[int(links.buyer[at])]) for at in kept]
    share_word = "Share of the buyer's input"
    return _written(
        _part(table, [(nodes.ids[row],) for row in scope.rows.tolist()]),
        GraphPart(
            [share_word, "Flow"],
            [*zip(share, flow, strict=True)],
            ends,
            numbers=frozenset({share_word}),
        ),
        told,
    )


def groups_of_cells(scope: MapScope) -> Ints:
    """(nodes of the map,) the cell of each node that is shown, -1 for all others."""
    return _groups(scope, scope.cell_of_rows)


def groups_of_countries(scope: MapScope) -> Ints:
    """(nodes of the map,) the country of each node that is shown, -1 for all others."""
    return _groups(scope, scope.snapshot.country[scope.rows])


def graph_of_cells(scope: MapScope, told: ViewFacts, flows: Bundles) -> bytes:
    """Each tier of each country that has sites, and what flows between them.

    Args:
        flows: the links between the cells (`groups_of_cells`).
    """
    columns = [lane_word(scope.snapshot, lane) for lane in scope.cells.lanes]
    codes = scope.snapshot.countries
    ids = [f"{code or NO_CODE} {word}" for code in codes for word in columns]
    table = tier_table(columns, scope.countries, scope.colouring)
    ends = [
        (f"{row.code or NO_CODE} {word}",)
        for row in scope.countries
        for word, cell in zip(columns, row.cells, strict=True)
        if cell.count
    ]
    return _written(_part(table, ends), _bundles(flows, ids), told)


def graph_of_countries(
    scope: MapScope,
    rows: Sequence[tuple[CountryRow, float | None]],
    told: ViewFacts,
    flows: Bundles,
    *,
    by_volume: bool,
) -> bytes:
    """Each country with the tiers that its sites stand in, and what flows between countries.

    Args:
        flows: the links between the countries (`groups_of_countries`).
    """
    columns = [lane_word(scope.snapshot, lane) for lane in scope.cells.lanes]
    table = country_table(rows, told.colouring, by_volume=by_volume)
    tiers = [
        "; ".join(word for word, cell in zip(columns, row.cells, strict=True) if cell.count)
        for row, _ in rows
    ]
    wide = Table(
        table.ref,
        table.title,
        (*table.columns, Column("tiers", "Tiers")),
        tuple((*row, words) for row, words in zip(table.rows, tiers, strict=True)),
    )
    ends = [(row.code or NO_CODE,) for row, _ in rows]
    ids = [code or NO_CODE for code in scope.snapshot.countries]
    return _written(_part(wide, ends), _bundles(flows, ids), told)


def _bundles(found: Bundles, ids: Sequence[str]) -> GraphPart:
    ends = zip(found.supplier.tolist(), found.buyer.tolist(), strict=True)
    volume = ["" if math.isnan(part) else part for part in found.volume.tolist()]
    return GraphPart(
        [_LINKS, _VOLUME],
        [*zip(found.links.tolist(), volume, strict=True)],
        [(ids[supplier], ids[buyer]) for supplier, buyer in ends],
        numbers=frozenset({_LINKS, _VOLUME}),
    )


def _groups(scope: MapScope, of_rows: Ints) -> Ints:
    """(nodes of the map,) the groups of the nodes that are shown, -1 for all others."""
    groups = np.full(len(scope.snapshot.keys), -1, dtype=np.int64)
    groups[scope.rows] = of_rows
    return groups


def _part(table: Table, ends: Sequence[tuple[str, ...]]) -> GraphPart:
    titles = [column.title for column in table.columns]
    numbers = frozenset(column.title for column in table.columns if column.kind in _NUMBERS)
    rows: list[list[Cell]] = [["" if cell is None else cell for cell in row] for row in table.rows]
    return GraphPart(titles, rows, ends, numbers)


def _written(nodes: GraphPart, links: GraphPart, told: ViewFacts) -> bytes:
    return supply_chain.graph.write_graphml(nodes, links, name=told.title, note=told.note)
