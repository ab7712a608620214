"""Cells of an answer on a page, with the address that each number opens."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask import url_for
from markupsafe import Markup, escape

from ddplatform.documents.content import Column, Kind
from ddplatform.infrastructure.web.countries import country_name
from ddplatform.infrastructure.web.filters import number, percent
from ddplatform.languages import gettext
from ddplatform.risk.analysis.queries.answers import Answered
from ddplatform.risk.analysis.views.answers import answer_of
from ddplatform.risk.analysis.views.pictures import (
    TIER_LEGEND,
    Bar,
    bars_of,
    drawing,
    href_of,
    ways_of,
)
from ddplatform.risk.analysis.views.words import WORDS
from ddplatform.risk.analysis_answers.queries.questions import Analysis, Asked
from ddplatform.risk.analysis_answers.views.content import Sheet, Value
from ddplatform.value_chain.graph.queries.study import Spot
from ddplatform.value_chain.mapping.models import ValueChain
from ddplatform.value_chain.pictures.views.issue_colour import colour_choices
from supply_chain.risk.method import METHOD
from supply_chain.vocabulary import RiskBand

TENTH = 0.1
LEAST_OF_FOUR_DECIMALS = 0.001
ALPHA_2 = 2  # letters of a country's code; other words sum up
NUMBERS = frozenset({Kind.NUMBER, Kind.SHARE, Kind.SCORE})


@dataclass(frozen=True)
class Cell:
    """The content of a cell: words, their link, or several nodes in their order."""

    text: str
    href: str | None = None
    chips: tuple[tuple[str, str | None], ...] = ()
    share: float | None = None
    """0..1, where the cell shows a small bar."""
    sub: str = ""


@dataclass(frozen=True)
class ShownSheet:
    """A table of a page."""

    sheet: Sheet
    columns: tuple[dict[str, Any], ...]
    rows: tuple[tuple[Cell, ...], ...]
    bars: tuple[Bar, ...]
    legend: tuple[tuple[str, str], ...]

    @property
    def bar_title(self) -> str:
        """The meaning of the length of a bar; empty where there is a legend."""
        titles = (one.title for one in self.sheet.columns if one.key == self.sheet.bar)
        return next(titles, "") if self.bars and not self.legend else ""


def in_own_direction(sentence: str, names: Collection[str]) -> Markup:
    """A sentence with the names in it set apart, so that each runs in its own direction."""
    known = sorted((name for name in names if name), key=lambda name: (-len(name), name))
    if not known:
        return escape(sentence)
    parts = re.split("(" + "|".join(map(re.escape, known)) + ")", sentence)
    # Every second part is a name.
    return Markup("").join(
        Markup("<bdi>{}</bdi>").format(part) if at % 2 else escape(part)
        for at, part in enumerate(parts)
    )


class AnalysisPage:
    """Everything the page of one analysis shows."""

    def __init__(self, chain: ValueChain, asked: Asked, found: Answered) -> None:
        self.chain, self.chain_id = chain, chain.id
        self.asked, self.found = asked, found
        self.answer, self.words = answer_of(found), WORDS[asked.what]
        self.sheets = tuple(self._sheet(at, one) for at, one in enumerate(self.answer.sheets))
        self.ways = ways_of(self.answer)

    @property
    def sentence(self) -> Markup:
        """The answer in a sentence, each name of it in its own direction."""
        spots = [*self.answer.about]
        for sheet in self.answer.sheets:
            for value in (cell for row in sheet.rows for cell in row):
                spots += [value] if isinstance(value, Spot) else []
                spots += value if isinstance(value, tuple) else ()
        return in_own_direction(self.answer.sentence, {spot.name for spot in spots})

    @property
    def figures(self) -> list[tuple[str, str, str]]:
        """(label, value, note) of the key figures."""
        issues = dict(colour_choices())
        return [
            (
                figure.label,
                cell_text(figure.value, figure.kind),
                issues.get(figure.note, figure.note),
            )
            for figure in self.answer.figures
        ]

    def drawing(self, bands: Mapping[UUID, RiskBand | None], *, rtl: bool) -> Markup | None:
        """The best ways, coloured by the issue; None where there is none to draw."""
        return drawing(self.answer, self.ways, bands, rtl=rtl) if self.ways.spots else None

    def address(self, what: Analysis, **more: Any) -> str:
        """The page of an analysis of this map."""
        return address_of(self.chain_id, what, **more)

    def _sheet(self, place: int, sheet: Sheet) -> ShownSheet:
        return ShownSheet(
            sheet,
            tuple(
                {"label": column.title, "number": at > 0 and column.kind in NUMBERS}
                for at, column in enumerate(sheet.columns)
            ),
            tuple(self._row(sheet, row, small_bars=place > 0) for row in sheet.rows),
            bars_of(sheet) if place == 0 else (),
            TIER_LEGEND if sheet.ref == "tiers" else (),
        )

    def _row(self, sheet: Sheet, row: tuple[Value, ...], *, small_bars: bool) -> tuple[Cell, ...]:
        about = _about(row[0])
        cells = zip(sheet.columns, row, strict=True)
        shown = [(column, self._cell(sheet, column, value, about)) for column, value in cells]
        return tuple(
            replace(cell, share=_share(value))
            if small_bars and column.key == sheet.bar and column.kind is Kind.SHARE
            else cell
            for (column, cell), value in zip(shown, row, strict=True)
        )

    def _cell(self, sheet: Sheet, column: Column, value: Value, about: Spot | None) -> Cell:
        if isinstance(value, tuple):
            return Cell("", chips=tuple((spot.name, href_of(spot)) for spot in value))
        if isinstance(value, Spot):
            return Cell(value.name, href_of(value), sub=_country_below(sheet, value))
        if value is None or value == "":
            return Cell(column.missing)
        opens = OPENS.get((sheet.ref, column.key))
        href = opens(self, about) if opens and about is not None and about.key else None
        code = str(value)
        if column.kind is Kind.COUNTRY and len(code) == ALPHA_2:
            table = url_for("value_chain.table", chain_id=self.chain_id, country=code)
            return Cell(country_name(code), table)
        region, _, country = code.rpartition(", ")
        if sheet.ref == "regions" and region and len(country) == ALPHA_2:
            return Cell(f"{region}, {country_name(country)}")
        return Cell(cell_text(value, column.kind), href)


def _country_below(sheet: Sheet, spot: Spot) -> str:
    """The country under a name, unless the table tells it in a column of its own."""
    has_column = any(column.kind is Kind.COUNTRY for column in sheet.columns)
    return "" if has_column else spot.country or ""


def _share(value: Value) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _about(value: Value) -> Spot | None:
    """The node that a row is about: its first cell, of a way the far end."""
    last = value[-1] if isinstance(value, tuple) and value else value
    return last if isinstance(last, Spot) else None


def cell_text(value: Value, kind: Kind) -> str:
    """A number as a page writes it; a text as it is."""
    if not isinstance(value, int | float):
        return str(value) if value is not None else gettext("not known")
    sound = round(value, METHOD.policy.decimals)  # 0.1 + 0.2 is told as 0.3
    if kind is Kind.SHARE:
        return percent(sound, 0 if sound >= TENTH or sound == 0 else 1)
    if kind is Kind.SCORE:
        return number(sound, 6 if 0 < sound < LEAST_OF_FOUR_DECIMALS else 4)
    return number(sound)


def address_of(chain_id: UUID, what: Analysis, **more: Any) -> str:
    """The page of an analysis; exposure has its own endpoint, for those who may read risks."""
    if what is Analysis.ORIGINS:
        return url_for("analysis.origins", chain_id=chain_id, **more)
    return url_for("analysis.show", chain_id=chain_id, what=what.value, **more)


Opens = Callable[[AnalysisPage, Spot], str]


def _risk(page: AnalysisPage, spot: Spot) -> str:
    return url_for("risk.show", node_id=spot.key, issue=page.asked.issue.value)


def _ways_from_here(page: AnalysisPage, spot: Spot) -> str:
    """The paths to the node of the page; to an own operation if the page has none."""
    here = page.answer.about[0].key if page.answer.about else None
    if here == spot.key:
        return url_for("value_chain.node", node_id=spot.key)
    return page.address(Analysis.PATHS, node=here, to=spot.key)


def _asks(what: Analysis) -> Opens:
    return lambda page, spot: page.address(what, node=spot.key)


OPENS: Mapping[tuple[str, str], Opens] = {
    ("origins", "residual"): _risk,
    ("origins", "part"): _ways_from_here,
    ("origins", "of_all"): _ways_from_here,
    ("origins", "reach"): _ways_from_here,
    ("origins", "share"): _asks(Analysis.REACH),
    ("paths", "part"): _ways_from_here,
    ("paths", "of_all"): _ways_from_here,
    ("paths", "factors"): _risk,
    ("by_nodes", "depends"): _asks(Analysis.STOP),
    ("by_nodes", "passing"): _asks(Analysis.REACH),
    ("by_volume", "depends"): _asks(Analysis.STOP),
    ("by_volume", "passing"): _asks(Analysis.REACH),
    ("suppliers", "share"): _asks(Analysis.REACH),
    ("gaps", "share"): _asks(Analysis.BLIND_SPOTS),
    ("own", "share"): _ways_from_here,
    ("goods", "share"): _ways_from_here,
    ("goods", "of_good"): _ways_from_here,
    ("affected", "lost"): _ways_from_here,
    ("affected", "others"): _asks(Analysis.DEPENDENCE),
    ("cut_off", "country"): _asks(Analysis.REACH),
}
