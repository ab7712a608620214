"""Export values in the notation of an instance: labels become names, decimal commas points."""

import re
from collections.abc import Mapping

from questionnaires.form.form import SELECTS, Choice, Kind, Question
from questionnaires.submissions.columns import plain_label

_WITH_COMMA = re.compile(r"[+-]?\d+,\d+")
_NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.RANGE, Kind.GEOPOINT})
_CHOSEN, _NOT_CHOSEN = (
    frozenset({"1", "1.0", "true", "yes"}),
    frozenset({"0", "0.0", "false", "no"}),
)


def is_chosen(text: str) -> bool | None:
    """Value of the column of one answer; None where it is ambiguous."""
    plain = text.strip().casefold()
    return True if plain in _CHOSEN else (False if plain in _NOT_CHOSEN else None)


def as_stored(question: Question, text: str, *, has_decimal_commas: bool) -> str:
    """A value of an export as the form keeps it; what it does not know stays as it is."""
    if question.kind in SELECTS and question.choices:
        return _named(question, text)
    if has_decimal_commas and question.kind in _NUMBERS:
        return " ".join(
            part.replace(",", ".") if _WITH_COMMA.fullmatch(part) else part for part in text.split()
        )
    return text


def _named(question: Question, text: str) -> str:
    names = {choice.name for choice in question.choices}
    is_one = question.kind is Kind.SELECT_ONE
    if text in names or (not is_one and names.issuperset(text.split())):
        return text
    labels = _labels(question.choices)
    if is_one:
        return labels.get(plain_label(text), text)
    found = _taken_apart(plain_label(text), labels)
    return " ".join(found) if found else text


def _labels(choices: tuple[Choice, ...]) -> Mapping[str, str]:
    """Label -> name, in every language; an ambiguous label has no name."""
    found: dict[str, set[str]] = {}
    for choice in choices:
        for language in choice.label.by_language:
            found.setdefault(plain_label(choice.label.plain(language)), set()).add(choice.name)
    return {label: names.pop() for label, names in found.items() if label and len(names) == 1}


def _taken_apart(text: str, labels: Mapping[str, str]) -> list[str]:
    """The names of concatenated labels, separated by blanks; longer labels first."""
    found: list[str] = []
    longest_first = sorted(labels, key=len, reverse=True)
    while text:
        label = next((one for one in longest_first if f"{text} ".startswith(f"{one} ")), None)
        if label is None:
            return []
        found.append(labels[label])
        text = text[len(label) :].lstrip()
    return found
