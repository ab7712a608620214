"""Reading of a supplier list from XLSX: ours, in its guarded child process, against openpyxl.

Both read every cell of the same workbook, with the same texts as result; ours also unpacks the
archive once more to check it and pays for starting the child. The third line is the whole way
from bytes to drafts, against openpyxl's reading alone.
"""

import io
from random import Random

import openpyxl
import xlsxwriter

from benchmarks.contract import SEED, Row, gain_row, in_turn, ratio_row
from supply_chain.intake.drafts import NamedBytes
from supply_chain.intake.maps import read_map, read_tables

ROWS = {"small": 5_000, "full": 99_000}
GOAL = 5.0
WHOLE_WAY_GOAL = 1.0
HEADER = (
    *("Factory Name", "Country", "State", "City", "Address", "Postal Code"),
    *("Latitude", "Longitude", "Product Type", "Total Workers", "Line Workers"),
    *("Female Workers", "Migrant Workers", "Supplier Group", "Status", "Note"),
)


def made_workbook(count: int) -> NamedBytes:
    """A list of `count` sites in sixteen columns, from a fixed seed."""
    dice = Random(SEED)
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"constant_memory": True})
    sheet = book.add_worksheet("Sites")
    sheet.write_row(0, 0, HEADER)
    for number in range(1, count + 1):
        sheet.write_row(number, 0, _site(dice, number))
    book.close()
    return NamedBytes("sites.xlsx", stream.getvalue())


def _site(dice: Random, number: int) -> list[str | int | float]:
    country = dice.choice(("Viet Nam", "Türkiye", "India", "Côte d'Ivoire", "Bangladesh"))
    return [
        f"Garment Works {number} Co., Ltd",
        country,
        f"Province {dice.randint(1, 40)}",
        f"Town {dice.randint(1, 400)}",
        f"No. {dice.randint(1, 999)} Industrial Road, Block {number % 17}",
        f"{dice.randint(10_000, 99_999)}",
        round(dice.uniform(-30, 40), 6),
        round(dice.uniform(-90, 120), 6),
        dice.choice(("Apparel", "Footwear", "Equipment")),
        *(dice.randint(10, 9_000) for _ in range(4)),
        f"Group {dice.randint(1, 300)}",
        "active",
        f"visited in {dice.randint(2015, 2025)}",
    ]


def read_with_openpyxl(file: NamedBytes) -> list[tuple[object, ...]]:
    """The usual careful way: openpyxl in its read-only mode."""
    book = openpyxl.load_workbook(io.BytesIO(file.content), read_only=True, data_only=True)
    return list(book.worksheets[0].iter_rows(values_only=True))


def run(size: str) -> list[Row]:
    """Compare on the same workbook, in turn; first check that both read the same."""
    file = made_workbook(ROWS[size])
    (table,) = read_tables([file])
    theirs = read_with_openpyxl(file)
    if [[str(cell) for cell in row] for row in theirs] != [list(row) for row in table.rows]:
        raise AssertionError("openpyxl and our reader disagree about the cells")
    parsing = in_turn(lambda: read_tables([file]), lambda: read_with_openpyxl(file))
    whole, _ = in_turn(lambda: read_map([file]), lambda: None)
    return [
        gain_row(f"read a list of {ROWS[size]:,} rows (XLSX)", parsing, GOAL),
        ratio_row(f"{ROWS[size]:,} rows to a checked draft", (whole, parsing[1]), WHOLE_WAY_GOAL),
    ]
