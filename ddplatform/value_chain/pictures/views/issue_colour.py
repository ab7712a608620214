"""Issue that a map is coloured by, in the address as `colour`.

The default is the highest band over all issues, which is the one in tables.
"""

from ddplatform.languages import gettext as _
from supply_chain.risk.issue_names import ISSUE_NAMES
from supply_chain.vocabulary import Issue

HIGHEST = "highest"


def issue_of(text: str) -> Issue | None:
    """The issue that a word of the address names; None, the highest, for any other word."""
    return Issue(text) if text in set(Issue) else None


def colour_choices() -> list[tuple[str, str]]:
    """The colour schemes of a map, with words."""
    return [(HIGHEST, _("Highest risk over all issues")), *ISSUE_NAMES.items()]
