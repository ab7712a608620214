"""How often a person may do what is costly or takes data out: the one owner of these limits.

Exports and calculations are counted by the hour in the database, over all processes; costly pages
and forms by the minute in the memory of each process. What is refused counts too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ddplatform.accounts.limits.services import HOUR_S, TRIES_OF_USES, Limit, require_left
from ddplatform.infrastructure.access.request_rate import RequestRate
from ddplatform.infrastructure.access.uses import Use
from ddplatform.infrastructure.adapters.installed import UseLimits, adapters
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import TooMany
from ddplatform.languages import LazyText, gettext
from ddplatform.languages import lazy_gettext as _

BY_HOUR = frozenset({Use.EXPORT, Use.CALCULATION})
REACHED: Mapping[Use, LazyText] = {
    Use.EXPORT: _("You have downloaded as many files as one person may in an hour: %(most)s."),
    Use.CALCULATION: _(
        "You have started as many calculations as one person may in an hour: %(most)s."
    ),
    Use.COSTLY_PAGE: _(
        "You have opened as many of these pages as one person may in a minute: %(most)s."
    ),
    Use.FORM: _("You have sent as many forms as one person may in a minute: %(most)s."),
}


class UseLimitReached(TooMany):
    """A person has done something as often as is allowed for now."""

    keeps_form = True

    def __init__(self, use: Use, most: int, retry_after_s: int, at: datetime) -> None:
        super().__init__(retry_after_s, _go_on(at + timedelta(seconds=retry_after_s)))
        self._words = str(REACHED[use]) % {"most": f"{most:,}"}


def _go_on(at: datetime) -> str:
    return gettext("You can go on at %(time)s UTC.", time=at.strftime("%H:%M:%S"))


@dataclass(frozen=True)
class Rates:
    """The counters of this process."""

    pages: RequestRate
    forms: RequestRate

    @classmethod
    def of(cls, limits: UseLimits) -> "Rates":
        """New counters with these limits."""
        return cls(
            RequestRate(limits.costly_pages_per_minute), RequestRate(limits.forms_per_minute)
        )


def begin_use(use: Use, who: str, rates: Rates, *, at: datetime) -> None:
    """Count one call of a person.

    Raises:
        UseLimitReached: says when the next one is possible.
    """
    if use in BY_HOUR:
        _begin_by_hour(use, who, at)
        return
    rate = rates.pages if use is Use.COSTLY_PAGE else rates.forms
    if wait := rate.seconds_to_wait(who, at_s=at.timestamp()):
        raise UseLimitReached(use, rate.most, wait, at)


def _begin_by_hour(use: Use, who: str, at: datetime) -> None:
    """Look now, count at the end of the request: a file is made before SQLite's write lock."""
    allowed = adapters().use_limits
    most = allowed.exports_per_hour if use is Use.EXPORT else allowed.calculations_per_hour
    limit = Limit(f"use: {use.value}", most, HOUR_S)
    try:
        require_left(limit, who, at=at)
    except TooMany as reached:
        raise UseLimitReached(use, most, reached.retry_after_s, at) from None
    db.session.info.setdefault(TRIES_OF_USES, []).append((limit, who, at))
