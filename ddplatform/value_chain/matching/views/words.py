"""How decisions and scores are called on the pages on likely duplicates."""

from collections.abc import Mapping

from ddplatform.value_chain.matching.models import PairState
from supply_chain.matching.pairs import Decision

STATES: Mapping[PairState, str] = {
    PairState.OPEN: "Open",
    PairState.LATER: "Look at later",
    PairState.SAME: "The same",
    PairState.DIFFERENT: "Different",
    PairState.COVERED: "Covered by another pair",
}
SUGGESTIONS: Mapping[Decision, str] = {
    Decision.SAME: "Likely the same",
    Decision.REVIEW: "Needs a look",
    Decision.DIFFERENT: "Likely different",
}
CHOICES: Mapping[str, PairState | None] = {
    "": None,
    "open": PairState.OPEN,
    "later": PairState.LATER,
    "same": PairState.SAME,
    "different": PairState.DIFFERENT,
}
CHOICE_WORDS: Mapping[str, str] = {
    "": "Open and later",
    "open": "Open",
    "later": "To look at later",
    "same": "Decided: the same",
    "different": "Decided: different",
}
