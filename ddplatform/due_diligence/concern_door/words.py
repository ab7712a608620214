"""Words of the public door that its forms, its pages and the officers' pages share."""

from collections.abc import Mapping

from ddplatform.core.due_diligence.vocabulary import GrievanceState
from ddplatform.languages import lazy_gettext as _

ABOUT: Mapping[str, str] = {
    "child": _("A child who works, or is in danger"),
    "conditions": _("Wages, hours or safety at work"),
    "violence": _("Violence, threats or sexual harassment"),
    "freedom": _("Debts, papers that are kept, or not being free to leave"),
    "community": _("Land, water, noise or pollution"),
    "reprisal": _("Somebody was punished for speaking"),
    "other": _("Something else"),
}
WHO: Mapping[str, str] = {
    "self": _("It happens to me"),
    "family": _("It happens to my child or my family"),
    "worker": _("I work there"),
    "neighbour": _("I live nearby or know about it"),
    "supporter": _("I speak for others (union, organisation, teacher, health worker)"),
    "unsaid": _("I prefer not to say"),
}
YES_NO_UNKNOWN: Mapping[str, str] = {
    "yes": _("Yes"),
    "no": _("No"),
    "unknown": _("I do not know"),
}
STATES: Mapping[GrievanceState, str] = {
    GrievanceState.RECEIVED: _("Received. Nobody has answered yet."),
    GrievanceState.ACKNOWLEDGED: _("Read. An officer looks at it now."),
    GrievanceState.SCREENED: _("Looked at. An officer will talk with you about it."),
    GrievanceState.URGENT_REFERRAL: _("Passed on to a service that can protect people now."),
    GrievanceState.IN_DIALOGUE: _("We talk about it with you and with those concerned."),
    GrievanceState.INVESTIGATION: _("We check what happened."),
    GrievanceState.REMEDY_PROPOSED: _("We proposed how to put it right. Tell us what you think."),
    GrievanceState.AGREED: _("You agreed to the proposal. It is being carried out."),
    GrievanceState.NOT_AGREED: _("You did not agree to the proposal."),
    GrievanceState.IMPLEMENTED: _("What was agreed has been done. Tell us if it helped."),
    GrievanceState.CLOSED_SATISFIED: _("Closed. You said that it was put right."),
    GrievanceState.CLOSED_UNSATISFIED: _("Closed, and you were not satisfied. You can appeal."),
    GrievanceState.APPEAL: _("You appealed. Somebody else looks at it again."),
    GrievanceState.WITHDRAWN: _("You withdrew it."),
}
NEXT: Mapping[GrievanceState, str] = {
    GrievanceState.ACKNOWLEDGED: _("An officer answers by %(day)s."),
    GrievanceState.SCREENED: _("An officer has looked at it by %(day)s."),
    GrievanceState.REMEDY_PROPOSED: _("We propose how to put it right by %(day)s."),
}
"""What is done by which day, by the state that it leads to."""
