"""Names of the sixteen issues of child rights."""

from collections.abc import Mapping

from supply_chain.risk.rm2.method import METHOD
from supply_chain.vocabulary import Issue

ISSUE_TERMS: Mapping[str, str] = {
    issue.value: name for issue, name in zip(Issue, METHOD.issue_names, strict=True)
}
"""Issue -> its name within a sentence."""
ISSUE_NAMES: Mapping[str, str] = {
    ref: term[:1].upper() + term[1:] for ref, term in ISSUE_TERMS.items()
}
"""Issue -> its name by itself, beginning with a capital."""
