"""Official lists: read in a plain shape, natural persons refused, likely matches found."""

from pathlib import Path

import pytest

from supply_chain.errors import FileRefused
from supply_chain.intake.drafts import NamedBytes
from supply_chain.matching.records import Record
from supply_chain.screening import lists
from supply_chain.screening.entries import Entry
from supply_chain.screening.lists import read_list
from supply_chain.screening.matches import entry_hash, find_matches

REAL = Path(__file__).parents[3] / "data" / "screening_lists"


def read(text, name="list.csv"):
    return read_list(NamedBytes(name, text.encode())).entries


def refusal(text):
    with pytest.raises(FileRefused) as error:
        read(text)
    return error.value


def test_a_plain_list_is_read_line_by_line_in_its_order():
    entries = read(
        "name,aliases,country,region,address,id,listed on,reason\n"
        "Alpha Mills Ltd,Alpha; Alpha Textile | Alpha,India,Tamil Nadu,Road 1,7,2024-05-01,bonded\n"
        "\n"
        "Beta SA,,,,,,,\n"
    )

    assert entries == (
        Entry(
            row=2,
            name="Alpha Mills Ltd",
            aliases=("Alpha", "Alpha Textile"),
            country="IN",
            region="Tamil Nadu",
            address="Road 1",
            entry_id="7",
            listed_on="2024-05-01",
            note="bonded",
        ),
        Entry(row=4, name="Beta SA"),
    )


def test_headings_of_other_languages_and_separators_are_understood():
    [entry] = read("Empregador;País;Endereço\nFazenda Sol Ltda;Brasil;Rodovia 10\n")

    assert (entry.name, entry.country, entry.address) == ("Fazenda Sol Ltda", "BR", "Rodovia 10")


@pytest.mark.parametrize(
    ("file", "lines", "first", "country"),
    [
        ("uflpa_entity_list_partial.csv", 41, "Xinjiang Production and Construction Corps", "CN"),
        (
            "cbp_wro_findings_active_secondary.csv",
            54,
            "State Penitentiary, Ciudad Victoria, Tamaulipas, Mexico",
            "MX",
        ),
        ("brazil_employers_register_excerpt.csv", 19, "A2 ENGENHARIA LTDA", "BR"),
    ],
)
def test_real_lists_are_read_as_they_are(file, lines, first, country):
    entries = read_list(NamedBytes(file, (REAL / file).read_bytes())).entries

    assert (len(entries), entries[0].name, entries[0].country) == (lines, first, country)


@pytest.mark.parametrize(
    "heading",
    [
        *("CPF", "Date of birth", "DOB", "passport_no", "Nationality", "data de nascimento"),
        *("ContactName", "Tel. No.", "Geburtsdatum", "法定代表人"),
    ],
)
def test_a_column_about_natural_persons_refuses_the_file_and_is_named(heading):
    error = refusal(f"name,{heading}\nAlpha,1\n")

    assert error.code == "personal_columns"
    assert f"“{heading}”" in error.message and "businesses alone" in error.advice


def test_a_column_in_which_addresses_of_people_stand_refuses_the_file():
    error = refusal("name,reach\nAlpha,a@alpha.example\nBeta,-\n")

    assert error.code == "personal_columns" and "“reach”" in error.message


def test_lines_on_natural_persons_refuse_the_file_and_are_counted():
    error = refusal("name,type\nAlpha,entity\nSomebody,Individual\nElse,person\n")

    assert error.code == "persons"
    assert "2 lines" in error.message and "row 3, 4" in error.message


def test_a_personal_tax_number_in_any_column_refuses_the_file():
    body = "".join(f"Nome {n},123.456.789-0{n}\n" for n in range(7))

    error = refusal("empregador,documento\n" + body)

    assert error.code == "persons" and "2, 3, 4, 5, 6 and 2 more" in error.message


def test_the_tax_number_of_a_company_is_no_personal_one():
    assert len(read("empregador,cnpj\nA2 LTDA,54.951.803/0001-50\n")) == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("\n \n", "empty"),
        ("street,town\nx,y\n", "no_name_column"),
        ("name,country\n", "no_name"),
        ("name,country\n,India\n", "no_name"),
        ("name\n" + "Alpha\n" * 4, "too_long"),
    ],
)
def test_a_list_that_cannot_be_used_says_why(text, code, monkeypatch):
    monkeypatch.setattr(lists, "MAX_ENTRIES", 3)
    error = refusal(text)

    assert error.code == code and error.message and error.advice


def test_a_short_line_has_empty_cells():
    assert read("name,country,note\nAlpha\n") == (Entry(row=2, name="Alpha"),)


NODES = [
    Record(id="n1", name="Changji Esquel Textile Ltd", country="CN"),
    Record(id="n2", name="Guangzhou Toys", country="CN"),
]


def test_a_node_is_found_under_the_best_of_the_names_with_reasons():
    entries = (
        Entry(row=2, name="Other Works", country="CN"),
        Entry(row=3, name="CET", aliases=("Changji Esquel Textile Co., Ltd.",), country="CN"),
    )

    [match] = find_matches(entries, NODES)

    assert (match.place, match.node_id) == (1, "n1")
    assert match.name == "Changji Esquel Textile Co., Ltd."
    assert match.score > 0.9 and match.reasons


def test_an_entry_with_two_alike_names_is_one_match():
    name = "Changji Esquel Textile"
    entries = (Entry(row=2, name=name, aliases=(f"{name} Ltd", f"{name} Limited"), country="CN"),)

    assert len(find_matches(entries, NODES)) == 1
    assert find_matches(entries, NODES) == find_matches(entries, NODES[::-1])


def test_nothing_matches_an_empty_map():
    assert find_matches((Entry(row=2, name="Alpha"),), []) == []


def test_the_content_of_an_entry_does_not_change_with_its_line_or_the_order_of_names():
    one = Entry(row=2, name="Alpha", aliases=("A", "B"), country="IN", note="x")
    other = Entry(row=9, name="ALPHA", aliases=("B", "A"), country="IN")

    assert entry_hash(one) == entry_hash(other)
    assert entry_hash(one) != entry_hash(Entry(row=2, name="Alpha", country="IN"))
