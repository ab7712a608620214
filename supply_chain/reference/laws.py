"""National law, treaties, and assessments of a country over the years."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from supply_chain.errors import ReferenceFault
from supply_chain.reference.files import Line, csv_lines
from supply_chain.yaml_files import read_yaml

ANSWERS = ("yes", "no", "not applicable")
INFERRED = "inferred by elimination"
# RM-1.0 section 4, CTY-03; "Tier 1 or Tier 2" is no tier and has no score.
TIER_SCORES = {
    "Tier 1": 0.1,
    "Tier 2": 0.4,
    "Tier 2 Watch List": 0.7,
    "Tier 3": 1.0,
    "Special Case": 1.0,
}
TIERS = (*TIER_SCORES, "Tier 1 or Tier 2")
_TEXTS = "publisher edition licence attribution gaps"
Fact = TypeVar("Fact")


@dataclass(frozen=True, slots=True)
class FactSource:
    """Source of the facts of one file."""

    ref: str
    publisher: str
    edition: str
    licence: str
    attribution: str
    gaps: str


@dataclass(frozen=True, slots=True)
class Treaty:
    """A treaty that protects children."""

    ref: str
    name: str


@dataclass(frozen=True, slots=True)
class FactWords:
    """Sources of the facts and the words for what they hold, in the order they are shown."""

    sources: Mapping[str, FactSource]
    treaties: Mapping[str, Treaty]
    standards: Mapping[str, str]
    measures: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Tier:
    """The tier of a report year and how the copy came by it (RM-1.0, CTY-03)."""

    year: int
    tier: str
    basis: str

    @property
    def score(self) -> float | None:
        """Score of the tier; None for no definite one, or an unpublished one."""
        return None if self.basis == INFERRED else TIER_SCORES.get(self.tier)


@dataclass(frozen=True, slots=True)
class Level:
    """ILAB's assessment of the efforts of a year."""

    year: int
    level: str


@dataclass(frozen=True, slots=True)
class TreatyAnswer:
    """Whether a country has ratified a treaty: yes, no, not applicable."""

    treaty: Treaty
    ratified: str


@dataclass(frozen=True, slots=True)
class LawFact:
    """One standard in the law of a country (of a part of it, where `territory` says so)."""

    standard: str
    territory: str
    in_law: str
    age: str
    meets: str


@dataclass(frozen=True, slots=True)
class Measure:
    """Reported measure of enforcement, as printed; "Unknown" and "N/A" are no figures."""

    name: str
    territory: str
    value: str

    @property
    def is_known(self) -> bool:
        """Whether there is a reported figure."""
        return self.value not in ("Unknown", "N/A", "")


def read_words(folder: Path) -> FactWords:
    """The sources and words of `facts.yaml`.

    Raises:
        ReferenceFault: a source lacks one of its texts.
    """
    entries: dict[str, Any] = read_yaml(folder / "facts.yaml")
    sources = {}
    for number, (ref, texts) in enumerate(entries["sources"].items(), start=1):
        line = Line("facts.yaml", number, texts)
        sources[ref] = FactSource(ref, **{column: line.text(column) for column in _TEXTS.split()})
    return FactWords(
        sources=sources,
        treaties={ref: Treaty(ref, name) for ref, name in entries["treaties"].items()},
        standards=entries["standards"],
        measures=entries["measures"],
    )


def read_tiers(folder: Path, countries: Collection[str]) -> dict[str, tuple[Tier, ...]]:
    """The tiers of each country, by year."""
    return _by_country(folder, "tip_tiers.csv", countries, _tier)


def read_levels(folder: Path, countries: Collection[str]) -> dict[str, tuple[Level, ...]]:
    """The levels of each country, by year."""
    return _by_country(
        folder,
        "advancement_levels.csv",
        countries,
        lambda line: Level(_year(line), line.text("level")),
    )


def read_treaties(
    folder: Path, words: FactWords, countries: Collection[str]
) -> dict[str, tuple[TreatyAnswer, ...]]:
    """Ratifications of each country, in the order of `facts.yaml`."""

    def answer(line: Line) -> TreatyAnswer:
        treaty = words.treaties[line.one_of("treaty", words.treaties)]
        return TreatyAnswer(treaty, line.one_of("ratified", ANSWERS))

    return _by_country(folder, "treaties.csv", countries, answer)


def read_laws(
    folder: Path, words: FactWords, countries: Collection[str]
) -> dict[str, tuple[LawFact, ...]]:
    """The standards in the law of each country, in the order of `facts.yaml`."""

    def fact(line: Line) -> LawFact:
        return LawFact(
            standard=words.standards[line.one_of("standard", words.standards)],
            territory=line.optional("territory"),
            in_law=line.one_of("in_law", ANSWERS),
            age=line.optional("age"),
            meets=line.one_of("meets", ANSWERS),
        )

    found = _by_country(folder, "laws.csv", countries, fact)
    order = list(words.standards.values())
    return {
        alpha2: tuple(sorted(facts, key=lambda one: order.index(one.standard)))
        for alpha2, facts in found.items()
    }


def read_enforcement(
    folder: Path, words: FactWords, countries: Collection[str]
) -> dict[str, tuple[Measure, ...]]:
    """Enforcement data of each country, in the order of `facts.yaml`."""

    def measure(line: Line) -> Measure:
        name = words.measures[line.one_of("measure", words.measures)]
        return Measure(name, line.optional("territory"), line.optional("value"))

    found = _by_country(folder, "enforcement.csv", countries, measure)
    order = list(words.measures.values())
    return {
        alpha2: tuple(sorted(facts, key=lambda one: order.index(one.name)))
        for alpha2, facts in found.items()
    }


def _tier(line: Line) -> Tier:
    return Tier(_year(line), line.one_of("tier", TIERS), line.text("basis"))


def _year(line: Line) -> int:
    year = line.year("year")
    if year is None:
        raise line.fault("year", "is blank")
    return year


def _by_country(
    folder: Path, name: str, countries: Collection[str], read: Callable[[Line], Fact]
) -> dict[str, tuple[Fact, ...]]:
    found: dict[str, list[Fact]] = defaultdict(list)
    for line in csv_lines(folder, name):
        found[line.one_of("iso2", countries)].append(read(line))
    if not found:
        raise ReferenceFault(f"{name}: holds no row")
    return {alpha2: tuple(facts) for alpha2, facts in found.items()}
