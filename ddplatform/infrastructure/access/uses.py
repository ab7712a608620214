"""What an endpoint costs when it is called too often, declared at its door.

`accounts/limits/uses.py` has the limit of each use, `accounts/limits/door.py` asks for it.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from ddplatform.infrastructure.access.declared import Access
from ddplatform.infrastructure.access.odd_input import READING
from ddplatform.infrastructure.access.permissions import Permission

View = TypeVar("View", bound=Callable[..., Any])


class Use(StrEnum):
    """Kinds of calls that are counted for each person."""

    EXPORT = "export"
    """Data leave as a file."""
    CALCULATION = "calculation"
    """Long work is asked for: an assessment, a search for duplicates, a plan, a report."""
    COSTLY_PAGE = "costly_page"
    """Reading alone takes much: an analysis, a scenario, a picture of a map, a search."""
    FORM = "form"
    """Any other form: new records and changes."""


EXPORTS = frozenset(one for one in Permission if one.value.endswith(":export"))
NEVER_COUNTED = frozenset({Permission.RESPONSE_ANSWER})
"""Nobody who answers is ever told to wait before what was typed is saved."""


def limited(use: Use) -> Callable[[View], View]:
    """Declare the use of an endpoint: of its page where it is a costly one, else of its form."""

    def declare(view: View) -> View:
        view.use = use  # type: ignore[attr-defined]
        return view

    return declare


def use_of(view: Callable[..., Any], access: Access, method: str) -> Use | None:
    """What a call of a person to an endpoint counts as; None: it is not counted.

    Programs with a token have a rate of their own (`request_rate.py`).
    """
    if access.kind != "permission" or access.permission in NEVER_COUNTED:
        return None
    declared: Use | None = getattr(view, "use", None)
    if method in READING:
        return declared if declared is Use.COSTLY_PAGE or access.leaves_event else None
    if declared is not None and declared is not Use.COSTLY_PAGE:
        return declared
    return Use.EXPORT if access.permission in EXPORTS else Use.FORM
