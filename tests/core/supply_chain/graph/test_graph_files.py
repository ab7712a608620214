"""Graphs and points as files: numbers stay numbers, and a file says what it is."""

import json

import networkx

from supply_chain.graph.files import GraphPart, Point, write_geojson, write_graphml


def test_a_column_of_numbers_is_one_to_weigh_by_and_what_is_not_known_is_left_out():
    nodes = GraphPart(["Code"], [["CI"], ["FR"]], [("a",), ("b",)])
    links = GraphPart(["Part"], [[0.25], [""]], [("a", "b"), ("b", "a")], frozenset({"Part"}))
    graph = networkx.parse_graphml(write_graphml(nodes, links, name="Cocoa").decode())

    assert graph.edges["a", "b"] == {"Part": 0.25}
    assert graph.edges["b", "a"] == {}
    assert graph.nodes["a"] == {"Code": "CI"}


def test_points_carry_what_the_file_says_of_itself_and_nothing_where_it_says_nothing():
    point = Point(-5.5, 7.5, {"Sites": 4})
    made = json.loads(write_geojson([point], name="Cocoa", about={"Map version": 3}, note="n"))
    plain = json.loads(write_geojson([point], name="Cocoa"))

    assert (made["about"], made["note"]) == ({"Map version": 3}, "n")
    assert set(plain) == {"type", "name", "features"}
