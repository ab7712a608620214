"""Every workbook that goes out marks texts that a spreadsheet could take for a formula."""

import re
from io import BytesIO
from pathlib import Path
from types import ModuleType

import openpyxl
import pytest

from questionnaires import quoted_cells as of_questionnaires
from supply_chain import quoted_cells as of_maps

ROOT = Path(__file__).resolve().parents[2]
DANGEROUS = ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", "\n=1", "＝1", " =1", "\u00a0=1"]
PLAIN = ["1", "Nawa", "a=b", "", "'=1"]


@pytest.mark.parametrize("module", [of_questionnaires, of_maps])
@pytest.mark.parametrize("options", [{}, {"constant_memory": True}])
def test_texts_that_begin_like_formulas_carry_the_mark_of_a_leading_quote_and_keep_their_looks(
    module: ModuleType, options: dict[str, bool]
) -> None:
    target = BytesIO()
    with module.TextBook(target, options) as book:
        bold, first, second = book.add_format({"bold": True}), *map(book.add_worksheet, "AB")
        for row, text in enumerate([*DANGEROUS, *PLAIN]):
            first.write_string(row, 0, text)
            first.write_string(row, 1, text, bold)
            first.write_number(row, 2, -1, bold)
        second.write_string(0, 0, "=2", bold)

    made = openpyxl.load_workbook(target)
    rows = list(made["A"].iter_rows())
    assert [bool(row[0].quotePrefix) for row in rows] == [True] * len(DANGEROUS) + [False] * 5
    assert [bool(row[1].quotePrefix) for row in rows] == [True] * len(DANGEROUS) + [False] * 5
    assert all(row[1].font.bold and not row[0].font.bold for row in rows if row[0].value)
    assert not any(row[2].quotePrefix for row in rows)
    assert (made["B"]["A1"].value, bool(made["B"]["A1"].quotePrefix)) == ("=2", True)
    assert {row[0].data_type for row in rows[: len(DANGEROUS)]} == {"s"}


def test_the_two_are_one_and_no_module_writes_workbooks_otherwise() -> None:
    first, second = (Path(one.__file__ or "").read_text() for one in (of_questionnaires, of_maps))
    packages = ("ddplatform", "questionnaires", "supply_chain")
    others = [
        path.relative_to(ROOT).as_posix()
        for package in packages
        for path in (ROOT / package).rglob("*.py")
        if re.search(r"xlsxwriter\.Workbook\(|openpyxl\.Workbook\(", path.read_text())
    ]

    assert first.partition('"""\n\n')[2] == second.partition('"""\n\n')[2]
    assert others == []
