"""What the issues are called, in one place for pages, files and messages."""

from supply_chain.risk.issue_names import ISSUE_NAMES, ISSUE_TERMS
from supply_chain.risk.method import METHOD
from supply_chain.risk.rm2.method import METHOD as RM2
from supply_chain.vocabulary import Issue


def test_every_issue_has_a_name_in_the_order_of_the_issues():
    assert list(ISSUE_NAMES) == list(ISSUE_TERMS) == [issue.value for issue in Issue]
    assert all(ISSUE_NAMES[issue][0].isupper() for issue in Issue)


def test_both_methods_call_an_issue_the_same():
    assert METHOD.issue_names == RM2.issue_names == tuple(ISSUE_TERMS.values())
