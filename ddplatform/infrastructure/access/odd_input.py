"""Refusal of requests whose texts cannot be kept or looked for."""

import logging
from collections.abc import Iterator

from flask import g, request
from werkzeug.datastructures import MultiDict

from ddplatform.infrastructure.access.declared import Access
from ddplatform.infrastructure.errors import Invalid, NotFound
from ddplatform.languages import gettext

log = logging.getLogger(__name__)
READING = frozenset({"GET", "HEAD", "OPTIONS"})
NUL = "\0"
LONGEST_VALUE = 8_000
"""Characters of one value in an address."""


def refuse_unusable(access: Access) -> None:
    """Refuse the request at hand where a text of it cannot be kept or looked for.

    No text has the character NUL, and PostgreSQL keeps none that has.

    A value in an address is never as long as a text: searches match patterns, and SQLite refuses
    patterns past 50,000 bytes.

    Raises:
        NotFound: such a text stands in the address.
        Invalid: in a form, or a form that takes none has files.
    """
    asked = (request.path, *_texts(request.args))
    if any(NUL in text or len(text) > LONGEST_VALUE for text in asked):
        log.warning("request %s refused at %s: odd address", g.request_id, request.endpoint)
        raise NotFound()
    if request.method in READING:
        return
    files = [file.filename or "" for _name, file in request.files.items(multi=True)]
    if any(files) and not access.takes_files:
        raise Invalid(gettext("This form takes no files."), gettext("Send it without the file."))
    if any(NUL in text for text in (*_texts(request.form), *files)):
        log.warning("request %s refused at %s: NUL in a text", g.request_id, request.endpoint)
        raise Invalid(
            gettext("A text holds the character NUL."),
            gettext("Type it again instead of pasting it."),
        )


def _texts(values: MultiDict[str, str]) -> Iterator[str]:
    return (text for _name, text in values.items(multi=True))
