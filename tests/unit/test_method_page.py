"""The page that tells auditors how risk is scored (docs/method.md)."""

import importlib
import re
from types import ModuleType

import pytest

from supply_chain.reference import DATA, load_reference
from supply_chain.risk.method import METHOD

ROOT = DATA.parent.parent
PAGE = (ROOT / "docs" / "method.md").read_text(encoding="utf-8")


@pytest.fixture
def writer(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(ROOT / "scripts")
    return importlib.import_module("write_method_page")


def test_the_tables_of_the_page_are_those_of_the_parameters(writer: ModuleType) -> None:
    assert writer.filled(PAGE) == PAGE


def test_every_table_of_the_method_stands_on_the_page_once(writer: ModuleType) -> None:
    marks = re.findall(r"<!-- table (.+?) -->", PAGE)
    assert sorted(marks) == sorted(writer.tables())


def test_every_issue_factor_control_and_activity_is_on_the_page() -> None:
    refs = [*METHOD.factors, *METHOD.controls, *(flag.ref for flag in METHOD.red_flags)]
    for ref in refs:
        assert f"| {ref} |" in PAGE, ref
    for name in (*METHOD.issue_names, *METHOD.factor_names, *METHOD.control_names):
        assert f"| {name} |" in PAGE, name
    for activity in load_reference().activities.values():
        assert activity.name in PAGE, activity.ref


def test_a_changed_table_is_written_anew(writer: ModuleType) -> None:
    spoiled = PAGE.replace("| CTY-01 |", "| CTY-00 |")
    assert spoiled != PAGE
    assert writer.filled(spoiled) == PAGE


def test_a_mark_without_a_table_is_refused(writer: ModuleType) -> None:
    with pytest.raises(KeyError, match="weather"):
        writer.filled("<!-- table weather -->\n<!-- end -->")
