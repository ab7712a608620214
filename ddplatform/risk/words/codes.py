"""Names of the codes of the risk method on a page."""

from collections.abc import Mapping, Sequence

from ddplatform.languages import gettext
from ddplatform.languages import lazy_gettext as _
from ddplatform.risk.runs.models import WholeBecause
from supply_chain.risk.issue_names import ISSUE_NAMES
from supply_chain.risk.method import METHOD
from supply_chain.vocabulary import Issue

GROUPS: Mapping[str, str] = {
    "CTY": _("Country"),
    "SEC": _("Commodity and activity"),
    "WRK": _("Workforce and practice"),
    "COM": _("Community and context"),
    "ONL": _("Online, marketplace and finance"),
}
SOURCE_TYPES: Mapping[str, str] = {
    "official": _("official statistics"),
    "site_work": _("independent site work"),
    "worker_voice": _("worker or community voice"),
    "audit": _("audit or checked finding"),
    "media_ngo": _("media or NGO report"),
    "supplier_evidence": _("supplier, with accepted evidence"),
    "supplier_answer": _("supplier, without evidence"),
    "inference": _("expert or peer inference"),
    "admission": _("supplier's own admission"),
}
CAUSES: Mapping[str, str] = {
    "import": _("supplier list imported"),
    "answers": _("answers received"),
    "facts": _("facts or the map changed"),
    "judgement": _("severity, urgency or score changed by a person"),
    "context": _("event around sites began, changed or ended"),
    "release": _("new reference data"),
    "request": _("requested by a user"),
    "calendar": _("new day: evidence is a day older"),
}
"""The reason for a run."""
WHOLE_BECAUSE: Mapping[WholeBecause, str] = {
    WholeBecause.ASKED: _("requested by a user"),
    WholeBecause.FIRST: _("first assessment of the map"),
    WholeBecause.MAP: _("sites or links of the map changed"),
    WholeBecause.DAY: _("new day, and the age of evidence counts"),
    WholeBecause.RELEASE: _("new reference data or a new method"),
    WholeBecause.STEPS: _("many changes since the previous assessment of the whole map"),
    WholeBecause.MANY: _("too many sites affected for a partial assessment"),
    WholeBecause.SNAPSHOT: _("figures of the previous assessment no longer stored"),
    WholeBecause.UNMARKED: _("new information without the sites that it affects"),
}
"""The reason why a run assessed the whole map."""
FACTS: Mapping[str, str] = {
    "confirmed": _("Confirmed impact: likelihood is 1 until its closure is verified"),
    "credible": _("Credible allegation: likelihood is at least .60"),
    "red_flag": _("Red flag: likelihood is at least .40"),
    "closed": _("Verified closure: likelihood of at least .50 at first, halved each year"),
}
FACTS_IN_POINTS: Mapping[str, str] = {
    "confirmed": _("Confirmed impact: 100 points until its closure is verified"),
    "credible": _("Credible allegation: 10 points more, at least 70"),
    "red_flag": _("Red flag: 5 points more, at least 62"),
    "closed": _("Verified closure: at least 65 points at first, 5 fewer each year"),
}
"""The facts of RM-2.0 (section 8)."""
CHANGES: Mapping[str, str] = {
    "in_force": _("in force"),
    "waiting": _("waits for a second person"),
    "refused": _("refused"),
    "ended": _("ended"),
    "expired": _("expired"),
}
TRAITS: Mapping[str, tuple[str, str]] = {
    "scale": (_("Scale"), _("gravity of the harm")),
    "scope": (_("Scope"), _("number of children affected")),
    "irremediability": (_("Irremediability"), _("limits on restoring the child")),
}
SCALE: Sequence[str] = (
    _("minor, short discomfort"),
    _("limited effect on wellbeing or school days"),
    _("serious effect on health, schooling or family life"),
    _("grave: injury, school drop-out, abuse"),
    _("life-threatening, sexual violence, slavery-like, death"),
)
SCOPE: Sequence[str] = (
    _("1 child or under 1% of exposed children"),
    _("2 to 9 children, or 1 to under 5%"),
    _("10 to 99 children, or 5 to under 20%"),
    _("100 to 999 children, or 20 to under 50%"),
    _("1,000 children or more, or 50% or more"),
)
IRREMEDIABILITY: Sequence[str] = (
    _("fully restored within days"),
    _("restored within months"),
    _("restorable with sustained help"),
    _("only partly restorable"),
    _("cannot be undone"),
)
STEPS: Mapping[str, Sequence[str]] = {
    "scale": SCALE,
    "scope": SCOPE,
    "irremediability": IRREMEDIABILITY,
}
"""The steps of each trait from 1 to 5 (RM-1.0 section 7.2)."""
INVOLVEMENTS: Mapping[str, str] = {
    "cause": _("Cause: our own acts bring the harm about"),
    "contribute": _("Contribute: our acts add to it"),
    "linked": _("Directly linked: through a business relationship only"),
}
EVIDENCE_LEVELS: Mapping[float, str] = {
    0.0: _("promised or absent"),
    0.25: _("written down, not tested"),
    0.5: _("put into practice, records exist"),
    0.75: _("running, monitored with process data"),
    0.9: _("outcome data and feedback from workers or families"),
}
LIKELIHOOD_STEPS: Sequence[str] = (
    _("Rare, to\u00a00.2"),
    _("Unlikely, to\u00a00.4"),
    _("Possible, to\u00a00.6"),
    _("Likely, to\u00a00.8"),
    _("Almost certain, to\u00a01"),
)
LIMITS: Sequence[str] = (
    _("These indices order work. They are not probabilities and no verdict about a supplier."),
    _("Weights are expert choices; national data hide local variation; self-reports understate."),
    _("The absence of findings is no evidence of the absence of harm."),
    _("Suppliers are compared by their response, not by an index."),
)


def issue_name(issue: Issue | str) -> str:
    """The name of an issue, beginning with a capital."""
    return ISSUE_NAMES[issue]


def sentence(text: str) -> str:
    """The same text beginning with a capital; the other letters stay, so that names keep theirs."""
    said = str(text)  # a text of a module is translated only now
    return said[:1].upper() + said[1:]


def control_name(control: str | None) -> str:
    """The name of a control; an unknown code as it is."""
    at = METHOD.control_index.get(control or "")
    return METHOD.control_names[at] if at is not None else control or ""


def confidence_word(confidence: float) -> str:
    """good, fair or poor (RM-1.0 3.7)."""
    policy, known = METHOD.policy, round(confidence, METHOD.policy.decimals)
    if known >= policy.confidence_good:
        return gettext("good")
    return gettext("fair") if known >= policy.confidence_fair else gettext("poor")
