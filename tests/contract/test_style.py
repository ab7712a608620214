"""The measures of docs/style.md that no linter holds."""

import ast

import pytest

from scripts import style_figures
from scripts.style_figures import Lengths, functions_of, is_typed, length_of, report, sources
from tests.contract.test_code_rules import LONGEST_FUNCTION, LONGEST_MODULE

PAGE = (style_figures.ROOT / "docs" / "style.md").read_text(encoding="utf-8")


def test_every_function_of_the_product_is_fully_typed():
    untyped = [
        f"{path.relative_to(style_figures.ROOT)}:{function.lineno} {function.name}"
        for path in sources(*style_figures.PRODUCT)
        for function in functions_of(path)
        if not is_typed(function)
    ]

    assert untyped == []


def test_the_page_names_the_ends_that_the_house_rules_hold():
    assert f"| lines of a module | 300 | {LONGEST_MODULE} |" in PAGE
    assert f"| lines of a function | 30 | {LONGEST_FUNCTION} |" in PAGE
    assert style_figures.LONG_FUNCTION == LONGEST_FUNCTION


def test_the_figures_are_printed_one_a_line():
    lines = list(report(style_figures.measure(["ddplatform/core/ledger"], "tests/contract")))

    assert [line.split(":")[0] for line in lines] == [
        "modules",
        "functions",
        "tests",
        "functions over 50 lines",
        "functions fully typed",
        "lines with a comment",
        "test lines for each line of code",
    ]


def test_lengths_of_a_list_are_its_median_ninetieth_and_longest():
    assert Lengths.of([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) == Lengths(11, 6, 10, 11)
    assert Lengths.of([]) == Lengths(0, 0, 0, 0)


@pytest.mark.parametrize(
    ("code", "typed"),
    [
        ("def f(a: int, *, b: str = '') -> None: ...", True),
        ("def f(self, *rest: int) -> None: ...", True),
        ("def __init__(self, a: int): ...", True),
        ("def f(a: int): ...", False),
        ("def f(a) -> None: ...", False),
        ("def f(**rest) -> None: ...", False),
    ],
)
def test_function_is_typed_when_nothing_is_left_open(code, typed):
    (function,) = ast.parse(code).body

    assert isinstance(function, style_figures.Function)
    assert is_typed(function) is typed
    assert length_of(function) == 1
