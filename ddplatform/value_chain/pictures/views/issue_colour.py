"""Which issue a map is coloured by. It stands in the address as `colour`.

Maps begin with the highest band over all issues, which is the one that tables show.
"""

from ddplatform.languages import gettext as _
from supply_chain.risk.issue_names import ISSUE_NAMES
from supply_chain.vocabulary import Issue

HIGHEST = "highest"


def issue_of(text: str) -> Issue | None:
    """The issue that a word of the address names; None, the highest, for any other word."""
    return Issue(text) if text in set(Issue) else None


def colour_choices() -> list[tuple[str, str]]:
    """What a map can be coloured by, with words."""
    return [(HIGHEST, _("Highest risk over all issues")), *ISSUE_NAMES.items()]
