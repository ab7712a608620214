"""Counts of findings and actions in the summaries of sites, for lists."""

from datetime import date
from uuid import UUID

from ddplatform.due_diligence.findings.queries import (
    count_late_by_node,
    count_open_by_node,
    list_counting_summaries,
)
from ddplatform.infrastructure.db import db
from ddplatform.value_chain.mapping.queries.maps import get_summary


def refresh(node_id: UUID | None = None, *, today: date) -> int:
    """Count open findings and late actions anew, of one node or of all; returns how many changed.

    Late actions grow late by themselves, so a daily job counts all nodes.
    """
    db.session.flush()  # what was just changed counts
    open_of, late_of = count_open_by_node(node_id), count_late_by_node(node_id, today=today)
    if node_id is None:
        summaries = list_counting_summaries({*open_of, *late_of})
    else:
        found = get_summary(node_id)
        summaries = [found] if found is not None else []
    changed = 0
    for summary in summaries:
        wanted = open_of.get(summary.node_id, 0), late_of.get(summary.node_id, 0)
        if (summary.open_findings, summary.overdue_actions) != wanted:
            summary.open_findings, summary.overdue_actions = wanted
            changed += 1
    return changed
