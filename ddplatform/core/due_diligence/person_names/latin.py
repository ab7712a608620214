"""Names of people in texts with capitals, by lists and by the words round a name."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ddplatform.core.due_diligence.person_names.lists import cues, names
from ddplatform.core.due_diligence.person_names.runs import (
    FAMILY,
    GIVEN,
    GIVEN_WORD,
    KNOWN,
    LISTED,
    LONGEST_NAME,
    ORDINARY,
    TOWN,
    TURKISH_STEM,
    UNKNOWN,
    Run,
    begins_with,
    kind_of,
    runs_of,
)
from ddplatform.core.due_diligence.person_names.tokens import NUMBER, SIGN, WORD, Token, tokens_of

_REACH: Final = 12
"""So many tokens after a name are looked at,"""
_BACK: Final = 6
"""and so many words before it."""
_OLDEST: Final = 99
_BETWEEN: Final = frozenset(",:\"“”„«»'‘(")
_APOSTROPHES: Final = "'’ʼ"
_INITIALS: Final = re.compile(r"(?<![^\W_.])[A-Z]\.(?:\s?[A-Z]\.)+(?!\w)")
_TURKISH_PLACE: Final = re.compile(r"[^n][dt][ae]n?\Z")
"""An ending for "in" or "from" on a word that belongs to nothing: "fabrikada"."""
_SWAHILI_TO: Final = re.compile(
    r"(?:ni|tu|wa|a|u|m|ku|hu)(?:li|na|me|ta|)mw?(?:on|it|pig|kut|uliz|p|chuku|let|saidi|ambi|tum"
    r"|fukuz|beb|tib|hoj)\w+"
)
"""What people do to one person."""
_SWAHILI_DEED: Final = re.compile(r"(?:ana|ali|ame|ata|hana)\w{3,}")
_LEADING_DIGITS: Final = 4


@dataclass(frozen=True, slots=True)
class _Place:
    """A run with the words of its sentence before it and the tokens after it."""

    run: Run
    words: Sequence[Token]
    before: Sequence[Token]
    after: Sequence[Token]
    sign: str
    """The sign in front of it; "" where there is none."""

    @property
    def is_apart(self) -> bool:
        """Whether a comma, colon or quote stands in front."""
        return bool(self.sign) and self.sign in _BETWEEN

    @property
    def is_first(self) -> bool:
        """Whether the sentence begins with it, so that its capital tells nothing."""
        return self.words[0].is_first

    @property
    def last(self) -> str:
        """The word before it; "" where there is none."""
        return self.before[-1].folded if self.before else ""

    @property
    def is_named(self) -> bool:
        """Whether it begins with a listed name, or a word that is nothing known."""
        return self.run.kinds[0] in LISTED or self.run.kinds[0] == UNKNOWN


def find_in_letters(text: str) -> Iterator[tuple[int, int]]:
    """Beginning and end of what seem to be names of people."""
    for match in _INITIALS.finditer(text):
        if match.group().replace(" ", "").lower() not in cues("initials"):
            yield match.span()
    tokens = tokens_of(text)
    for run in runs_of(tokens):
        if _is_person(_place_of(tokens, run)):
            yield tokens[run.begin].start, tokens[run.end - 1].end
    yield from _in_small_letters(tokens)


def _place_of(tokens: Sequence[Token], run: Run) -> _Place:
    end = run.begin
    sign = tokens[end - 1].text if end and tokens[end - 1].kind == SIGN else ""
    if sign in _BETWEEN or (sign == "." and end > 1 and tokens[end - 2].folded in cues("titles")):
        end -= 1
    begin = end
    while begin and end - begin < _BACK and tokens[begin - 1].kind == WORD:
        begin -= 1
    after = tokens[run.end : run.end + _REACH]
    return _Place(run, tokens[run.begin : run.end], tokens[begin:end], after, sign)


def _is_person(place: _Place) -> bool:
    """The words round a run decide before what its own words are."""
    run = place.run
    if place.is_named and _follows_naming(place):
        return True
    if _is_firm(place):
        return False
    if _is_introduced(place) or (place.is_named and _has_title_behind(place)):
        return True
    if _has_age(place) or _has_kin_behind(place):
        return run.has(*LISTED) or (place.is_named and not run.has(KNOWN, ORDINARY, TOWN))
    if _is_at_a_place(place):
        return False
    return _is_by_itself(place)


def _follows_naming(place: _Place) -> bool:
    spoken = [token.folded for token in place.before]
    return any("_".join(spoken[-length:]) in cues("naming") for length in (1, 2, 3) if spoken)


def _is_introduced(place: _Place) -> bool:
    """As "Mr Okoro", "the boy Kofi", "the brother of Kofi", "her uncle, Kofi"."""
    if place.last in cues("titles") or place.last in cues("people"):
        is_adjacent = not place.is_apart and not place.before[-1].is_capital
        return place.is_named or (is_adjacent and place.run.kinds in ((TOWN,), (ORDINARY,)))
    if not place.is_named and place.run.kinds[0] != TOWN:
        return False
    for token in reversed(place.before):
        if token.folded in cues("kinship"):
            return place.is_named or token is place.before[-1]
        if token.folded not in cues("of"):
            break
    return place.is_named and place.is_apart and _speaks_of_people(place)


def _has_title_behind(place: _Place) -> bool:
    """As "Yılmaz Hanım", where the title has a capital too."""
    return any(word.folded in cues("after", "tr") for word in place.words[1:])


def _speaks_of_people(place: _Place) -> bool:
    return any(
        token.folded in cues(cue) for token in place.before[-4:] for cue in ("kinship", "people")
    )


def _is_firm(place: _Place) -> bool:
    """Whether a word for a firm or an office is part of the run, or follows it."""
    if any(_is_firm_word(word.folded) for word in place.words):
        return True
    if place.words[0].folded in cues("places_before"):
        return True
    after = list(place.after[:2])
    if place.sign == "&" or (after and after[0].text == "&"):
        return True
    if after and after[0].folded == "'s":
        after = [one for one in after[1:] if one.is_capital]
    return bool(after) and _is_firm_word(after[0].folded) and after[0].folded not in cues("deeds")


def _is_firm_word(folded: str) -> bool:
    """Whether a word is one for firms and offices, also with an ending: "fabrikasını"."""
    stems = cues("firm_stems")
    if folded in cues("firms"):
        return True
    lengths = range(TURKISH_STEM, min(len(folded), LONGEST_NAME) + 1)
    is_place = _TURKISH_PLACE.search(folded) is not None
    return not is_place and any(folded[:length] in stems for length in lengths)


def _is_at_a_place(place: _Place) -> bool:
    """As "San Pedro", "the village of Konan", "hoteli ya Lulu"."""
    if place.words[0].folded in cues("saints") and not place.run.has(FAMILY):
        return True
    for token in reversed(place.before):
        if token.folded in cues("places_before") or token.folded in cues("firms"):
            return token.folded not in cues("deeds")
        if token.folded not in cues("of"):
            break
    return False


def _is_by_itself(place: _Place) -> bool:
    """What the words of a run are, when no cue stands beside it."""
    run = place.run
    if run.has(GIVEN):
        return True
    if place.last in cues("in") or run.has(KNOWN, ORDINARY, TOWN) or _has_place_ending(place):
        return False
    if len(run.kinds) == 1:
        return _is_one_name(place, run.kinds[0])
    if run.has(FAMILY, GIVEN_WORD):
        return not place.is_first or run.has(FAMILY, UNKNOWN) or _does(place, "deeds")
    if place.is_first:
        return _does(place, "deeds_alone")
    return place.last not in cues("articles") and place.last not in cues("of")


def _has_place_ending(place: _Place) -> bool:
    """Whether a Turkish ending says "in" or "from": "Söke'de"."""
    return bool(place.after) and place.after[0].folded in cues("place_endings")


def _is_one_name(place: _Place, kind: str) -> bool:
    if kind == FAMILY:
        return not place.is_first or _does(place, "deeds") or _is_with_another(place)
    if kind == GIVEN_WORD:
        return _is_name_not_word(place)
    if kind == UNKNOWN and place.is_first:
        word, is_turkish = place.words[0].folded, _ends_with(place, cues("deeds_turkish"))
        if is_turkish or _ends_with(place, cues("deeds_alone", "tr")):
            return not begins_with(word, names().turkish_words, TURKISH_STEM)
        does = _does(place, "deeds_alone") or _is_with_another(place)
        return does and not begins_with(word, names().words, TURKISH_STEM + 1)
    if _is_spoken_with(place):
        return True
    return place.last not in cues("of") and _does(place, "deeds_alone")


def _is_name_not_word(place: _Place) -> bool:
    """Whether a name that is a word too stands for a person."""
    has_article = place.last in cues("articles") and place.last != "a"
    is_town = place.words[0].folded in names().towns
    if not (place.is_first or is_town or has_article):
        return True
    return _does(place, "deeds_alone") or _is_with_another(place) or _is_turkish_name(place)


def _is_turkish_name(place: _Place) -> bool:
    """Turkish puts an apostrophe before the ending of a name, and the verb at the end."""
    if not place.after or place.after[0].kind != WORD or place.words[0].folded in names().towns:
        return False
    if place.after[0].text[0] in _APOSTROPHES:
        return place.after[0].folded != "'s"
    return place.is_first and _ends_with(place, cues("deeds_turkish"))


def _ends_with(place: _Place, deeds: frozenset[str]) -> bool:
    """Whether one of these words stands in the rest of the sentence."""
    for token in place.after:
        if token.kind == SIGN and token.text in ".!?;":
            return False
        if token.folded in deeds:
            return True
    return False


def _is_spoken_with(place: _Place) -> bool:
    """As "talked with Zonkpe", "yesterday Zonkpe came"."""
    if place.last in cues("day_before") or _SWAHILI_TO.fullmatch(place.last):
        return True
    if place.after and place.after[0].folded in cues("object_endings"):
        return _ends_with(place, cues("talks", "tr"))
    before = place.before[:-1] if place.last in ("o", "a") else place.before
    last = before[-1].folded if before else ""
    if last in cues("day_before"):
        return True
    is_near = any(word in cues(cue) for word in (place.last, last) for cue in ("with", "talks"))
    return is_near and any(token.folded in cues("talks") for token in before)


def _is_with_another(place: _Place) -> bool:
    """As "Peter and Mercy", "Pablo y su hermana"."""
    if len(place.after) < 2 or place.after[0].folded not in cues("and"):
        return False
    other = place.after[1]
    if other.is_capital:
        return kind_of(other.folded) in (GIVEN, GIVEN_WORD)
    return other.folded in cues("his") or other.folded in cues("kinship")


def _has_age(place: _Place) -> bool:
    """As "Kofi, 12", "Kofi (12)", "Koffi a 12 ans", "12-year-old Kofi", "12 yaşındaki Ali"."""
    years = cues("years")
    for at, token in enumerate(place.after[:8]):
        if token.kind == NUMBER:
            told = [*place.after[:at], *place.after[at + 1 : at + 4]]
            has_unit = any(one.folded in years for one in told)
            is_apart = at == 1 and place.after[0].text in ",(" and _closes(place.after[at + 1 :])
            return int(token.text[:_LEADING_DIGITS]) <= _OLDEST and (has_unit or is_apart)
        if token.folded in cues("numerals"):
            return any(one.folded in years for one in place.after[at + 1 : at + 3])
        if token.text not in ",(" and token.folded not in {*cues("age_between"), *years}:
            break
    return place.last in years and not place.is_apart and place.last not in ("age", "aged", "umri")


def _closes(after: Sequence[Token]) -> bool:
    """Whether an age ends here: "Kofi (12)", "Kofi, 12, ..."."""
    return not after or after[0].text in ",).;!?" or after[0].folded in cues("and")


def _has_kin_behind(place: _Place) -> bool:
    """As "Kofi's mother", "Ayşe'nin annesi", "Mehmet adlı", "Ahmet Bey"."""
    after = place.after[:2]
    if not after or after[0].kind != WORD:
        return False
    if after[0].text[0] in _APOSTROPHES:
        return len(after) > 1 and after[1].folded in cues("owned")
    return after[0].folded in cues("after")


def _does(place: _Place, cue: str) -> bool:
    """Whether somebody does what no firm does, in the next words or, in Turkish, at the end."""
    if not place.after or place.after[0].kind != WORD:
        return False
    one, two = place.after[0].folded, "_".join(token.folded for token in place.after[:2])
    if any(said in cues(kind) for said in (one, two) for kind in (cue, "deeds_alone")):
        return True
    if _SWAHILI_DEED.fullmatch(one) and place.last not in cues("of"):
        return True
    return _ends_with(place, cues(cue, "tr"))


def _in_small_letters(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Listed names in small letters beside a cue that leaves no doubt: "called kofi"."""
    listed = names().given
    for at, token in enumerate(tokens):
        if token.kind != WORD or token.is_capital or token.folded not in listed:
            continue
        place = _place_of(tokens, Run(at, at + 1, (GIVEN,)))
        if _follows_naming(place) or place.last in cues("people") or _has_age(place):
            yield token.start, token.end
