"""What campaigns register with earlier packages."""

from ddplatform.supplier_engagement.campaigns.models import CampaignTarget
from ddplatform.value_chain.merging.queries.references import (
    NodeReference,
    Once,
    register_references,
)


def register() -> None:
    """Which column names a node: a campaign asks it each questionnaire once."""
    once = Once((CampaignTarget.campaign_id, CampaignTarget.version_id))
    register_references(NodeReference(CampaignTarget.node_id, once=once))
