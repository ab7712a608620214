"""Query parameters of an address, validated."""

from datetime import date

from flask import request
from werkzeug.datastructures import MultiDict

from ddplatform.infrastructure.access.odd_input import READING
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.typed_values import read_day, read_number
from supply_chain.vocabulary import Issue


def number(text: str) -> int:
    """A place in a list. Raises ValueError, on which the address counts as without it."""
    return read_number(text)


def values_here() -> MultiDict[str, str]:
    """The place of a choice that a page shows and its form repeats; never both together.

    The address where a page is asked for, the form where one was sent.
    """
    return request.args if request.method in READING else request.form


def carried() -> MultiDict[str, str]:
    """The part of this address that its links may carry on.

    Values already in the path (the organisation, a map) and what `url_for` takes for itself
    would lead elsewhere or nowhere; no page asks for them.
    """
    path = request.url_rule.arguments if request.url_rule else set()
    return MultiDict(
        (name, value)
        for name, value in request.args.items(multi=True)
        if name not in path and name != "endpoint" and not name.startswith("_")
    )


def day(text: str) -> date:
    """A day that has days around it. Raises ValueError as `number`."""
    return read_day(text)


def issue_of(code: str | None) -> Issue:
    """The issue whose page an address names.

    Raises:
        NotFound: no such issue.
    """
    if code not in {issue.value for issue in Issue}:
        raise NotFound()
    return Issue(code)
