"""The languages of pages and mails, and texts in the one that is spoken now.

Texts are written in English where they are shown and translated by gettext; the catalogues are
`translations/<language>/LC_MESSAGES/messages.po`. Names, dates, figures and direction come from
the CLDR by way of Babel.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from typing import Any, Literal

import flask_babel
from babel import Locale
from babel.dates import format_date
from flask import Flask, has_app_context
from flask_babel.speaklater import LazyString
from markupsafe import Markup, escape

from ddplatform.config import ROOT

ENGLISH = "en"
LANGUAGES = (ENGLISH, "fr", "es", "pt", "ar", "tr", "sw", "zh")
"""What can be chosen, in the order of the menu."""
_ENGLISH_DAYS = {"long": "d MMMM y", "medium": "d MMM y"}
CATALOGUES = ROOT / "translations"


class LazyText(LazyString):  # type: ignore[misc]
    """A text in the language of the moment it is shown; on a page as safe as any other text."""

    @property
    def source(self) -> str:
        """The text as it was written, in English and without its values."""
        return str(self._args[0])

    def __html__(self) -> Markup:
        return escape(str(self))


def register(app: Flask, choose: Callable[[], str | None] | None = None) -> None:
    """Give an application its catalogues and its templates `_`, `ngettext` and `{% trans %}`.

    Args:
        choose: the language of the request at hand; without one it is English.
    """
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(CATALOGUES)
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    flask_babel.Babel(app, default_locale=ENGLISH, locale_selector=choose)


def gettext(text: str, /, **values: object) -> str:
    """`text` in the language spoken now; `%(name)s` in it stands for a value."""
    if not has_app_context():
        return text % values if values else text
    return str(flask_babel.gettext(text, **values))


def ngettext(one: str, many: str, count: int, /, **values: object) -> str:
    """The form of a text for a count, which stands in it as `%(num)s`."""
    if not has_app_context():
        return (one if count == 1 else many) % {"num": count, **values}
    return str(flask_babel.ngettext(one, many, count, **values))


def lazy_gettext(text: str, /, **values: object) -> Any:
    """The same, translated when it is shown: for labels and words that stand in modules."""
    return LazyText(gettext, text, **values)


def current_language() -> str:
    """Code of the language spoken now."""
    return current_locale().language


def current_locale() -> Locale:
    """The language spoken now, as Babel's Locale; English outside of the application."""
    found: Locale | None = flask_babel.get_locale() if has_app_context() else None
    return found or locale_of(ENGLISH)


def day_in_words(value: date, *, short: bool = False) -> str:
    """A day in the language spoken now: "25 November 2026", or "25 Nov 2026"."""
    length: Literal["medium", "long"] = "medium" if short else "long"
    locale = current_locale()
    pattern = _ENGLISH_DAYS[length] if locale.language == ENGLISH else length
    return str(format_date(value, pattern, locale))


@contextmanager
def speaking(language: str | None) -> Iterator[None]:
    """Texts in the language of who reads them, for mails and papers; English if it is none."""
    with flask_babel.force_locale(known_or_english(language)):
        yield


def listen_anew() -> None:
    """Forget the language that was spoken; it is chosen anew when it is needed next."""
    flask_babel.refresh()


def is_known(language: str | None) -> bool:
    """Whether pages are offered in a language."""
    return language in LANGUAGES


def known_or_english(language: str | None) -> str:
    """The language itself if pages are offered in it, else English."""
    return language if language is not None and is_known(language) else ENGLISH


@cache
def locale_of(language: str) -> Locale:
    """Babel's Locale of one of our languages."""
    return Locale.parse(language)


def direction_of(language: str) -> str:
    """`ltr` or `rtl`, as the CLDR says."""
    return str(locale_of(language).text_direction)


@cache
def own_name(language: str) -> str:
    """What a language calls itself, with a capital: "Français"."""
    name = str(locale_of(language).get_display_name(language))
    return name[:1].upper() + name[1:]
