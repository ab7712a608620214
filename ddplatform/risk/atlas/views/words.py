"""Words of the atlas: the rank of a figure, its conversion to a score, missing figures."""

from collections.abc import Mapping, Sequence

from ddplatform.infrastructure.web.filters import figure, number, percent
from ddplatform.languages import ENGLISH, current_language, gettext, ngettext
from ddplatform.languages import lazy_gettext as _
from ddplatform.risk.atlas.queries.country import CountryAtlas, FactorLine, ListedGood
from supply_chain.reference.context import NEITHER
from supply_chain.reference.laws import Level, Tier
from supply_chain.reference.position import Position

WORST = "worst"
HEAD_COUNTS = ("people", "thousand children", "deaths")
"""What a unit begins with that counts people: a large country has more of them, not worse ones."""
DIRECTIONS: Mapping[str, str] = {
    "more risk": _("higher is worse"),
    "less risk": _("lower is worse"),
    "neither": _("neither good nor bad in itself"),
}
ANSWERS: Mapping[str, str] = {
    "yes": _("yes"),
    "no": _("no"),
    "not applicable": _("does not apply"),
}
RATIFIED: Mapping[str, str] = {
    "yes": _("ratified"),
    "no": _("not ratified"),
    "not applicable": _("cannot ratify"),
}


def direction(higher_means: str) -> str:
    """The meaning of a higher figure."""
    return DIRECTIONS[higher_means]


def first_place(higher_means: str, unit: str) -> str:
    """The name of the first place of all figures: the worst, or only the highest."""
    is_neutral = higher_means == NEITHER or unit.startswith(HEAD_COUNTS)
    return "highest" if is_neutral else WORST


def place(found: Position, higher_means: str, unit: str = "") -> str:
    """The rank of a figure: "3rd worst of 189", "highest of 12, with 2 others"."""
    rank, is_first = ordinal(found.place), found.place == 1
    if first_place(higher_means, unit) == WORST:
        words = (
            gettext("worst of %(of)s", of=found.of)
            if is_first
            else gettext("%(rank)s worst of %(of)s", rank=rank, of=found.of)
        )
    else:
        words = (
            gettext("highest of %(of)s", of=found.of)
            if is_first
            else gettext("%(rank)s highest of %(of)s", rank=rank, of=found.of)
        )
    if not found.equal:
        return words
    return ngettext(
        "%(place)s, with %(num)s other", "%(place)s, with %(num)s others", found.equal, place=words
    )


def ordinal(place: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th, 21st in English; in other languages the number alone."""
    if current_language() != ENGLISH:
        return str(place)
    ends = {1: "st", 2: "nd", 3: "rd"}
    return f"{place}{'th' if 10 <= place % 100 <= 20 else ends.get(place % 10, 'th')}"


def anchors(line: FactorLine) -> str:
    """The conversion of a figure to a score."""
    if line.benign is None or line.worst is None:
        return gettext("the data set gives the score")
    return gettext(
        "0 at %(benign)s, 1 at %(worst)s, linear in between",
        benign=figure(line.benign),
        worst=figure(line.worst),
    )


def why_more(line: FactorLine) -> str:
    """The reason why a score counts as more than it is; empty where it does not."""
    share = line.share
    if share.score is None or share.counts <= share.score + 0.005:
        return ""
    return gettext(
        "counts as %(counts)s: the quality of the figure is %(quality)s by its age, and weak "
        "evidence moves the score towards %(prior)s",
        counts=number(share.counts, 2),
        quality=percent(share.quality),
        prior=number(share.prior, 2),
    )


def between(country: CountryAtlas) -> str:
    """The possible range of the part of scores if all missing data were known."""
    part = country.part
    if country.known == len(country.factors):
        return ""
    lowest, highest = number(part.lowest, 2), number(part.highest, 2)
    if lowest == highest:
        return gettext("Missing figures would not change it: a critical factor determines it.")
    return gettext(
        "If all missing figures were known, it would be between %(lowest)s and %(highest)s.",
        lowest=lowest,
        highest=highest,
    )


def since(good: ListedGood) -> str:
    """Since when a good of a country is on the list, as far as the copies tell."""
    if good.since is None:
        return gettext("update of 2024")
    if good.earlier:
        return gettext(
            "%(since)s, until %(last)s as “%(good)s”",
            since=good.since,
            last=good.earlier.last,
            good=good.earlier.good,
        )
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
    """The data on enforcement; None for missing ones."""
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
