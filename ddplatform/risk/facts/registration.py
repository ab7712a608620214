"""Effects on an assessment of a changed map, new answers or a refuted red flag."""

from ddplatform.risk.facts.services.facts import add_flag, ask_reassessment, end_flag
from ddplatform.supplier_engagement.receiving.services.receiving import FLAG_EFFECTS, FlagEffect
from ddplatform.value_chain.mapping.services.changes import AFTER_CHANGE


def register() -> None:
    """Fill the registries of mapping and receiving."""
    AFTER_CHANGE.add("assessment", ask_reassessment)
    FLAG_EFFECTS.add("facts", FlagEffect(add_flag, end_flag))
