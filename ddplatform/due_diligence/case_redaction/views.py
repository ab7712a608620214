"""The texts of a case as the page of redaction shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ddplatform.core.due_diligence.free_text import Trace, look_for_traces
from ddplatform.core.due_diligence.impacts import impact_words
from ddplatform.core.due_diligence.lifecycle import lifecycle
from ddplatform.core.due_diligence.remedy_protocol import remedy_steps
from ddplatform.core.due_diligence.vocabulary import Machine
from ddplatform.due_diligence.case_redaction.services import SealedText
from ddplatform.languages import gettext


@dataclass(frozen=True)
class TextRow:
    """One text: where it stands, when it was written, its words."""

    title: str
    at: datetime
    text: str


def text_rows(texts: Sequence[SealedText]) -> list[TextRow]:
    """The texts with their titles."""
    steps = {ref: step.title for ref, step in remedy_steps().items()}
    titles = steps | dict(lifecycle(Machine.IMPACT).states)
    return [TextRow(_title(one, titles), one.at, one.text) for one in texts]


def _title(one: SealedText, titles: Mapping[str, str]) -> str:
    if one.kind == "alert":
        return gettext("Alert")
    if one.kind == "visit":
        return gettext("Visit %(number)s", number=one.ref)
    if one.kind == "criterion":
        return str(impact_words().closure_criteria[one.ref]["title"])
    return str(titles[one.ref])


def proposed_words(texts: Sequence[SealedText]) -> str:
    """What may lead to a person in the texts, one line each, as the form begins with it."""
    seen = (
        sighting.seen
        for one in texts
        for sighting in look_for_traces(one.text)
        if sighting.trace is not Trace.TOO_LONG
    )
    return "\n".join(dict.fromkeys(seen))
