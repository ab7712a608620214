"""Good of the atlas: its headings, its base rate, the countries for which it is listed."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ddplatform.infrastructure.errors import NotFound
from supply_chain.reference.atlas import load_atlas
from supply_chain.reference.release import load_reference
from supply_chain.reference.types import Activity, Commodity, GoodListing, ReferenceObservation
from supply_chain.risk.rm2.origin_shares import OriginShare, origin_shares


@dataclass(frozen=True)
class Heading:
    """A prefix of HS 2022 codes with its name; "" where the copy has none."""

    code: str
    name: str


@dataclass(frozen=True)
class CountryListing:
    """A country for which the good is or was listed, by any of the names that the list uses.

    `lines` are those in force, `removed` those that the changes of 2024 took away. `editions` are
    the ones known that hold it by any name, `names` these names.
    """

    alpha2: str
    lines: tuple[GoodListing, ...]
    removed: tuple[GoodListing, ...]
    editions: tuple[int, ...]
    names: tuple[str, ...]

    @property
    def since(self) -> int | None:
        """The first edition known that holds it; None: it came with the changes of 2024."""
        return self.editions[0] if self.editions else None

    @property
    def child_labour(self) -> bool | None:
        """Whether a line in force names child labour; None where none does and one does not say."""
        return _any(line.child_labour for line in self.lines)

    @property
    def forced_labour(self) -> bool | None:
        """The same for forced labour."""
        return _any(line.forced_labour for line in self.lines)

    @property
    def forced_child_labour(self) -> bool | None:
        """The same for forced labour of children."""
        return _any(line.forced_child_labour for line in self.lines)

    @property
    def downstream(self) -> bool:
        """Whether it is listed only through an input."""
        return bool(self.lines) and all(line.downstream for line in self.lines)


def _any(answers: Iterable[bool | None]) -> bool | None:
    told = list(answers)
    return True if any(told) else None if None in told or not told else False


@dataclass(frozen=True)
class GoodRow:
    """A good as the list of goods shows it."""

    commodity: Commodity
    rate: float
    child: int
    forced: int
    countries: int


@dataclass(frozen=True)
class GoodAtlas:
    """All data of the atlas on a good."""

    commodity: Commodity
    activity: Activity
    rate: ReferenceObservation | None
    headings: tuple[Heading, ...]
    countries: tuple[CountryListing, ...]
    """Those for which it is listed, by name of the country."""
    former: tuple[CountryListing, ...]
    """Those for which it was listed and is not any more."""
    origins: tuple[OriginShare, ...]
    """Producing countries with their shares, which an unknown origin of it is estimated by."""
    unplaced: tuple[GoodListing, ...]
    """Lines of 2024 whose countries the copy does not name."""

    def listing(self, alpha2: str) -> CountryListing | None:
        """Its listing for one country, in force or not."""
        every = (*self.countries, *self.former)
        return next((one for one in every if one.alpha2 == alpha2), None)


def get_commodity(ref: str) -> Commodity:
    """A good by its reference, or NotFound."""
    found = load_reference().commodities.get(ref)
    if found is None:
        raise NotFound()
    return found


def load_good(commodity: Commodity) -> GoodAtlas:
    """The data of a release and the atlas on a good."""
    shipped, atlas = load_reference(), load_atlas()
    listings = _by_country(commodity)
    return GoodAtlas(
        commodity=commodity,
        activity=shipped.activities[commodity.activity],
        rate=shipped.commodity(commodity.ref),
        headings=tuple(Heading(code, atlas.headings.get(code, "")) for code in commodity.hs_codes),
        countries=tuple(one for one in listings if one.lines),
        former=tuple(one for one in listings if not one.lines),
        origins=origin_shares(commodity.ref),
        unplaced=tuple(line for line in _lines(commodity) if line.alpha2 is None),
    )


def list_goods() -> Sequence[GoodRow]:
    """Every good with its base rate and for how many countries it is listed, by name."""
    shipped, rows = load_reference(), []
    for commodity in shipped.commodities.values():
        lines = [line for line in _lines(commodity) if line.in_force and line.alpha2]
        rows.append(
            GoodRow(
                commodity=commodity,
                rate=shipped.activities[commodity.activity].rate,
                child=len({line.alpha2 for line in lines if line.child_labour}),
                forced=len({line.alpha2 for line in lines if line.forced_labour}),
                countries=len({line.alpha2 for line in lines}),
            )
        )
    return sorted(rows, key=lambda row: row.commodity.name.casefold())


def _lines(commodity: Commodity) -> list[GoodListing]:
    listings = load_reference().listings
    return [line for good in commodity.goods for line in listings.get(good, ())]


def _by_country(commodity: Commodity) -> list[CountryListing]:
    countries, wanted = load_reference().countries, set(commodity.goods)
    lines: dict[str, list[GoodListing]] = defaultdict(list)
    for line in _lines(commodity):
        if line.alpha2:
            lines[line.alpha2].append(line)
    editions: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for (good, alpha2), found in load_atlas().listed.items():
        if good in wanted:
            editions[alpha2][good] |= {one.edition for one in found}
    return [
        CountryListing(
            alpha2=code,
            lines=tuple(line for line in lines[code] if line.in_force),
            removed=tuple(line for line in lines[code] if not line.in_force),
            editions=tuple(sorted(set().union(*editions[code].values()))),
            names=tuple(sorted({*editions[code], *(line.good for line in lines[code])})),
        )
        for code in sorted(
            {*lines, *editions}, key=lambda code: countries[code].short_name.casefold()
        )
    ]
