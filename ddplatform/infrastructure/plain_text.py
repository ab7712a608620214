"""Rules for texts about sites and measures, which must not identify a child."""

from urllib.parse import urlsplit

from ddplatform.core.due_diligence.free_text import Trace, look_for_traces
from ddplatform.infrastructure.words.traces import ADVICE
from ddplatform.languages import gettext

# Names of sites and places are wanted here, so only what leads straight to a person is refused.
URL_LENGTH = 1_000
REFUSED = frozenset({Trace.EMAIL, Trace.PHONE})


def fault_in(text: str, *, label: str, longest: int, required: bool = True) -> str | None:
    """The error in a text with its remedy; None when it is good.

    Args:
        longest: most characters allowed.
    """
    if required and not text.strip():
        return gettext("Enter %(what)s.", what=label)
    if len(text) > longest:
        return gettext("Shorten %(what)s to %(most)s characters.", what=label, most=f"{longest:,}")
    for sighting in look_for_traces(text):
        if sighting.trace in REFUSED:
            advice = gettext("Write what happened without anything that leads to a person.")
            return f"{ADVICE[sighting.trace]} {advice}"
    return None


def faults_in(texts: dict[str, tuple[str, str, int]]) -> dict[str, str]:
    """Faults of several required texts: field -> (text, label, longest) to field -> fault."""
    found = {
        field: fault_in(text, label=label, longest=longest)
        for field, (text, label, longest) in texts.items()
    }
    return {field: fault for field, fault in found.items() if fault is not None}


def is_web_address(text: str) -> bool:
    """Whether a text is one complete http or https address of at most 1,000 characters."""
    address = text.strip()
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    is_complete = parts.scheme in ("http", "https") and bool(parts.hostname)
    return is_complete and " " not in address and len(address) <= URL_LENGTH
