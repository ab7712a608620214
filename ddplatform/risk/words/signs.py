"""Triggers of a reassessment of a site, in words."""

from collections.abc import Mapping
from datetime import date

from ddplatform.risk.reassessment.queries.signs import Seen, Sign

_REASONS: Mapping[Sign, str] = {
    Sign.NEVER_LOOKED_AT: "In the map since {day}",
    Sign.LOOKED_AT_LONG_AGO: "Last assessed on {day}",
    Sign.JOINED: "Joined the map on {day}",
    Sign.ALLEGATION: "A credible allegation was recorded here",
    Sign.RED_FLAG: "An answer raised a red flag",
    Sign.DOCUMENT_EXPIRED: "A document was valid until {day}",
    Sign.LEFT: "Left the map on {day} with findings open",
    Sign.OPERATOR: "Change of operator on {day}",
    Sign.GOODS: "Change of goods on {day}",
    Sign.COUNTRY: "Change of country on {day}",
    Sign.LISTED: "Named on “{name}”, edition of {day}",
    Sign.SHARE: "Its share of a buyer's input went from {before:.0%} to {after:.0%}",
}


def sign_words(seen: Seen) -> str:
    """The reason for a reassessment of a site, in a sentence without its full stop."""
    return _REASONS[seen.sign].format(
        day=_day(seen.day) if seen.day else "",
        name=seen.name,
        before=seen.before,
        after=seen.after,
    )


def _day(day: date) -> str:
    """A day as people write it: 28 November 2026."""
    return f"{day.day} {day:%B %Y}"
