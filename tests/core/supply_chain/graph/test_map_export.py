"""A map goes out in four forms and comes back unchanged from three of them."""

import csv
import io
import json
from dataclasses import replace
from datetime import date

import networkx
import openpyxl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import supply_chain.graph
from supply_chain.errors import SupplyChainError
from supply_chain.graph.export import export_map, map_parts
from supply_chain.graph.files import fit_for_xml
from supply_chain.intake.drafts import LinkDraft, MapDraft, NamedBytes, NodeDraft
from supply_chain.intake.maps import read_map
from supply_chain.vocabulary import FlowEvidence, LinkKind, NodeKind
from tests.sampling import examples

AS_OF = date(2026, 11, 25)
MILL = NodeDraft(
    id="=m1",
    name='=HYPERLINK("http://x")',
    kind=NodeKind.SITE,
    country="ID",
    region="Riau",
    address="Line 1, Road",
    latitude=-0.5,
    longitude=101.25,
    sector="+agri",
    commodities=("palm-oil", "kernel"),
    origin=True,
    external_ids={"lei": "5493001KJTIIGC8Y1R12"},
    attributes={"workers": 120, "note": "@cmd", "city": "Dumai", "postal_code": "01234"},
)
BUYER = NodeDraft(id="b1", name="Beta", own_operation=True)
LINK = LinkDraft(
    "=m1",
    "b1",
    LinkKind.SUPPLIES,
    commodity="palm-oil",
    share=0.1 + 0.2,
    flow_evidence=FlowEvidence.PROBABLE,
    valid_from=date(2024, 1, 1),
    valid_to=date(2025, 12, 31),
)


def _export(form, nodes=(MILL, BUYER), links=(LINK,)):
    return export_map(nodes, links, name="Palm oil", as_of=AS_OF, form=form)


def _back(form, nodes, links) -> MapDraft:
    return read_map(_export(form, nodes, links))


@pytest.mark.parametrize("form", ["json", "csv", "xlsx"])
def test_exported_map_comes_back_unchanged(form):
    draft = _back(form, (MILL, BUYER), (LINK,))

    assert draft.problems == ()
    assert draft.nodes == (MILL, BUYER)
    assert draft.links == (LINK,)


@pytest.mark.parametrize("form", ["json", "csv", "graphml", "node-link", "xlsx"])
def test_same_map_gives_the_same_bytes(form):
    assert _export(form) == _export(form)


def test_json_has_the_shape_of_value_chain_version_1():
    document = json.loads(_export("json")[0].content)

    assert document["format"] == "value-chain/1"
    assert (document["name"], document["as_of"]) == ("Palm oil", "2026-11-25")
    assert document["nodes"][0]["commodities"] == ["palm-oil", "kernel"]
    assert document["links"][0]["flow_evidence"] == "probable"
    assert document["links"][0]["valid_from"] == "2024-01-01"


def test_csv_cells_that_would_run_as_formulas_are_shielded_and_numbers_stay_numbers():
    nodes_file = _export("csv")[0]
    row = next(csv.DictReader(io.StringIO(nodes_file.content.decode())))

    assert row["name"] == '\'=HYPERLINK("http://x")'
    assert row["sector"] == "'+agri"
    assert row["note"] == "'@cmd"
    assert row["latitude"] == "-0.5"


def test_workbook_holds_texts_never_formulas():
    book = openpyxl.load_workbook(io.BytesIO(_export("xlsx")[0].content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]

    assert book.sheetnames == ["nodes", "links"]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert '=HYPERLINK("http://x")' in [cell.value for cell in cells]


def test_graphml_runs_from_supplier_to_buyer_with_all_fields():
    graph = networkx.parse_graphml(_export("graphml")[0].content.decode())

    assert list(graph.edges) == [("=m1", "b1")]
    assert graph.nodes["=m1"]["country"] == "ID"
    assert graph.edges["=m1", "b1"]["share"] == LINK.share  # a number, so that programs weigh by it


def test_node_link_json_gives_networkx_the_same_graph_as_graphml():
    links = (LINK, replace(LINK, commodity="kernel"))
    document = json.loads(_export("node-link", links=links)[0].content)
    graph = networkx.node_link_graph(document, edges="links")
    other = networkx.parse_graphml(_export("graphml", links=links)[0].content.decode())

    assert graph.graph["name"] == "Palm oil"
    assert graph.is_multigraph() and graph.is_directed()
    for node, attributes in graph.nodes(data=True):
        assert {"id": node, **attributes} == other.nodes[node]
    assert {*graph.nodes} == {*other.nodes}
    edges = [[edge for *_, edge in one.edges(data=True)] for one in (graph, other)]
    assert edges[0] == edges[1] != []


def test_json_is_read_by_networkx_as_nodes_and_links_with_all_types():
    document = json.loads(
        _export("json", links=(LINK, replace(LINK, commodity="kernel")))[0].content
    )
    ends = {"source": "supplier", "target": "buyer", "edges": "links"}
    graph = networkx.node_link_graph(document, directed=True, **ends)

    assert graph.nodes["=m1"]["commodities"] == ["palm-oil", "kernel"]
    assert graph.nodes["b1"]["own_operation"] is True and graph.nodes["b1"]["latitude"] is None
    goods = [link["commodity"] for _, _, link in graph.edges(data=True)]
    assert goods == ["palm-oil", "kernel"]


def test_text_too_long_for_a_cell_is_refused_with_the_way_out():
    long = NodeDraft(id="a", name="x" * 40_000)

    with pytest.raises(SupplyChainError, match="export the map as JSON"):
        _export("csv", (long,), ())


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
texts = st.none() | st.text(max_size=30)
entries = st.fixed_dictionaries(
    {
        "name": st.text(min_size=1, max_size=30).map(lambda text: text + "x"),
        "kind": st.sampled_from([kind.value for kind in NodeKind]),
        "country": st.sampled_from([None, "NA", "VN", "CI", "GB"]),
        "region": texts,
        "address": texts,
        "sector": texts,
        "latitude": st.none() | st.floats(-90, 90),
        "longitude": st.none() | st.floats(-180, 180),
        "commodities": st.lists(st.text(max_size=10), max_size=3),
        "own_operation": st.booleans(),
        "origin": st.none() | st.booleans(),
        "external_ids": st.dictionaries(
            st.text(max_size=8) | st.just("lei"), st.text(max_size=20), max_size=2
        ),
        "attributes": st.dictionaries(
            st.text(max_size=12)
            | st.sampled_from(["city", "no", "kind", "attributes.x", "buyer", "=x"]),
            json_values,
            max_size=4,
        ),
    }
)
link_entries = st.fixed_dictionaries(
    {
        "kind": st.sampled_from([kind.value for kind in LinkKind]),
        "commodity": texts,
        "share": st.none() | st.floats(0, 1),
        "flow_evidence": st.none() | st.sampled_from([e.value for e in FlowEvidence]),
        "valid_from": st.none() | st.dates(max_value=date(2020, 1, 1)).map(date.isoformat),
        "valid_to": st.none() | st.dates(min_value=date(2020, 1, 2)).map(date.isoformat),
    }
)


def _as_file(nodes: list[dict], link: dict) -> NamedBytes:
    numbered = [
        {**node, "id": f"=n{place}", "operated_by": _operator(node, len(nodes))}
        for place, node in enumerate(nodes)
    ]
    links = [{**link, "supplier": "=n0", "buyer": "=n1"}] if len(nodes) > 1 else []
    document = {"format": "value-chain/1", "nodes": numbered, "links": links}
    return NamedBytes("map.json", json.dumps(document).encode())


def _operator(node: dict, count: int) -> str | None:
    place = len(node["name"]) % (count + 1)
    return f"=n{place}" if place < count else None


def _assert_round_trip(form: str, nodes: list[dict], link: dict) -> None:
    draft = read_map([_as_file(nodes, link)])
    assert draft.problems == () and len(draft.nodes) == len(nodes)
    again = _back(form, draft.nodes, draft.links)
    assert again.problems == ()
    assert again.nodes == draft.nodes
    assert again.links == draft.links


def _operated(*pairs: tuple[str, str | None]) -> MapDraft:
    nodes = [{"id": ref, "name": ref.upper(), "operated_by": by} for ref, by in pairs]
    document = {"format": "value-chain/1", "nodes": nodes, "links": []}
    return read_map([NamedBytes("map.json", json.dumps(document).encode())])


def test_a_circle_of_operators_is_told_and_who_hangs_on_it_keeps_its_own():
    draft = _operated(("a", "b"), ("b", "a"), ("c", "a"), ("d", "c"), ("e", "e"), ("f", None))

    assert {node.id: node.operated_by for node in draft.nodes} == {
        "a": None, "b": None, "c": "a", "d": "c", "e": None, "f": None,
    }  # fmt: skip
    assert [note.problem for note in draft.notes] == [
        "A, B are said to run each other in a circle; they are read as run by nobody.",
        "E is said to run itself; they are read as run by nobody.",
    ]


@pytest.mark.parametrize("form", ["json", "csv", "xlsx"])
def test_operators_of_any_depth_come_back(form):
    ids = ["n/a x", "=m1", "A B", "ab", "Total", "é", "x,y", "Ω"]
    nodes = _operated(*zip(ids, [None, *ids], strict=False)).nodes

    assert _back(form, nodes, ()).nodes == nodes
    assert [node.operated_by for node in nodes] == [None, *ids[:-1]]


@given(st.lists(entries, min_size=1, max_size=3), link_entries, st.sampled_from(["json", "csv"]))
@examples(150)
def test_any_map_survives_json_and_csv(nodes, link, form):
    _assert_round_trip(form, nodes, link)


@given(st.lists(entries, min_size=1, max_size=3), link_entries)
@examples(10)
def test_any_map_survives_a_workbook(nodes, link):
    _assert_round_trip("xlsx", nodes, link)


@given(st.lists(entries, min_size=1, max_size=3), link_entries)
@examples(60)
def test_any_map_is_the_same_graph_in_memory_and_as_a_file(nodes, link):
    draft = read_map([_as_file(nodes, link)])
    parts = map_parts(draft.nodes, draft.links)
    assume(len({_fit(name) for name in parts[0].header}) == len(parts[0].header))
    graph = supply_chain.graph.to_networkx(*parts)
    read = networkx.parse_graphml(_export("graphml", draft.nodes, draft.links)[0].content.decode())

    assert {node: _as_xml(told) for node, told in graph.nodes(data=True)} == dict(
        read.nodes(data=True)
    )
    assert [(*ends, _as_xml(told)) for *ends, told in graph.edges(data=True)] == [
        *read.edges(data=True)
    ]


def _as_xml(told: dict) -> dict:
    """What an attribute is once it has been in a file, which knows one sign for the end of a line."""
    return {
        _fit(name): _fit(value) if isinstance(value, str) else value for name, value in told.items()
    }


def _fit(text: str) -> str:
    return fit_for_xml(text).replace("\r\n", "\n").replace("\r", "\n")
