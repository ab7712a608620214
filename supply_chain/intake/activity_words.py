"""Vocabulary of activities and of goods in many languages: texts become hits of known phrases.

The words are in `data/activity_words.csv`. Kinds of its rows: `is` states an activity (of one
sector, or of several where the word alone is ambiguous); `grow`, `mine`, `mill`, `process`,
`make` and `trade` name a sector together with a good (`data/activity_goods.csv`); `weak` has
little meaning ("supplier"); `goods` names a commodity; `form` is a legal form; `head` holds second
parts of German compounds with a good ("Kakaoplantage").
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from supply_chain.intake.commodities import commodity_names
from supply_chain.intake.words import squeeze

_DATA = Path(__file__).parent.parent / "data"
# A sign of Chinese or Japanese is a unit of its own; elsewhere a word is.
_UNITS = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff]|[^\W_\u2e80-\u9fff\uf900-\ufaff]+")
_JOINING = frozenset(
    re.findall(
        r"\w+",
        "and of the for in at by a an de del du des d l la le les el los las et y e o ou en au aux"
        " da do das dos em na no com ve ile ya wa za cha vya kwa و في من 的 和 及 与 und der"
        " das van di dan",
    )
)
_ALIKE, _SHORTEST_ALIKE = 0.85, 6
_FIRST_SIGN = "\u2e80"
_LONGEST_TEXT = 300
_UNKNOWN = "zqx"  # no word of any list
_SHORTEST_COMPOUND = 8
_HEAD = "head"

Units = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A known phrase: its kind, the sectors it may mean (or the one good), and its spelling."""

    kind: str
    sectors: tuple[str, ...]
    good: str | None
    in_names: bool
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found in a text: units `first` to `last` (excluded); `is_near` if misspelt."""

    phrase: Phrase
    first: int
    last: int
    is_near: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A text in units, as plain and as written, and the known phrases from left to right."""

    units: Units
    written: Units
    hits: tuple[Hit, ...]

    @property
    def covered(self) -> float:
        """The part of the units, 0..1, that known phrases take up."""
        return sum(hit.last - hit.first for hit in self.hits) / max(len(self.units), 1)

    def words_of(self, hits: Iterable[Hit]) -> str:
        """The words of some phrases, as the text writes them."""
        places = (tuple(dict.fromkeys(self.written[hit.first : hit.last])) for hit in hits)
        return ", ".join(dict.fromkeys(_joined(words) for words in places))


@lru_cache(maxsize=16_384)
def hits_in(text: str, *, with_near: bool = True) -> Text:
    """The longest known phrases of a text; `with_near` misspelt words where one is unknown."""
    pairs = _pairs(text[:_LONGEST_TEXT])
    units = tuple(unit for unit, _ in pairs)
    hits: list[Hit] = []
    at = 0
    while at < len(units):
        hit = _longest_at(units, at) or (_near_at(units, at) if with_near else None)
        if hit is not None:
            hits.append(hit)
        at = hit.last if hit else at + 1
    return Text(units, tuple(word for _, word in pairs), tuple(hits))


@lru_cache(maxsize=65_536)
def known_words_of(name: str) -> str:
    """A name with its known words alone and a sign for each other: most names share a few forms.

    Empty where no word is known.
    """
    pairs = _pairs(name[:_LONGEST_TEXT])
    units = tuple(unit for unit, _ in pairs)
    if _longest_by_first().keys().isdisjoint(units):
        return ""
    written = ["0" if unit.isdigit() else _UNKNOWN for unit in units]
    at, is_known = 0, False
    beginnings = _longest_by_first()
    while at < len(units):
        hit = _longest_at(units, at) if units[at] in beginnings else None
        if hit is not None:
            written[at : hit.last] = [word for _, word in pairs[at : hit.last]]
            is_known = True
        at = hit.last if hit else at + 1
    return " ".join(written) if is_known else ""


def _pairs(text: str) -> list[tuple[str, str]]:
    """Plain unit and the word as written, without the words that only join others."""
    return [
        (unit, word)
        for word in _UNITS.findall(text)
        for part in _parts(word)
        if (unit := _plain(part))
    ]


@lru_cache(maxsize=131_072)
def _parts(word: str) -> Units:
    """A compound of a good and what is done with it in two, "Kakao" and "plantage"; or the word."""
    folded = word.casefold()
    if len(folded) < _SHORTEST_COMPOUND or (_plain(word),) in _phrases():
        return (word,)
    for head in _heads():
        if folded.endswith(head):
            first = folded.removesuffix(head)
            # Baumwoll(e)spinnerei, Textil(ien)fabrik, Bekleidung-s-fabrik, Banane-n-plantage
            for good in (first, f"{first}e", f"{first}ien", first.removesuffix("s"), first[:-1]):
                phrase = _phrases().get((_plain(good),))
                if phrase is not None and phrase.kind == "goods":
                    return good, head
    return (word,)


def _joined(words: Units) -> str:
    """Words as one phrase; signs that are words of their own are without blanks."""
    is_signs = all(len(word) == 1 and word >= _FIRST_SIGN for word in words)
    return "".join(words) if is_signs else " ".join(words)


@lru_cache(maxsize=131_072)
def _plain(word: str) -> str:
    """The unit of a word as written, empty for one that only joins others."""
    unit = "" if word.casefold() in _JOINING else _without_ending(word)
    return "" if unit in _JOINING else unit


def _without_ending(word: str) -> str:
    text = squeeze(word.casefold()).replace("ı", "i").replace("ة", "ه").replace("ى", "ي")
    if text.isascii():
        return _singular(text)
    for article in ("وال", "ال"):
        if text.startswith(article) and len(text) > len(article) + 2:
            return text.removeprefix(article)
    return text


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and word[-2] != "s" else word


def _longest_at(units: Units, at: int) -> Hit | None:
    longest = _longest_by_first().get(units[at], 0)
    for length in range(min(longest, len(units) - at), 0, -1):
        phrase = _phrases().get(units[at : at + length])
        if phrase is not None:
            return Hit(phrase, at, at + length)
    return None


@lru_cache(maxsize=1)
def _longest_by_first() -> dict[str, int]:
    """First unit of phrases -> how many units the longest of them has: most words begin none."""
    found: dict[str, int] = {}
    for units in _phrases():
        found[units[0]] = max(found.get(units[0], 0), len(units))
    return found


def _near_at(units: Units, at: int) -> Hit | None:
    word = units[at]
    if len(word) < _SHORTEST_ALIKE or not word.isalpha():
        return None
    names = _long_words().get(word[0], ())
    near = process.extractOne(word, names, scorer=OSA.normalized_similarity, score_cutoff=_ALIKE)
    return Hit(_phrases()[(near[0],)], at, at + 1, is_near=True) if near else None


@lru_cache(maxsize=1)
def _phrases() -> dict[Units, Phrase]:
    named = [_good(name, ref) for name, ref in commodity_names().items()]
    # As they stand: which words are compounds is told by these phrases.
    words = ((_UNITS.findall(phrase.text), phrase) for phrase in (*named, *_shipped()))
    found = ((tuple(filter(None, map(_plain, each))), phrase) for each, phrase in words)
    return {
        units: phrase
        for units, phrase in found
        if units and (len(units) > 1 or not _loses_words(phrase.text))
    }


def _loses_words(text: str) -> bool:
    """Whether a phrase is one word but for a joining one: "e-commerce" is more than commerce."""
    return any(word.casefold() in _JOINING for word in _UNITS.findall(text))


def _good(name: str, ref: str) -> Phrase:
    return Phrase("goods", (), ref, in_names=False, text=name)


def _shipped() -> Iterator[Phrase]:
    with (_DATA / "activity_words.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["kind"] == _HEAD:
                continue
            sectors = tuple(filter(None, row["sectors"].split("|")))
            good = sectors[0] if row["kind"] == "goods" else None
            for text in row["words"].split("|"):
                in_names = row["in_names"] == "yes"
                yield Phrase(row["kind"], () if good else sectors, good, in_names, text)


@lru_cache(maxsize=1)
def _heads() -> Units:
    """Second parts of compounds, the longest first."""
    with (_DATA / "activity_words.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row["words"] for row in csv.DictReader(stream) if row["kind"] == _HEAD]
    return tuple(sorted("|".join(rows).split("|"), key=len, reverse=True))


@lru_cache(maxsize=1)
def _long_words() -> Mapping[str, Sequence[str]]:
    """First letter -> single words that a misspelt one may be; those that say little are none."""
    found: dict[str, list[str]] = defaultdict(list)
    for units, phrase in _phrases().items():
        is_telling = phrase.kind not in ("weak", "form")
        if len(units) == 1 and len(units[0]) >= _SHORTEST_ALIKE and is_telling:
            found[units[0][0]].append(units[0])
    return found


@lru_cache(maxsize=1)
def sectors_of_goods() -> dict[tuple[str, str], str]:
    """Kind of activity and good -> sector: ("grow", "cotton") -> cotton_farming."""
    by_class: dict[str, list[str]] = defaultdict(list)
    with (_DATA / "rm2" / "commodity_class.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            by_class[row["class"]].append(row["commodity"])
    found: dict[tuple[str, str], str] = {}
    with (_DATA / "activity_goods.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            for entry in row["goods"].split("|"):
                name = entry.removeprefix("class:")
                for good in by_class[name] if name != entry else [entry]:
                    found.setdefault((row["kind"], good), row["sector"])
    return found
