"""Problems with answers, in the language of the page.

The words are those of `questionnaires.evaluation.answers` and `questionnaires.evaluation.states`,
which have no translations: a pattern finds the values in them, and the translated sentence is
filled with these.
"""

import re
from collections.abc import Iterator
from functools import cache

from ddplatform.infrastructure.errors import PlatformError
from ddplatform.infrastructure.words.files import FAULTS
from ddplatform.languages import gettext
from ddplatform.languages import lazy_gettext as _
from supply_chain.errors import FileRefused

PROBLEMS = (
    _("This question needs an answer."),
    _("This answer is not allowed here."),
    _("This answer has %(count)s characters."),
    _("Shorten it to %(count)s characters or attach a file."),
    _("'%(text)s' is not one of the answers on offer."),
    _("Choose from the list shown now."),
    _("'%(text)s' is not a whole number."),
    _("Write digits only, without words, spaces or decimals, for example 12."),
    _("%(text)s is too large."),
    _("Write a number up to %(most)s."),
    _("'%(text)s' is not a number."),
    _("Write digits with a point before decimals, for example 3.5."),
    _("%(text)s is not on the scale."),
    _("Choose from %(low)s to %(high)s in steps of %(step)s."),
    _("'%(text)s' is not a date."),
    _("Write year, month and day, for example 2026-06-15."),
    _("'%(text)s' is not a date with a time."),
    _("Write date, T and time, for example 2026-06-15T13:05."),
    _("'%(text)s' is not a time."),
    _("Write hours and minutes, for example 13:05."),
    _("'%(text)s' is not a place on the map."),
    _("Write latitude (-90 to 90) and longitude (-180 to 180) in degrees, for example 5.6 -0.2."),
    _("A file's name cannot hold a path."),
    _("Give the name alone, for example policy.pdf."),
)
_TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_VALUE = re.compile(r"%\((\w+)\)s")


def in_words(message: str) -> str:
    """A problem in the language of the page; a form's own wording stays as it is."""
    if known := _known(message):
        return known
    for source, found, rest in _begun(message):
        return f"{_said(source, found)} {in_words(rest)}"
    return message


def refusal_in_words(error: FileRefused | PlatformError, filename: str) -> str:
    """The reason for rejecting a file, after its name where the text includes it."""
    head = f"{filename}: "
    name = head if error.message.startswith(head) else ""
    words = in_words(error.message.removeprefix(head))
    return f"{name}{words} {in_words(error.advice)}".strip()


def _known(message: str) -> str:
    """The sentences of a message where each of them is one of ours; else nothing."""
    for source, found, rest in _begun(message):
        if known := _known(rest):
            return f"{_said(source, found)} {known}"
    for source, pattern in _patterns():
        if whole := pattern.fullmatch(message):
            return _said(source, whole)
    return ""


def _begun(message: str) -> Iterator[tuple[str, re.Match[str], str]]:
    """The possible sentences at the start of a message, and the rest of it."""
    for source, pattern in _patterns():
        found = pattern.match(message)
        if found and message[found.end() : found.end() + 1] == " ":
            yield source, found, message[found.end() + 1 :]


def _said(source: str, found: re.Match[str]) -> str:
    # A sign of direction in what was typed would turn the whole sentence round.
    return gettext(source, **{k: _TURNS.sub("", v) for k, v in found.groupdict().items()})


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((problem.source, _pattern(problem.source)) for problem in (*FAULTS, *PROBLEMS))


def _pattern(source: str) -> re.Pattern[str]:
    parts = _VALUE.split(source)
    plain, names = parts[::2], parts[1::2]
    values = [f"(?P<{name}>.+?)" for name in names] + [""]
    return re.compile(
        "".join(re.escape(text) + value for text, value in zip(plain, values, strict=True)),
        re.DOTALL,
    )
