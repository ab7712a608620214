"""Atlas: information on countries and goods beside a release of the reference data.

Series over years, more sets, laws, treaties, the lists of earlier years (`data/atlas/`). None of
it is part of a score or of the fingerprint of a release; it has an edition of its own.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from supply_chain.reference.context import read_context, read_context_indicators
from supply_chain.reference.files import csv_lines, read_release
from supply_chain.reference.laws import (
    FactWords,
    LawFact,
    Level,
    Measure,
    Tier,
    TreatyAnswer,
    read_enforcement,
    read_laws,
    read_levels,
    read_tiers,
    read_treaties,
    read_words,
)
from supply_chain.reference.release import DATA, load_reference
from supply_chain.reference.trends import Trend, TrendPoint, TrendSet, read_trend_sets, read_trends
from supply_chain.reference.types import ContextFigure, ContextIndicator, Country

TIER_SET = "us_tip_tier"
# A release scores this series only where a better one has no figure; the atlas holds all of it.
WHOLE = {"wdi_child_employment_7_14": "wdi_child_employment"}


@dataclass(frozen=True, slots=True)
class Edition:
    """A good of a country in one edition of the US DOL list."""

    edition: int
    child_labour: bool
    forced_labour: bool
    forced_child_labour: bool


@dataclass(frozen=True)
class Atlas:
    """Everything of `data/atlas/`, frozen; countries go by ISO 3166-1 alpha-2.

    `editions` are those of the goods list that the copies hold, rising; `listed` the editions in
    which a (good, country) is listed. `neighbourhood` is the UN subregion of a country, by which
    its neighbours are found.
    """

    edition: str
    as_of: date
    sets: Mapping[str, ContextIndicator]
    figures: Mapping[str, Mapping[str, ContextFigure]]
    """Set -> country -> its figure."""
    trend_sets: Mapping[str, TrendSet]
    trends: Mapping[str, Mapping[str, Trend]]
    words: FactWords
    tiers: Mapping[str, tuple[Tier, ...]]
    levels: Mapping[str, tuple[Level, ...]]
    treaties: Mapping[str, tuple[TreatyAnswer, ...]]
    laws: Mapping[str, tuple[LawFact, ...]]
    enforcement: Mapping[str, tuple[Measure, ...]]
    editions: tuple[int, ...]
    listed: Mapping[tuple[str, str], tuple[Edition, ...]]
    headings: Mapping[str, str]
    income_groups: Mapping[str, str]
    neighbourhood: Mapping[str, str]

    def trend(self, ref: str, alpha2: str) -> Trend | None:
        """The figures of a country in a set over the years; None where there are none."""
        if ref == TIER_SET:
            return _trend_of_tiers(self.tiers.get(alpha2, ()))
        return self.trends.get(WHOLE.get(ref, ref), {}).get(alpha2)

    def near(self, alpha2: str) -> Collection[str]:
        """The other countries of the same neighbourhood."""
        place = self.neighbourhood.get(alpha2)
        if not place:
            return ()
        return [code for code, one in self.neighbourhood.items() if one == place and code != alpha2]


def _trend_of_tiers(tiers: tuple[Tier, ...]) -> Trend | None:
    """Definite tiers that were published, as the scores of CTY-03; the others leave a gap."""
    points = tuple(
        TrendPoint(tier.year, tier.score, tier.basis) for tier in tiers if tier.score is not None
    )
    gap = "No list of the year is known, or no definite tier was published."
    return Trend(TIER_SET, is_yearly=True, points=points, gap=gap) if points else None


def read_atlas(folder: Path, countries: Mapping[str, Country]) -> Atlas:
    """Read and check every file of a folder; a broken row is a ReferenceFault."""
    edition, as_of = read_release(folder)
    sets, trend_sets, words = (
        read_context_indicators(folder),
        read_trend_sets(folder),
        read_words(folder),
    )
    listed = _read_editions(folder, countries)
    income, neighbourhood = _read_groups(folder, countries)
    return Atlas(
        edition=edition,
        as_of=as_of,
        sets=sets,
        figures=_by_set(read_context(folder, sets, countries)),
        trend_sets=trend_sets,
        trends=read_trends(folder, trend_sets, countries),
        words=words,
        tiers=read_tiers(folder, countries),
        levels=read_levels(folder, countries),
        treaties=read_treaties(folder, words, countries),
        laws=read_laws(folder, words, countries),
        enforcement=read_enforcement(folder, words, countries),
        editions=tuple(sorted({one.edition for lines in listed.values() for one in lines})),
        listed=listed,
        headings=_read_headings(folder),
        income_groups=income,
        neighbourhood=neighbourhood,
    )


def _by_set(
    figures: Mapping[str, tuple[ContextFigure, ...]],
) -> dict[str, dict[str, ContextFigure]]:
    found: dict[str, dict[str, ContextFigure]] = defaultdict(dict)
    for alpha2, rows in figures.items():
        for row in rows:
            found[row.indicator][alpha2] = row
    return found


def _read_editions(
    folder: Path, countries: Collection[str]
) -> dict[tuple[str, str], tuple[Edition, ...]]:
    found: dict[tuple[str, str], list[Edition]] = defaultdict(list)
    for line in csv_lines(folder, "goods_editions.csv"):
        edition = line.year("edition")
        if edition is None:
            raise line.fault("edition", "is blank")
        found[line.text("good"), line.one_of("iso2", countries)].append(
            Edition(
                edition=edition,
                child_labour=line.flag("child_labour"),
                forced_labour=line.flag("forced_labour"),
                forced_child_labour=line.flag("forced_child_labour"),
            )
        )
    return {
        pair: tuple(sorted(lines, key=lambda one: one.edition)) for pair, lines in found.items()
    }


def _read_headings(folder: Path) -> dict[str, str]:
    return {
        line.text("hs_code"): line.text("description")
        for line in csv_lines(folder, "hs_headings.csv")
    }


def _read_groups(
    folder: Path, countries: Mapping[str, Country]
) -> tuple[dict[str, str], dict[str, str]]:
    """(income group, neighbourhood) of the countries; who is in no group has its UN subregion."""
    income, places = {}, {code: one.subregion or one.region for code, one in countries.items()}
    for line in csv_lines(folder, "country_groups.csv"):
        alpha2 = line.one_of("iso2", countries)
        places[alpha2] = line.text("subregion")
        if group := line.optional("income_group"):
            income[alpha2] = group
    return income, {code: place for code, place in places.items() if place}


@lru_cache(maxsize=1)
def load_atlas() -> Atlas:
    """The shipped atlas, read once a process."""
    return read_atlas(DATA / "atlas", load_reference().countries)
