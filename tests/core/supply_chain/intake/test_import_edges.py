"""Lists at the edge: files of one name, endless names, signs and numbers no database keeps."""

import json

import pytest

from supply_chain.intake.degrees import split_pair
from supply_chain.intake.drafts import MapDraft, NamedBytes
from supply_chain.intake.maps import read_map
from supply_chain.intake.words import (
    header_forms,
    scripts_apart,
    squeeze,
    squeeze_without_brackets,
)


def read(*files: tuple[str, str]) -> MapDraft:
    return read_map([NamedBytes(name, text.encode()) for name, text in files])


def read_json(nodes: list[dict[str, object]], links: list[dict[str, object]] | None = None):  # type: ignore[no-untyped-def]
    document = {"format": "value-chain/1", "nodes": nodes, "links": links or []}
    return read(("map.json", json.dumps(document)))


def test_two_files_of_one_name_are_two_tables():
    draft = read(
        ("list.csv", "id,name,country\nA,Al,FR\nB,Be,GB\n"),
        ("list.csv", "supplier,buyer,share\nA,B,0.5\n"),
        ("list.csv", "Company;Land\nCe;DE\n"),
    )

    assert draft.problems == ()
    assert [node.name for node in draft.nodes] == ["Al", "Be", "Ce"]
    assert [(link.supplier, link.share) for link in draft.links] == [("A", 0.5)]
    assert [*draft.mapping.nodes, *draft.mapping.links] == [
        "list.csv",
        "list.csv (3)",
        "list.csv (2)",
    ]


def test_a_doubled_id_is_told_with_its_own_value():
    draft = read(("list.csv", "id,name,country\nS1,Foo,MX\nS1,Bar,MX\n"))

    assert [(p.row, p.column, p.value) for p in draft.problems] == [(3, "id", "S1")]


@pytest.mark.parametrize(
    "row",
    [f"{'9' * 501},Foo,,", f"S1,{'x' * 501},,", f"S1,Foo,{'x' * 501},", f"S1,Foo,Bar|{'x' * 501},"],
)
def test_a_name_or_id_too_long_to_look_up_is_a_problem(row):
    draft = read(("list.csv", f"id,name,buyer,note\n{row}\nS2,{'y' * 500},Bar,\n"))

    assert [p.row for p in draft.problems] == [2]
    assert "501 characters" in draft.problems[0].problem
    assert "S2" in [node.id for node in draft.nodes]


def test_a_name_or_id_of_json_that_is_too_long_is_a_problem():
    nodes: list[dict[str, object]] = [
        {"id": "A" * 501, "name": "Al"},
        {"id": "B", "name": "x" * 500},
        {"id": "C", "name": "x" * 501},
    ]
    draft = read_json(nodes)

    assert [(p.row, p.column) for p in draft.problems] == [(1, "id"), (3, "name")]
    assert [node.id for node in draft.nodes] == ["B"]


def test_signs_that_no_database_keeps_are_dropped_from_further_facts():
    node = {
        "id": "A",
        "name": "Al",
        "external_ids": {"le\0i": "5\0x"},
        "attributes": {"k\0ey": ["a\0b", {"\ud800c": "d\udfff"}]},
        "more\0": "m\0",
    }
    draft = read_json([node])

    assert draft.problems == ()
    assert draft.nodes[0].external_ids == {"lei": "5x"}
    assert draft.nodes[0].attributes == {"key": ["ab", {"c": "d"}], "more": "m"}


def test_a_problem_shows_no_sign_that_no_database_keeps():
    draft = read_json([{"id": "A", "name": "Al", "country": "Nowhere\ud800", "kind": 3}])

    assert [p.value for p in draft.problems] == ["Nowhere", "3"]
    assert all(p.problem.encode() for p in draft.problems)


@pytest.mark.parametrize("field", ["attributes", "further"])
def test_a_fact_that_is_no_finite_number_is_a_problem_of_its_row(field):
    text = '{"format": "value-chain/1", "nodes": [{"id": "A", "name": "Al", "%s": {"x": [1e400]}}]}'
    draft = read(("map.json", text % field))

    assert [(p.row, p.column) for p in draft.problems] == [(1, "attributes")]
    assert draft.nodes == ()


@pytest.mark.parametrize(("levels", "problems"), [(50, 0), (60, 1), (800, 1)])
def test_a_fact_nested_too_deeply_is_a_problem(levels, problems):
    value = "[" * levels + "]" * levels
    text = f'{{"format": "value-chain/1", "nodes": [{{"id": "A", "name": "Al", "m": {value}}}]}}'

    assert len(read(("map.json", text)).problems) == problems
    cell = read(("list.csv", f"id,name,more\nA,Al,{value}\n")).nodes[0].attributes["more"]
    assert isinstance(cell, str) == bool(problems)


def test_words_for_endless_numbers_stay_words_in_a_cell():
    draft = read(("list.csv", 'id,name,a,b,c\nA,Al,-Infinity,[NaN],"""x\\u0000y"""\n'))

    assert draft.nodes[0].attributes == {"a": "-Infinity", "b": "[NaN]", "c": "xy"}


def test_a_year_alone_ends_on_its_last_day_in_json_as_in_csv():
    nodes: list[dict[str, object]] = [{"id": "A", "name": "Al"}, {"id": "B", "name": "Be"}]
    link = {"supplier": "A", "buyer": "B", "valid_from": "2024", "valid_to": "2024"}
    draft = read_json(nodes, [link])

    assert str(draft.links[0].valid_from) == "2024-01-01"
    assert str(draft.links[0].valid_to) == "2024-12-31"


def test_a_list_without_column_names_says_which_row_was_taken_for_them():
    draft = read(("list.csv", "Foo Ltd,FR,1 Main St\nBar Ltd,GB,2 High St\n"))

    assert (1, "Foo Ltd | FR | 1 Main St") in [(n.row, n.value) for n in draft.notes]
    assert read(("list.csv", "Name;Land\nBar;GB\n")).notes == ()


@pytest.mark.timeout(30)  # looked for without end, each of these would take minutes
@pytest.mark.parametrize(
    "cell", ["a" + " " * 300_000 + "b", "(" * 300_000, " " * 300_000 + "x|" * 9]
)
def test_an_endless_heading_or_place_is_told_apart_all_the_same(cell: str):
    assert squeeze(cell) in header_forms(cell) | {""}
    assert squeeze_without_brackets(cell) == squeeze(cell)
    assert scripts_apart(cell) == [cell]
    assert split_pair(f"N {cell}") is None


def test_brackets_and_two_scripts_are_told_apart():
    assert squeeze_without_brackets("Country (of the (first) site)") == "countrysite"
    assert scripts_apart("China   /  中国") == ["China", "中国"]
