"""Child-protection services by country: the list that ships, and that of an operator."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddplatform.core.due_diligence.errors import DataFault
from ddplatform.core.due_diligence.protection_services import (
    joined,
    read_services,
    shipped_services,
)
from supply_chain.reference.release import load_reference

GOOD = {
    "country": "CI",
    "name": "Allo",
    "phones": "['116']",
    "source": "called by us",
    "read_on": "2026-11-01",
}


def entry(**changes: str) -> str:
    row = {**GOOD, **changes}
    return "- {" + ", ".join(f"{key}: {value}" for key, value in row.items() if value) + "}\n"


def test_every_service_that_ships_has_a_country_a_number_and_a_source_of_a_day():
    known = load_reference().countries
    services = [one for found in shipped_services().values() for one in found]

    assert len(services) >= 9
    for one in services:
        assert one.country in known
        assert one.phones
        assert one.source.startswith(("https://", "http://"))
        assert (one.said_on or one.read_on) <= one.read_on


def test_service_keeps_the_day_of_its_source_and_of_its_reading_apart():
    one, two = read_services(entry(said_on="2020-11-20") + entry())["CI"]

    assert (one.said_on, one.read_on) == (date(2020, 11, 20), date(2026, 11, 1))
    assert two.said_on is None
    assert (one.phones, one.always) == (("116",), False)


def test_country_named_by_the_operator_replaces_what_ships_and_others_stay():
    own = read_services(entry(country="GH", name="District office"))

    found = joined(own, shipped_services())

    assert [one.name for one in found["GH"]] == ["District office"]
    assert found["UG"] == shipped_services()["UG"]


@pytest.mark.parametrize("text", ["", "\n", "# nothing yet\n"])
def test_empty_list_names_no_country(text: str):
    assert read_services(text) == {}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: [", "no YAML"),
        ("country: CI", "begins each entry"),
        ("- CI", "Service 1: write country"),
        (entry(country="Ivorycoast"), "“Ivorycoast” is no code of two letters"),
        (entry() + entry(name=""), "Service 2: write its name"),
        (entry(source=""), "the source of the number"),
        (entry(phones="116"), "write phones as a list"),
        (entry(phones="[]"), "write phones as a list"),
        (entry(phones="['call me']"), "“call me” is no phone number"),
        (entry(read_on="yesterday"), "are days"),
        (entry(said_on="2020"), "are days"),
    ],
)
def test_faulty_entry_is_named_with_the_way_out(text: str, told: str):
    with pytest.raises(DataFault, match=told):
        read_services(text)


@given(st.text(max_size=200))
def test_any_text_is_a_list_or_a_fault_and_nothing_else(text: str):
    try:
        found = read_services(text)
    except DataFault:
        return
    assert all(one.phones for services in found.values() for one in services)
