"""Words of the atlas: where a figure stands, how it becomes a score, what is missing."""

from collections.abc import Sequence

from ddplatform.infrastructure.web.filters import figure, plural
from ddplatform.risk.atlas.queries.country import CountryAtlas, FactorLine, ListedGood
from supply_chain.reference.context import NEITHER
from supply_chain.reference.laws import Level, Tier
from supply_chain.reference.standing import Standing

WORST = "worst"
HEAD_COUNTS = ("people", "thousand children", "deaths")
"""What a unit begins with that counts people: a large country has more of them, not worse ones."""
DIRECTIONS = {
    "more risk": "higher is worse",
    "less risk": "lower is worse",
    "neither": "neither good nor bad in itself",
}
ANSWERS = {"yes": "yes", "no": "no", "not applicable": "does not apply"}
RATIFIED = {"yes": "ratified", "no": "not ratified", "not applicable": "cannot ratify"}


def direction(higher_means: str) -> str:
    """What more of a figure means."""
    return DIRECTIONS[higher_means]


def first_place(higher_means: str, unit: str) -> str:
    """What the first of all figures is: the worst, or only the highest."""
    is_neutral = higher_means == NEITHER or unit.startswith(HEAD_COUNTS)
    return "highest" if is_neutral else WORST


def place(found: Standing, higher_means: str, unit: str = "") -> str:
    """Where a figure stands: "3rd worst of 189", "highest of 12, with 2 others"."""
    word = first_place(higher_means, unit)
    rank = word if found.place == 1 else f"{ordinal(found.place)} {word}"
    shared = f", with {plural(found.equal, 'other', 'others')}" if found.equal else ""
    return f"{rank} of {found.of}{shared}"


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th, 21st."""
    ends = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{'th' if 10 <= number % 100 <= 20 else ends.get(number % 10, 'th')}"


def anchors(line: FactorLine) -> str:
    """How a figure becomes a score."""
    if line.benign is None or line.worst is None:
        return "the set gives the score"
    return f"0 at {figure(line.benign)}, 1 at {figure(line.worst)}, in between in proportion"


def why_more(line: FactorLine) -> str:
    """Why a score counts as more than it is; empty where it does not."""
    share = line.share
    if share.score is None or share.counts <= share.score + 0.005:
        return ""
    return (
        f"counts as {share.counts:.2f}: the figure's quality is {share.quality:.0%} by its age, "
        f"and what is weakly known moves towards {share.prior:.2f}"
    )


def between(country: CountryAtlas) -> str:
    """What the part of scores could become if all that is missing were known."""
    part = country.part
    if country.known == len(country.factors):
        return ""
    if f"{part.lowest:.2f}" == f"{part.highest:.2f}":
        return "Whatever is missing, it would stay so: a critical factor carries it."
    return (
        f"If all that is missing were known, it would stand between {part.lowest:.2f} and "
        f"{part.highest:.2f}."
    )


def since(good: ListedGood) -> str:
    """Since when a good of a country is on the list, as far as the copies tell."""
    if good.since is None:
        return "changes of 2024"
    if good.earlier:
        return f"{good.since}, until {good.earlier.last} as “{good.earlier.good}”"
    return str(good.since)


def missing(country: CountryAtlas) -> tuple[list[FactorLine], list[FactorLine]]:
    """Factors without a figure: those that no open source feeds, those only this country lacks."""
    without = [line for line in country.factors if line.known.figure is None]
    return (
        [line for line in without if not line.is_fed],
        [line for line in without if line.is_fed],
    )


def treaties(country: CountryAtlas) -> list[tuple[str, str]]:
    """Each treaty with whether it is ratified."""
    return [(one.treaty.name, RATIFIED[one.ratified]) for one in country.treaties]


def enforcement(country: CountryAtlas) -> list[tuple[str, str | None]]:
    """What was told of enforcement; None for what nobody told."""
    return [
        (
            f"{one.name} ({one.territory})" if one.territory else one.name,
            one.value if one.is_known else None,
        )
        for one in country.enforcement
    ]


def judged(country: CountryAtlas) -> list[tuple[int, Tier | None, Level | None]]:
    """Year, tier of the trafficking report, level of efforts; the newest year first."""
    tiers = {one.year: one for one in country.tiers}
    levels = {one.year: one for one in country.levels}
    return [
        (year, tiers.get(year), levels.get(year))
        for year in sorted(tiers.keys() | levels.keys(), reverse=True)
    ]


def headings(countries: Sequence[CountryAtlas]) -> list[dict[str, str]]:
    """A column for each country."""
    return [{"label": one.country.short_name} for one in countries]
