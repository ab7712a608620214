"""Tags and groups of nodes: plain, and the same after a way out and in again."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply_chain.graph.export import export_map
from supply_chain.graph.labels import labelled, plain_tags, split_tags, take_labels, with_labels
from supply_chain.intake.drafts import NamedBytes, NodeDraft
from supply_chain.intake.maps import read_map

WORDS = st.lists(st.text(st.characters(categories=("L", "N", "Zs")), max_size=12), max_size=6)


@given(WORDS)
def test_plain_tags_stay_as_they_are_however_often_they_are_made_plain(words: list[str]):
    tags = plain_tags(words)
    assert plain_tags(tags) == tags == sorted(set(tags))
    assert split_tags("|".join(tags)) == tags


@pytest.mark.parametrize(
    ("value", "tags"),
    [
        ("Cotton; High  Volume,cotton", ["cotton", "high volume"]),
        (["B", "a"], ["a", "b"]),
        (2026, ["2026"]),
        ({"a": 1}, None),
        ("x" * 41, None),
        (" | ", None),
        ("|".join(f"t{n}" for n in range(21)), None),
    ],
)
def test_what_cannot_be_tags_stays_an_attribute(value: Any, tags: list[str] | None):
    found, group, rest = take_labels(with_labels({"tags": value, "site_group": " East  mills "}))
    assert (found, group) == (tags or [], "East mills")
    assert rest == ({} if tags else {"tags": value})
    assert labelled(rest, found, group).get("tags") == (tags or value)


def test_what_could_not_be_tags_goes_out_beside_the_tags_that_were_given_since():
    out = labelled({"tags": {"a": 1}, "site_group": ["x"], "workers": 3}, ["cotton"], "East")
    assert out == {
        "tags": ["cotton"],
        "tags_as_listed": {"a": 1},
        "site_group": "East",
        "site_group_as_listed": ["x"],
        "workers": 3,
    }
    assert take_labels(out)[:2] == (["cotton"], "East")


@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_tags_and_group_come_back_from_our_own_files(form: Any):
    node = NodeDraft(
        id="m1",
        name="Mill",
        country="CI",
        attributes={"tags": ["cotton", "high volume"], "site_group": "42", "workers": 12},
    )
    files = export_map([node], [], name="Map", as_of=date(2026, 11, 26), form=form)
    read = read_map([NamedBytes(file.name, file.content) for file in files])
    assert [one.attributes for one in read.nodes] == [node.attributes]


def test_columns_of_a_list_are_taken_for_tags_and_group():
    table = "Factory name,Country,Tags,Site group\nMill,CI,Cotton; Old,Cotton mills East\n"
    read = read_map([NamedBytes("list.csv", table.encode())])
    assert [one.attributes for one in read.nodes] == [
        {"tags": ["cotton", "old"], "site_group": "Cotton mills East"}
    ]
