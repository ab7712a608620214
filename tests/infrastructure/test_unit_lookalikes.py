"""Names that pass for others: what is refused, and which look the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddplatform.infrastructure.lookalikes import name_fault, skeleton

ZERO_WIDTH, BACKWARDS, SOFT_HYPHEN, FILLER = "\u200b", "\u202e", "\u00ad", "\u3164"


@pytest.mark.parametrize(
    "name",
    [
        "Acme Chocolate GmbH & Co. KG",
        "Société Générale de Cacao (Côte d’Ivoire)",
        "Công ty Cổ phần Dệt may Việt Nam",
        "株式会社ABC",
        "ООО «Рост» Trading",
        "Ελληνικά Καπνά A.E.",
        "شرکت می‌خواهم",
        "3M",
        "İş Tekstil A.Ş.",
    ],
)
def test_names_of_real_kinds_are_good(name: str):
    assert name_fault(name) is None


@pytest.mark.parametrize("sign", [ZERO_WIDTH, BACKWARDS, SOFT_HYPHEN, FILLER, "\u200d", "\n"])
def test_name_with_an_invisible_sign_is_refused(sign: str):
    assert "invisible" in (name_fault(f"Ac{sign}me") or "")


@pytest.mark.parametrize(
    "name",
    ["Аcme", "Acmе Chocolate", "Αcme", "Nestlе"],
)
def test_word_of_two_alphabets_is_refused_and_named(name: str):
    assert "mixes letters of several alphabets" in (name_fault(name) or "")


@pytest.mark.parametrize("name", ["---", "...", " "])
def test_name_without_a_letter_is_refused(name: str):
    assert name_fault(name) == "Write the name with letters."


def test_name_with_a_heap_of_accents_is_refused():
    assert "too many accents" in (name_fault("A" + "\u0301" * 5 + "cme") or "")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme Chocolate", "ACME-Chocolate"),
        ("Acme", "Acmé"),
        ("Acme", "\uff21cme"),
        ("Chocolate 100", "Chocolate lOO"),
        ("Modern Mills", "Modem Mills"),
        ("Alpina", "AIpina"),
        ("ACME", "АСМЕ"),
        ("PAX", "РАХ"),
        ("KAPNA", "ΚΑΡΝΑ".replace("Ρ", "P")),
    ],
)
def test_names_that_look_the_same_have_one_skeleton(one: str, other: str):
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Acme", "Acne"), ("Borealis", "Boreal"), ("Alpha Mills", "Beta Mills"), ("可可", "棉花")],
)
def test_other_names_have_another_skeleton(one: str, other: str):
    assert skeleton(one) != skeleton(other)


@given(st.text(max_size=40))
def test_no_text_breaks_the_rules(name: str):
    assert name_fault(name) is None or name_fault(name)
    assert skeleton(name) == skeleton(f"  {name}.")
