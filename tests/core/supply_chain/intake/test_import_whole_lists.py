"""Every published list, whole and as it was released, gives the right columns and counts."""

import gzip
import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from supply_chain.intake.drafts import MapDraft, NamedBytes, RowProblem
from supply_chain.intake.maps import read_map

WHOLE = Path(__file__).parents[3] / "data/supplier_lists/whole"
EXPECTED = yaml.safe_load((WHOLE / "expected.yaml").read_text(encoding="utf-8"))


def read(name: str) -> MapDraft:
    return read_map([NamedBytes(name, gzip.decompress((WHOLE / f"{name}.gz").read_bytes()))])


def kinds(told: tuple[RowProblem, ...]) -> dict[str, int]:
    """Problems or notes counted by what they say, without the values they quote."""
    plain = (re.sub(r"“[^”]*”|-?\d[\d.,]*", "…", one.problem) for one in told)
    plain = (re.sub(r"country .+ was taken", "country … was taken", text) for text in plain)
    return dict(Counter(" ".join(text.split()[:6]) for text in plain))


@pytest.mark.parametrize("name", EXPECTED)
def test_whole_published_list_is_read_with_the_right_columns_and_counts(name: str) -> None:
    expected = EXPECTED[name]

    draft = read(name)

    (table,) = draft.mapping.nodes.values()
    assert (table.header_row, dict(table.columns)) == (expected["header_row"], expected["columns"])
    assert (draft.rows, len(draft.nodes), len(draft.links)) == (
        expected["rows"],
        expected["nodes"],
        expected["links"],
    )
    assert sum(node.country is None for node in draft.nodes) == expected["without_country"]
    assert sum(node.latitude is not None for node in draft.nodes) == expected["placed"]
    assert kinds(draft.problems) == expected["problems"]
    assert kinds(draft.notes) == expected["notes"]


def test_nested_palm_oil_list_gives_chains_whose_companies_know_their_place() -> None:
    draft = read("colgate_palm_chain_2019H1_raw.csv")
    nodes = {node.id: node for node in draft.nodes}
    supplies: dict[str, set[str]] = {}
    for link in draft.links:
        supplies.setdefault(nodes[link.supplier].name, set()).add(nodes[link.buyer].name)

    assert "Wilmar Lahad Datu Edible Oils" in supplies["Sabahmas"]
    assert "ADM" in supplies["Wilmar Lahad Datu Edible Oils"]
    refinery = next(n for n in draft.nodes if n.name == "Wilmar Lahad Datu Edible Oils")
    assert refinery.address == "Lahad Datu"


def test_lines_packed_into_a_cell_are_taken_apart() -> None:
    node = read("oar_facility_list_items_raw.csv").nodes[0]

    assert node.name == "WENZHOU JIETU(AOLUN) SHOES FACTORY"
    assert node.country == "CN" and node.address is not None
    assert node.address.startswith("NO.8 SHUANGBAO WEST ROAD")
    assert (node.latitude, node.longitude) == (27.966814, 120.66201)
