"""The content of a report as frozen values; no fonts, no colours, no file formats.

`composition.py` makes these values from a definition and facts, `pdf.py` and `tables.py` turn
them into bytes. Text is plain text: nothing in it is ever read as markup.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from supply_chain.graph.layout import View
from supply_chain.vocabulary import RiskBand

NOT_ASSESSED = "Not assessed"
DASH = "–"
"""Stands for a missing value that nobody misses."""


class Align(StrEnum):
    """Alignment of the cells of a column."""

    LEFT = "left"
    RIGHT = "right"


class Kind(StrEnum):
    """The kind of values in a column, which determines their format.

    `share` is 0..1 and written as a percentage; `score` has two decimals; `index` is 0..100;
    `band` is a `RiskBand`; `people` counts people and is never written below five; `word` is a
    word of a vocabulary (`under_review`); `country` is a code of ISO 3166-1 (`CI`).
    """

    TEXT = "text"
    REF = "ref"
    NUMBER = "number"
    SHARE = "share"
    SCORE = "score"
    INDEX = "index"
    DATE = "date"
    BAND = "band"
    PEOPLE = "people"
    WORD = "word"
    COUNTRY = "country"


Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; `level` 1 for sections, 2 and 3 inside them. `number` such as "3.1"."""

    text: str
    level: int = 1
    number: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """Short statements, each on its own line."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `width` is its share of the line against the other columns.

    `missing` is written where a cell is None: never a zero, never a blank. `under` is the key of
    another column, below whose words this one is printed small on paper and on the page;
    in workbooks and CSV files it is a column of its own.
    """

    key: str
    title: str
    width: float = 1.0
    align: Align = Align.LEFT
    kind: Kind = Kind.TEXT
    missing: str = NOT_ASSESSED
    under: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, each row as long as `columns`; `empty` is shown when there are none.

    `printed` replaces it on paper and on the page where it is too long for them; the
    files hold all rows.
    """

    ref: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str = "Nothing is recorded."
    note: str = ""
    printed: "Table | None" = None


def stacked(
    columns: Sequence[Column], rows: Sequence[Sequence[Cell]]
) -> list[tuple[int, tuple[int, ...]]]:
    """Column layout on paper: the position of each, and of those in small print below it.

    A column whose upper one is missing, since this reader may not see it, is on its own.
    One without content in any row is below none.
    """
    keys = {column.key for column in columns}
    return [
        (
            at,
            tuple(
                place
                for place, one in enumerate(columns)
                if one.under == column.key and (one.missing != DASH or _says(rows, place))
            ),
        )
        for at, column in enumerate(columns)
        if column.under not in keys
    ]


def _says(rows: Sequence[Sequence[Cell]], place: int) -> bool:
    return any(row[place] not in (None, "") for row in rows)


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One large number with its words."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """A row of key figures."""

    items: tuple[KeyFigure, ...]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Counts of risks by severity (rows, worst first) and what `axis` says (columns, least first).

    `bands[row][column]` gives the ground colour; `unplaced` counts the risks that lack one of
    the two and so are in no cell.
    """

    row_titles: tuple[str, ...]
    column_titles: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    bands: tuple[tuple[RiskBand, ...], ...]
    unplaced: int = 0
    axis: str = "Likelihood after controls"


@dataclass(frozen=True, slots=True)
class ChainMap:
    """The value chain as boxes by tier, placed by `supply_chain.graph.layout`."""

    view: View


@dataclass(frozen=True, slots=True)
class Bar:
    """One stacked bar: counts by band, None for "not assessed"."""

    title: str
    parts: tuple[tuple[RiskBand | None, int], ...]


@dataclass(frozen=True, slots=True)
class StackedBars:
    """Bars below each other, each filling its line, with its total beside it; `unit` in the
    singular."""

    bars: tuple[Bar, ...]
    unit: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing with its title and one sentence on its content."""

    title: str
    caption: str
    drawing: HeatMap | ChainMap | StackedBars


@dataclass(frozen=True, slots=True)
class Gap:
    """A gap of the report: `what` is missing and `why`."""

    what: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A remark set apart from the text; `warning` for what must not be overlooked."""

    title: str
    text: str
    warning: bool = False


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture as a file holds it (PNG, JPEG, GIF, WebP), with a text alternative."""

    content: bytes
    caption: str


@dataclass(frozen=True, slots=True)
class PageBreak:
    """A page break."""


Block = Heading | Paragraph | Bullets | Table | KeyFigures | Figure | Gap | Note | PageBreak | Photo


@dataclass(frozen=True, slots=True)
class Cover:
    """The first page: labels and values in the order they are printed."""

    title: str
    organisation: str
    subtitle: str
    lines: tuple[tuple[str, str], ...]
    statement: str


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report. `facts` are what it was made from, already without restricted fields."""

    ref: str
    version: str
    language: str
    cover: Cover
    blocks: tuple[Block, ...]
    made_at: datetime | None
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def tables(self) -> tuple[Table, ...]:
        """All tables of the report, in order."""
        return tuple(block for block in self.blocks if isinstance(block, Table))
