"""How the codes of the risk method read on a page."""

from collections.abc import Mapping

from ddplatform.risk.runs.models import WholeBecause
from supply_chain.risk.issue_names import ISSUE_NAMES
from supply_chain.risk.method import METHOD
from supply_chain.vocabulary import Issue

GROUPS: Mapping[str, str] = {
    "CTY": "Country",
    "SEC": "Commodity and activity",
    "WRK": "Workforce and practice",
    "COM": "Community and context",
    "ONL": "Online, marketplace and finance",
}
SOURCE_TYPES: Mapping[str, str] = {
    "official": "official statistics",
    "site_work": "independent site work",
    "worker_voice": "worker or community voice",
    "audit": "audit or checked finding",
    "media_ngo": "media or NGO report",
    "supplier_evidence": "supplier, with accepted evidence",
    "supplier_answer": "supplier, without evidence",
    "inference": "expert or peer inference",
    "admission": "supplier's own admission",
}
CAUSES: Mapping[str, str] = {
    "import": "a list was taken in",
    "answers": "answers came in",
    "facts": "facts or the map changed",
    "judgement": "somebody judged a risk anew",
    "context": "an event around sites began, changed or ended",
    "release": "new reference data",
    "request": "somebody asked for it",
    "calendar": "a new day began",
}
WHOLE_BECAUSE: Mapping[WholeBecause, str] = {
    WholeBecause.ASKED: "somebody asked for it",
    WholeBecause.FIRST: "it was the first assessment",
    WholeBecause.MAP: "sites or links of the map changed",
    WholeBecause.DAY: "a new day had begun, and the age of evidence counts",
    WholeBecause.RELEASE: "the reference data or the method changed",
    WholeBecause.STEPS: "many changes had come since the whole map was assessed before",
    WholeBecause.MANY: "very many sites were touched at once",
    WholeBecause.SNAPSHOT: "the numbers of the assessment before were not on disk any more",
    WholeBecause.UNMARKED: "nobody had noted of which site something new was known",
}
"""Why a run assessed the whole map, after "because"."""
FACTS: Mapping[str, str] = {
    "confirmed": "Confirmed impact: likelihood is 1 until its closure is verified",
    "credible": "Credible allegation: likelihood is at least .60",
    "red_flag": "Red flag: likelihood is at least .40",
    "closed": "Verified closure: likelihood stays up for a while, from .50 downwards",
}
FACTS_IN_POINTS: Mapping[str, str] = {
    "confirmed": "Confirmed impact: 100 points until its closure is verified",
    "credible": "Credible allegation: 10 points more, at least 70",
    "red_flag": "Red flag: 5 points more, at least 62",
    "closed": "Verified closure: at least 65 points at first, 5 fewer each year",
}
"""The facts of RM-2.0 (section 8)."""
CHANGES: Mapping[str, str] = {
    "in_force": "in force",
    "waiting": "waits for a second person",
    "refused": "refused",
    "ended": "ended",
    "expired": "over",
}
TRAITS: Mapping[str, tuple[str, str]] = {
    "scale": ("Scale", "how grave the harm is"),
    "scope": ("Scope", "how many children"),
    "irremediability": ("Can it be undone", "irremediability"),
}
SCALE = (
    "minor, short discomfort",
    "limited effect on wellbeing or school days",
    "serious effect on health, schooling or family life",
    "grave: injury, school drop-out, abuse",
    "life-threatening, sexual violence, slavery-like, death",
)
SCOPE = (
    "1 child or under 1% of exposed children",
    "2 to 9 children, or 1 to under 5%",
    "10 to 99 children, or 5 to under 20%",
    "100 to 999 children, or 20 to under 50%",
    "1,000 children or more, or 50% or more",
)
IRREMEDIABILITY = (
    "fully restored within days",
    "restored within months",
    "restorable with sustained help",
    "only partly restorable",
    "cannot be undone",
)
STEPS: Mapping[str, tuple[str, ...]] = {
    "scale": SCALE,
    "scope": SCOPE,
    "irremediability": IRREMEDIABILITY,
}
INVOLVEMENTS: Mapping[str, str] = {
    "cause": "Cause: our own acts bring the harm about",
    "contribute": "Contribute: our acts add to it",
    "linked": "Directly linked: through a business relationship only",
}
EVIDENCE_LEVELS: Mapping[float, str] = {
    0.0: "promised or absent",
    0.25: "written down, not tested",
    0.5: "put into practice, records exist",
    0.75: "running, monitored with process data",
    0.9: "outcome data and feedback from workers or families",
}
LIKELIHOOD_STEPS = (
    "Rare, to 0.2",
    "Unlikely, to 0.4",
    "Possible, to 0.6",
    "Likely, to 0.8",
    "Almost certain, to 1",
)
LIMITS = (
    "These are indices for ordering work, not probabilities and no verdict about a supplier.",
    "Weights are expert choices; national data hide local variation; self-reports understate.",
    "That nothing was found is no evidence that nothing is there.",
    "Suppliers are compared by their response, not by an index.",
)


def issue_name(issue: Issue | str) -> str:
    """What an issue is called, beginning with a capital."""
    return ISSUE_NAMES[issue]


def sentence(text: str) -> str:
    """The same text beginning with a capital; the other letters stay, so that names keep theirs."""
    return text[:1].upper() + text[1:]


def control_name(control: str | None) -> str:
    """What a control is called; an unknown code as it is."""
    at = METHOD.control_index.get(control or "")
    return METHOD.control_names[at] if at is not None else control or ""


def confidence_word(confidence: float) -> str:
    """good, fair or poor (RM-1.0 3.7)."""
    policy, known = METHOD.policy, round(confidence, METHOD.policy.decimals)
    if known >= policy.confidence_good:
        return "good"
    return "fair" if known >= policy.confidence_fair else "poor"
