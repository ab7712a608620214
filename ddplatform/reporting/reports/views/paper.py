"""A composed report as template blocks, with links into the product."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import singledispatchmethod
from typing import Any
from uuid import UUID

from flask import url_for
from markupsafe import Markup

from ddplatform.documents.content import (
    Bar,
    Block,
    Bullets,
    Cell,
    ChainMap,
    Column,
    Document,
    Figure,
    Gap,
    Heading,
    HeatMap,
    KeyFigures,
    Kind,
    Note,
    Paragraph,
    StackedBars,
    Table,
    stacked,
)
from ddplatform.documents.drawings.band_bars import BAR_CLASSES, BAR_LEGEND
from ddplatform.documents.words import cell_words, counted, small_words
from ddplatform.reporting.reports.views.links import figure_links, links_of, node_links
from ddplatform.value_chain.drawings.chain import BoxDetail, value_chain_svg
from supply_chain.graph.layout import place
from supply_chain.vocabulary import SeverityBand

SHORT = 25
ROWS_SHOWN = 12
"""Rows of a table on the page where it is longer than SHORT; the files hold all."""
RIGHT = frozenset({Kind.NUMBER, Kind.SHARE, Kind.SCORE, Kind.INDEX, Kind.PEOPLE})

PageBlock = dict[str, Any]


def paper_of(document: Document, chain_id: UUID) -> list[PageBlock]:
    """The blocks of a report in their order; a page has no page breaks."""
    writer = _Writer(document, chain_id)
    return [made for block in document.blocks if (made := writer.block(block)) is not None]


def sections_of(blocks: Iterable[PageBlock]) -> list[PageBlock]:
    """The headings of sections and annexes, for the table of contents."""
    return [block for block in blocks if block["kind"] == "heading" and block["level"] == 1]


@dataclass(frozen=True)
class _Cell:
    words: str
    href: str | None
    band: str | None
    is_band: bool
    is_missing: bool
    small: Sequence[tuple[str, str | None]]
    """Text and address of the small print below."""


class _Writer:
    """Converts each kind of block for the template."""

    def __init__(self, document: Document, chain_id: UUID) -> None:
        self._chain_id = chain_id
        self._links = links_of(document.facts, chain_id)
        self._figures = figure_links(chain_id)
        self._nodes = node_links(document.facts)
        self._drawings = 0

    @singledispatchmethod
    def block(self, block: Block) -> PageBlock | None:
        """A page break, which a page does not need."""
        return None

    @block.register
    def _heading(self, block: Heading) -> PageBlock:
        anchor = re.sub(r"[^a-z0-9]+", "-", block.text.lower()).strip("-")
        return {
            "kind": "heading",
            "text": block.text,
            "level": block.level,
            "number": block.number,
            "anchor": anchor if block.level == 1 else None,
        }

    @block.register
    def _paragraph(self, block: Paragraph) -> PageBlock:
        return {"kind": "paragraph", "text": block.text}

    @block.register
    def _bullets(self, block: Bullets) -> PageBlock:
        return {"kind": "bullets", "entries": block.items}

    @block.register
    def _gap(self, block: Gap) -> PageBlock:
        return {"kind": "gap", "what": block.what, "why": block.why}

    @block.register
    def _note(self, block: Note) -> PageBlock:
        return {
            "kind": "note",
            "title": block.title,
            "text": block.text,
            "notice": "warn" if block.warning else "info",
        }

    @block.register
    def _key_figures(self, block: KeyFigures) -> PageBlock:
        figures = [(figure, self._figures.get(figure.label)) for figure in block.items]
        return {"kind": "key_figures", "figures": figures}

    @block.register
    def _table(self, whole: Table) -> PageBlock:
        block = whole.printed or whole
        shown = len(block.rows) if len(block.rows) <= SHORT else ROWS_SHOWN
        stacks = stacked(block.columns, block.rows)
        links = self._links.get(block.ref, {})
        return {
            "kind": "table",
            "table": block,
            "columns": [_head(block.columns, at, places) for at, places in stacks],
            "row_head": next(
                (i for i, (at, _) in enumerate(stacks) if block.columns[at].kind not in RIGHT), 0
            ),
            "rows": [
                [_cell(row, block.columns, (at, *places), links=links) for at, places in stacks]
                for row in block.rows[:shown]
            ],
            "left_out": len(block.rows) - shown,
        }

    @block.register
    def _figure(self, block: Figure) -> PageBlock:
        drawing = block.drawing
        made = {"kind": "figure", "title": block.title, "caption": block.caption}
        if isinstance(drawing, HeatMap):
            return {**made, "drawing": "heat", **self._heat(drawing)}
        if isinstance(drawing, StackedBars):
            return {**made, "drawing": "bars", **_bars(drawing)}
        return {**made, "drawing": "map", "svg": self._map(drawing, block.title)}

    def _heat(self, heat: HeatMap) -> PageBlock:
        bands = {band.value.replace("_", " "): band.value for band in SeverityBand}
        return {
            "columns": heat.column_titles,
            "unplaced": heat.unplaced,
            "rows": [
                {
                    "label": title,
                    "href": url_for(
                        "risk.index", chain=self._chain_id, severity=bands.get(title.lower())
                    ),
                    "cells": list(zip(counts, grounds, strict=True)),
                }
                for title, counts, grounds in zip(
                    heat.row_titles, heat.counts, heat.bands, strict=True
                )
            ],
        }

    def _map(self, drawing: ChainMap, label: str) -> Markup:
        placed = place(drawing.view)
        details = {
            one.box.id: BoxDetail(
                self._nodes.get(one.box.id.removeprefix("node-"))
                or url_for("value_chain.table", chain_id=self._chain_id, tier=one.box.tier)
            )
            for one in placed.boxes
        }
        return value_chain_svg(placed, details=details, label=label)


def _head(columns: Sequence[Column], at: int, places: Sequence[int]) -> dict[str, Any]:
    titles = [columns[place].title for place in (at, *places)]
    return {"label": " · ".join(titles), "number": columns[at].kind in RIGHT}


def _cell(
    row: Sequence[Cell],
    columns: Sequence[Column],
    places: Sequence[int],
    *,
    links: Mapping[str, Mapping[str, str]],
) -> _Cell:
    """A cell with those below it; where it leads nowhere itself it takes the first link there."""
    hrefs = [links.get(columns[place].key, {}).get(str(row[place])) for place in places]
    taken = next((number for number, href in enumerate(hrefs) if href), 0)
    at = places[0]
    value, column = row[at], columns[at]
    small = [
        (words, None if number == taken else hrefs[number])
        for number, place in enumerate(places[1:], start=1)
        if (words := small_words([row[place]], [columns[place]]))
    ]
    return _Cell(
        words=cell_words(value, column),
        href=hrefs[taken],
        band=str(value) if value and column.kind is Kind.BAND else None,
        is_band=column.kind is Kind.BAND,
        is_missing=value in (None, ""),
        small=small,
    )


def _bars(drawing: StackedBars) -> Mapping[str, Any]:
    return {
        "legend": BAR_LEGEND,
        "rows": [
            {
                "label": bar.title,
                "parts": [(BAR_CLASSES[band], count) for band, count in bar.parts],
                "text": counted(_total(bar), drawing.unit),
            }
            for bar in drawing.bars
        ],
    }


def _total(bar: Bar) -> int:
    return sum(count for _, count in bar.parts)
