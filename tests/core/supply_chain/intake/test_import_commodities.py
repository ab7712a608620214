"""Words for goods in many languages, and HS codes, become the refs of our commodities."""

import csv
from pathlib import Path

import pytest

import supply_chain
from supply_chain.intake.columns import LINK_COLUMNS, OWN_NODE_COLUMNS
from supply_chain.intake.commodities import commodity_doubt, commodity_ref
from supply_chain.intake.drafts import MapDraft, NamedBytes
from supply_chain.intake.maps import read_map
from supply_chain.reference.release import load_reference


def read(*texts: str) -> MapDraft:
    return read_map([NamedBytes(f"list{n}.csv", text.encode()) for n, text in enumerate(texts)])


@pytest.mark.parametrize(
    ("text", "ref"),
    [
        ("cocoa", "cocoa"),
        ("Cocoa beans", "cocoa"),
        ("Kakao", "cocoa"),
        ("fèves de cacao", "cocoa"),
        ("palm-oil", "palm_oil"),
        ("棉花", "cotton"),
        ("pamba", "cotton"),
        ("القطن", "cotton"),
        ("1801", "cocoa"),
        ("HS 6109.10", "garments"),
        ("Shirts", "garments"),
        ("gömlek", "garments"),
        ("cotton yarn", "thread_yarn"),
        ("Arbeitshandschuhe", "gloves"),
        ("sous-vêtements", "garments"),
        ("zapatillas deportivas", "footwear"),
        ("fones de ouvido", "electronics"),
        ("ev tekstili", "textiles"),
        ("حقائب جلدية", "leather_goods"),
        ("毛绒玩具", "toys"),
        ("samani za mbao", "furniture"),
    ],
)
def test_good_is_known_by_ref_name_code_and_other_languages(text: str, ref: str) -> None:
    assert commodity_ref(text) == ref


@pytest.mark.parametrize("text", ["cocao", "Baumwole", "stuff", "9", "Tablets", "baskets"])
def test_good_that_is_not_certain_is_none(text: str) -> None:
    assert commodity_ref(text) is None


def test_nearest_goods_are_suggested_and_never_taken() -> None:
    assert "Cocoa (cocoa)" in commodity_doubt("cocao").advice
    assert "Cotton (cotton)" in commodity_doubt("Baumwole").advice
    assert "HS code" in commodity_doubt("qqqqqqqq").advice


def test_every_word_of_another_language_stands_for_a_known_commodity_and_for_one_alone() -> None:
    path = Path(supply_chain.__file__).parent / "data/commodity_words.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))

    reference = load_reference()
    assert [row["ref"] for row in rows if row["ref"] not in reference.commodities] == []
    for row in rows:
        for name in row["names"].split("|"):
            assert commodity_ref(name) == row["ref"], name


def test_goods_of_a_list_become_refs_and_unknown_ones_are_kept_and_told_once() -> None:
    draft = read('Name,Products\nA,Kakao; Kaffee\nB,"cotton, tea, linters"\nC,widgets\nD,widgets\n')

    assert [node.commodities for node in draft.nodes] == [
        ("cocoa", "coffee"),
        ("cotton", "tea", "linters"),
        ("widgets",),
        ("widgets",),
    ]
    assert [(note.row, note.column, note.value) for note in draft.notes] == [
        (3, "Products", "linters"),
        (4, "Products", "widgets"),
    ]
    assert draft.problems == ()


def test_good_of_a_link_becomes_a_ref() -> None:
    draft = read("Lieferant;Kunde;Rohstoff\nA;B;Baumwolle\n")

    assert draft.links[0].commodity == "cotton"


def test_our_own_csv_is_read_as_it_stands() -> None:
    nodes = ",".join(OWN_NODE_COLUMNS) + "\n" + "a,A,site,,,,,,,Kakao,,,\nb,B,site,,,,,,,,,,\n"
    links = ",".join(LINK_COLUMNS) + "\na,b,supplies,Kakao,,,,\n"

    draft = read(nodes, links)

    assert draft.nodes[0].commodities == ("Kakao",) and draft.links[0].commodity == "Kakao"


def test_many_different_unknown_goods_are_told_up_to_a_hundred_times() -> None:
    draft = read("Name,Products\n" + "".join(f"A{n},thing {n}\n" for n in range(130)))

    assert len(draft.notes) == 100


def test_a_word_on_the_state_of_a_good_does_not_hide_it() -> None:
    for text, ref in (
        ("Finished leather", "leather"),
        ("Mica flakes", "mica"),
        ("Organic cotton lint", "cotton"),
        ("café vert séché", "coffee"),
        ("mahindi mixed", "corn"),
    ):
        assert commodity_ref(text) == ref, text
    assert commodity_ref("Finished") is None
    assert commodity_ref("leather finish") is None
