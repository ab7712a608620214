"""Display language of a form's texts, and the texts that are not in the language of the page."""

import re
from dataclasses import dataclass

from questionnaires.form.form import Form, Text

ENGLISH = "en"
"""Language of a form that names none."""
_CODE = re.compile(r"\(([A-Za-z-]+)\)$")


@dataclass(frozen=True)
class Tongue:
    """Reading language of a form: `here` is that of the page, `names` those to look up in order.

    `is_spoken`: the form has texts in the language of the page, so that one in another is a gap.
    """

    here: str
    names: tuple[str, ...] = ()
    is_spoken: bool = True

    def other(self, text: Text) -> str:
        """The code of the language a text is shown in where it is not that of the page."""
        if not text:
            return ""
        code = _code_of(text.language(*self.names))
        return "" if code == self.here else code

    def of_section(self, form: Form, name: str) -> str:
        """The same for the title of a section."""
        section = form.section(name)
        own = section.group.label if section.group else None
        return self.other(own or section.label)


def language_of(form: Form, code: str) -> str | None:
    """The language of a form that a code names ("fr": "French (fr)"); None: its default."""
    return next((name for name in form.languages if name.endswith(f"({code})")), None)


def spoken_language(form: Form, here: str, kept: str) -> str | None:
    """The language a form is shown in: that of the page, else the one kept; None: its own."""
    if here == _code_of(form.default_language):
        return None
    return language_of(form, here) or language_of(form, kept)


def tongue_of(form: Form, here: str, kept: str = "") -> Tongue:
    """Reading language of a form on a page in `here`, with `kept` as an earlier choice."""
    spoken = spoken_language(form, here, kept) or form.default_language
    is_spoken = here == _code_of(form.default_language) or language_of(form, here) is not None
    return Tongue(here, (spoken, form.default_language), is_spoken)


def _code_of(name: str) -> str:
    found = _CODE.search(name)
    return found[1] if found else ENGLISH
