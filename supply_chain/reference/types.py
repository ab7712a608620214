"""Types of the reference data, as frozen values (docs/data-sources.md)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

MONTH_DAYS = 365.25 / 12


@dataclass(frozen=True, slots=True)
class Country:
    """A country or area: ISO 3166-1 codes, UN M49 code and region, names, label point.

    `names` maps a language (`en fr es ar zh ru`) to the UN name; a language without one is not
    in it. `latitude` and `longitude` are degrees (WGS 84), `None` for some tiny territories.
    Boundaries and names imply no opinion on the status of any territory.
    """

    alpha2: str
    alpha3: str
    name: str
    region: str
    subregion: str
    m49: str
    short_name: str
    names: Mapping[str, str] = field(hash=False)
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True)
class Activity:
    """One line of the SEC-01 seed table (RM-1.0 section 5); `rate` is 0..1."""

    ref: str
    name: str
    rate: float
    source: str


@dataclass(frozen=True, slots=True)
class Commodity:
    """A good or material that can flow over a link.

    `hs_codes` are prefixes of HS 2022 codes, `goods` the names of the US DOL list it covers,
    `activity` the line of the SEC-01 table that its production counts as.
    """

    ref: str
    name: str
    hs_codes: tuple[str, ...]
    goods: tuple[str, ...]
    also_named: tuple[str, ...]
    activity: str


@dataclass(frozen=True, slots=True)
class Sector:
    """Activity of a node. The flags decide ONL (RM-1.0 3.4) and where a chain ends (11.3)."""

    ref: str
    name: str
    isic_section: str
    isic_division: str
    activity: str
    is_financial: bool
    is_online: bool
    is_primary_production: bool


@dataclass(frozen=True, slots=True)
class Indicator:
    """A published series that feeds one factor.

    For a factor without anchors (RM-1.0 section 4) the file's value is the score s already.
    `unknown_year` is the year that a value without a year counts as, `month_day` the day of its
    year from which the age of a value counts.
    """

    ref: str
    factor: str
    name: str
    unit: str
    publisher: str
    edition: str
    licence: str
    attribution: str
    source: str
    source_type: str
    unknown_year: int | None
    month_day: tuple[int, int] | None
    normalisation: str
    gaps: str
    note: str


@dataclass(frozen=True, slots=True)
class ReferenceObservation:
    """One observation of a factor from the reference data.

    `value` is s, 0 (benign) to 1 (worst); `raw` the indicator in its own unit where it has
    anchors. `as_of` is the day from which the age counts (RM-1.0 3.2); `year` the year the figure
    is about, `None` where the copy lost it (then `as_of` is the oldest day it can be of).
    `basis` is the method of the publisher's figure. `ageless` ones count as age 0 on every
    day (the seed table of SEC-01, RM-1.0 section 5).
    """

    factor: str
    value: float | None
    raw: float | None
    source_type: str
    as_of: date
    year: int | None
    indicator: str
    source: str
    licence: str
    basis: str = ""
    ageless: bool = False

    def age_months(self, on: date) -> float:
        """Age in months (365.25 / 12 days) on a day; 0 where it is ageless or not yet of age."""
        if self.ageless:
            return 0.0
        return max(0, (on - self.as_of).days) / MONTH_DAYS


@dataclass(frozen=True, slots=True)
class ContextIndicator:
    """A published series that is shown beside the scores and is part of none.

    `higher_means` is `more risk`, `less risk` or `neither`; `theme` its heading.
    """

    ref: str
    theme: str
    name: str
    unit: str
    higher_means: str
    publisher: str
    edition: str
    licence: str
    attribution: str
    gaps: str
    note: str


@dataclass(frozen=True, slots=True)
class ContextFigure:
    """One figure of a context indicator, in its unit; `year` is `None` where the copy lost it.

    `worse_than` is the share of the countries of the set with a better figure, 0 to 1; `None`
    where neither more nor less of it is better.
    """

    indicator: str
    value: float
    year: int | None
    basis: str
    worse_than: float | None


@dataclass(frozen=True, slots=True)
class GoodListing:
    """A line of the US DOL List of Goods Produced by Child Labor or Forced Labor.

    `alpha2` is `None` where our source names a newly listed good without its countries; a kind of
    labour is `None` where it does not say.
    `downstream`: made with an input that was made by child or forced labour.
    `status` is `listed`, `added_2024` or `removed_2024`.
    """

    edition: str
    good: str
    alpha2: str | None
    child_labour: bool | None
    forced_labour: bool | None
    forced_child_labour: bool | None
    downstream: bool
    input_from: str | None
    status: str
    as_of: date

    @property
    def in_force(self) -> bool:
        """Whether the line is still in the newest edition known."""
        return self.status != "removed_2024"
