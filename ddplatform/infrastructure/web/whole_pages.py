"""Pages in one language: rendered again in English where the catalogue lacks a text.

The first try of such a request is undone before anything of it is kept or sent. The process
remembers the page, so that the next time it is English from the start (decision 25).
"""

from typing import Any

from flask import Flask, Response, current_app, g, get_flashed_messages, request, session
from flask import message_flashed as flashed
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from ddplatform.infrastructure import gate
from ddplatform.infrastructure.web.languages import (
    IN_ENGLISH,
    SESSION_BEFORE,
    remember_lacking,
)
from ddplatform.languages import Source, current_language, listen_anew, spoken_now

SOURCES = "_flashed"
"""The session key of a message's sources, by its text."""
NOTE_LACKS = "ddplatform.note_lacks"
"""Set in the environment of a request that shows a message which its catalogue lacks."""


def register(app: Flask) -> None:
    """Look at every answer before it is kept; registered last, so that this comes first."""
    app.after_request(_in_one_language)
    app.jinja_env.globals["get_flashed_messages"] = _messages
    flashed.connect(_note_source, app)


def _in_one_language(response: Response) -> Response:
    if response.mimetype != "text/html" or 300 <= response.status_code < 400:
        return response
    if _mixes() and response.status_code < 500:
        if response.status_code < 400 and spoken_now().lacking:
            remember_lacking()
        response = _answer_in_english()
    response.headers["Content-Language"] = current_language()
    return response


def _mixes() -> bool:
    return bool(spoken_now().lacking) or NOTE_LACKS in request.environ


def _answer_in_english() -> Response:
    """The same request, answered once more as if it had just come."""
    gate.start_over()
    _undo_session()
    request.environ[IN_ENGLISH] = True
    request.environ.pop(NOTE_LACKS, None)
    request.__dict__.pop("wtforms_translations", None)  # Flask-WTF keeps a catalogue here
    for _name, file in vars(request).get("files", MultiDict()).items(multi=True):
        file.seek(0)
    listen_anew()
    return current_app.make_response(_answer())


def _answer() -> ResponseReturnValue:
    try:
        early = current_app.preprocess_request()
        return current_app.dispatch_request() if early is None else early
    except Exception as error:
        return current_app.handle_user_exception(error)


def _undo_session() -> None:
    before = request.environ.get(SESSION_BEFORE)
    if before is None:  # refused before a view ran
        return
    session.clear()
    session.update(before)
    request_ctx.flashes = None
    g.pop(current_app.config["WTF_CSRF_FIELD_NAME"], None)


def _note_source(_app: Flask, message: str, **_more: Any) -> None:
    """Store the sources of a message: the page that shows it may be in another language."""
    source = (spoken_now().sources or {}).get(message)
    if source is not None:
        values = {name: _plain(value) for name, value in source.values.items()}
        kept = {**session.get(SOURCES, {}), message: [source.text, source.many, values]}
        session[SOURCES] = kept


def _plain(value: object) -> object:
    return value if isinstance(value, int | float) else str(value)


def _messages(with_categories: bool = False) -> list[Any]:
    """Flask's messages, in the language of the page."""
    messages: list[Any] = get_flashed_messages(with_categories=True)
    sources = session.pop(SOURCES, {}) if SOURCES in session else {}
    said = [(category, _again(text, sources.get(text))) for category, text in messages]
    return said if with_categories else [text for _category, text in said]


def _again(text: str, source: list[Any] | None) -> str:
    if source is None:
        return text
    lacking = spoken_now().lacking
    known = len(lacking)
    said = Source(*source).again()
    if len(lacking) > known:  # no reason to show this page in English the next time
        del lacking[known:]
        request.environ[NOTE_LACKS] = True
    return said
