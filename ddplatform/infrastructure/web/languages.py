"""Which language a page speaks: asked for in the address, chosen before, offered, or English."""

from typing import Any
from urllib.parse import urlencode

from flask import Flask, g, has_request_context, request, session
from flask_login import current_user

from ddplatform.languages import (
    ENGLISH,
    LANGUAGES,
    current_language,
    direction_of,
    is_known,
    listen_anew,
    own_name,
)

ASKED = "lang"
"""The name in an address (`?lang=fr`) and in the session."""
KEEP = "_keep_language"
"""Set in a session when a person who is signed in chose: the account keeps it too."""


def register(app: Flask) -> None:
    """Listen to `?lang=` on every page."""
    app.before_request(_hear)


def choose() -> str:
    """The language of this request (docs/frontend.md, Languages)."""
    if not has_request_context():
        return ENGLISH
    chosen = session.get(ASKED) or _of_account() or getattr(g, "offered_language", None)
    if is_known(chosen):
        return str(chosen)
    return request.accept_languages.best_match(LANGUAGES, ENGLISH) or ENGLISH


def offer(language: str) -> None:
    """A page that knows the language of its reader: spoken if the person has chosen none."""
    g.offered_language = language
    listen_anew()


def of_page() -> dict[str, Any]:
    """What layouts need: language, direction, and the menu."""
    here = current_language()
    return {"lang": here, "dir": direction_of(here), "languages": _menu(here)}


def _hear() -> None:
    g.pop("offered_language", None)
    listen_anew()
    asked = request.args.get(ASKED)
    if asked is None or not is_known(asked) or asked == session.get(ASKED):
        return
    session[ASKED] = asked
    if session.get("_user_id"):
        session[KEEP] = True


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
