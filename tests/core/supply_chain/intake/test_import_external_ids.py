"""Ids of registers are known by name and values, and checked by their check digits or shape."""

import pytest

from supply_chain.intake.drafts import MapDraft, NamedBytes
from supply_chain.intake.external_ids import (
    bare,
    has_shape,
    has_sound_check,
    read_external_id,
    scheme_of_values,
)
from supply_chain.intake.maps import read_map

SOUND = [
    ("lei", "5493001KJTIIGC8Y1R12"),
    ("lei", "529900T8BM49AURSDO55"),
    ("gln", "4012345000009"),
    ("os_id", "CN2021250D1DTN7"),
    ("os_id", "CN-2021250-D1DTN-7"),
    ("cnpj", "11.222.333/0001-81"),
    ("cnpj", "12.ABC.345/01DE-35"),
    ("uscc", "91110000600037341L"),
    ("siren", "732 829 320"),
    ("siret", "73282932000074"),
    ("duns", "15-048-3782"),
    ("cin", "U17110MH1993PTC076432"),
    ("vat", "DE136695976"),
    ("registration_number", "HRB 12345"),
    ("uml_id", "PO1000000066"),
]


def read(text: str) -> MapDraft:
    return read_map([NamedBytes("list.csv", text.encode())])


@pytest.mark.parametrize(("scheme", "number"), SOUND)
def test_sound_id_is_kept_as_it_is_written(scheme: str, number: str) -> None:
    assert has_shape(scheme, number) and has_sound_check(scheme, number)
    assert read_external_id(scheme, number) == (number, None)


@pytest.mark.parametrize(
    ("scheme", "number"),
    [
        ("lei", "5493001KJTIIGC8Y1R13"),
        ("lei", "5493001KJTIIGC8Y1R21"),
        ("gln", "4012345000008"),
        ("cnpj", "11.222.333/0001-82"),
        ("cnpj", "11.222.333/0001-91"),
        ("uscc", "91110000600037341N"),
        ("siren", "732829321"),
        ("siret", "73282932000075"),
    ],
)
def test_id_with_wrong_check_digits_identifies_nobody(scheme: str, number: str) -> None:
    kept, remark = read_external_id(scheme, number)

    assert kept is None and has_shape(scheme, number)
    assert remark is not None and "check digits" in remark.problem and "register" in remark.advice


@pytest.mark.parametrize("number", ["CN2021250D1DTN8", "CN2021250D1DTIO"])
def test_os_id_with_a_wrong_check_sign_is_kept_and_doubted(number: str) -> None:
    kept, remark = read_external_id("os_id", number)

    assert kept == number
    assert remark is not None and "kept all the same" in remark.problem


def test_social_credit_code_with_a_letter_that_none_has_is_unsound() -> None:
    assert not has_sound_check("uscc", "9111000060003734IL")


def test_number_that_a_spreadsheet_shortened_says_so() -> None:
    kept, remark = read_external_id("gln", "4.01235E+12")

    assert kept is None and remark is not None
    assert "last digits are lost" in remark.problem and "as text" in remark.advice


def test_duns_that_lost_its_zero_gets_it_back() -> None:
    kept, remark = read_external_id("duns", "15048378")

    assert kept == "015048378" and remark is not None


def test_id_of_another_shape_is_told_and_words_are_not() -> None:
    assert read_external_id("lei", "pending") == (None, None)
    kept, remark = read_external_id("lei", "12345")
    assert kept is None and remark is not None and "shape of a LEI" in remark.problem


def test_ids_compare_without_blanks_and_hyphens() -> None:
    assert bare("15-048 3782") == bare("150483782") == "150483782"
    assert has_shape("something new", "any text")


def test_row_with_a_wrong_lei_is_used_and_the_lei_becomes_a_further_fact() -> None:
    draft = read("Name,Country,LEI\nAlpha,VN,5493001KJTIIGC8Y1R12\nBeta,VN,5493001KJTIIGC8Y1R13\n")

    alpha, beta = draft.nodes
    assert alpha.external_ids == {"lei": "5493001KJTIIGC8Y1R12"}
    assert beta.external_ids == {} and beta.attributes == {"LEI": "5493001KJTIIGC8Y1R13"}
    (note,) = draft.notes
    assert (note.row, note.column, note.value) == (3, "LEI", "5493001KJTIIGC8Y1R13")
    assert draft.problems == ()


def test_own_csv_gives_a_wrong_id_back_with_a_note() -> None:
    draft = read("id,name,external_ids.lei\na,Alpha,X1\n")

    assert draft.nodes[0].external_ids == {"lei": "X1"} and len(draft.notes) == 1


@pytest.mark.parametrize(
    ("scheme", "values"),
    [
        ("lei", ["5493001KJTIIGC8Y1R12", "529900T8BM49AURSDO55"]),
        ("os_id", ["CN2021250D1DTN7"]),
        ("uscc", ["91110000600037341L"]),
        ("uml_id", ["PO1000000066"]),
        (None, ["5493001KJTIIGC8Y1R13"]),
        (None, ["4012345000009"]),
        (None, []),
    ],
)
def test_scheme_is_known_by_values_no_other_number_looks_like(
    scheme: str | None, values: list[str]
) -> None:
    assert scheme_of_values(values) == scheme


def test_column_of_leis_under_another_name_becomes_an_external_id() -> None:
    draft = read("Name,Country,Code of the firm\nAlpha,VN,5493001KJTIIGC8Y1R12\n")

    assert draft.nodes[0].external_ids == {"lei": "5493001KJTIIGC8Y1R12"}


@pytest.mark.parametrize(
    ("header", "scheme", "number"),
    [
        ("统一社会信用代码", "uscc", "91110000600037341L"),
        ("CNPJ", "cnpj", "11.222.333/0001-81"),
        ("SIRET", "siret", "73282932000074"),
        ("Company registration number", "registration_number", "HRB 12345"),
        ("USt-IdNr.", "vat", "DE136695976"),
    ],
)
def test_registry_numbers_of_countries_are_known_by_their_names(
    header: str, scheme: str, number: str
) -> None:
    assert read(f"Name,Country,{header}\nA,VN,{number}\n").nodes[0].external_ids == {scheme: number}
