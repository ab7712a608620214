"""Annex of a report: our table against ReportLab's LongTable, same cells, same pages.

Both sides get the same column widths, fonts, paddings and already the same line breaks; ours
also pays for breaking the lines.
"""

from io import BytesIO
from random import Random
from time import process_time

from pypdf import PdfReader
from reportlab.lib.pagesizes import A4
from reportlab.platypus import Flowable, LongTable, SimpleDocTemplate, TableStyle

from benchmarks.contract import Row, gain_row, in_turn, ratio_row
from ddplatform.documents.content import Cell, Column
from ddplatform.documents.paper.styles import (
    ACCENT,
    INK,
    INK_2,
    LINE,
    REGULAR,
    SEMIBOLD,
    SUNKEN,
    TEXT_WIDTH,
    register_fonts,
)
from ddplatform.documents.tables.printed import TableFlowable
from ddplatform.documents.tables.wrapping import WrappedCell, WrappedTable, wrap_table

ROWS = {"small": 1_000, "full": 10_000}
GOAL = {"small": 2.0, "full": 5.0}
GROWTH_GOAL = 6.0
SEED = 11
COLUMNS = tuple(
    Column(key, key.title(), width)
    for key, width in (
        ("id", 1.2),
        ("name", 3.0),
        ("tier", 0.7),
        ("country", 1.6),
        ("sector", 1.8),
        ("band", 1.3),
        ("index", 0.9),
        ("state", 1.5),
    )
)


def made_rows(count: int) -> list[tuple[Cell, ...]]:
    """Rows like those of the annex of nodes, from a fixed seed."""
    dice = Random(SEED)
    places = ("Soubré", "Guiglo", "Sefwi-Wiawso", "Giresun", "Ferkessédougou")
    return [
        (
            f"n{i:06}",
            f"Cooperative {dice.randint(1, 999)} of {dice.choice(places)}, section {i % 17}",
            str(dice.randint(1, 5)),
            dice.choice(("Côte d'Ivoire", "Ghana", "Türkiye")),
            dice.choice(("Cocoa growing", "Trade", "Processing")),
            dice.choice(("Critical", "High", "Medium", "Low", "Not assessed")),
            str(dice.randint(0, 100)),
            dice.choice(("accepted", "sent", "Not asked")),
        )
        for i in range(count)
    ]


def built(story: list[Flowable]) -> bytes:
    """The bytes of a PDF with this story on A4."""
    buffer = BytesIO()
    SimpleDocTemplate(
        buffer, pagesize=A4, leftMargin=48, rightMargin=48, topMargin=60, bottomMargin=60
    ).build(story)
    return buffer.getvalue()


def ours(rows: list[tuple[Cell, ...]]) -> bytes:
    """Our table: wraps, splits, draws."""
    return built([TableFlowable(wrap_table(COLUMNS, rows, width=TEXT_WIDTH))])


def _text(cell: WrappedCell) -> str:
    return "\n".join((*cell.lines, *cell.small))


def baseline(table: WrappedTable) -> bytes:
    """LongTable with the lines that our table has broken."""
    look = table.setting
    cells = [["\n".join(head.lines) for head in table.head]]
    cells += [["\n".join(cell.lines) for cell in row] for row in table.rows]
    style = TableStyle(
        [
            ("FONT", (0, 0), (-1, 0), SEMIBOLD, look.head_size, look.head_leading),
            ("FONT", (0, 1), (-1, -1), REGULAR, look.size, look.leading),
            ("TEXTCOLOR", (0, 0), (-1, 0), INK_2),
            ("TEXTCOLOR", (0, 1), (-1, -1), INK),
            ("BACKGROUND", (0, 0), (-1, 0), SUNKEN),
            ("LINEBELOW", (0, 0), (-1, 0), 0.9, ACCENT),
            ("LINEBELOW", (0, 1), (-1, -1), 0.5, LINE),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("TOPPADDING", (0, 0), (-1, -1), look.padding_y),
            ("BOTTOMPADDING", (0, 0), (-1, -1), look.padding_y),
            ("LEFTPADDING", (0, 0), (-1, -1), look.padding_x),
            ("RIGHTPADDING", (0, 0), (-1, -1), look.padding_x),
        ]
    )
    return built([LongTable(cells, colWidths=list(table.widths), repeatRows=1, style=style)])


def pages(data: bytes) -> int:
    """Number of pages of a PDF."""
    return len(PdfReader(BytesIO(data)).pages)


def run(size: str) -> list[Row]:
    """Build both in turn and compare the medians; the pages must be equal in number."""
    register_fonts()
    rows = made_rows(ROWS[size])
    table = wrap_table(COLUMNS, rows, width=TEXT_WIDTH)
    mine, theirs = pages(ours(rows)), pages(baseline(table))
    if mine != theirs:
        raise ValueError(f"Pages differ: ours {mine}, LongTable {theirs}.")
    times = in_turn(lambda: ours(rows), lambda: baseline(table))
    name = f"report annex, {len(rows):,} rows, {mine} pages"
    return [gain_row(name, times, GOAL[size]), growth(size)]


def growth(size: str) -> Row:
    """Five times the rows against once the rows, in processor time: it must stay linear."""
    taken = []
    for count in (5 * ROWS[size], ROWS[size]):
        rows = made_rows(count)
        start = process_time()
        ours(rows)
        taken.append(process_time() - start)
    name = f"report annex, {5 * ROWS[size]:,} rows against {ROWS[size]:,}"
    return ratio_row(name, (taken[0], taken[1]), GROWTH_GOAL)
