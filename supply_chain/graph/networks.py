"""A map, or any part or aggregation of it, as a NetworkX graph, and that graph as a file.

Loaded by `supply_chain/graph/__init__.py` when a graph is first asked for (decision 23).
"""

import json
from collections.abc import Iterator
from xml.etree import ElementTree

import networkx as nx
from networkx.readwrite.graphml import GraphMLWriter

from supply_chain.graph.files import GraphPart, fit_for_xml

_DECLARATION = "<?xml version='1.0' encoding='utf-8'?>\n"


def to_networkx(nodes: GraphPart, links: GraphPart, *, name: str = "") -> "nx.MultiDiGraph[str]":
    """Nodes and links as a NetworkX graph whose edges run from supplier to buyer.

    It is a multigraph because two places may be linked twice, by kind or by commodity. A node is
    its id. Attributes are the columns of the part: a float where the column is one of `numbers`,
    otherwise a text; what is not known has no attribute, so a missing number is never 0.

    The parts of a whole map (`supply_chain.graph.export.map_parts`) have these columns:

    - of nodes: `id`; `name`; `kind` (`NodeKind`); `country` (ISO 3166-1 alpha-2); `region`;
      `address`; `latitude`, -90 to 90, and `longitude`, -180 to 180, in degrees of WGS 84;
      `sector` and `commodities` (refs of the reference data, several joined by `|`);
      `operated_by` (id of a node); `own_operation` and `origin`, `true` or `false`;
      `external_ids.` and the scheme; and each further attribute of the map under its own name.
    - of edges: `supplier` and `buyer` (ids); `kind` (`LinkKind`); `commodity`; `share`, 0 to 1,
      the part of the buyer's input that comes over the link; `flow_evidence` (`FlowEvidence`);
      `valid_from` and `valid_to`, ISO days.

    Views of a map bring the columns of their tables; shares there run from 0 to 1 too, and all
    other numbers are counts.
    """
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(name=name)
    graph.add_nodes_from((node, told) for (node,), told in _told(nodes))
    graph.add_edges_from((supplier, buyer, told) for (supplier, buyer), told in _told(links))
    return graph


def _told(part: GraphPart) -> Iterator[tuple[tuple[str, ...], dict[str, str | float]]]:
    """The ends of each row, and what it says."""
    kinds = [float if column in part.numbers else str for column in part.header]
    for ends, row in zip(part.ends, part.rows, strict=True):
        cells = zip(part.header, kinds, row, strict=True)
        yield ends, {column: kind(cell) for column, kind, cell in cells if cell != ""}


def write_graphml(
    nodes: GraphPart, links: GraphPart, *, name: str, note: str | None = None
) -> bytes:
    """The same graph as a file; each column is a key, of text or of numbers.

    Args:
        note: what a reader has to know of all of it: the description of the file.
    """
    graph = to_networkx(nodes, links)
    graph.graph = {"id": name}
    writer = GraphMLWriter()
    # Before any value is written, so that a column in which nothing is known is named too. The
    # writer puts each new key before the others.
    for scope, part in (("edge", links), ("node", nodes)):
        for column in reversed(part.header):
            kind = "double" if column in part.numbers else "string"
            writer.get_key(column, kind, scope, None)  # type: ignore[no-untyped-call]  # by its stubs
    writer.add_graph_element(graph)
    root = writer.xml
    for edge in root.iter("edge"):
        del edge.attrib["id"]  # counted anew for each two nodes, so no id in the whole file
    if note is not None:
        description = ElementTree.Element("desc")
        description.text = note
        root.insert(0, description)
    ElementTree.indent(root, " ")
    # Not by the writer: it would keep signs that no XML can hold.
    text = ElementTree.tostring(root, encoding="unicode")
    return f"{_DECLARATION}{fit_for_xml(text)}".encode()


def write_node_link(
    nodes: GraphPart, links: GraphPart, *, name: str, note: str | None = None
) -> bytes:
    """The same graph as node-link JSON, as `networkx.node_link_graph(..., edges="links")` reads it.

    Args:
        note: what a reader has to know of all of it: an attribute of the graph.
    """
    graph = to_networkx(nodes, links, name=name)
    if note is not None:
        graph.graph["note"] = note
    document = nx.node_link_data(graph, edges="links")
    # A lone half of a surrogate pair stays the JSON escape it came as.
    return json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8", "backslashreplace")
