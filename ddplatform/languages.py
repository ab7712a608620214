"""Languages of pages and mails, and texts in the current language.

Texts are written in English where they are shown and translated by gettext; the catalogues are
`translations/<language>/LC_MESSAGES/messages.po`. Names, dates, figures and direction come from
the CLDR by way of Babel. A text that a catalogue lacks is given in English and noted, so that the
page as a whole can be shown in English (decision 25).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from typing import Any, Literal, TypeVar

import flask_babel
from babel import Locale
from babel.dates import format_date
from babel.support import NullTranslations as Catalogue
from babel.support import Translations
from flask import Flask, has_app_context
from flask.globals import app_ctx
from flask_babel.speaklater import LazyString
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

from ddplatform.config import ROOT

ENGLISH = "en"
LANGUAGES = (ENGLISH, "fr", "es", "pt", "ar", "tr", "sw", "zh")
"""The selectable languages, in the order of the menu."""
_ENGLISH_DAYS = {"long": "d MMMM y", "medium": "d MMM y"}
CATALOGUES = ROOT / "translations"
Written = TypeVar("Written")


class LazyText(LazyString):  # type: ignore[misc]
    """A text in the language of the moment it is shown; on a page as safe as any other text."""

    @property
    def source(self) -> str:
        """The text as it was written, in English and without its values."""
        return str(self._args[0])

    def __html__(self) -> Markup:
        return escape(str(self))


@dataclass(frozen=True)
class Source:
    """A requested text, so that it can be rendered in another language."""

    text: str
    many: str | None
    """The English form for more than one, where the text has a count."""
    values: dict[str, Any]

    def again(self) -> str:
        """The text in the language spoken now."""
        if self.many is None:
            return gettext(self.text, **self.values)
        rest = {name: value for name, value in self.values.items() if name != "num"}
        return ngettext(self.text, self.many, self.values["num"], **rest)


@dataclass(slots=True)
class Spoken:
    """The language of a request, a job or a mail, and the texts requested from its catalogue."""

    locale: Locale
    catalogue: Catalogue | None
    """None for English."""
    for_a_while: bool = False
    """Inside `speaking`: not the language of the page."""
    lacking: list[str] = field(default_factory=list)
    """Texts that the catalogue has not; they were given in English."""
    sources: dict[str, Source] | None = None
    """Python's own message, by its words; None where nobody will ask."""


def register(app: Flask, choose: Callable[[], str | None] | None = None) -> None:
    """Give an application its catalogues and its templates `_`, `ngettext` and `{% trans %}`.

    Args:
        choose: the language of the request at hand; without one it is English.
    """
    # Also WTForms' own messages take their language from Flask-Babel.
    flask_babel.Babel(app, default_locale=ENGLISH, locale_selector=choose, configure_jinja=False)
    page = app.jinja_env
    page.policies["ext.i18n.trimmed"] = True
    page.add_extension("jinja2.ext.i18n")
    page.install_gettext_callables(_find, _find_plural, newstyle=True)  # type: ignore[attr-defined]
    # In place of Jinja's: a page with many rows asks some thousand times.
    page.globals.update(_=_on_page, gettext=_on_page, ngettext=_count_on_page)


def gettext(text: str, /, **values: object) -> str:
    """`text` in the current language; `%(name)s` in it is replaced by a value."""
    found = _find(text)
    said = found % values if values else found
    if (sources := _spoken().sources) is not None:
        sources[said] = Source(text, None, values)
    return said


def ngettext(one: str, many: str, count: int, /, **values: object) -> str:
    """The form of a text for a count, which replaces `%(num)s`."""
    values = {"num": count, **values}
    said = _find_plural(one, many, count) % values
    if (sources := _spoken().sources) is not None:
        sources[said] = Source(one, many, values)
    return said


@pass_eval_context
def _on_page(how: EvalContext, text: str, /, **values: object) -> str:
    found = _find(text)
    if not how.autoescape:
        return found % values
    return Markup(found) % values if values else _marked_up(found)


@pass_eval_context
def _count_on_page(how: EvalContext, one: str, many: str, count: int, /, **values: object) -> str:
    found = _find_plural(one, many, count)
    return (Markup(found) if how.autoescape else found) % {"num": count, **values}


@lru_cache(maxsize=8192)
def _marked_up(text: str) -> Markup:
    """A text of a page without values, where `%%` means the sign itself."""
    return Markup(text) % {}


def _find(text: str) -> str:
    spoken = _spoken()
    if spoken.catalogue is None or not text:
        return text
    found = spoken.catalogue.gettext(text)
    if found:
        return str(found)
    spoken.lacking.append(text)
    return text


def _find_plural(one: str, many: str, count: int) -> str:
    spoken = _spoken()
    if spoken.catalogue is not None:
        found = spoken.catalogue.ngettext(one, many, count)
        if found:
            return str(found)
        spoken.lacking.append(one)
    return one if count == 1 else many


class _Nothing(Catalogue):
    """The last fallback: an empty text where a catalogue lacks one."""

    def gettext(self, message: str) -> str:
        return ""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return ""


@cache
def _catalogue_of(language: str) -> Catalogue | None:
    if language == ENGLISH:
        return None
    catalogue = Translations.load(CATALOGUES, [language])
    catalogue.add_fallback(_Nothing())
    return catalogue


def _spoken() -> Spoken:
    try:
        return app_ctx.g.spoken  # type: ignore[no-any-return]
    except (AttributeError, RuntimeError):
        return spoken_now()


def spoken_now() -> Spoken:
    """The language of this request or job, chosen when it is asked for first."""
    if not has_app_context():
        return Spoken(locale_of(ENGLISH), None)
    if "spoken" not in app_ctx.g:
        locale = flask_babel.get_locale() or locale_of(ENGLISH)
        catalogue = _catalogue_of(locale.language)
        app_ctx.g.spoken = Spoken(locale, catalogue, sources={} if catalogue else None)
    return app_ctx.g.spoken  # type: ignore[no-any-return]


def lazy_gettext(text: str, /, **values: object) -> Any:
    """The same, translated when displayed: for labels and texts at module level."""
    return LazyText(gettext, text, **values)


def current_language() -> str:
    """Code of the language spoken now."""
    return current_locale().language


def current_locale() -> Locale:
    """The language spoken now, as Babel's Locale; English outside of the application."""
    return _spoken().locale


def day_in_words(value: date, *, short: bool = False) -> str:
    """A day in the language spoken now: "25 November 2026", or "25 Nov 2026"."""
    length: Literal["medium", "long"] = "medium" if short else "long"
    locale = current_locale()
    pattern = _ENGLISH_DAYS[length] if locale.language == ENGLISH else length
    return str(format_date(value, pattern, locale))


@contextmanager
def speaking(language: str | None) -> Iterator[None]:
    """Texts in the language of the reader, for mails and papers; English if there is none."""
    chosen = known_or_english(language)
    with flask_babel.force_locale(chosen):
        if not has_app_context():
            yield
            return
        before = app_ctx.g.pop("spoken", None)
        app_ctx.g.spoken = Spoken(locale_of(chosen), _catalogue_of(chosen), for_a_while=True)
        try:
            yield
        finally:
            if before is None:
                app_ctx.g.pop("spoken")
            else:
                app_ctx.g.spoken = before


def in_one_language(language: str | None, write: Callable[[], Written]) -> Written:
    """The result of `write` in a language or, where its catalogue lacks a text, in English."""
    with speaking(language):
        written = write()
        if not spoken_now().lacking:
            return written
    with speaking(ENGLISH):
        return write()


def listen_anew() -> None:
    """Reset the current language; it is chosen anew on the next use."""
    flask_babel.refresh()
    if "spoken" in app_ctx.g and not app_ctx.g.spoken.for_a_while:
        app_ctx.g.pop("spoken")


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
    """`ltr` or `rtl`, from the CLDR."""
    return str(locale_of(language).text_direction)


@cache
def own_name(language: str) -> str:
    """The name of a language in that language, capitalised: "Français"."""
    name = str(locale_of(language).get_display_name(language))
    return name[:1].upper() + name[1:]
