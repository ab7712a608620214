"""Country of the atlas: its factors and their context, its goods, its law."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from ddplatform.infrastructure.errors import NotFound
from ddplatform.risk.atlas.queries.context import ContextLine, list_context
from ddplatform.risk.reference.queries.figures import figures_of_release
from ddplatform.risk.reference.queries.releases import CountryFactor, list_country_factors
from ddplatform.risk.runs.models import ReferenceRelease
from supply_chain.reference.atlas import WHOLE, Edition, load_atlas
from supply_chain.reference.context import LESS_RISK, MORE_RISK
from supply_chain.reference.laws import LawFact, Level, Measure, Tier, TreatyAnswer
from supply_chain.reference.position import Position, position_of
from supply_chain.reference.release import load_reference
from supply_chain.reference.trends import Trend
from supply_chain.reference.types import Commodity, Country, GoodListing
from supply_chain.risk.country_part import CountryPart, FactorShare, country_parts
from supply_chain.risk.method import METHOD

MOST_COMPARED = 4
UNIT_INTERVAL = "0-1"


@dataclass(frozen=True)
class FactorLine:
    """One country factor: its figure, how it becomes a score, where it stands, its other years.

    `benign` and `worst` are the anchors of RM-1.0 section 4, None where the set gives scores.
    """

    known: CountryFactor
    weight: float
    benign: float | None
    worst: float | None
    share: FactorShare
    standing: Position | None
    trend: Trend | None
    is_fed: bool
    """Whether some other country has a figure."""

    @property
    def higher_means(self) -> str:
        """The meaning of a higher figure."""
        falls = self.benign is not None and self.worst is not None and self.worst < self.benign
        return LESS_RISK if falls else MORE_RISK

    @property
    def unit(self) -> str | None:
        """Of the figure and its other years; of a set of classes, as tiers, these are scores."""
        figure, data = self.known.figure, self.known.data_set
        if data is None or figure is None or figure.raw is not None:
            return data.unit if data else None
        return data.unit if data.unit.endswith(UNIT_INTERVAL) else f"score {UNIT_INTERVAL}"


@dataclass(frozen=True)
class FormerGood:
    """A good of a country by a name that stood on the list once and does not any more."""

    good: str
    first: int
    last: int


@dataclass(frozen=True)
class ListedGood:
    """A good of a country on the US DOL list, with the editions in which it stood."""

    listing: GoodListing
    editions: tuple[Edition, ...]
    commodities: tuple[Commodity, ...]
    earlier: FormerGood | None
    """The name by which the same stood on the list before."""

    @property
    def since(self) -> int | None:
        """The first edition known that holds it; None: it came with the changes of 2024."""
        if self.earlier:
            return self.earlier.first
        return self.editions[0].edition if self.editions else None


@dataclass(frozen=True)
class CountryAtlas:
    """All data of the atlas on a country on a day."""

    country: Country
    neighbourhood: str | None
    income_group: str | None
    part: CountryPart
    place: Position
    factors: tuple[FactorLine, ...]
    themes: Sequence[tuple[str, Sequence[ContextLine]]]
    goods: tuple[ListedGood, ...]
    former: tuple[FormerGood, ...]
    tiers: tuple[Tier, ...]
    levels: tuple[Level, ...]
    treaties: tuple[TreatyAnswer, ...]
    laws: tuple[LawFact, ...]
    enforcement: tuple[Measure, ...]

    @property
    def known(self) -> int:
        """The number of factors with a figure."""
        return sum(1 for line in self.factors if line.known.figure is not None)

    @property
    def has_profile(self) -> bool:
        """Whether ILAB reports on its law at all."""
        return bool(self.laws or self.treaties)


def get_country(alpha2: str) -> Country:
    """A country by its code, or NotFound."""
    found = load_reference().countries.get(alpha2)
    if found is None:
        raise NotFound()
    return found


def list_countries(codes: Iterable[str]) -> list[Country]:
    """Countries by their codes, each once, `MOST_COMPARED` at most; what is no code is left out."""
    known = load_reference().countries
    asked = dict.fromkeys(code.upper() for code in codes)
    return [known[code] for code in asked if code in known][:MOST_COMPARED]


def load_country(release: ReferenceRelease, country: Country, *, on: date) -> CountryAtlas:
    """The data of a release and the atlas on a country, with its part of scores on a day."""
    atlas, code, parts = load_atlas(), country.alpha2, parts_on(on)
    left = _left(code)
    goods = _goods(code, left)
    renamed = {good.earlier for good in goods}
    scores = {alpha2: part.score for alpha2, part in parts.items()}
    return CountryAtlas(
        country=country,
        neighbourhood=atlas.neighbourhood.get(code),
        income_group=atlas.income_groups.get(code),
        part=parts[code],
        place=position_of(code, scores, atlas.near(code), MORE_RISK),
        factors=_factors(release, code, parts[code]),
        themes=list_context(release, code),
        goods=goods,
        former=tuple(one for one in left if one not in renamed),
        tiers=atlas.tiers.get(code, ()),
        levels=atlas.levels.get(code, ()),
        treaties=atlas.treaties.get(code, ()),
        laws=atlas.laws.get(code, ()),
        enforcement=atlas.enforcement.get(code, ()),
    )


@lru_cache(maxsize=2)
def parts_on(day: date) -> Mapping[str, CountryPart]:
    """The part of each country in scores on a day; figures age, so days differ."""
    return country_parts(load_reference(), day)


def _factors(release: ReferenceRelease, code: str, part: CountryPart) -> tuple[FactorLine, ...]:
    fed = {row["factor"] for row in release.sets if row["countries"]}
    return tuple(
        _factor_line(release, code, known, part.factors[known.factor], known.factor in fed)
        for known in list_country_factors(release, code)
    )


def _factor_line(
    release: ReferenceRelease, code: str, known: CountryFactor, share: FactorShare, is_fed: bool
) -> FactorLine:
    at, atlas = METHOD.factor_index[known.factor], load_atlas()
    benign, worst = float(METHOD.lo[at]), float(METHOD.hi[at])
    line = FactorLine(
        known=known,
        weight=float(METHOD.weight[at]),
        benign=None if benign != benign else benign,
        worst=None if worst != worst else worst,
        share=share,
        standing=None,
        trend=None,
        is_fed=is_fed,
    )
    if known.figure is None:
        return line
    values = _values(release, known.figure.indicator)
    return replace(
        line,
        standing=position_of(code, values, atlas.near(code), line.higher_means),
        trend=atlas.trend(known.figure.indicator, code),
    )


def _values(release: ReferenceRelease, ref: str) -> Mapping[str, float]:
    """Country -> its figure in a set; all that is published, where a release scores a part."""
    if ref in WHOLE:
        figures = load_atlas().figures[WHOLE[ref]]
        return {code: figure.value for code, figure in figures.items()}
    return figures_of_release(release.id).scored[ref]


def _goods(code: str, left: Sequence[FormerGood]) -> tuple[ListedGood, ...]:
    shipped, atlas = load_reference(), load_atlas()
    found = []
    for line in shipped.goods_in(code):
        commodities = tuple(c for c in shipped.commodities.values() if line.good in c.goods)
        editions = atlas.listed.get((line.good, code), ())
        earlier = next((one for one in left if _was_called(one, editions, commodities)), None)
        found.append(ListedGood(line, editions, commodities, earlier))
    return tuple(found)


def _was_called(
    one: FormerGood, editions: Sequence[Edition], commodities: Sequence[Commodity]
) -> bool:
    """Whether a good that left went on under another name: the edition after the last of it.

    Both must count as the same commodity; Indonesia's "Oil (Palm)" became "Palm Fruit".
    """
    known = load_atlas().editions
    if not editions or editions[0].edition == known[0]:
        return False
    before = known[known.index(editions[0].edition) - 1]
    return one.last == before and any(one.good in commodity.goods for commodity in commodities)


def _left(code: str) -> tuple[FormerGood, ...]:
    """Goods that stood on the list by a name that stands there no more."""
    standing_now = {line.good for line in load_reference().goods_in(code)}
    return tuple(
        FormerGood(good, editions[0].edition, editions[-1].edition)
        for (good, alpha2), editions in sorted(load_atlas().listed.items())
        if alpha2 == code and good not in standing_now
    )
