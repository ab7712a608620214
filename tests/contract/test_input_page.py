"""docs/input.md and docs/input-fields.csv state the rules of input that forms and tables have."""

import re
from pathlib import Path

from sqlalchemy import CheckConstraint, Table

from ddplatform.factory import create_app  # registers every model
from ddplatform.infrastructure.access import odd_input
from ddplatform.infrastructure.adapters import passwords
from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.typed_values import FIRST_YEAR, LARGEST_NUMBER, LAST_YEAR
from scripts.write_input_fields import FILE, content

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/input.md").read_text(encoding="utf-8")


def test_list_of_fields_is_that_of_the_forms():
    assert FILE.read_text(encoding="utf-8") == content(), (
        "Run `python -m scripts.write_input_fields`"
    )


def combined(table: Table) -> set[str]:
    """Names of the constraints of a table over several columns; a moment and its person apart."""
    found = set()
    for rule in table.constraints:
        if isinstance(rule, CheckConstraint):
            text, name = str(rule.sqltext), str(rule.name).removeprefix(f"ck_{table.name}_")
            columns = [one for one in table.columns if re.search(rf"\b{one.name}\b", text)]
            if len(columns) > 1 and not name.endswith("_pair"):
                found.add(f"{table.name}.{name}")
    return found


def test_every_rule_over_several_columns_is_on_the_page_and_no_other():
    assert create_app is not None
    rules = {name for table in Base.metadata.tables.values() for name in combined(table)}
    section = PAGE.partition("## Values that belong together\n")[2]

    assert set(re.findall(r"`(\w+\.\w+)`", section)) == rules


def test_rules_that_a_form_computes_are_on_the_page():
    fields = FILE.read_text(encoding="utf-8")

    assert set(re.findall(r"\b(EqualTo|validate_\w+)\b", fields)) == {
        "EqualTo",
        "validate_reminder_days",
    }
    assert "`EqualTo`" in PAGE and "`validate_reminder_days`" in PAGE


def test_bounds_on_the_page_are_those_of_the_code_and_its_files_exist():
    assert f"{LARGEST_NUMBER:,} to {LARGEST_NUMBER:,}" in PAGE.replace("−", "")
    assert PAGE.count(f"years {FIRST_YEAR} to {LAST_YEAR}") == 1
    assert f"{odd_input.LONGEST_VALUE:,} characters at most" in PAGE
    assert f"{passwords.MIN_LENGTH} to {passwords.MAX_LENGTH} characters of any kind" in PAGE
    assert all((ROOT / path).is_file() for path in re.findall(r"`(ddplatform/[\w/]+\.py)`", PAGE))
