"""The pages that tell auditors how risk is scored (docs/method-1.0.md, docs/method.md)."""

import importlib
import re
from types import ModuleType

import pytest

from supply_chain.reference.release import DATA, load_reference
from supply_chain.risk.method import METHOD
from supply_chain.risk.rm2.method import METHOD as RM2

ROOT = DATA.parent.parent
PAGE, PAGE_2 = (
    (ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("method-1.0.md", "method.md")
)


@pytest.fixture
def writer(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(ROOT / "scripts")
    return importlib.import_module("write_method_page")


def test_the_tables_of_the_page_are_those_of_the_parameters(writer: ModuleType) -> None:
    assert writer.filled(PAGE) == PAGE
    assert writer.filled(PAGE_2) == PAGE_2


def test_every_table_of_the_methods_stands_on_a_page_once(writer: ModuleType) -> None:
    marks = re.findall(r"<!-- table (.+?) -->", PAGE + PAGE_2)
    assert sorted(marks) == sorted(writer.tables())


def test_every_issue_factor_control_and_event_of_rm_2_0_is_on_its_page() -> None:
    refs = [*RM2.factors, *RM2.controls, *RM2.events, *(flag.ref for flag in RM2.red_flags)]
    for ref in refs:
        assert f"| {ref} |" in PAGE_2, ref
    for name in (*RM2.issue_names, *RM2.control_names):
        assert f"| {name} |" in PAGE_2, name


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
