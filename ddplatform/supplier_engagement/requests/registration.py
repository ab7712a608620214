"""What the sending of questionnaires tells earlier packages of itself."""

from ddplatform.supplier_engagement.requests.queries import find_newest_status
from ddplatform.value_chain.merging.services.summaries import NEWEST_STATUS, QUESTIONNAIRES


def register() -> None:
    """Which questionnaire the summary of a node shows."""
    NEWEST_STATUS.add(QUESTIONNAIRES, find_newest_status)
