"""Every table has a level of protection, and every control of a level a test (docs/data-classes.md)."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ddplatform.factory import create_app  # registers every model
from ddplatform.infrastructure.db import Base
from ddplatform.operations.retention.classes import retention_classes

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/data-classes.md").read_text(encoding="utf-8")
DATA = yaml.safe_load((ROOT / "docs/data-classes.yaml").read_text(encoding="utf-8"))
GROUPS: list[dict[str, Any]] = DATA["tables"]
LEVEL = {name: group["level"] for group in GROUPS for name in group["names"]}
PERSONAL = re.compile(
    r"e?_?mail$|email|phone|author_name|by_name$|brought_by|help_name|browser|^address$"
)
SECRET = re.compile(r"password|token|secret|sealed|wrapped|credential|code_hash|id_hash")
NO_PERSON = {("saved_view", "address"): "the address of a page"}
SEALED_WITH = {"remediation_case", "concern"}
"""Tables whose rows have a data key of their own."""
ROWS = ("access", "encryption", "database", "integrity", "retention", "logging", "privacy")


def tables() -> dict[str, Any]:
    assert create_app is not None
    return dict(Base.metadata.tables)


@cache
def functions_of(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def columns(pattern: re.Pattern[str]) -> set[tuple[str, str]]:
    return {
        (name, column.name)
        for name, table in tables().items()
        for column in table.columns
        if pattern.search(column.name)
    }


def test_every_table_has_one_level():
    named = Counter(name for group in GROUPS for name in group["names"])

    assert [name for name, times in named.items() if times > 1] == []
    assert set(named) == set(tables())
    assert set(LEVEL.values()) == {1, 2, 3, 4}


def test_every_table_names_what_ends_it():
    refs = {one.ref for one in retention_classes()}

    assert all(("retention" in group) != ("until" in group) for group in GROUPS)
    named = {ref for group in GROUPS for ref in group.get("retention", "").split(", ") if ref}
    assert named == refs


def test_columns_about_people_and_secrets_stand_in_level_three_or_four():
    found = (columns(PERSONAL) | columns(SECRET)) - set(NO_PERSON)

    assert {one for one in found if LEVEL[one[0]] < 3} == set()
    assert set(NO_PERSON) <= columns(PERSONAL)


def test_what_is_sealed_for_a_case_and_what_names_a_case_is_strictly_confidential():
    of_cases = {
        name
        for name, table in tables().items()
        if name in SEALED_WITH
        or any(key.target_fullname.partition(".")[0] in SEALED_WITH for key in table.foreign_keys)
    }

    assert of_cases == {name for name, level in LEVEL.items() if level == 4}
    assert {name for name, _column in columns(re.compile("sealed_(?!at)|wrapped"))} - {
        "second_factor",
        "identity_provider",
        "webhook",
    } <= of_cases


def test_every_requirement_of_a_level_is_held_by_a_test_that_exists():
    controls: dict[int, dict[str, list[str]]] = DATA["controls"]
    faults = []
    for level, wanted in controls.items():
        for control, tests in wanted.items():
            assert control in ROWS and tests, (level, control)
            for test in tests:
                file, _, name = test.partition("::")
                if not (ROOT / file).is_file() or name not in functions_of(file):
                    faults.append(f"{level} {control}: {test}")

    assert faults == []
    assert set(controls[4]) == set(ROWS)
    assert all(set(ROWS) <= set(controls[2]) | set(controls[level]) for level in (3, 4))


def test_page_has_every_level_and_every_requirement():
    matrix = PAGE.partition("## Requirements of each level\n")[2].partition("\n## ")[0]
    rows = [line for line in matrix.splitlines() if line.startswith("| ")][2:]
    first = {row.split("|")[1].strip() for row in rows}

    assert all(any(name.startswith(control) for name in first) for control in ROWS)
    assert re.findall(r"^\| (\d) \| ", PAGE, flags=re.MULTILINE) == ["1", "2", "3", "4"]
    [case] = [one for one in retention_classes() if one.ref == "case_content"]
    assert case.days == 731 and "24 months after closing, by a job" in matrix
