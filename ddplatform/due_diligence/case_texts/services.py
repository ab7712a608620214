"""Texts of a case are searched for what leads to a person before they are sealed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ddplatform.audit.services import log as audit
from ddplatform.core.due_diligence.free_text import Sighting, Trace, look_for_traces
from ddplatform.due_diligence.remedy.models import RemediationCase
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.words.traces import found_in_words
from ddplatform.languages import gettext
from ddplatform.value_chain.mapping.queries.known_names import list_names_with


class MayIdentify(Invalid):
    """A text may lead to a person. `names`: what seems to be a person's name in it."""

    def __init__(self, checked: "Checked", field: str) -> None:
        message = gettext("This text could identify the child, so it was not saved.")
        super().__init__(message, checked.advice, fields={field: checked.advice})
        self.names = checked.names


@dataclass(frozen=True)
class Checked:
    """The result of the search in a text.

    `seen`: what stands against keeping it. `confirmed`: words that seem to be names, and that the
    writer said are none.
    """

    seen: Sequence[Sighting]
    confirmed: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """What seems to be a name, each once."""
        return tuple(dict.fromkeys(one.seen for one in self.seen if one.trace is Trace.NAME))

    @property
    def advice(self) -> str:
        """What was found, quoted, and the ways out."""
        found = found_in_words(self.seen)
        if not self.names:
            return found
        way_out = gettext("Words that name no person can be confirmed below.")
        return f"{found} {way_out}"


def check(text: str, not_names: Collection[str] = ()) -> Checked:
    """Search a text of a case; names of firms and places on the own maps are no finds.

    Args:
        not_names: words that the writer confirmed as no person's name.
    """
    seen = look_for_traces(text)
    if named := {one.seen for one in seen if one.trace is Trace.NAME}:
        seen = look_for_traces(text, list_names_with(named))
    said = {
        one.seen: None for one in seen if one.trace is Trace.NAME and one.seen in set(not_names)
    }
    left = [one for one in seen if one.trace is not Trace.NAME or one.seen not in said]
    return Checked(left, tuple(said))


def require_clean(text: str, *, field: str, not_names: Collection[str] = ()) -> bool:
    """Whether words of the text were confirmed as no person's name; refuse what may be one.

    Raises:
        MayIdentify: the text could identify a child; the matches are quoted.
    """
    checked = check(text, not_names)
    if checked.seen:
        raise MayIdentify(checked, field)
    return bool(checked.confirmed)


def record_confirmation(case: RemediationCase, *, act: Act) -> None:
    """Log that the writer confirmed words as no person's name; the event has none of them."""
    audit.record("case:confirm", case, act=act, restricted=True)
