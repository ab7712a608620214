"""Refusal of requests that give two values to a name of which a route takes one.

A route names where each value comes from: the address (`request.args`) or the form that was sent
(`request.form`, JSON of programs), never both together, so that a second value in the other place
changes nothing. Within one place a name has one value, unless the route declares that it takes a
list: which of two a proxy, a log or another reader takes would be a guess.
"""

import logging
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from typing import Any, TypeVar

from flask import current_app, g, request
from werkzeug.datastructures import MultiDict

from ddplatform.infrastructure.access.odd_input import READING
from ddplatform.infrastructure.errors import Invalid
from ddplatform.languages import gettext

log = logging.getLogger(__name__)
View = TypeVar("View", bound=Callable[..., Any])
LONGEST_NAME = 40
"""Characters of a name that an error repeats."""


def takes_lists(*names: str) -> Callable[[View], View]:
    """Declare the names that an endpoint takes more than once; `*` stands for any rest.

    All others are refused where they come with two values.
    """

    def declare(view: View) -> View:
        view.lists = frozenset({*names, *lists_of(view)})  # type: ignore[attr-defined]
        return view

    return declare


def lists_of(view: Callable[..., Any]) -> frozenset[str]:
    """The names that a view takes more than once."""
    found: frozenset[str] = getattr(view, "lists", frozenset())
    return found


def is_list(name: str, lists: Iterable[str]) -> bool:
    """Whether a name is among those that a view takes more than once."""
    return any(fnmatchcase(name, one) for one in lists)


def refuse_repeated(endpoint: str) -> None:
    """Refuse the request at hand where one place of it has two values for one name.

    Raises:
        Invalid: names the value and the place.
    """
    lists = lists_of(current_app.view_functions[endpoint])
    if name := _twice(request.args, lists):
        _note(endpoint)
        raise Invalid(
            gettext("The address has more than one value for “%(name)s”.", name=name),
            gettext("Open the page again from a link or the menu."),
        )
    if request.method in READING:
        return
    if name := _twice(request.form, lists):
        _note(endpoint)
        raise Invalid(
            gettext("The form has more than one value for “%(name)s”.", name=name),
            gettext("Go back, reload the page and send it again."),
        )


def _twice(values: MultiDict[str, str], lists: Iterable[str]) -> str:
    """The first name with two values that takes one; shortened, since an error shows it."""
    for name, found in values.lists():
        if len(set(found)) > 1 and not is_list(name, lists):
            return name[:LONGEST_NAME]
    return ""


def _note(endpoint: str) -> None:
    log.warning("request %s refused at %s: two values of a name", g.request_id, endpoint)
