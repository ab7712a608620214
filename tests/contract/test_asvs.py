"""The lists that hold this version against OWASP ASVS 5.0.0 (docs/asvs.md)."""

import ast
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

from scripts.page_tables import filled, marks
from scripts.write_asvs_page import PAGE, STATES, requirements, tables

ROOT = Path(__file__).resolve().parents[2]
OF_LEVEL = {1: 70, 2: 183, 3: 22}
"""All of level 1 and 2 (ASVS 5.0.0, release notes), and those of level 3 that were chosen."""
LONGEST = 240


@cache
def functions_of(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_requirement_of_both_levels_is_in_a_list_once():
    found = requirements()

    assert [one for one, times in Counter(one.id for one in found).items() if times > 1] == []
    assert Counter(one.level for one in found) == OF_LEVEL


def test_no_requirement_is_left_out_between_two_of_a_section():
    """Ids that a section goes on counting past; those of level 3 may be gaps."""
    sections = defaultdict(list)
    for one in requirements():
        section, _, number = one.id.rpartition(".")
        sections[section].append(int(number))

    assert all(numbers == sorted(set(numbers)) for numbers in sections.values())
    assert {section.split(".")[0] for section in sections} == {str(n) for n in range(1, 18)}


def test_every_requirement_that_is_met_names_files_and_tests_that_exist():
    faults = []
    for one in requirements():
        if one.state not in STATES or len(one.how) > LONGEST:
            faults.append(f"{one.id}: {one.state}, {len(one.how)} characters")
        if one.state == "met" and not (one.where and one.tests):
            faults.append(f"{one.id}: no file or no test")
        faults += [f"{one.id}: no file {path}" for path in one.where if not (ROOT / path).exists()]
        for test in one.tests:
            file, _, name = test.partition("::")
            if not (ROOT / file).is_file() or name not in functions_of(file):
                faults.append(f"{one.id}: no test {test}")

    assert faults == []


def test_the_tables_of_the_page_are_those_of_the_lists():
    text = PAGE.read_text(encoding="utf-8")

    assert filled(text, tables()) == text
    assert sorted(marks([text])) == sorted(tables())
