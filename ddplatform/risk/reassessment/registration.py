"""What reassessments tell earlier packages of themselves."""

from ddplatform.risk.reassessment.models import ReviewCause, ReviewTask
from ddplatform.value_chain.merging.queries.references import (
    NodeReference,
    Once,
    register_references,
)


def register() -> None:
    """Which columns name a node: it has one open task of each kind."""
    once = Once((ReviewTask.trigger,), among=ReviewTask.closed_at.is_(None))
    register_references(
        NodeReference(ReviewTask.node_id, once=once),
        NodeReference(ReviewCause.node_id, stays="the reasons of a task are told through the task"),
    )
