"""Words with capitals that follow each other, and what each of them may be."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from ddplatform.core.due_diligence.person_names.lists import cues, names
from ddplatform.core.due_diligence.person_names.tokens import Token

GIVEN, FAMILY, GIVEN_WORD, FAMILY_WORD = "given", "family", "given_word", "family_word"
KNOWN, TOWN, ORDINARY, UNKNOWN = "known", "town", "ordinary", "unknown"
LISTED: Final = frozenset({GIVEN, FAMILY, GIVEN_WORD, FAMILY_WORD})
_LEADING: Final = ("titles", "kinship", "people", "naming", "day_before")
_SWAHILI_VERB: Final = re.compile(r"(?:ni|tu|wa|a|u|m)(?:li|na|me|ta|ki)\w{4,}")
_MOST_PARTICLES: Final = 2
_LONGEST_ENDING: Final = 5
LONGEST_NAME: Final = 60
"""Letters of one word; longer ones are not looked up."""
TURKISH_STEM: Final = 4
"""Letters of a word that an ending may follow; in other languages one more."""


@dataclass(frozen=True, slots=True)
class Run:
    """Words with capitals that follow each other: tokens `begin` to `end`, without the last."""

    begin: int
    end: int
    kinds: tuple[str, ...]
    """What each of its words may be; particles between them have none."""

    def has(self, *kinds: str) -> bool:
        """Whether one of its words is of one of these kinds."""
        return any(kind in kinds for kind in self.kinds)


@lru_cache(maxsize=8192)
def kind_of(folded: str) -> str:
    """What a word with a capital may be; a name of several parts is what its parts are."""
    if len(folded) > LONGEST_NAME:
        return ORDINARY
    listed = names()
    kinds = (
        (KNOWN, cues("capitals")),
        (GIVEN, listed.given),
        (FAMILY, listed.family),
        (GIVEN_WORD, listed.given_also_words),
        (FAMILY_WORD, listed.family_also_words),
        (TOWN, listed.towns),
    )
    for kind, words in kinds:
        if folded in words:
            return kind
    if folded.split("-")[0] in cues("saints"):
        return TOWN
    parts = [kind_of(part) for part in folded.split("-") if len(part) > 1 and part != folded]
    for kind in (GIVEN, GIVEN_WORD, FAMILY):
        if kind in parts:
            return kind
    return ORDINARY if folded in listed.words or _is_cue(folded) else UNKNOWN


def runs_of(tokens: Sequence[Token]) -> Iterator[Run]:
    """The runs of a text, without the words at their beginning that only begin a sentence."""
    at = 0
    while at < len(tokens):
        if not tokens[at].is_capital:
            at += 1
            continue
        end = _end_of_run(tokens, at)
        begin = at
        while begin < end - 1 and _only_leads(tokens[begin]):
            begin += 1
        kinds = [_kind(one) for one in tokens[begin:end] if one.is_capital]
        if len(kinds) > 1 and all(one.is_shouted for one in tokens[begin:end]):
            shouted = [kind_of(one.folded) for one in tokens[begin:end]]
            kinds = shouted if GIVEN in shouted or FAMILY in shouted else kinds
        if kinds and any(len(one.text) > 1 for one in tokens[begin:end]):
            yield Run(begin, end, tuple(kinds))
        at = end


def _kind(token: Token) -> str:
    """As `kind_of`; one word in capitals among others is an abbreviation."""
    return KNOWN if token.is_shouted else kind_of(token.folded)


def _is_cue(folded: str) -> bool:
    return any(folded in cues(kind) for kind in _LEADING)


def _only_leads(token: Token) -> bool:
    """Whether a word leads up to the name behind it: "When Kofi", "Mr Okoro", "Mama Asha"."""
    if not token.is_capital or _is_cue(token.folded):
        return True
    if not token.is_first:
        return False
    kind = kind_of(token.folded)
    if token.folded in names().words or kind in (ORDINARY, KNOWN, FAMILY_WORD):
        return True
    if kind != UNKNOWN:
        return False
    is_turkish = begins_with(token.folded, names().turkish_words, TURKISH_STEM)
    return is_turkish or _SWAHILI_VERB.fullmatch(token.folded) is not None


def begins_with(folded: str, words: frozenset[str], stem: int) -> bool:
    """Whether a word is one of these, as it is or with an ending behind its `stem` letters."""
    least = max(stem, len(folded) - _LONGEST_ENDING)
    return any(folded[:length] in words for length in range(least, len(folded) + 1))


def _end_of_run(tokens: Sequence[Token], at: int) -> int:
    end = at + 1
    while end < len(tokens):
        skip = 0
        while skip < _MOST_PARTICLES and end + skip < len(tokens):
            if tokens[end + skip].is_capital or tokens[end + skip].folded not in cues("particles"):
                break
            skip += 1
        following = end + skip
        if following >= len(tokens) or not tokens[following].is_capital:
            break
        end = following + 1
    return end
