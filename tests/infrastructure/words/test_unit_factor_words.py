"""Factors of the method as a reader meets them."""

import pytest

from ddplatform.infrastructure.words.factors import factor_measure, factor_title
from supply_chain.risk.method import METHOD
from supply_chain.risk.rm2.method import METHOD as RM2


@pytest.mark.parametrize(
    ("name", "title", "measure"),
    [
        (
            "out of school, lower secondary age, % (UNESCO UIS, SDG 4.1.4)",
            "Out of school, lower secondary age",
            "%, UNESCO UIS, SDG 4.1.4",
        ),
        ("rule of law (World Bank WGI, -2.5..2.5)", "Rule of law", "World Bank WGI, -2.5..2.5"),
        (
            "civic space (CIVICUS): open 0, closed 1",
            "Civic space",
            "CIVICUS: open 0, closed 1",
        ),
        ("legal gaps: +.25 each", "Legal gaps", "+.25 each"),
        (
            "Share NOT ratified of C138, C182",
            "Treaties on children's rights not ratified",
            "share of C138, C182",
        ),
        ("excessive overtime", "Excessive overtime", ""),
    ],
)
def test_a_factor_is_said_in_words_and_its_measure_apart(
    name: str, title: str, measure: str
) -> None:
    assert (factor_title(name), factor_measure(name)) == (title, measure)


@pytest.mark.parametrize("names", [METHOD.factor_names, RM2.factor_names], ids=["RM-1.0", "RM-2.0"])
def test_every_factor_of_a_method_has_a_title_without_brackets(names: tuple[str, ...]) -> None:
    titles = [factor_title(name) for name in names]
    assert all(title and not set("()=") & set(title) for title in titles), titles
    assert len(set(titles)) == len(titles)


def test_no_measure_has_a_bracket_without_its_other() -> None:
    measures = [factor_measure(name) for name in METHOD.factor_names]
    assert [one for one in measures if one.count("(") != one.count(")")] == []
