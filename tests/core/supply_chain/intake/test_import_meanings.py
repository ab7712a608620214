"""Ids in one cell, tiers, spend and volume, errors of spreadsheets: read, asked or told."""

import pytest

from supply_chain.intake.drafts import MapDraft, NamedBytes
from supply_chain.intake.maps import read_map
from supply_chain.intake.measures import Measure, parse_measure
from supply_chain.intake.stated_tiers import parse_tier

HEAD = "Supplier ID,Supplier name,Country,Buys from\n"


def read(text: str, **how: str) -> MapDraft:
    return read_map([NamedBytes("list.csv", text.encode())], **how)  # type: ignore[arg-type]


def links(draft: MapDraft) -> list[tuple[str, str]]:
    return sorted((link.supplier, link.buyer) for link in draft.links)


@pytest.mark.parametrize("cell", ['"V2, V3"', "V2/V3", "V2; V3", "V2 V3", "V2|V3", "V2 & V3"])
def test_ids_in_one_cell_are_as_many_links_and_no_new_site(cell: str) -> None:
    draft = read(HEAD + f"V1,Alfa,BD,{cell}\nV2,Beta,PK,\nV3,Gamma,IN,\n")

    assert links(draft) == [("V2", "V1"), ("V3", "V1")]
    assert len(draft.nodes) == 3 and draft.problems == ()


@pytest.mark.parametrize(
    "heading", ["Achète auprès de", "Compra a", "Fornecido por", "Satın aldığı", "采购自", "Source"]
)
def test_the_column_is_known_in_other_languages(heading: str) -> None:
    draft = read(f"Supplier ID,Supplier name,Country,{heading}\nV1,Alfa,BD,V2\nV2,Beta,PK,\n")

    assert links(draft) == [("V2", "V1")]


def test_ids_of_buyers_in_one_cell_are_links_the_other_way() -> None:
    draft = read("ID,Name,Country,Sells to\nV1,Alfa,BD,V2/V3\nV2,Beta,PK,\nV3,Gamma,IN,\n")

    assert links(draft) == [("V1", "V2"), ("V1", "V3")]


def test_an_id_that_no_row_has_is_a_question_and_never_a_new_site() -> None:
    draft = read(HEAD + 'V1,Alfa,BD,"V2, V9"\nV2,Beta,PK,\n')

    (problem,) = draft.problems
    assert (problem.row, problem.value) == (2, "V2, V9") and "“V9”" in problem.problem
    assert len(draft.nodes) == 2 and links(draft) == [("V2", "V1")]


def test_names_are_no_ids_and_a_comma_in_a_name_parts_nothing() -> None:
    draft = read(HEAD + 'V1,Alfa,BD,"Beta, Sons and Co"\nV2,"Beta, Sons and Co",PK,\n')

    assert links(draft) == [("V2", "V1")] and len(draft.nodes) == 2


def test_a_link_to_itself_is_told_and_left_out() -> None:
    draft = read(HEAD + "V1,Alfa,BD,V1 V2\nV2,Beta,PK,\n")

    assert links(draft) == [("V2", "V1")]
    assert ["itself" in note.problem for note in draft.notes] == [True]


@pytest.mark.parametrize(
    ("text", "tier"),
    [
        *(("T1", 1), ("tier1", 1), ("Tier 1", 1), ("1st tier", 1), ("level 1", 1), ("N-2", 2)),
        *(("rang 2", 2), ("nivel 3", 3), ("2. kademe", 2), ("二级", 2), ("Tier II", 2), ("3", 3)),
        *(("Tier 1 & 2", None), ("2025", None), ("gold", None), ("", None)),
    ],
)
def test_levels_are_read_as_tiers(text: str, tier: int | None) -> None:
    assert parse_tier(text) == tier


def test_a_stated_tier_that_the_links_contradict_is_told_and_kept() -> None:
    text = "ID,Name,Country,Level,Buys from\nV1,Alfa,BD,T1,V2\nV2,Beta,PK,T1,V3\nV3,Gamma,IN,T3,\n"

    draft = read(text)

    assert [node.attributes["stated_tier"] for node in draft.nodes] == [1, 1, 3]
    assert draft.nodes[0].attributes["Level"] == "T1"
    (note,) = draft.notes
    assert note.row == 3 and "stated as tier 1 and supplies “Alfa”" in note.problem


def test_where_the_own_business_is_known_the_tier_of_the_links_counts() -> None:
    text = "ID,Name,Country,Level,Buys from\nV1,Alfa,BD,T1,V2\nV2,Beta,PK,T3,\n"

    draft = read_map(
        [NamedBytes("list.csv", text.encode())], known_ids=frozenset({"own"}), link_to="own"
    )

    assert links(draft) == [("V1", "own"), ("V2", "V1")]
    (note,) = draft.notes
    assert "stated as tier 3; by its links it is tier 2" in note.problem


@pytest.mark.parametrize(
    ("text", "heading", "measure"),
    [
        ("1,200,000", "Annual spend EUR", Measure(1_200_000, "EUR")),
        ("1.200.000,50", "Spend (€)", Measure(1_200_000.5, "EUR")),
        ("1.5m USD", "Spend", Measure(1_500_000, "USD")),
        ("R$ 1.500,00", "Compras anuais", Measure(1_500, "BRL")),
        ("12 MT", "Volume", Measure(12, "t")),
        ("-5", "Volume", None),
        ("1.2.3 EUR", "Spend", None),
        ("some", "Volume", None),
    ],
)
def test_amounts_are_read_with_currency_or_unit(
    text: str, heading: str, measure: Measure | None
) -> None:
    assert parse_measure(text, heading) == measure


SPENT = "ID,Name,Country,Annual spend EUR,Volume t,Sells to\n"


def test_spend_of_all_suppliers_of_a_buyer_becomes_shares() -> None:
    draft = read(SPENT + 'V1,A,BD,"3,000",5,V9\nV2,B,PK,"1,000",,V9\nV9,Us,BE,,,\n')

    assert {link.supplier: link.share for link in draft.links} == {"V1": 0.75, "V2": 0.25}
    assert draft.nodes[0].attributes["Annual spend EUR"] == "3,000"


def test_missing_values_leave_shares_unknown_and_the_sum_is_told() -> None:
    draft = read(SPENT + 'V1,A,BD,"3,000",,V9\nV2,B,PK,,,V9\nV9,Us,BE,,,\n')

    assert [link.share for link in draft.links] == [None, None]
    (note,) = draft.notes
    assert "missing for 1 of 2 suppliers" in note.problem and "3,000" in note.problem


def test_what_is_bought_of_a_supplier_of_two_buyers_is_the_share_of_neither() -> None:
    draft = read(
        SPENT + 'V1,A,BD,"3,000",,V8; V9\nV2,B,PK,"1,000",,V9\nV8,Ours,BE,,,\nV9,Us,BE,,,\n'
    )

    assert {link.share for link in draft.links} == {None} and len(draft.links) == 3
    (note,) = draft.notes
    assert "missing for 1 of 2 suppliers of “Us”" in note.problem and "1,000" in note.problem


def test_a_spend_of_nothing_on_all_suppliers_gives_no_shares_and_is_told() -> None:
    draft = read(SPENT + "V1,A,BD,0,,V9\nV2,B,PK,0,,V9\nV9,Us,BE,,,\n")

    assert [link.share for link in draft.links] == [None, None]
    assert [note.problem for note in draft.notes] == [
        "“Annual spend EUR” of all suppliers of “Us” is 0."
    ]


def test_volume_counts_where_spend_is_in_several_currencies_which_is_told() -> None:
    text = (
        "ID,Name,Country,Annual spend,Volume t,Sells to\nV1,A,BD,3 EUR,5,V9\nV2,B,PK,1 USD,15,V9\n"
    )

    draft = read(text + "V9,Us,BE,,,\n")

    assert {link.supplier: link.share for link in draft.links} == {"V1": 0.25, "V2": 0.75}
    assert ["several currencies" in note.problem for note in draft.notes] == [True]


def test_a_sign_that_several_currencies_share_is_that_of_the_heading() -> None:
    text = 'ID,Name,Country,Compras anuales (MXN),Sells to\nV1,A,MX,"$ 4,500",V9\nV2,B,MX,500,V9\n'

    draft = read(text + "V9,Taller,BE,,\n")

    assert {link.supplier: link.share for link in draft.links} == {"V1": 0.9, "V2": 0.1}
    assert draft.notes == ()


def test_a_share_that_the_list_states_is_never_replaced() -> None:
    text = "ID,Name,Country,Annual spend,Share,Sells to\nV1,A,BD,3,0.1,V9\nV2,B,PK,1,0.2,V9\n"

    draft = read(text + "V9,Us,BE,,,\n")

    assert {link.supplier: link.share for link in draft.links} == {"V1": 0.1, "V2": 0.2}


def test_errors_of_a_spreadsheet_are_blank_and_told_once_a_column() -> None:
    draft = read(
        "ID,Name,Country,Note\nV1,A,BD,#REF!\nV2,B,#N/A,#DIV/0!\nV3,C,IN,fine\nV4,D,IN,#VALUE!\n"
    )

    assert [node.attributes for node in draft.nodes] == [{}, {}, {"Note": "fine"}, {}]
    told = {note.column: note.problem for note in draft.notes}
    assert told["Country"].endswith("was read as blank: row 3.")
    assert told["Note"].endswith("were read as blank: rows 2, 3, 5.")


@pytest.mark.parametrize("error", ["#REF!", "#NV", "#N/A", "#¡VALOR!", "#YOK"])
def test_an_error_in_the_place_of_a_name_is_a_problem(error: str) -> None:
    draft = read(f"ID,Name,Country\nV1,{error},BD\nV2,B,PK\n")

    assert [problem.row for problem in draft.problems] == [2]


def test_a_first_line_that_is_data_and_a_doubled_heading_are_told() -> None:
    data = read("Alfa Mills,Bangladesh,12 Mill Road\nBeta Mills,Pakistan,7 Mill Road\n")
    doubled = read("Name,Country,Note,Note\nAlfa,BD,x,y\n")

    assert any("No column has a known name" in note.problem for note in data.notes)
    assert any("stands more than once" in note.problem for note in doubled.notes)


def test_german_list_that_says_what_is_done_and_who_is_supplied_is_read_as_a_chain() -> None:
    draft = read(
        "Lief.-Nr.;Lieferant;Land;Was wird dort gemacht;Warengruppe;Beliefert\n"
        "L1;Nordlicht;Deutschland;Zentrale, Einkauf;;\n"
        "L2;Rahman;Bangladesch;Näherei;T-Shirts;L1\n"
        "L3;Sagar;Indien;Färberei;Stoffe;L2\n"
    )

    sectors = [node.sector for node in draft.nodes]
    assert sectors[1:] == ["garments", "textile_mills"]
    assert {(link.supplier, link.buyer) for link in draft.links} == {("L2", "L1"), ("L3", "L2")}
