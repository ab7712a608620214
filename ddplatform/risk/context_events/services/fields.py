"""Fields of an event in the surroundings, and their rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ddplatform.core.due_diligence.context_kinds import context_kinds
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.plain_text import fault_in, is_web_address
from ddplatform.languages import gettext, lazy_gettext
from supply_chain.graph.areas import LONGEST_RADIUS_KM, AreaKind
from supply_chain.reference.release import load_reference
from supply_chain.search.spelling import bare_words

TITLE_LENGTH, TEXT_LENGTH, SOURCE_LENGTH = 160, 4000, 300
LONGEST_AHEAD = timedelta(days=3 * 366)

SOURCE_TYPES: Mapping[str, str] = {
    "official": lazy_gettext("Government, United Nations or other public body"),
    "media_ngo": lazy_gettext("Media or civil-society organisation"),
    "worker_voice": lazy_gettext("Workers, families or communities there"),
}
"""The accepted sources of an event: types of RM-1.0 3.2 that are reliable enough to raise."""


@dataclass(frozen=True, kw_only=True)
class EventFields:
    """The fields of an event. Degrees are WGS 84, `ends_on` is its last day."""

    kind: str
    title: str
    description: str = ""
    area: AreaKind
    country: str | None = None
    region: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    radius_km: float | None = None
    starts_on: date
    ends_on: date | None = None
    source_type: str
    source_publisher: str
    source_url: str
    source_on: date


LABELS: Mapping[str, str] = {
    "kind": lazy_gettext("Kind of event"),
    "title": lazy_gettext("Title"),
    "description": lazy_gettext("Description"),
    "area": lazy_gettext("Area"),
    "country": lazy_gettext("Country"),
    "region": lazy_gettext("Region"),
    "latitude": lazy_gettext("Latitude"),
    "longitude": lazy_gettext("Longitude"),
    "radius_km": lazy_gettext("Radius in km"),
    "starts_on": lazy_gettext("First day"),
    "ends_on": lazy_gettext("Last day"),
    "source_type": lazy_gettext("Type of source"),
    "source_publisher": lazy_gettext("Publisher"),
    "source_url": lazy_gettext("Address of the source"),
    "source_on": lazy_gettext("Published on"),
}


def values_of(wanted: EventFields) -> dict[str, Any]:
    """The stored values: trimmed texts, and only the fields that the kind of area needs."""
    is_circle, is_region = wanted.area is AreaKind.CIRCLE, wanted.area is AreaKind.REGION
    return {
        "kind": wanted.kind,
        "title": " ".join(wanted.title.split()),
        "description": wanted.description.strip(),
        "area": wanted.area,
        "country": wanted.country or None,
        "region": (wanted.region or "").strip() if is_region else None,
        "latitude": wanted.latitude if is_circle else None,
        "longitude": wanted.longitude if is_circle else None,
        "radius_km": wanted.radius_km if is_circle else None,
        "starts_on": wanted.starts_on,
        "ends_on": wanted.ends_on,
        "source_type": wanted.source_type,
        "source_publisher": " ".join(wanted.source_publisher.split()),
        "source_url": wanted.source_url.strip(),
        "source_on": wanted.source_on,
    }


def check_fields(wanted: EventFields, *, today: date) -> None:
    """Refuse an event that breaks a rule.

    Raises:
        Invalid: naming every field that does.
    """
    faults = {**_words(wanted), **_place(wanted), **_days(wanted, today), **_source(wanted, today)}
    if faults:
        raise Invalid(fields=faults)


def _words(wanted: EventFields) -> dict[str, str]:
    faults = {}
    if wanted.kind not in context_kinds():
        faults["kind"] = gettext("Choose the kind of event.")
    if fault := fault_in(wanted.title, label="a title", longest=TITLE_LENGTH):
        faults["title"] = fault
    if fault := fault_in(
        wanted.description, label="the description", longest=TEXT_LENGTH, required=False
    ):
        faults["description"] = fault
    return faults


def _place(wanted: EventFields) -> dict[str, str]:
    faults = {}
    known = load_reference().countries
    if wanted.country and wanted.country not in known:
        faults["country"] = gettext("Choose a country of the list.")
    if not wanted.country and wanted.area is not AreaKind.CIRCLE:
        faults["country"] = gettext("Choose the country.")
    if wanted.area is AreaKind.REGION and not bare_words(wanted.region or ""):
        faults["region"] = gettext("Name the region, as in your supplier list.")
    if wanted.area is AreaKind.CIRCLE:
        faults |= _circle(wanted)
    return faults


def _circle(wanted: EventFields) -> dict[str, str]:
    ranges = {
        "latitude": (wanted.latitude, -90.0, 90.0, gettext("Degrees between -90 and 90.")),
        "longitude": (wanted.longitude, -180.0, 180.0, gettext("Degrees between -180 and 180.")),
        "radius_km": (
            wanted.radius_km,
            0.1,
            LONGEST_RADIUS_KM,
            gettext("Kilometres between 0.1 and %(most)s.", most=f"{LONGEST_RADIUS_KM:.0f}"),
        ),
    }
    return {
        name: text
        for name, (value, low, high, text) in ranges.items()
        if value is None or not low <= value <= high
    }


def _days(wanted: EventFields, today: date) -> dict[str, str]:
    faults = {}
    if wanted.ends_on is not None and wanted.ends_on < wanted.starts_on:
        faults["ends_on"] = gettext("The last day is before the first day.")
    if wanted.starts_on > today + LONGEST_AHEAD:
        faults["starts_on"] = gettext("The first day is too far ahead: at most three years.")
    return faults


def _source(wanted: EventFields, today: date) -> dict[str, str]:
    faults = {}
    if wanted.source_type not in SOURCE_TYPES:
        faults["source_type"] = gettext("Choose the type of source.")
    if fault := fault_in(wanted.source_publisher, label="the publisher", longest=SOURCE_LENGTH):
        faults["source_publisher"] = fault
    if not is_web_address(wanted.source_url):
        faults["source_url"] = gettext(
            "Enter the address of the page, beginning with https:// or http://."
        )
    if wanted.source_on > today:
        faults["source_on"] = gettext("The date of publication is in the future.")
    return faults
