"""The pages that tell auditors how risk is scored (docs/method.md, docs/method-1.0.md)."""

import pytest

from scripts.page_tables import filled, marks, pages_of
from scripts.write_method_page import PAGES, tables
from supply_chain.reference.release import load_reference
from supply_chain.risk.method import METHOD
from supply_chain.risk.rm2.method import METHOD as RM2


def text_of(name: str) -> str:
    return "\n".join(page.read_text(encoding="utf-8") for page in pages_of(name))


PAGE, PAGE_2 = text_of("method-1.0"), text_of("method")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.name}")
def test_the_tables_of_a_page_are_those_of_the_parameters(page):
    text = page.read_text(encoding="utf-8")

    assert filled(text, tables()) == text


def test_every_table_of_the_methods_stands_on_a_page_once():
    assert sorted(marks([PAGE, PAGE_2])) == sorted(tables())


def test_the_first_page_of_a_method_names_its_other_pages():
    for name in ("method", "method-1.0"):
        first, *others = pages_of(name)
        assert others
        for page in others:
            assert f"]({name}/{page.name})" in first.read_text(encoding="utf-8")


def test_every_issue_factor_control_and_event_of_rm_2_0_is_on_its_pages():
    refs = [*RM2.factors, *RM2.controls, *RM2.events, *(flag.ref for flag in RM2.red_flags)]
    for ref in refs:
        assert f"| {ref} |" in PAGE_2, ref
    for name in (*RM2.issue_names, *RM2.control_names):
        assert f"| {name} |" in PAGE_2, name


def test_every_issue_factor_control_and_activity_of_rm_1_0_is_on_its_pages():
    refs = [*METHOD.factors, *METHOD.controls, *(flag.ref for flag in METHOD.red_flags)]
    for ref in refs:
        assert f"| {ref} |" in PAGE, ref
    for name in (*METHOD.issue_names, *METHOD.factor_names, *METHOD.control_names):
        assert f"| {name} |" in PAGE, name
    for activity in load_reference().activities.values():
        assert activity.name in PAGE, activity.ref


def test_a_changed_table_is_written_anew():
    spoiled = PAGE.replace("| CTY-01 |", "| CTY-00 |")
    assert spoiled != PAGE
    assert filled(spoiled, tables()) == PAGE


def test_a_mark_without_a_table_is_refused():
    with pytest.raises(KeyError, match="weather"):
        filled("<!-- table weather -->\n<!-- end -->", tables())
