"""Characters that the report font lacks, with a notice to the reader of the PDF."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import partial
from typing import cast

from reportlab.pdfbase.pdfmetrics import getFont
from reportlab.pdfbase.ttfonts import TTFont

from ddplatform.documents.content import Block, Cover, Note
from ddplatform.documents.paper.scripts import has_glyphs, script
from ddplatform.documents.paper.styles import REGULAR
from ddplatform.languages import gettext, ngettext

WHITE_SPACE = frozenset(" \t\n\r\u00a0")


def letters_note(content: Iterable[Block | Cover], *, is_report: bool) -> tuple[Note, ...]:
    """A warning to print at the end where texts hold letters that the font lacks.

    Source Sans Pro has Latin, Greek and Cyrillic, paper in Arabic or Chinese its own letters
    besides; those of other scripts appear as empty boxes.

    Args:
        is_report: there are files of other formats besides, which hold every text in full.
    """
    is_shown = partial(has_glyphs, font=REGULAR) if script() else _is_shown
    unseen = sum(1 for text in _texts(tuple(content)) if not (text.isascii() or is_shown(text)))
    if not unseen:
        return ()
    words = ngettext(
        "%(num)s text holds letters that the font of this file lacks; they stand as empty boxes.",
        "%(num)s texts hold letters that the font of this file lacks; they stand as empty boxes.",
        unseen,
    )
    if is_report:
        in_full = gettext("The Excel, CSV and JSON files of this report hold them in full.")
        words = f"{words} {in_full}"
    title = gettext("Letters that are not shown")
    return (Note(title, words, warning=True),)


def _is_shown(text: str) -> bool:
    glyphs: Mapping[int, int] = cast(TTFont, getFont(REGULAR)).face.charToGlyph
    return all(ord(sign) in glyphs for sign in set(text) - WHITE_SPACE)


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
