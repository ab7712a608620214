"""Line breaking and truncation of text to a width, cached because tables repeat texts."""

from functools import lru_cache

from reportlab.pdfbase.pdfmetrics import stringWidth

from ddplatform.documents.paper.scripts import line_width, pieces, script


def text_width(text: str, font: str, size: float) -> float:
    """Width of one line in points."""
    return _text_width(text, font, size, script())


@lru_cache(maxsize=65_536)
def _text_width(text: str, font: str, size: float, language: str) -> float:
    return line_width(text, font, size) if language else float(stringWidth(text, font, size))


def wrapped(text: str, font: str, size: float, width: float) -> tuple[str, ...]:
    """Break text into lines no wider than `width`; a word too long for a line is broken."""
    return _wrapped(text, font, size, width, script())


@lru_cache(maxsize=65_536)
def _wrapped(text: str, font: str, size: float, width: float, language: str) -> tuple[str, ...]:
    if "\n" not in text and text_width(text, font, size) <= width:
        return (text,)
    lines: list[str] = []
    for paragraph in text.splitlines() or [""]:
        line = ""
        for piece in pieces(paragraph) if language else _words(paragraph):
            word = piece.strip()
            longer = f"{line}{piece}" if line else word
            if text_width(longer, font, size) <= width:
                line = longer
                continue
            if line:
                lines.append(line)
            *full, line = _broken(word, font, size, width)
            lines.extend(full)
        lines.append(line)
    return tuple(lines)


def _words(paragraph: str) -> list[str]:
    return [f" {word}" for word in paragraph.split()]


def _broken(word: str, font: str, size: float, width: float) -> list[str]:
    pieces, piece = [], ""
    for letter in word:
        if piece and text_width(piece + letter, font, size) > width:
            pieces.append(piece)
            piece = ""
        piece += letter
    return [*pieces, piece]


def cut(text: str, font: str, size: float, width: float) -> str:
    """Cut text to one line, with an ellipsis where something is left out."""
    if text_width(text, font, size) <= width:
        return text
    while text and text_width(text + "…", font, size) > width:
        text = text[:-1]
    return text.rstrip() + "…"
