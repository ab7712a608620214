"""Letters that the report font cannot show: the reader of a PDF is told, never left guessing."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import cast

from reportlab.pdfbase.pdfmetrics import getFont
from reportlab.pdfbase.ttfonts import TTFont

from ddplatform.reports.content import Block, Note
from ddplatform.reports.scripts import script
from ddplatform.reports.styles import REGULAR

WHITE_SPACE = frozenset(" \t\n\r\u00a0")


def letters_note(blocks: Iterable[Block]) -> tuple[Note, ...]:
    """A warning to print at the end where texts hold letters that the font lacks.

    Source Sans Pro has Latin, Greek and Cyrillic; letters of other scripts stand as empty
    boxes. The other file formats hold every text in full.
    """
    glyphs: Mapping[int, int] = cast(TTFont, getFont(REGULAR)).face.charToGlyph
    if script():
        return ()
    unseen = [text for text in _texts(tuple(blocks)) if not _is_shown(text, glyphs)]
    if not unseen:
        return ()
    count = f"{len(unseen):,} {'text holds' if len(unseen) == 1 else 'texts hold'}"
    words = (
        f"{count} letters that the font of this file lacks; they stand as empty boxes. "
        "The Excel, CSV and JSON files of this report hold them in full."
    )
    return (Note("Letters that are not shown", words, warning=True),)


def _is_shown(text: str, glyphs: Mapping[int, int]) -> bool:
    return text.isascii() or all(ord(sign) in glyphs for sign in set(text) - WHITE_SPACE)


def _texts(value: object) -> Iterator[str]:
    """All texts inside frozen values and tuples."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _texts(part)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(getattr(value, field.name))
