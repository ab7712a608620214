"""Link rows from the rows of a table of links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from supply_chain.intake.cells import CellFault, parse_share
from supply_chain.intake.days import parse_date
from supply_chain.intake.drafts import LinkDraft
from supply_chain.intake.table_view import TableView
from supply_chain.intake.words import squeeze, words
from supply_chain.vocabulary import FlowEvidence, LinkKind

# A column that says its numbers are per cent: "Share (%)", "Prozent", "porcentaje", "占比百分".
_IN_PER_CENT = re.compile(
    r"[%％٪]|per ?cent|\bpct\b|prozent|porcent|percent|pourcent|процент|yüzde|百分|نسبة",
    re.IGNORECASE,
)


@dataclass(slots=True)
class LinkRow:
    """One link as a row states it; its ends are still texts, ids or names."""

    file: str
    sheet: str | None
    row: int | None
    link: LinkDraft
    is_ownership: bool


def read_link_rows(view: TableView) -> list[LinkRow]:
    """Read every sound row of a link table; faults go to the view's log."""
    view.check()
    for name, _ in view.others:
        remark = CellFault(
            f"The column “{name}” is not used: links hold no attributes.",
            "Name it share, kind, commodity, valid_from or valid_to if it is one of these.",
        )
        view.log.note(name, None, remark)
    rows = (_read_row(view, row) for row in view.data_rows())
    return [row for row in rows if row is not None]


def _read_row(view: TableView, row: tuple[str, ...]) -> LinkRow | None:
    supplier, buyer = view.name(row, "supplier"), view.name(row, "buyer")
    for end, text in (("supplier", supplier), ("buyer", buyer)):
        if text is None:
            fault = CellFault(f"The link has no {end}.", f"Give the id or the name of its {end}.")
            view.log.problem(view.column(end), None, fault)
    relation = view.raw(row, "kind")
    is_ownership = bool(relation) and squeeze(relation) in words().ownership_relations
    kind = None if is_ownership else view.word(row, "kind", words().link_kinds, "kind of link")
    share, flow_evidence, valid_from, valid_to = _terms(view, row)
    if view.log.faulty:
        return None
    commodity = view.text(row, "commodity")
    link = LinkDraft(
        supplier=supplier or "",
        buyer=buyer or "",
        kind=LinkKind(kind) if kind else LinkKind.SUPPLIES,
        commodity=view.commodity(commodity, "commodity") if commodity else None,
        share=share,
        flow_evidence=flow_evidence,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    return LinkRow(view.table.file, view.table.sheet, view.log.row, link, is_ownership)


def read_link_terms(view: TableView, row: tuple[str, ...]) -> LinkDraft:
    """Share, evidence and dates of a row, in a link whose ends are still open."""
    share, flow_evidence, valid_from, valid_to = _terms(view, row)
    return LinkDraft(
        supplier="",
        buyer="",
        share=share,
        flow_evidence=flow_evidence,
        valid_from=valid_from,
        valid_to=valid_to,
    )


def _terms(
    view: TableView, row: tuple[str, ...]
) -> tuple[float | None, FlowEvidence | None, date | None, date | None]:
    evidence = view.word(row, "flow_evidence", words().flow_evidence, "flow evidence")
    first, last = _day(view, row, "valid_from"), _day(view, row, "valid_to")
    if first and last and last < first:
        fault = CellFault(
            f"The link ends ({last}) before it begins ({first}).",
            "Check both dates; write them as year-month-day.",
        )
        view.log.problem(view.column("valid_to"), last.isoformat(), fault)
    return _share(view, row), FlowEvidence(evidence) if evidence else None, first, last


def _share(view: TableView, row: tuple[str, ...]) -> float | None:
    text = view.text(row, "share")
    if text is None:
        return None
    try:
        column = view.column("share") or ""
        share, per_cent = parse_share(text, in_per_cent=_says_per_cent(column))
    except CellFault as fault:
        view.log.problem(view.column("share"), text, fault)
        return None
    if per_cent:
        remark = CellFault(f"{text} was read as {share:g}.", "Write shares as 0 to 1.")
        view.log.note(view.column("share"), text, remark)
    return share


@lru_cache(maxsize=64)
def _says_per_cent(column: str) -> bool:
    return bool(_IN_PER_CENT.search(column))


def _day(view: TableView, row: tuple[str, ...], field: str) -> date | None:
    text = view.text(row, field)
    if text is None:
        return None
    try:
        day, how = parse_date(text, last_day=field == "valid_to")
    except CellFault as fault:
        view.log.problem(view.column(field), text, fault)
        return None
    if how:
        remark = CellFault(f"{text} was read {how}, as {day}.", "Write dates as year-month-day.")
        view.log.note(view.column(field), text, remark)
    return day
