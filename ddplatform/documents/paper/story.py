"""Content as ReportLab flowables; one function for each kind of block."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import count

from reportlab.platypus import (
    CondPageBreak,
    Flowable,
    KeepTogether,
    NextPageTemplate,
    PageBreak,
    Spacer,
)

from ddplatform.documents import content
from ddplatform.documents.paper.figures import draw_figure, is_wide
from ddplatform.documents.paper.flowables import (
    ContentsLine,
    GapFlowable,
    Headed,
    KeyFiguresFlowable,
    NoteFlowable,
    printed,
)
from ddplatform.documents.paper.photos import draw_photo
from ddplatform.documents.paper.styles import (
    BODY,
    BULLET,
    CAPTION,
    HEADINGS,
    NOTE_TITLE,
    PAGE_HEIGHT,
    SMALL,
    TEXT_WIDTH,
)
from ddplatform.documents.tables.printed import TableFlowable
from ddplatform.documents.tables.wrapping import WrappedTable, wrap_table

ROOM_BELOW = {1: 110.0, 2: 90.0, 3: 40.0}
"""A heading moves to the next page when less than this is left below it, in points."""

SHORT_TABLE = 310.0
"""Tables up to this height stay on one page, in points."""

LONG_TEXT = 1_500
"""Gaps and notes of more letters are set as plain text, which may run over pages."""

RUNNING, WIDE = "running", "wide"
"""Names of the pages of a report: upright, and across."""

WrappedTables = Mapping[str, WrappedTable]


def wrap_tables(blocks: Iterable[content.Block]) -> WrappedTables:
    """The tables of a report by ref, their cells broken into lines once for all runs."""
    return {
        block.ref: wrap_table(shown.columns, shown.rows, width=TEXT_WIDTH)
        for block in blocks
        if isinstance(block, content.Table) and block.rows
        for shown in [block.printed or block]
    }


def tell_story(blocks: Sequence[content.Block], tables: WrappedTables) -> list[Flowable]:
    """All flowables of a report after its contents; headings stay with what follows them.

    Each run over the pages needs a story of its own: ReportLab leaves marks on its parts.
    """
    anchors = count(1)
    story: list[Flowable] = []
    for number, block in enumerate(blocks):
        if isinstance(block, content.PageBreak) and number and _is_wide(blocks[number - 1]):
            continue  # a page of its own has ended already
        if isinstance(block, content.Heading):
            following = blocks[number + 1 : number + 4]
            story.append(CondPageBreak(_room_for(block, following, tables)))
            story.append(Headed(block, f"h{next(anchors)}"))
        elif isinstance(block, content.Table):
            story.extend(_table(block, tables))
        else:
            story.extend(TELLERS[type(block)](block))
    return story


def contents_of(story: Iterable[Flowable]) -> list[ContentsLine]:
    """The headings of levels 1 and 2, in order, without pages."""
    return [
        ContentsLine(part.heading.text, part.heading.number, part.heading.level, part.anchor)
        for part in story
        if isinstance(part, Headed) and part.heading.level < 3
    ]


def _room_for(
    heading: content.Heading, following: Sequence[content.Block], tables: WrappedTables
) -> float:
    """The minimum space below a heading: a short text and the start of what comes after it."""
    room = _heading_height(heading)
    for block in following:
        if isinstance(block, content.Figure) and not is_wide(block.drawing):
            return room + draw_figure(block.drawing, width=TEXT_WIDTH).wrap(0, 0)[1] + 60
        if isinstance(block, content.Table) and block.rows:
            return room + _start_of(TableFlowable(tables[block.ref]))
        if isinstance(block, content.Bullets):
            return room + _height_of(_bullets(block))
        if isinstance(block, content.Heading):
            room += _heading_height(block)
        elif isinstance(block, content.Paragraph):
            room += _height_of(_paragraph(block))
        else:
            break
    return room + ROOM_BELOW[heading.level]


def _heading_height(heading: content.Heading) -> float:
    style = HEADINGS[heading.level]
    return float(style.spaceBefore + style.leading + style.spaceAfter)


def _height_of(parts: Sequence[Flowable]) -> float:
    """Height of short texts below each other; of a list, at most a third of a page."""
    return min(
        sum(part.wrap(TEXT_WIDTH, PAGE_HEIGHT)[1] + part.getSpaceAfter() for part in parts),
        PAGE_HEIGHT / 3,
    )


def _start_of(table: TableFlowable) -> float:
    """Height of the least part of a table that may begin a page's end, with its caption."""
    height = table.wrap(TEXT_WIDTH, PAGE_HEIGHT)[1]
    least = height if height <= SHORT_TABLE else table.minimum_height()
    return least + CAPTION.leading + CAPTION.spaceBefore + CAPTION.spaceAfter


def _paragraph(block: content.Paragraph) -> list[Flowable]:
    return [printed(block.text, BODY)]


def _bullets(block: content.Bullets) -> list[Flowable]:
    return [*(printed(item, BULLET, bullet="•") for item in block.items), Spacer(1, 4)]


def _table(block: content.Table, tables: WrappedTables) -> list[Flowable]:
    caption = printed(block.title, CAPTION)
    words = (block.printed or block).note
    note = [printed(words, SMALL)] if words else []
    if not block.rows:
        return [KeepTogether([caption, printed(block.empty, BODY), *note])]
    table = TableFlowable(tables[block.ref])
    return [CondPageBreak(_start_of(table)), caption, table, *note]


def _key_figures(block: content.KeyFigures) -> list[Flowable]:
    return [KeyFiguresFlowable(block.items, TEXT_WIDTH)]


def _figure(block: content.Figure) -> list[Flowable]:
    parts = [
        printed(block.title, CAPTION),
        draw_figure(block.drawing, width=TEXT_WIDTH),
        printed(block.caption, SMALL),
        Spacer(1, 6),
    ]
    if is_wide(block.drawing):
        back = [NextPageTemplate(RUNNING), PageBreak()]
        return [NextPageTemplate(WIDE), PageBreak(), KeepTogether(parts), *back]
    return [KeepTogether(parts)]


def _is_wide(block: content.Block) -> bool:
    return isinstance(block, content.Figure) and is_wide(block.drawing)


def _gap(block: content.Gap) -> list[Flowable]:
    if len(block.what) + len(block.why) > LONG_TEXT:
        return [printed(block.what, NOTE_TITLE), printed(block.why, BODY)]
    return [GapFlowable(block.what, block.why, TEXT_WIDTH)]


def _note(block: content.Note) -> list[Flowable]:
    if len(block.title) + len(block.text) > LONG_TEXT:
        return [printed(block.title, NOTE_TITLE), printed(block.text, BODY)]
    return [NoteFlowable(block.title, block.text, TEXT_WIDTH, warning=block.warning)]


def _page_break(block: content.PageBreak) -> list[Flowable]:
    return [PageBreak()]


TELLERS: Mapping[type, Callable[..., list[Flowable]]] = {
    content.Paragraph: _paragraph,
    content.Bullets: _bullets,
    content.KeyFigures: _key_figures,
    content.Figure: _figure,
    content.Gap: _gap,
    content.Note: _note,
    content.PageBreak: _page_break,
    content.Photo: draw_photo,
}
