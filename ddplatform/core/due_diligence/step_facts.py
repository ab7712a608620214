"""Facts about a record for the guards of its steps.

Each class is a frozen value; each of its fields and properties is a guard that
`data/lifecycles.yaml` may name. A truth value must be true; any other field must be
given. What is not known never opens a step: flags start False, and an unknown severity,
likelihood or danger counts as the worst.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

Person = str | UUID

BANDS: Final = ("low", "medium", "high", "critical")
VERY_SEVERE: Final = 4.5
SEVERE: Final = 3.5
CLOSURE_CRITERIA: Final = frozenset(f"CLO-{number}" for number in range(1, 10))


def _are_different(one: Person | None, other: Person | None) -> bool:
    """Two known people, not the same; an id may come as text or as UUID."""
    return one is not None and other is not None and str(one) != str(other)


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskFacts:
    """Facts for ST-RISK (due-diligence model, section 10).

    Attributes:
        severity: S, 1 to 5. likelihood and confidence: 0 to 1.
        emergency: None means nobody has said, and counts as an emergency.
        band_before, band_after: residual band at planning and at review, of `BANDS`.
        failed_reviews: how many effectiveness reviews have ended "ineffective".
        trigger: ref of the event that asks for a new assessment, TRG-01 to TRG-12.
    """

    severity: float | None = None
    likelihood: float | None = None
    confidence: float | None = None
    involvement_drafted: bool = False
    salience_rank: int | None = None
    rank_overridden: bool = False
    approver: Person | None = None
    owner: Person | None = None
    budget_set: bool = False
    due_on: date | None = None
    control_named: bool = False
    indicator_chosen: bool = False
    affected_consulted: bool = False
    no_consultation_reason: str = ""
    emergency: bool | None = None
    reason: str = ""
    review_on: date | None = None
    today: date | None = None
    evidence_attached: bool = False
    months_of_data: float = 0
    reviewer: Person | None = None
    outcome_met: bool = False
    affected_gave_feedback: bool = False
    band_before: str | None = None
    band_after: str | None = None
    failed_reviews: int = 0
    leverage_decided: bool = False
    harm_reported: bool = False
    trigger: str = ""

    @property
    def override_approved(self) -> bool:
        return not self.rank_overridden or self.approver is not None

    @property
    def consulted_or_reasoned(self) -> bool:
        return self.affected_consulted or bool(self.no_consultation_reason.strip())

    @property
    def deferrable(self) -> bool:
        """Not an emergency, and not very severe with a likelihood of .25 or more."""
        severity = 5.0 if self.severity is None else self.severity
        likelihood = 1.0 if self.likelihood is None else self.likelihood
        return self.emergency is False and not (severity >= VERY_SEVERE and likelihood >= 0.25)

    @property
    def review_within_12_months(self) -> bool:
        if self.review_on is None or self.today is None:
            return False
        return self.today < self.review_on <= self.today + timedelta(days=366)

    @property
    def three_months_of_data(self) -> bool:
        return self.months_of_data >= 3

    @property
    def reviewer_is_not_owner(self) -> bool:
        return _are_different(self.reviewer, self.owner)

    @property
    def feedback_where_severe(self) -> bool:
        is_severe = self.severity is None or self.severity >= SEVERE
        return self.affected_gave_feedback or not is_severe

    @property
    def residual_falls_or_is_low(self) -> bool:
        if self.band_after not in BANDS:
            return False
        if self.band_after == "low":
            return True
        return self.band_before in BANDS and BANDS.index(self.band_after) < BANDS.index(
            self.band_before
        )

    @property
    def escalated_after_second_failure(self) -> bool:
        return self.failed_reviews < 2 or self.leverage_decided


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionFacts:
    """Facts for ST-ACTION, the steps of one mitigation action."""

    owner: Person | None = None
    due_on: date | None = None
    success_measure_set: bool = False
    waits_for: str = ""
    evidence_attached: bool = False
    verifier: Person | None = None
    reason: str = ""

    @property
    def verifier_is_not_owner(self) -> bool:
        return _are_different(self.verifier, self.owner)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactFacts:
    """Facts for ST-IMPACT, the steps of one remediation case.

    Attributes:
        closure_criteria_met: refs CLO-1 to CLO-9 that are met.
        closure_exception: the verifier's reason for closing with a criterion unmet.
        months_stable: months since the child was last found at work or in danger.
        contact_tries: attempts to reach the child, over `contact_months` months by
            `contact_means` different means.
    """

    case_owner: Person | None = None
    alert_source_named: bool = False
    work_class_named: bool = False
    safety_checklist_done: bool = False
    provider_contacted: bool = False
    assessed_by_qualified_person: bool = False
    child_heard: bool = False
    caregiver_informed: bool = False
    informing_caregiver_unsafe: bool = False
    child_and_caregiver_agree: bool = False
    payer_shares_fixed: bool = False
    stipend_without_gap: bool = False
    first_item_started: bool = False
    first_goals_met: bool = False
    closure_criteria_met: frozenset[str] = frozenset()
    closure_exception: str = ""
    months_stable: float = 0
    verifier: Person | None = None
    verifier_independent_of_supplier: bool = False
    child_view_recorded: bool = False
    second_reviewer: Person | None = None
    reason: str = ""
    authority_reference: str = ""
    contact_tries: int = 0
    contact_months: float = 0
    contact_means: int = 0
    partner_signed_off: bool = False

    @property
    def caregiver_informed_if_safe(self) -> bool:
        return self.caregiver_informed or self.informing_caregiver_unsafe

    @property
    def closure_criteria_reached(self) -> bool:
        return self.closure_criteria_met >= CLOSURE_CRITERIA or bool(self.closure_exception.strip())

    @property
    def stable_for_six_months(self) -> bool:
        return self.months_stable >= 6

    @property
    def verifier_is_not_case_owner(self) -> bool:
        return _are_different(self.verifier, self.case_owner)

    @property
    def second_reviewer_is_not_case_owner(self) -> bool:
        return _are_different(self.second_reviewer, self.case_owner)

    @property
    def contact_tried_enough(self) -> bool:
        return self.contact_tries >= 5 and self.contact_months >= 6 and self.contact_means >= 2


@dataclass(frozen=True, slots=True, kw_only=True)
class GrievanceFacts:
    """Facts for ST-GRIEVANCE; a reprisal check is asked for at every step.

    `safety_concern_open` None means nobody has said, and counts as open.
    """

    reprisal_checked: bool = False
    handler: Person | None = None
    case_code_given: bool = False
    danger_screened: bool = False
    referral_made: bool = False
    remedy_described: bool = False
    complainant_answered: bool = False
    remedy_delivered: bool = False
    satisfaction_asked: bool = False
    reason: str = ""
    appeal_handler: Person | None = None
    safety_concern_open: bool | None = None

    @property
    def appeal_heard_by_another(self) -> bool:
        return _are_different(self.appeal_handler, self.handler)

    @property
    def no_safety_concern_left(self) -> bool:
        return self.safety_concern_open is False


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionnaireFacts:
    """Facts for ST-QUESTIONNAIRE, one questionnaire asked of one respondent."""

    respondent_named: bool = False
    due_on: date | None = None
    today: date | None = None
    required_answers_complete: bool = False
    reviewer: Person | None = None
    respondent: Person | None = None
    red_flags_looked_at: bool = False
    reason: str = ""

    @property
    def due_date_ahead(self) -> bool:
        return self.due_on is not None and self.today is not None and self.due_on >= self.today

    @property
    def due_date_passed(self) -> bool:
        return self.due_on is not None and self.today is not None and self.due_on < self.today

    @property
    def reviewer_is_not_respondent(self) -> bool:
        return _are_different(self.reviewer, self.respondent)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFacts:
    """Facts for ST-REPORT."""

    author: Person | None = None
    assurer: Person | None = None
    sections_complete: bool = False
    numbers_frozen: bool = False
    governing_body: str = ""
    signatory: Person | None = None
    signed: bool = False
    reason: str = ""
    successor_published: bool = False

    @property
    def assurer_is_not_author(self) -> bool:
        return _are_different(self.assurer, self.author)


StepFacts = (
    RiskFacts | ActionFacts | ImpactFacts | GrievanceFacts | QuestionnaireFacts | ReportFacts
)


def holds(guard: str, facts: StepFacts) -> bool:
    """Whether one named guard is met: a truth value is true, anything else is given.

    Raises:
        AttributeError: the facts know no such guard.
    """
    value = getattr(facts, guard)
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return bool(value.strip())
    return value is not None
