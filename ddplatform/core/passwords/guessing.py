"""How many guesses a password withstands: the cheapest way to put it together of known pieces.

A password is read as a row of pieces: a password of the list, a name that others know of the
person, a run (repeated, counting, along a keyboard), a day, or a single character. Of all ways to
read it the one with the fewest guesses counts, in bits (the logarithm to base 2 of the guesses).
So the entire password is judged, as NIST SP 800-63B-4 (3.1.1.2) asks: a common word is no fault
where further words stand beside it, and a password that is nothing but expected pieces is one.

No rules of composition, upper and lower case count alike (ASVS 5.0, 6.2.5).
"""

import gzip
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from math import log2
from pathlib import Path
from typing import Final

import yaml

DATA: Final = Path(__file__).parent / "data"
ENOUGH_BITS: Final = 30.0
"""Of a new password: at the 200 guesses an hour that sign-in bears at most, some 600 years."""
CHARACTER_BITS: Final = log2(10)
"""Of a character of which nothing is known: ten likely ones in each place."""
CONTEXT_BITS: Final = 1.0
KEYBOARD_BITS: Final = 7.0
YEAR_BITS: Final = 6.0
DAY_BITS: Final = 16.0
STEP_BITS: Final = log2(5)
"""Of the step in which a run goes on: -2 to 2."""
VARIANT_BITS: Final = 1.0
"""Of a word written backwards or with signs for letters."""
SHORTEST_WORD: Final = 3
SHORTEST_WALK: Final = 4
LONGEST_STRIDE: Final = 4
LONGEST_UNIT: Final = 32
LONGEST_STEP: Final = 2
_DAY = re.compile(
    r"\d{1,2}(?P<a>[-./ ]?)\d{1,2}(?P=a)(?:19|20)\d\d|(?:19|20)\d\d(?P<b>[-./ ]?)\d\d(?P=b)\d\d"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_MARKS = re.compile(r"[\u0300-\u036f]")


class Weakness(StrEnum):
    """What most of a password that is too easily guessed consists of."""

    COMMON = "common"
    CONTEXT = "context"
    PATTERN = "pattern"


@dataclass(frozen=True)
class Estimate:
    """`bits` of guesses, and what most of the password is; None: nothing that is known."""

    bits: float
    consists_of: Weakness | None

    @property
    def is_enough(self) -> bool:
        """Whether the password withstands guessing under the limits of sign-in."""
        return self.bits >= ENOUGH_BITS


@dataclass(frozen=True)
class _Piece:
    end: int
    bits: float
    kind: Weakness | None


def estimate(password: str, context: Collection[str] = ()) -> Estimate:
    """The guesses that a password withstands by somebody who knows the list and the context.

    Args:
        context: names that others know: of the person, of mail addresses and organisations.
    """
    text = _plain(password)
    reading = _Reading(text, words_of([*context, *_patterns().product_words]))
    pieces = reading.pieces(0, len(text))
    covered = dict.fromkeys(Weakness, 0)
    start = 0
    for piece in pieces:
        if piece.kind is not None:
            covered[piece.kind] += piece.end - start
        start = piece.end
    most = max(covered, key=lambda kind: covered[kind])
    return Estimate(sum(piece.bits for piece in pieces), most if covered[most] else None)


def words_of(names: Collection[str]) -> frozenset[str]:
    """The words of names and addresses, and each name as one word: "Maison Cacao", "maisoncacao".

    Words of one or two letters are left out: they stand in every text.
    """
    found: set[str] = set()
    for name in names:
        words = re.findall(r"[^\W_]+", _plain(name))
        found.update(words)
        found.add("".join(words))
    return frozenset(word for word in found if len(word) >= SHORTEST_WORD)


@cache
def common_passwords() -> Mapping[str, int]:
    """Password in lower case -> its place among the most used ones, from 1."""
    with gzip.open(DATA / "common_passwords.txt.gz", "rt", encoding="utf-8") as lines:
        return {line.rstrip("\n"): place for place, line in enumerate(lines, start=1)}


@dataclass(frozen=True)
class _Patterns:
    rows: tuple[str, ...]
    signs: tuple[dict[int, str], ...]
    product_words: tuple[str, ...]


@cache
def _patterns() -> _Patterns:
    read = yaml.safe_load((DATA / "patterns.yaml").read_text(encoding="utf-8"))
    rows = [_plain(row) for row in read["keyboard_rows"]]
    signs = tuple(
        {ord(sign): letter for sign, letter in zip(pairs[::2], pairs[1::2], strict=True)}
        for pairs in read["signs_for_letters"]
    )
    return _Patterns((*rows, *(row[::-1] for row in rows)), signs, tuple(read["product_words"]))


@cache
def _longest_common() -> int:
    return max(map(len, common_passwords()))


def _plain(text: str) -> str:
    """A text without accents and case, as attackers try it."""
    # Case goes first: the Greek iota below a letter is a mark only in small letters.
    return _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold())).casefold()


class _Reading:
    """The ways to read one text."""

    def __init__(self, text: str, context: frozenset[str]) -> None:
        self._text, self._context = text, context
        self._spelt = (text, *(text.translate(signs) for signs in _patterns().signs))
        self._longest = max(_longest_common(), *map(len, context), 0)

    def pieces(self, start: int, end: int) -> list[_Piece]:
        """The pieces with the fewest guesses that this part of the text can be read as."""
        bits = {start: 0.0}
        last: dict[int, tuple[int, _Piece]] = {}
        for here in range(start, end):
            for piece in self._starting(here, end):
                total = bits[here] + piece.bits
                if total < bits.get(piece.end, float("inf")):
                    bits[piece.end], last[piece.end] = total, (here, piece)
        found: list[_Piece] = []
        while end != start:
            end, piece = last[end]
            found.append(piece)
        return found[::-1]

    def _starting(self, start: int, end: int) -> Iterator[_Piece]:
        yield _Piece(start + 1, CHARACTER_BITS, None)
        yield from self._words(start, end)
        yield from self._runs(start, end)
        yield from self._walks(start, end)
        yield from self._days(start, end)
        yield from self._repetition(start, end)

    def _words(self, start: int, end: int) -> Iterator[_Piece]:
        """Listed passwords and names, also backwards and with signs for letters."""
        common = common_passwords()
        for stop in range(start + SHORTEST_WORD, min(end, start + self._longest) + 1):
            for number, spelt in enumerate(self._spelt):
                for word, is_turned in (
                    (spelt[start:stop], False),
                    (spelt[start:stop][::-1], True),
                ):
                    more = VARIANT_BITS * ((number > 0) + is_turned)
                    if word in self._context:
                        yield _Piece(stop, CONTEXT_BITS + more, Weakness.CONTEXT)
                    elif word in common:
                        yield _Piece(stop, log2(1 + common[word]) + more, Weakness.COMMON)

    def _runs(self, start: int, end: int) -> Iterator[_Piece]:
        """What repeats or counts on, alone or interleaved: "aaaa", "1234", "112233", "1a2b3c"."""
        for stride in range(1, LONGEST_STRIDE + 1):
            if start + 2 * stride >= end:
                return
            steps = [self._step(start + place, stride) for place in range(stride)]
            if any(step is None for step in steps):
                continue
            stop = start + 2 * stride
            while (
                stop < end and self._step(stop - stride, stride) == steps[(stop - start) % stride]
            ):
                stop += 1
            if stop > start + 2 * stride:
                bits = 1 + stride * (CHARACTER_BITS + STEP_BITS)
                yield _Piece(stop, bits, Weakness.PATTERN)

    def _step(self, place: int, stride: int) -> int | None:
        """From a character to the one that stands a stride further; None where it is no step."""
        one, other = self._text[place], self._text[place + stride]
        step = ord(other) - ord(one)
        if one.isdecimal() and other.isdecimal():
            step = (step + 5) % 10 - 5
        return step if abs(step) <= LONGEST_STEP else None

    def _walks(self, start: int, end: int) -> Iterator[_Piece]:
        """Along a row or the columns of a keyboard."""
        for row in _patterns().rows:
            at = row.find(self._text[start])
            length = 1
            while (
                at >= 0
                and start + length < end
                and at + length < len(row)
                and self._text[start + length] == row[at + length]
            ):
                length += 1
            if at >= 0 and length >= SHORTEST_WALK:
                yield _Piece(start + length, KEYBOARD_BITS, Weakness.PATTERN)

    def _days(self, start: int, end: int) -> Iterator[_Piece]:
        for pattern, bits in ((_YEAR, YEAR_BITS), (_DAY, DAY_BITS)):
            if match := pattern.match(self._text, start, end):
                yield _Piece(match.end(), bits, Weakness.PATTERN)

    def _repetition(self, start: int, end: int) -> Iterator[_Piece]:
        """The same again, also broken off: "tiger-blue-tiger-blue". The shortest unit counts."""
        text = self._text
        for unit in range(2, min(LONGEST_UNIT, (end - start) // 2) + 1):
            if not text.startswith(text[start : start + unit], start + unit, end):
                continue
            stop = start + 2 * unit
            while stop < end and text[stop] == text[stop - unit]:
                stop += 1
            once = self.pieces(start, start + unit)
            bits = sum(piece.bits for piece in once) + log2((stop - start) / unit)
            kinds = [piece.kind for piece in once if piece.kind is not None]
            yield _Piece(stop, bits, kinds[0] if kinds else Weakness.PATTERN)
            return
