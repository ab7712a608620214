"""Positions of the searched words in a text, for highlighting."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ddplatform.infrastructure.folding import fold
from ddplatform.infrastructure.text_search import Words

BEFORE, AFTER = 60, 120
"""Letters shown before the first place that was found, and behind it."""
MOST_MARKED = 20
LONGEST_READ = 20_000


@dataclass(frozen=True)
class Piece:
    """A stretch of a text; `is_hit`: it matches the search."""

    text: str
    is_hit: bool = False


Pieces = tuple[Piece, ...]


def count_of(parts: Sequence[str], text: str) -> int:
    """The number of these words, folded, in a text."""
    folded = fold(text)
    return sum(part in folded for part in parts)


def mark(text: str, words: Words) -> Pieces:
    """The whole text in pieces, the words marked."""
    return tuple(_pieces(text, _spans(text, words), 0, len(text)))


def excerpt(text: str, words: Words) -> Pieces:
    """The part of a text round the first of the words, on one line."""
    line = " ".join(text[:LONGEST_READ].split())
    spans = _spans(line, words)
    first = spans[0][0] if spans else 0
    start = 0 if first <= BEFORE else line.find(" ", first - BEFORE, first) + 1 or first - BEFORE
    end = len(line) if len(line) <= first + AFTER else _last_blank(line, first, first + AFTER)
    pieces = list(_pieces(line, spans, start, end))
    if start:
        pieces.insert(0, Piece("… "))
    if end < len(line):
        pieces.append(Piece(" …"))
    return tuple(pieces)


def _last_blank(line: str, first: int, end: int) -> int:
    found = line.rfind(" ", first + AFTER // 2, end)
    return end if found < 0 else found


def _pieces(text: str, spans: Sequence[tuple[int, int]], start: int, end: int) -> Iterator[Piece]:
    at = start
    for first, last in spans:
        if first >= end:
            break
        if at < first:
            yield Piece(text[at:first])
        yield Piece(text[max(first, at) : min(last, end)], is_hit=True)
        at = min(last, end)
    if at < end:
        yield Piece(text[at:end])


def _spans(text: str, words: Words) -> list[tuple[int, int]]:
    """From where to where the words stand: all in one piece, else each of them."""
    folded, places = _folded(text)
    wanted = (words.whole,) if words.whole in folded else words.parts
    found = sorted(
        (places[at], max(places[at + len(one)], places[at + len(one) - 1] + 1))
        for one in wanted
        for at in _places_of(one, folded)
    )
    apart: list[tuple[int, int]] = []
    for first, last in found:
        if apart and first <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(last, apart[-1][1]))
        else:
            apart.append((first, last))
    return apart


def _places_of(wanted: str, folded: str) -> Iterator[int]:
    at = folded.find(wanted) if wanted else -1
    for _ in range(MOST_MARKED):
        if at < 0:
            return
        yield at
        at = folded.find(wanted, at + len(wanted))


def _folded(text: str) -> tuple[str, Sequence[int]]:
    """The folded text, and of each of its letters, and of its end, the place in the text."""
    if text.isascii():
        return text.upper(), range(len(text) + 1)
    signs: list[str] = []
    places: list[int] = []
    for at, sign in enumerate(text):
        bare = fold(sign)
        signs.append(bare)
        places += [at] * len(bare)
    return "".join(signs), [*places, len(text)]
