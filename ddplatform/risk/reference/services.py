"""Releases of the reference data: the shipped files as numbered rows that runs rest on."""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from ddplatform.accounts.organisations.queries import list_organisation_ids
from ddplatform.accounts.organisations.services.organisations import acting_for_installation
from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.risk.facts.services.facts import ask_reassessment
from ddplatform.risk.reference.models import ContextValue
from ddplatform.risk.reference.queries.releases import find_newest_release, find_release
from ddplatform.risk.runs.models import IndicatorValue, ReferenceRelease
from ddplatform.value_chain.mapping.queries.maps import list_chain_ids
from supply_chain.reference.release import DATA, LISTED, Reference, load_reference
from supply_chain.reference.types import ContextIndicator, Indicator, ReferenceObservation

FILES = ("*.csv", "*.yaml", "indicators/*.csv", "context/*.csv")
WORDS = frozenset(
    (
        "commodity_words.csv",
        "country_names.csv",
        "country_spellings.csv",
        "import_words.yaml",
        "screening_words.yaml",
    )
)
"""They help to read lists: no figure and no score comes from them."""


def sync(at: datetime) -> ReferenceRelease:
    """Install the shipped data as a new release and ask for a new assessment of every map.

    Data that are installed already change nothing: their release is returned.
    """
    checksum = checksum_of(DATA)
    known = find_release(checksum)
    if known is not None:
        return known
    release = install_release(load_reference(), at)
    with acting_for_installation(at=at) as act:
        audit.record("reference:install", release, act=act, release=release.name, checksum=checksum)
    _ask_reassessments(at)
    return release


@cache
def checksum_in_use() -> str:
    """The checksum of the data that this process loads once and keeps (`load_reference`)."""
    return checksum_of(DATA)


def checksum_of(folder: Path) -> str:
    """SHA-256 over the names and bytes of the files behind figures, in the order of their names."""
    files = {path for pattern in FILES for path in folder.glob(pattern)}
    found = sorted(path for path in files if path.name not in WORDS)
    total = hashlib.sha256()
    for path in found:
        total.update(path.relative_to(folder).as_posix().encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def install_release(reference: Reference, at: datetime) -> ReferenceRelease:
    """Add the shipped data as the newest release; no event, and no map is assessed again."""
    newest = find_newest_release()
    release = ReferenceRelease(
        number=newest.number + 1 if newest else 1,
        name=reference.release,
        checksum=checksum_of(DATA),
        as_of=reference.as_of,
        sets=[
            *(_set_of(reference, one) for one in reference.indicators.values()),
            *(_context_set_of(reference, one) for one in reference.context_indicators.values()),
        ],
        installed_at=at,
    )
    db.session.add(release)
    db.session.flush()  # its figures point to it
    rows = [{"release_id": release.id, **row} for row in _figures(reference)]
    db.session.execute(insert(IndicatorValue), rows)
    context = [{"release_id": release.id, **row} for row in _context_figures(reference)]
    db.session.execute(insert(ContextValue), context)
    return release


def _set_of(reference: Reference, indicator: Indicator) -> dict[str, Any]:
    figures = [
        row
        for rows in reference.observations.values()
        for row in rows
        if row.indicator == indicator.ref
    ]
    years = [row.year for row in figures if row.year is not None]
    return {
        "ref": indicator.ref,
        "factor": indicator.factor,
        "name": indicator.name,
        "unit": indicator.unit,
        "publisher": indicator.publisher,
        "edition": indicator.edition,
        "licence": indicator.licence,
        "attribution": indicator.attribution,
        "source_type": indicator.source_type,
        "normalisation": indicator.normalisation,
        "gaps": indicator.gaps,
        "note": indicator.note,
        "countries": len(figures),
        "first_year": min(years, default=None),
        "last_year": max(years, default=None),
    }


def _context_set_of(reference: Reference, indicator: ContextIndicator) -> dict[str, Any]:
    figures = [
        row for rows in reference.context.values() for row in rows if row.indicator == indicator.ref
    ]
    years = [row.year for row in figures if row.year is not None]
    return {
        **asdict(indicator),
        "factor": None,
        "countries": len(figures),
        "first_year": min(years, default=None),
        "last_year": max(years, default=None),
    }


def _context_figures(reference: Reference) -> Iterator[dict[str, Any]]:
    for alpha2, rows in reference.context.items():
        for row in rows:
            yield {"country": alpha2, **asdict(row)}


def _figures(reference: Reference) -> Iterator[dict[str, Any]]:
    for alpha2, rows in reference.observations.items():
        for row in rows:
            yield _figure(row, country=alpha2)
    for ref in reference.commodities:
        seed = reference.commodity(ref)
        if seed is not None:
            yield _figure(seed, commodity_ref=ref)
        for alpha2 in reference.countries:
            pair = reference.pair(ref, alpha2)
            # Only listed pairs: that a good is listed elsewhere or nowhere follows from them.
            if pair is not None and pair.value == LISTED:
                yield _figure(pair, country=alpha2, commodity_ref=ref)


def _figure(
    row: ReferenceObservation, *, country: str | None = None, commodity_ref: str | None = None
) -> dict[str, Any]:
    return {
        "factor": row.factor,
        "indicator": row.indicator,
        "country": country,
        "commodity_ref": commodity_ref,
        "year": row.year,
        "raw": row.raw,
        "value": row.value,
        "source_type": row.source_type,
        "as_of": row.as_of,
        "source": row.source,
        "basis": row.basis,
    }


def _ask_reassessments(at: datetime) -> None:
    for organisation_id in sorted(list_organisation_ids()):
        with acting_in(organisation_id):
            for chain_id in list_chain_ids():
                ask_reassessment(chain_id, "release", act=Act(system_identity(organisation_id), at))
