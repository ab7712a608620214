"""Kinds, shares and states of suppliers of suppliers, as pages call them."""

from ddplatform.languages import lazy_gettext as _
from ddplatform.supplier_engagement.cascade.models import AskedState, ProposalState, ShareBand
from supply_chain.vocabulary import NodeKind

KIND_WORDS = {
    NodeKind.BUSINESS_ENTITY: _("Business or trader"),
    NodeKind.SITE: _("Factory, farm or mine"),
    NodeKind.LABOUR_INTERMEDIARY: _("Provider of workers"),
}
"""The kinds that a supplier can name."""
SHARE_WORDS = {
    ShareBand.UNDER_5: _("less than 5 per cent"),
    ShareBand.FROM_5_TO_25: _("5 to 25 per cent"),
    ShareBand.FROM_25_TO_50: _("25 to 50 per cent"),
    ShareBand.OVER_50: _("more than 50 per cent"),
    ShareBand.NOT_KNOWN: _("not known"),
}
ASKED_WORDS = {
    AskedState.NOT_ASKED: _("not asked yet"),
    AskedState.ASKED: _("asked, not opened"),
    AskedState.ANSWERING: _("is answering"),
    AskedState.ANSWERED: _("has answered"),
    AskedState.DEAD_END: _("no answer came"),
}
ASKED_TAGS = {
    AskedState.NOT_ASKED: "line",
    AskedState.ASKED: "info",
    AskedState.ANSWERING: "info",
    AskedState.ANSWERED: "ok",
    AskedState.DEAD_END: "warn",
}
PROPOSAL_WORDS = {
    ProposalState.PROPOSED: _("the buyer decides"),
    ProposalState.ACCEPTED: _("on the map of the buyer"),
    ProposalState.DECLINED: _("not put on the map"),
    ProposalState.WITHDRAWN: _("taken back"),
}
