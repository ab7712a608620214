"""Display texts for states of suppliers of suppliers."""

from ddplatform.languages import lazy_gettext as _
from ddplatform.supplier_engagement.cascade.models import AskedState, ProposalState

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
