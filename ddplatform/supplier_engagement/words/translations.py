"""Notices to readers of a translated questionnaire."""

from ddplatform.languages import gettext
from ddplatform.supplier_engagement.translations.queries.texts import Review


def review_words(review: Review) -> str:
    """Whether a machine made the translation, in the language spoken now; "" where all is well."""
    if review.is_partly:
        return gettext(
            "Parts of this translation were made by a machine, and no speaker has reviewed"
            " them yet. There the English text counts."
        )
    if review.machine:
        return gettext(
            "This translation was made by a machine. No speaker has reviewed it yet. The"
            " English text counts."
        )
    return ""
