"""Words of the pages of events in the surroundings."""

from collections.abc import Mapping
from datetime import date

from ddplatform.core.due_diligence.context_kinds import ContextKind, context_kinds
from ddplatform.infrastructure.web.countries import country_name
from ddplatform.infrastructure.words.factors import factor_title
from ddplatform.languages import day_in_words, gettext, lazy_gettext
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
    EventState.UPCOMING: lazy_gettext("Upcoming"),
    EventState.ACTIVE: lazy_gettext("Active"),
    EventState.OVER: lazy_gettext("Ended"),
    EventState.WITHDRAWN: lazy_gettext("Withdrawn"),
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
    circle = {
        "radius": f"{event.radius_km:g}",
        "latitude": f"{event.latitude:g}",
        "longitude": f"{event.longitude:g}",
    }
    if not country:
        return gettext("%(radius)s km around %(latitude)s, %(longitude)s", **circle)
    return gettext(
        "%(radius)s km around %(latitude)s, %(longitude)s (%(country)s)", **circle, country=country
    )


def course(event: ContextEvent, on: date) -> EventCourse | None:
    """The points of an event per issue of a site inside and their last day; None: no points."""
    ref = context_kinds()[event.kind].event
    if not ref or event.withdrawn_at is not None:
        return None
    return course_of(ref, event.source_type, event.starts_on, event.ends_on, on=on)


def full_words(found: EventCourse) -> str:
    """Until when an event counts in full, and how it fades."""
    if found.full_until is None:
        return gettext(
            "Full effect while the event lasts. After its end date, the points halve every "
            "%(months)s months.",
            months=f"{_HALF_LIFE:g}",
        )
    return gettext(
        "Full effect until %(day)s. After that, the points halve every %(months)s months and "
        "lapse below %(least)s points.",
        day=day_in_words(found.full_until),
        months=f"{_HALF_LIFE:g}",
        least=f"{_LEAST:g}",
    )


def effect_of(kind: ContextKind) -> str:
    """The effect of an event of a kind on the factors of a site inside, in words."""
    if not kind.factors:
        return gettext("None. A reassessment of each site is requested.")
    names = ", ".join(f"“{factor_title(_NAMES[factor])}”" for factor in kind.factors)
    if kind.counts_months_after:
        return gettext(
            "Counts as %(factors)s at every site in the area, for %(months)s months after its end.",
            factors=names,
            months=kind.counts_months_after,
        )
    return gettext(
        "Counts as %(factors)s at every site in the area, after its end until the site has been "
        "reviewed.",
        factors=names,
    )
