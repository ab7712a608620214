"""Reference data as pages show them: releases, sets, figures of a country or of a good there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import NotFound
from ddplatform.risk.reference.queries.figures import Figure, figures_of_release, list_figures
from ddplatform.risk.runs.models import IndicatorValue, ReferenceRelease
from supply_chain.risk.method import METHOD

COUNTRY_FACTORS = tuple(factor for factor in METHOD.factors if factor.startswith("CTY"))


@dataclass(frozen=True)
class DataSet:
    """One published set of a release, with its terms and what it lacks."""

    ref: str
    factor: str
    name: str
    unit: str
    publisher: str
    edition: str
    licence: str
    attribution: str
    source_type: str
    normalisation: str
    gaps: str
    note: str
    countries: int
    first_year: int | None
    last_year: int | None

    @property
    def factor_name(self) -> str:
        """The name of the factor it feeds."""
        return factor_name(self.factor)


@dataclass(frozen=True)
class CountryFactor:
    """One factor of a country; `figure` is None where nothing open tells it."""

    factor: str
    name: str
    critical: bool
    figure: Figure | None
    data_set: DataSet | None


def factor_name(factor: str) -> str:
    """The name of a factor of the method, beginning with a capital."""
    name = METHOD.factor_names[METHOD.factor_index[factor]]
    return name[:1].upper() + name[1:]


def list_releases() -> Sequence[ReferenceRelease]:
    """All installed releases, newest first."""
    return db.session.scalars(
        select(ReferenceRelease).order_by(ReferenceRelease.number.desc())
    ).all()


def get_newest_release() -> ReferenceRelease:
    """The release in use.

    Raises:
        NotFound: nothing is installed; `flask reference sync` does it.
    """
    newest = find_newest_release()
    if newest is None:
        raise NotFound(
            "No reference data are installed yet.", "The operator installs: flask reference sync"
        )
    return newest


def find_newest_release() -> ReferenceRelease | None:
    """The release in use, or None before the first installation."""
    return db.session.scalar(
        select(ReferenceRelease).order_by(ReferenceRelease.number.desc()).limit(1)
    )


def find_release(checksum: str) -> ReferenceRelease | None:
    """The release of the data with this checksum, if they are installed."""
    return db.session.scalar(select(ReferenceRelease).where(ReferenceRelease.checksum == checksum))


def data_sets(release: ReferenceRelease) -> tuple[DataSet, ...]:
    """The sets of a release that are scored, by factor."""
    rows: list[dict[str, Any]] = [row for row in release.sets if row["factor"]]
    return tuple(DataSet(**row) for row in sorted(rows, key=lambda r: (r["factor"], r["ref"])))


def factors_without_data(release: ReferenceRelease) -> tuple[str, ...]:
    """Country factors that no set of the release feeds, for any country."""
    fed = {row["factor"] for row in release.sets if row["countries"]}
    return tuple(factor for factor in COUNTRY_FACTORS if factor not in fed)


def list_country_factors(release: ReferenceRelease, country: str) -> list[CountryFactor]:
    """Every country factor of the method, with its figure where there is one."""
    found = figures_of_release(release.id).factors.get(country, {})
    sets = {one.ref: one for one in data_sets(release)}
    lines = []
    for factor in COUNTRY_FACTORS:
        figure = found.get(factor)
        lines.append(
            CountryFactor(
                factor=factor,
                name=factor_name(factor),
                critical=bool(METHOD.critical[METHOD.factor_index[factor]]),
                figure=figure,
                data_set=sets.get(figure.indicator) if figure else None,
            )
        )
    return lines


def list_pair_figures(release_id: UUID, commodity_ref: str, country: str) -> list[Figure]:
    """SEC-01 of a commodity and SEC-02 of the pair where it is listed, by factor."""
    return list_figures(
        IndicatorValue.release_id == release_id,
        IndicatorValue.commodity_ref == commodity_ref,
        or_(IndicatorValue.country.is_(None), IndicatorValue.country == country),
    )
