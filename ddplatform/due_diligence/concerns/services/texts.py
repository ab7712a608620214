"""Texts of a concern are searched for what leads to a person before they are kept."""

from collections.abc import Collection, Mapping

from ddplatform.core.due_diligence.free_text import Sighting, Trace, look_for_traces
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.words.traces import found_in_words
from ddplatform.languages import gettext

LONGEST = {"text": 4000, "message": 4000, "reason": 1000, "place": 120}
"""Characters of each field."""


class LeadsToSomebody(Invalid):
    """A text may lead to a person. `names`: what seems to be a person's name in it."""

    def __init__(self, fields: Mapping[str, str], names: Collection[str]) -> None:
        super().__init__(fields=fields)
        self.names = tuple(names)


def require_usable(texts: Mapping[str, str], *, not_names: Collection[str] = ()) -> None:
    """Refuse texts that may lead to a person, or that are too long; nothing is kept of them.

    Names on the map of the organisation are no exception: a stranger could try out which firms
    are on it.

    Args:
        texts: field -> what was written.
        not_names: words that the writer confirmed as no person's name.

    Raises:
        Invalid: a text is too long.
        LeadsToSomebody: with what was found, quoted, and how to say it without.
    """
    long = {
        field: gettext("Shorten this to %(most)s characters.", most=LONGEST[field])
        for field, text in texts.items()
        if len(text) > LONGEST[field]
    }
    if long:
        raise Invalid(fields=long)
    seen = {field: _seen(text, set(not_names)) for field, text in texts.items()}
    names = [one.seen for found in seen.values() for one in found if one.trace is Trace.NAME]
    faults = {field: found_in_words(found) for field, found in seen.items() if found}
    if faults:
        raise LeadsToSomebody(faults, dict.fromkeys(names))


def _seen(text: str, not_names: set[str]) -> list[Sighting]:
    return [
        one
        for one in look_for_traces(text)
        if one.trace is not Trace.TOO_LONG
        and not (one.trace is Trace.NAME and one.seen in not_names)
    ]
