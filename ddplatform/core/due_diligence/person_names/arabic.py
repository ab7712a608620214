"""Names of people in texts in Arabic letters, which know no capitals."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from ddplatform.core.due_diligence.person_names.lists import cues, names
from ddplatform.core.due_diligence.person_names.spelling import ARABIC, fold

_WORD: Final = re.compile(rf"[{ARABIC}]+|\d+|[^\s\w]")
_JOINED: Final = ("و", "ف", "ب", "ل")
_LEAST: Final = 3
_QUOTES: Final = frozenset(':،("«')
_STOPS: Final = frozenset(".؟!؛:")
_FORMS: Final = re.compile(
    r"(?:[يتن]\w{3,}|ا?ست\w{3,}|س[يتن]\w{3,}|ال\w+|\w+(?:ات|ون|ين|ها|هم|نا|وا)|م\w{3,})"
)
"""Forms of verbs, plurals and words with an article or a possessor: no name that we do not know."""
_VERB: Final = re.compile(r"[يت]\w{3,5}")
_DIGITS: Final = 2
"""Of an age in years."""


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    folded: str
    start: int
    end: int


def find_in_arabic(text: str) -> Iterator[tuple[int, int]]:
    """Beginning and end of what seem to be names of people."""
    words = [
        _Word(match.group(), fold(match.group()), match.start(), match.end())
        for match in _WORD.finditer(text)
    ]
    at = 0
    while at < len(words):
        length = _length_of_name(words, at)
        if length:
            first = words[at]
            # What is joined to a name is one letter.
            joined = 0 if _bare(first) == first.folded else 1
            yield first.start + joined, words[at + length - 1].end
        at += max(length, 1)


@cache
def _cues(kind: str) -> frozenset[str]:
    return cues("arabic", kind)


def _bare(word: _Word) -> str:
    """A word without "and", "for", "with" and their like, where only the rest is a name."""
    listed = names()
    if word.folded in listed.given or word.folded in listed.family or word.folded in listed.words:
        return word.folded
    for joined in _JOINED:
        rest = word.folded.removeprefix(joined)
        if rest != word.folded and len(rest) >= _LEAST and rest in listed.given:
            return rest
    return word.folded


def _kind(word: _Word) -> str:
    """What a word may be, as a letter.

    G: a name alone; g: a name and a word; u: nothing known; v: nothing known, in a form that
    words have and few names; o: a word, a place or a sign.
    """
    listed, bare = names(), _bare(word)
    if bare in listed.given:
        return "G"
    if bare in listed.words:
        return "o"
    if bare in listed.given_also_words or bare in listed.family or bare in listed.family_also_words:
        return "g"
    if not bare.isalpha() or len(bare) < _LEAST or _is_word(bare):
        return "o"
    return "v" if _FORMS.fullmatch(bare) else "u"


def _is_word(bare: str) -> bool:
    listed = names()
    rests = [bare.removeprefix(joined) for joined in _JOINED if bare.startswith(joined)]
    known = [bare, bare.removeprefix("ال"), *(rest for rest in rests if len(rest) > _LEAST)]
    return (
        any(word in listed.words for word in known)
        or bare in listed.towns
        or any(bare in _cues(kind) for kind in ("deeds", "firms", "age", "time", "people", "kin"))
    )


def _length_of_name(words: Sequence[_Word], at: int) -> int:
    """The number of words of the name that begins here; 0 for none."""
    if words[at].folded == "عبد" and at + 1 < len(words) and words[at + 1].folded.startswith("ال"):
        return 2 + _further(words, at + 2)
    kind = _kind(words[at])
    if kind == "o" or _is_place(words, at):
        return 0
    length = 1 + _further(words, at + 1)
    kinds = [kind, *(_kind(word) for word in words[at + 1 : at + length])]
    if "G" in kinds or (length > 1 and kinds.count("g") > 1):
        return length
    return length if _is_told(words, at, length, kind) else 0


def _is_told(words: Sequence[_Word], at: int, length: int, kind: str) -> bool:
    """Whether the words beside it tell a name from a word."""
    before = words[at - 1].folded if at else ""
    if before in _QUOTES:
        before = words[at - 2].folded if at > 1 else ""
    if before in _cues("naming") or before in _cues("titles"):
        return True
    follows_people = before in _cues("people") or before in _cues("kin")
    if (kind != "v" and follows_people) or _has_age(words, at + length):
        return True
    is_first = not at or words[at - 1].folded in _STOPS
    after = words[at + length].folded if at + length < len(words) else ""
    does = after in _cues("deeds") or (kind != "g" and _VERB.fullmatch(after) is not None)
    if is_first and does and not words[at].folded.startswith("ال"):
        return True
    if kind == "g" and (after in _cues("deeds") or before in _cues("deeds_of_listed")):
        return True
    is_object = words[at].folded.endswith("ا")
    return kind in "gu" and not is_object and before in _cues("deeds_past")


def _further(words: Sequence[_Word], at: int) -> int:
    """The words that go on with a name: further names, and "ibn" and its like before one."""
    end = at
    while end < len(words):
        if words[end].folded in _cues("parts") and end + 1 < len(words):
            if _kind(words[end + 1]) == "o" and not words[end + 1].folded.startswith("ال"):
                break
            end += 2
        elif _is_listed(words[end].folded):
            end += 1
        else:
            break
    return end - at


def _is_listed(folded: str) -> bool:
    listed = names()
    lists = (listed.given, listed.given_also_words, listed.family, listed.family_also_words)
    return any(folded in one for one in lists)


def _is_place(words: Sequence[_Word], at: int) -> bool:
    return at > 0 and (
        words[at - 1].folded in _cues("firms")
        or words[at - 1].folded.removeprefix("ال") in _cues("firms")
    )


def _has_age(words: Sequence[_Word], after: int) -> bool:
    """Whether an age follows: "كوفي عمره 12 عاما", "كوفي (12)"."""
    for place, word in enumerate(words[after : after + 4]):
        if word.folded.isdigit():
            close = words[after + place + 1 : after + place + 2]
            has_unit = any(one.folded in _cues("age") for one in close)
            has_word = any(one.folded in _cues("age") for one in words[after : after + place])
            closes = bool(close) and close[0].folded in ")،."
            apart = place == 1 and words[after].folded in "(،" and closes
            return len(word.folded) <= _DIGITS and (has_unit or has_word or apart)
        if word.folded not in _cues("age") and word.folded not in _cues("age_between"):
            break
    return False
