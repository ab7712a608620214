"""Errors in a returned workbook, in the language of the page."""

from ddplatform.infrastructure.words.problems import in_words
from ddplatform.languages import gettext


def fault_words(text: str) -> str:
    """An error stored in English; one in no catalogue stays as it is."""
    return in_words(gettext(text)) if text else ""
