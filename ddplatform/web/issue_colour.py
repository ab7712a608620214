"""Which issue a map is coloured by. It stands in the address as `colour`.

The highest band over 16 issues is nearly always critical where little is known, and a map in one
colour tells nobody where to look. So maps begin with child labour; the highest is a choice.
"""

from flask import request

from supply_chain.risk.method import METHOD
from supply_chain.vocabulary import Issue

HIGHEST = "highest"
FIRST = Issue.CL


def chosen_issue() -> Issue | None:
    """The issue of the address; None for the highest over all issues."""
    return issue_of(request.args.get("colour", ""))


def issue_of(text: str) -> Issue | None:
    """The issue that a word of the address names; the first one for a word nobody knows."""
    if text == HIGHEST:
        return None
    return Issue(text) if text in set(Issue) else FIRST


def issue_choices() -> list[tuple[str, str]]:
    """The issues, with words."""
    names = zip(Issue, METHOD.issue_names, strict=True)
    return [(issue.value, _capital(name)) for issue, name in names]


def colour_choices() -> list[tuple[str, str]]:
    """What a map can be coloured by, with words."""
    return [*issue_choices(), (HIGHEST, "Highest risk over all issues")]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
