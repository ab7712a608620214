"""What to do about words that may lead to a person, in the language of the page."""

from collections.abc import Iterable, Mapping, Sequence

from ddplatform.core.due_diligence.free_text import LONGEST_TEXT, Sighting, Trace
from ddplatform.languages import LazyText, gettext
from ddplatform.languages import lazy_gettext as _

ADVICE: Mapping[Trace, LazyText] = {
    Trace.EMAIL: _("Leave out the e-mail address."),
    Trace.HANDLE: _("Leave out the account or web address."),
    Trace.COORDINATES: _("Leave out the coordinates; name the region at most."),
    Trace.DATE: _("Leave out the day; write the month, or the age band for an age."),
    Trace.PHONE: _("Leave out the phone number."),
    Trace.ID_NUMBER: _("Leave out the number of the document."),
    Trace.NAME: _(
        "Write who the person is in place of the name: the child, the mother, the foreman, "
        "the teacher."
    ),
    Trace.TOO_LONG: _(
        "Shorten the text to %(most)s characters; codes say the rest.", most=LONGEST_TEXT
    ),
}


def advice_on(seen: Iterable[Sighting]) -> str:
    """The ways out, each once, in the order in which they are needed."""
    return " ".join(str(ADVICE[trace]) for trace in dict.fromkeys(one.trace for one in seen))


def quoted(words: Iterable[str]) -> str:
    """Words as they stand in a text, each once and in quotes."""
    return ", ".join(f"“{word}”" for word in dict.fromkeys(words))


def found_in_words(seen: Sequence[Sighting]) -> str:
    """What was found in a text, quoted, and how to say it without."""
    words = quoted(one.seen for one in seen if one.trace is not Trace.TOO_LONG)
    advice = advice_on(seen)
    if not words:
        return advice
    return gettext("%(words)s may lead to a person. %(advice)s", words=words, advice=advice)
