"""Questions with a country code as answer, in the notation of the shipped questionnaires."""

import re

from questionnaires.form.form import NO_LANGUAGE, Kind, Question

_TWO_LETTERS = re.compile(r"""regex\(\s*\.\s*,\s*(['"])\^\[A-Za-z\]\[A-Za-z\]\$\1\s*\)""")


def asks_for_country(question: Question) -> bool:
    """Whether a question takes the two letters of a country (ISO 3166-1), and nothing else.

    It is recognised by its rule and by the message for a broken rule: two letters
    alone may also be those of a language.
    """
    rule = question.rules.constraint or ""
    said = question.constraint_message.plain(NO_LANGUAGE)
    return (
        question.kind is Kind.TEXT
        and _TWO_LETTERS.fullmatch(rule.strip()) is not None
        and "country" in said.casefold()
    )
