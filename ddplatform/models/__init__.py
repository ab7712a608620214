"""What is kept. Importing this package makes every table known."""

from ddplatform.models import (
    audit,
    context_events,
    evidence,
    findings,
    jobs,
    map_imports,
    matching,
    organisations,
    questionnaires,
    reassessment,
    reference,
    remedy,
    reports,
    responses,
    risk,
    value_chain,
)

__all__ = [
    "audit",
    "context_events",
    "evidence",
    "findings",
    "jobs",
    "map_imports",
    "matching",
    "organisations",
    "questionnaires",
    "reassessment",
    "reference",
    "remedy",
    "reports",
    "responses",
    "risk",
    "value_chain",
]
