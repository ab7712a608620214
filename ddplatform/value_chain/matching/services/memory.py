"""Decisions on two contents, remembered for both in whichever rows they occur."""

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.value_chain.matching.models import MatchDecision
from ddplatform.value_chain.matching.queries.records import find_decision
from supply_chain.matching.record_content import pair_key


def remember(one: str, other: str, *, is_same: bool, act: Act) -> None:
    """Keep a decision on two contents in place of an older one."""
    low, high = pair_key(one, other)
    row = find_decision(low, high)
    if row is None:
        row = MatchDecision(low_hash=low, high_hash=high)
        db.session.add(row)
    row.is_same, row.decided_at, row.decided_by_id = is_same, act.at, act.by.user_id
    db.session.flush()  # the next decision of the same work looks for it


def forget(one: str, other: str) -> None:
    """The question is open again."""
    row = find_decision(*pair_key(one, other))
    if row is not None:
        db.session.delete(row)
        db.session.flush()  # the next decision of the same work does not find it
