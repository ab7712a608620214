"""The language of a page: from the address, the choice before, the browser, or English.

A page of which the reader's catalogue lacks a text is shown in English as a whole
(`web/whole_pages.py`, decision 25); the choice of the reader stays what it was.
"""

from copy import deepcopy
from typing import Any
from urllib.parse import urlencode

from flask import Flask, current_app, g, has_request_context, request, session
from flask_login import current_user

from ddplatform.languages import (
    ENGLISH,
    LANGUAGES,
    current_language,
    direction_of,
    gettext,
    is_known,
    listen_anew,
    own_name,
    speaking,
    spoken_now,
)

ASKED = "lang"
"""The name in an address (`?lang=fr`) and in the session."""
KEEP = "_keep_language"
"""Set in a session when a person who is signed in chose: the account keeps it too."""


IN_ENGLISH = "ddplatform.in_english"
"""Set in the environment of a request whose page is in English although its reader is not."""
SESSION_BEFORE = "ddplatform.session_before"
"""The session's content when the request began, for a second try of the same request."""
PAGE_LANGUAGE = "X-Page-Language"
"""Sent with a request for a part of a page: the language of the page that it goes into."""
LACKING = "pages that lack texts"
"""Extension of the application: pages, with role and language, that are shown in English."""


def register(app: Flask) -> None:
    """Listen to `?lang=` on every page."""
    app.extensions[LACKING] = set()
    app.before_request(_hear)


def choose() -> str:
    """The language of this request's page (docs/frontend.md, Languages)."""
    if not has_request_context() or IN_ENGLISH in request.environ:
        return ENGLISH
    return of_reader()


def of_reader() -> str:
    """The language that the reader of the page chose, or is assumed to read."""
    addressed = getattr(g, "addressed_language", None)
    if addressed is not None:
        return str(addressed)
    chosen = session.get(ASKED) or _of_account() or getattr(g, "offered_language", None)
    if is_known(chosen):
        return str(chosen)
    return request.accept_languages.best_match(LANGUAGES, ENGLISH) or ENGLISH


def offer(language: str) -> None:
    """A page that knows the language of its reader: spoken if the person has chosen none."""
    g.offered_language = language
    _choose_of_page()


def speak_as_addressed(language: str) -> None:
    """A page whose address names its language: nothing that a browser brings changes it."""
    g.addressed_language = language
    _choose_of_page()


def remember_lacking() -> None:
    """The page at hand lacks texts in the language of its reader: it is English from now on."""
    _lacking().add(_page())


def of_page() -> dict[str, Any]:
    """Layout context: language, direction, the menu, and the notice on an English page."""
    here = current_language()
    theirs = of_reader() if IN_ENGLISH in request.environ else here
    return {
        "lang": here,
        "dir": direction_of(here),
        "languages": _menu(theirs),
        "not_yet_in": _not_yet_in(theirs) if theirs != here else None,
    }


def _not_yet_in(language: str) -> dict[str, str]:
    with speaking(language):
        text = gettext("This page is not yet available in your language; it is shown in English.")
    return {"lang": language, "dir": direction_of(language), "text": text}


def _hear() -> None:
    g.pop("offered_language", None)
    g.pop("addressed_language", None)
    asked = request.args.get(ASKED)
    if asked is not None and is_known(asked) and asked != session.get(ASKED):
        session[ASKED] = asked
        if session.get("_user_id"):
            session[KEEP] = True
    _choose_of_page()


def _choose_of_page() -> None:
    if of_reader() != ENGLISH:
        request.environ.setdefault(SESSION_BEFORE, deepcopy(dict(session)))
        if request.headers.get(PAGE_LANGUAGE) == ENGLISH or _page() in _lacking():
            request.environ[IN_ENGLISH] = True
    listen_anew()
    if IN_ENGLISH in request.environ:
        spoken_now().sources = {}


def _lacking() -> set[tuple[str | None, str, str]]:
    found: set[tuple[str | None, str, str]] = current_app.extensions[LACKING]
    return found


def _page() -> tuple[str | None, str, str]:
    """A page as a reader knows it: people of other roles may see other texts at one address."""
    identity = getattr(g, "identity", None)
    return request.endpoint, identity.role_id if identity else "", of_reader()


def _of_account() -> str | None:
    return current_user.language if current_user and current_user.is_authenticated else None


def _menu(here: str) -> list[dict[str, Any]]:
    rest = [(name, text) for name, text in request.args.items(multi=True) if name != ASKED]
    return [
        {
            "code": code,
            "name": own_name(code),
            "href": "?" + urlencode([*rest, (ASKED, code)]),
            "current": code == here,
        }
        for code in LANGUAGES
    ]
