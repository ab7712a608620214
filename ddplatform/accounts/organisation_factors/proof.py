"""How it was proven who asks for the removal of a lost second factor (ASVS 5.0, 6.4.4)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from ddplatform.core.due_diligence.free_text import Trace, look_for_traces
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.words.traces import ADVICE
from ddplatform.languages import gettext

LEAST_WORDS: Final = 10
MOST_WORDS: Final = 200
"""Characters that describe another way."""
CONTENTS: Final = frozenset({Trace.ID_NUMBER, Trace.DATE, Trace.PHONE, Trace.EMAIL})
"""What stands in identity documents or leads to the mailbox or the phone of a person."""


class Way(StrEnum):
    """A way to know who somebody is that needs neither their mailbox nor their password."""

    IN_PERSON = "in-person"
    KNOWN_VOICE = "known-voice"
    VIDEO_CALL = "video-call"
    OTHER = "other"


@dataclass(frozen=True)
class IdentityProof:
    """The way that was taken; `words` describe another one and are empty for the rest.

    Raises:
        Invalid: another way without words, words for one of the list, or contents of documents
            in them (`words`).
    """

    way: Way
    words: str = ""

    def __post_init__(self) -> None:
        if fault := _fault_in(self.way, self.words.strip()):
            raise Invalid(fault, fields={"words": fault})

    def told(self) -> dict[str, Any]:
        """The values of the event in the log."""
        found = {"identity_proof": self.way.value}
        if words := self.words.strip():
            found["identity_proof_words"] = words
        return found


def _fault_in(way: Way, words: str) -> str | None:
    if way is not Way.OTHER:
        return gettext("Leave this empty, or choose “Another way”.") if words else None
    if not LEAST_WORDS <= len(words) <= MOST_WORDS:
        return gettext(
            "Describe in %(least)s to %(most)s characters how you made sure who it is.",
            least=LEAST_WORDS,
            most=MOST_WORDS,
        )
    seen = [one.trace for one in look_for_traces(words) if one.trace in CONTENTS]
    return str(ADVICE[seen[0]]) if seen else None
