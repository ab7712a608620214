"""What findings tell earlier packages of themselves."""

from ddplatform.due_diligence.findings.services.findings import record_listed
from ddplatform.value_chain.screening.services.matches import FINDING, RECORDERS


def register() -> None:
    """A confirmed match of an official list becomes a finding."""
    RECORDERS.add(FINDING, record_listed)
