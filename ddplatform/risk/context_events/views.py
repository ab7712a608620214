"""Words of the pages of events in the surroundings."""

from collections.abc import Mapping
from datetime import date

from ddplatform.core.due_diligence.context_kinds import ContextKind, context_kinds
from ddplatform.infrastructure.web.countries import country_name
from ddplatform.infrastructure.words.factors import factor_title
from ddplatform.languages import day_in_words
from ddplatform.risk.context_events.models import ContextEvent
from ddplatform.risk.context_events.queries.events import EventRow, EventState
from ddplatform.risk.context_events.services.fields import SOURCE_TYPES
from supply_chain.graph.areas import AreaKind
from supply_chain.risk.method import METHOD
from supply_chain.risk.rm2.event_course import EventCourse, course_of
from supply_chain.risk.rm2.method import METHOD as METHOD_2

_HALF_LIFE = METHOD_2.policy.event_half_life_months
_LEAST = METHOD_2.policy.event_least_points
_NAMES = dict(zip(METHOD.factors, METHOD.factor_names, strict=True))

STATES: Mapping[EventState, str] = {
    EventState.UPCOMING: "Still to come",
    EventState.ACTIVE: "Going on",
    EventState.OVER: "Over",
    EventState.WITHDRAWN: "Withdrawn",
}
STATE_KINDS: Mapping[EventState, str] = {
    EventState.UPCOMING: "info",
    EventState.ACTIVE: "warn",
    EventState.OVER: "line",
    EventState.WITHDRAWN: "line",
}
SOURCES = SOURCE_TYPES


def kinds() -> Mapping[str, str]:
    """Kind of event -> its words."""
    return {ref: kind.title for ref, kind in context_kinds().items()}


def where(event: ContextEvent | EventRow) -> str:
    """The area of an event in words."""
    country = country_name(event.country) if event.country else ""
    if event.area is AreaKind.COUNTRY:
        return country
    if event.area is AreaKind.REGION:
        return f"{event.region}, {country}"
    centre = f"{event.radius_km:g} km around {event.latitude:g}, {event.longitude:g}"
    return f"{centre} ({country})" if country else centre


def course(event: ContextEvent, on: date) -> EventCourse | None:
    """What an event adds to each issue of a site inside and until when; None: no points."""
    ref = context_kinds()[event.kind].event
    if not ref or event.withdrawn_at is not None:
        return None
    return course_of(ref, event.source_type, event.starts_on, event.ends_on, on=on)


def full_words(found: EventCourse) -> str:
    """Until when an event counts in full, and how it fades."""
    if found.full_until is None:
        return (
            "Full effect while the event lasts. After its end date, the points halve every "
            f"{_HALF_LIFE:g} months."
        )
    return (
        f"Full effect until {day_in_words(found.full_until)}. After that, the points halve every "
        f"{_HALF_LIFE:g} months and lapse below {_LEAST:g} points."
    )


def effect_of(kind: ContextKind) -> str:
    """What an event of a kind says of the factors of a site inside, in words."""
    if not kind.factors:
        return "None. A reassessment of each site is requested."
    names = " and ".join(f"“{factor_title(_NAMES[factor])}”" for factor in kind.factors)
    tail = (
        f" It counts for {kind.counts_months_after} months after its end."
        if kind.counts_months_after
        else " After its end it counts until somebody has looked at the site."
    )
    return f"Counts as {names} at every site inside.{tail}"
