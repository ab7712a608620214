"""Registrations of campaigns with earlier packages."""

from ddplatform.supplier_engagement.campaigns.models import CampaignTarget
from ddplatform.value_chain.merging.queries.references import (
    NodeReference,
    Once,
    register_references,
)


def register() -> None:
    """Register the column that names a node: a campaign asks it each questionnaire once."""
    once = Once((CampaignTarget.campaign_id, CampaignTarget.version_id))
    register_references(NodeReference(CampaignTarget.node_id, once=once))
