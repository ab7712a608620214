"""Requested day of a map on its pages, and pages of its history."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import g, request, url_for

from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.typed_values import read_number
from ddplatform.infrastructure.web.address_values import carried, day
from ddplatform.languages import lazy_gettext
from ddplatform.value_chain.history.services.days import check_day
from ddplatform.value_chain.mapping.models import ValueChain

UNREADABLE = lazy_gettext("Enter the day as year-month-day, for example 2026-03-31.")


@dataclass(frozen=True)
class AskedDay:
    """A day as somebody asked for it: the day, or what is wrong with what was typed."""

    typed: str
    day: date | None
    problem: str = ""


def asked_day(chain: ValueChain, name: str = "day") -> AskedDay:
    """The day in the address; without one there is neither a day nor a problem."""
    typed = request.args.get(name, "").strip()[:20]
    if not typed:
        return AskedDay("", None)
    try:
        found = day(typed)
        check_day(chain, found, today=g.now.date())
    except ValueError:
        return AskedDay(typed, None, str(UNREADABLE))
    except Invalid as error:
        return AskedDay(typed, None, error.fields["day"])
    return AskedDay(typed, found)


def paging(first: int, shown: int, total: int, size: int) -> Mapping[str, Any]:
    """The pages of a list that is open, by the number in its address."""
    number = first // size + 1
    return {
        "first": first + 1 if total else 0,
        "last": first + shown,
        "total": total,
        "previous_href": _page(number - 1) if first else None,
        "next_href": _page(number + 1) if first + shown < total else None,
    }


def _page(number: int) -> str:
    given: dict[str, Any] = {**carried().to_dict(), **(request.view_args or {})}
    return url_for(request.endpoint or "", **{**given, "page": number})


def start_of_page(total: int, size: int) -> int:
    """The start of the page in the address; one behind the end is the last."""
    last = max(0, total - 1) // size
    return min(page_number() - 1, last) * size


def page_number() -> int:
    """The page in the address; anything else is the first."""
    return max(1, request.args.get("page", 1, type=read_number))
