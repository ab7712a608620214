"""What is kept. Importing this package makes every table known."""

from ddplatform.models import (
    audit,
    evidence,
    findings,
    jobs,
    organisations,
    questionnaires,
    reference,
    remedy,
    reports,
    responses,
    risk,
    value_chain,
)

__all__ = [
    "audit",
    "evidence",
    "findings",
    "jobs",
    "organisations",
    "questionnaires",
    "reference",
    "remedy",
    "reports",
    "responses",
    "risk",
    "value_chain",
]
