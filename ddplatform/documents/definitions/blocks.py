"""Builders of content, one function per kind of block: plan and facts -> content."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from ddplatform.documents.content import (
    NOT_ASSESSED,
    Bar,
    Block,
    Bullets,
    ChainMap,
    Column,
    Figure,
    Heading,
    HeatMap,
    KeyFigure,
    KeyFigures,
    Note,
    PageBreak,
    Paragraph,
    StackedBars,
    Table,
)
from ddplatform.documents.definitions.chain_view import chain_view
from ddplatform.documents.definitions.grouping import paper_of, printed_table
from ddplatform.documents.definitions.lookup import Lookup, Row, cell_of
from ddplatform.documents.definitions.plans import BlockPlan
from ddplatform.documents.words import band_of
from supply_chain.vocabulary import RiskBand

Blocks = Sequence[Block]


def heading(plan: BlockPlan, lookup: Lookup) -> Blocks:
    """A heading inside a section."""
    return (Heading(lookup.fill(plan.text("text")), int(plan.text("level", "2"))),)


def paragraph(plan: BlockPlan, lookup: Lookup) -> Blocks:
    """A sentence or more, with facts filled in."""
    return (Paragraph(lookup.fill(plan.text("text"))),)


def bullets(plan: BlockPlan, lookup: Lookup) -> Blocks:
    """Short statements."""
    return (Bullets(tuple(lookup.fill(str(item)) for item in plan.listed("items"))),)


def note(plan: BlockPlan, lookup: Lookup) -> Blocks:
    """A remark set apart."""
    warning = plan.options.get("warning") is True
    return (Note(lookup.fill(plan.text("title")), lookup.fill(plan.text("text")), warning),)


def page_break(plan: BlockPlan, lookup: Lookup) -> Blocks:
    """A page break."""
    return (PageBreak(),)


def fact_list(plan: BlockPlan, lookup: Lookup) -> Blocks:
    """Labels with their facts, as a table of two columns."""
    columns = (Column("label", "What", 1.2), Column("value", "Value", 3.4))
    rows = tuple((item["label"], lookup.fill(item["text"])) for item in plan.listed("items"))
    return (Table(plan.text("ref"), plan.text("title"), columns, rows),)


def key_figures(plan: BlockPlan, lookup: Lookup) -> Blocks:
    """Large numbers with their words; an unknown one reads "not assessed"."""
    return (
        KeyFigures(
            tuple(
                KeyFigure(
                    item["label"], lookup.fill(item["text"]), lookup.fill(item.get("note", ""))
                )
                for item in plan.listed("items")
            )
        ),
    )


def table(plan: BlockPlan, lookup: Lookup) -> Blocks:
    """Rows of a fact in the order of the definition; unknown values last.

    `shown` keeps the first rows alone, and says how many there are.
    """
    fact, title = plan.text("fact"), plan.text("title")
    if lookup.hides(fact):
        return (Note(title, "Left out for this reader."),)
    rows = lookup.rows(fact)
    columns = tuple(c for c in plan.columns if not lookup.hides(f"{fact}.{c.key}"))
    if rows is None:
        return (Table(plan.text("ref"), title, columns, (), empty=f"{NOT_ASSESSED}."),)
    for key in reversed(_order(plan)):
        rows = _sorted(rows, key.removeprefix("-"), descending=key.startswith("-"))
    cells = tuple(tuple(cell_of(row, c.key, c.kind) for c in columns) for row in rows)
    words, note = plan.text("empty", "Nothing is recorded."), lookup.fill(plan.text("note"))
    shown = int(plan.text("shown", "0")) or len(cells)
    if len(cells) > shown:
        note = f"The first {shown:,} of {len(cells):,}. {note}".strip()
    whole = Table(plan.text("ref"), title, columns, cells[:shown], empty=words, note=note)
    paper = paper_of(plan)
    return (replace(whole, printed=printed_table(whole, paper)) if paper else whole,)


def _order(plan: BlockPlan) -> list[str]:
    order = plan.options.get("order", [])
    return [str(key) for key in order] if isinstance(order, list) else []


def _sorted(rows: Sequence[Row], key: str, *, descending: bool) -> Sequence[Row]:
    """Stable sort by one key: numbers before text, unknown last in both directions."""
    known = [row for row in rows if row.get(key) is not None]
    known.sort(key=partial(_sort_value, key=key), reverse=descending)
    return [*known, *(row for row in rows if row.get(key) is None)]


def _sort_value(row: Row, *, key: str) -> tuple[int, float, str]:
    value = row[key]
    if isinstance(value, int | float):
        return 0, float(value), ""
    return 1, 0.0, str(value)


def reasons(plan: BlockPlan, lookup: Lookup) -> Blocks:
    """The reasons of the first risks in order of salience."""
    rows = lookup.rows(plan.text("fact"))
    if rows is None:
        return (Paragraph(f"{NOT_ASSESSED}."),)
    blocks: list[Block] = []
    for row in _sorted(rows, "rank", descending=False)[: int(plan.text("shown"))]:
        where = row.get("node_name")
        title = str(row.get("issue_title") or row.get("issue") or NOT_ASSESSED)
        blocks.append(Heading(f"{title}, {where}" if where else title, 3, str(row.get("rank", ""))))
        given = row.get("reasons")
        if isinstance(given, Sequence) and not isinstance(given, str) and given:
            blocks.append(Bullets(tuple(str(reason) for reason in given)))
        else:
            blocks.append(Paragraph("No reason is recorded."))
    return tuple(blocks) or (Paragraph("No risk is recorded."),)


def heat_map(plan: BlockPlan, lookup: Lookup) -> Blocks:
    """Counts of risks by severity band and likelihood, or by band where rows have none.

    The optional `counts` names rows that represent several risks each (`count`): a register cut
    to its most salient risks is still counted whole. Rows of RM-2.0 name a band in place of a
    likelihood; `by_band` has the columns for them.
    """
    rows = lookup.rows(plan.text("counts")) if plan.text("counts") else None
    rows = lookup.rows(plan.text("fact")) if rows is None else rows
    title, caption = plan.text("title"), lookup.fill(plan.text("caption"))
    if rows is None:
        return (Note(title, f"{NOT_ASSESSED}."),)
    lines, columns = plan.listed("rows"), plan.listed("columns")
    by_band = plan.listed("by_band") if any("likelihood" not in row for row in rows) else ()
    columns = by_band or columns
    counts = [[0] * len(columns) for _ in lines]
    unplaced = 0
    for row in rows:
        line = [i for i, given in enumerate(lines) if given["key"] == row.get("severity_band")]
        column = _column_of_band(columns, row) if by_band else _column(columns, row)
        weight = _count(row, "count") if "count" in row else 1
        if line and column is not None:
            counts[line[0]][column] += weight
        else:
            unplaced += weight
    drawing = HeatMap(
        row_titles=tuple(line["title"] for line in lines),
        column_titles=tuple(column["title"] for column in columns),
        counts=tuple(tuple(line) for line in counts),
        bands=tuple(tuple(RiskBand(one["key"]) for one in by_band) for _ in lines)
        if by_band
        else _grounds(plan),
        unplaced=unplaced,
        axis="Residual risk" if by_band else "Likelihood after controls",
    )
    return (Figure(title, caption, drawing),)


def _column_of_band(columns: Sequence[Mapping[str, str]], row: Mapping[str, object]) -> int | None:
    return next((i for i, given in enumerate(columns) if given["key"] == row.get("band")), None)


def _column(columns: Sequence[Mapping[str, str]], row: Mapping[str, object]) -> int | None:
    likelihood = row.get("likelihood")
    if not isinstance(likelihood, int | float):
        return None
    fits = (i for i, given in enumerate(columns) if likelihood < float(given["below"]))
    return next(fits, None)


def _grounds(plan: BlockPlan) -> tuple[tuple[RiskBand, ...], ...]:
    grid = plan.options.get("bands")
    lines = grid if isinstance(grid, list) else []
    return tuple(tuple(RiskBand(word) for word in line) for line in lines)


def chain_map(plan: BlockPlan, lookup: Lookup) -> Blocks:
    """The map by tier, bounded to the riskiest nodes."""
    fact, title = plan.text("fact"), plan.text("title")
    nodes = lookup.rows(f"{fact}.nodes")
    if not nodes:
        return (Note(title, f"{NOT_ASSESSED}."),)
    view = chain_view(
        lookup.rows(f"{fact}.tiers") or (),
        nodes,
        lookup.rows(f"{fact}.links") or (),
        shown=int(plan.text("shown")),
    )
    return (Figure(title, lookup.fill(plan.text("caption")), ChainMap(view)),)


def coverage_bars(plan: BlockPlan, lookup: Lookup) -> Blocks:
    """One bar a tier, from the farthest to own business."""
    rows = lookup.rows(plan.text("fact"))
    if not rows:
        return (Note(plan.text("title"), f"{NOT_ASSESSED}."),)
    bars = tuple(
        Bar(
            str(row.get("title") or f"Tier {row.get('tier')}"),
            _parts(row),
        )
        for row in _sorted(rows, "tier", descending=True)
    )
    caption = lookup.fill(plan.text("caption"))
    return (Figure(plan.text("title"), caption, StackedBars(bars, plan.text("unit"))),)


BAR_ORDER = ("critical", "high", "medium", "low")


def _parts(row: Row) -> tuple[tuple[RiskBand | None, int], ...]:
    """Counts by band; nodes that no band counts are not assessed, whatever the row says."""
    known = [(band_of(key), _count(row, key)) for key in BAR_ORDER]
    rest = _count(row, "nodes") - sum(count for _, count in known)
    return (*known, (None, max(rest, _count(row, "not_assessed"))))


def _count(row: Row, key: str) -> int:
    value = row.get(key)
    return value if isinstance(value, int) else 0
