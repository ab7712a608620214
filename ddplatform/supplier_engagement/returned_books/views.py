"""What is wrong with a returned workbook, in the language of the page."""

from ddplatform.infrastructure.words.problems import in_words
from ddplatform.languages import gettext


def fault_words(text: str) -> str:
    """A sentence that was stored in English; one that is in no catalogue stands as it is."""
    return in_words(gettext(text)) if text else ""
