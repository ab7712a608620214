"""All pages of findings and actions."""

from ddplatform.web.findings import (
    action_pages,
    exit_pages,
    finding_pages,
    judging_pages,
    report_pages,
    step_pages,
    supplier_pages,
)
from ddplatform.web.findings.blueprint import bp

__all__ = [
    "action_pages",
    "bp",
    "exit_pages",
    "finding_pages",
    "judging_pages",
    "report_pages",
    "step_pages",
    "supplier_pages",
]
