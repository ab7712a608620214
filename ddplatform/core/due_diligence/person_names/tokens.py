"""Words, numbers and signs of a text in letters, with their places and beginnings of sentences."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ddplatform.core.due_diligence.person_names.lists import cues
from ddplatform.core.due_diligence.person_names.spelling import ARABIC, HAN, fold

_TOKEN: Final = re.compile(
    rf"(?P<word>(?:(?![{HAN}{ARABIC}])[^\W\d_])+(?:['’ʼ-](?:(?![{HAN}{ARABIC}])[^\W\d_])+)*)"
    r"|(?P<number>\d+)|(?P<sign>[^\w\s]|\n)"
)
_ELIDED: Final = re.compile(r"(?:[dlsjmctn]|qu|jusqu|lorsqu|puisqu)(?=['’ʼ])", re.I)
_OWN_FIRST: Final = frozenset("nmo")
"""Letters that begin names with an apostrophe: N'Guessan, M'Bala, O'Brien."""
_ENDING: Final = re.compile(r"['’ʼ](?=[a-zıçğşöü])")
_NEW_SENTENCE: Final = frozenset('.!?:;…•\n"“„«|*')
WORD, NUMBER, SIGN = "word", "number", "sign"


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or sign of a text."""

    text: str
    folded: str
    start: int
    kind: str
    is_first: bool = False
    """Whether a sentence begins here, so that a capital tells nothing."""

    @property
    def end(self) -> int:
        """The place behind it."""
        return self.start + len(self.text)

    @property
    def is_capital(self) -> bool:
        """Whether it is a word with a capital in front."""
        return self.kind == WORD and self.text[0].isupper()

    @property
    def is_shouted(self) -> bool:
        """Whether it is a word in capitals alone."""
        return self.is_capital and len(self.text) > 1 and self.text.isupper()


def tokens_of(text: str) -> list[Token]:
    """The tokens of a text; words of Arabic and Chinese letters are left out."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or SIGN
        for part, start in (
            _parts(match.group(), match.start())
            if kind == WORD
            else ((match.group(), match.start()),)
        ):
            is_first = kind == WORD and _begins(found)
            found.append(Token(part, fold(part), start, kind, is_first))
    return found


def _begins(before: list[Token]) -> bool:
    if not before:
        return True
    last = before[-1]
    if last.kind != SIGN or last.text not in _NEW_SENTENCE:
        return False
    is_short = last.text == "." and len(before) > 1 and before[-2].folded in cues("titles")
    return not is_short


def _parts(word: str, start: int) -> Iterator[tuple[str, int]]:
    """A word without the article before it and the ending behind it: d'Awa, Kofi's, Ali'nin."""
    elided = _ELIDED.match(word)
    if elided is not None and _is_elision(word, elided.end()):
        yield word[: elided.end()], start
        word, start = word[elided.end() + 1 :], start + elided.end() + 1
    ending = _ENDING.search(word) if word[0].isupper() else None
    if ending is None or not ending.start():
        yield word, start
        return
    yield word[: ending.start()], start
    yield word[ending.start() :], start + ending.start()


def _is_elision(word: str, end: int) -> bool:
    """Whether letters before an apostrophe are an article, and not the beginning of a name."""
    has_capital = word[end + 1 : end + 2].isupper()
    return not (word[0].isupper() and has_capital and word[0].lower() in _OWN_FIRST)
