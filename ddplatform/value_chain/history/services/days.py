"""Rules for the request of a past day of a map."""

from datetime import date

from ddplatform.infrastructure.errors import Invalid
from ddplatform.languages import gettext as _
from ddplatform.value_chain.mapping.models import ValueChain


def check_day(chain: ValueChain, day: date, *, today: date, field: str = "day") -> None:
    """Refuse a day without data.

    Raises:
        Invalid: the day is still to come, or the map was not there yet.
    """
    if day > today:
        told = _("This day is in the future. Choose today or an earlier day.")
        raise Invalid(fields={field: told})
    first = chain.created_at.date()
    if day < first:
        told = _(
            "This map began on %(day)s. Choose that day or a later one.", day=first.isoformat()
        )
        raise Invalid(fields={field: told})


def check_days(chain: ValueChain, first: date, second: date, *, today: date) -> None:
    """Refuse two days that cannot be put side by side.

    Raises:
        Invalid: as `check_day`, or the second day is not the later one.
    """
    check_day(chain, first, today=today, field="first")
    check_day(chain, second, today=today, field="second")
    if second < first:
        raise Invalid(fields={"second": _("Choose a day that is not before the first one.")})
