"""Vocabularies of due-diligence records; their titles are in the data files."""

from enum import StrEnum


class Machine(StrEnum):
    """The tables of allowed steps in `data/lifecycles.yaml`."""

    RISK = "ST-RISK"
    ACTION = "ST-ACTION"
    IMPACT = "ST-IMPACT"
    GRIEVANCE = "ST-GRIEVANCE"
    QUESTIONNAIRE = "ST-QUESTIONNAIRE"
    REPORT = "ST-REPORT"


class Harm(StrEnum):
    """Whether harm has happened, as far as is known."""

    POTENTIAL = "potential"
    ALLEGED = "alleged"
    CONFIRMED = "confirmed"


class RiskState(StrEnum):
    """States of a finding (a risk of harm to children); there is no "accepted"."""

    IDENTIFIED = "identified"
    ASSESSED = "assessed"
    PRIORITISED = "prioritised"
    DEFERRED = "deferred"
    ACTION_PLANNED = "action_planned"
    IN_PROGRESS = "in_progress"
    IMPLEMENTED = "implemented"
    EFFECTIVENESS_REVIEW = "effectiveness_review"
    CONTROLLED = "controlled"
    INEFFECTIVE = "ineffective"
    MATERIALISED = "materialised"


class ActionState(StrEnum):
    """States of a mitigation action."""

    PLANNED = "planned"
    DOING = "doing"
    WAITING = "waiting"
    TO_VERIFY = "to_verify"
    VERIFIED = "verified"
    DROPPED = "dropped"


class ImpactState(StrEnum):
    """States of a remediation case."""

    ALLEGED = "alleged"
    TRIAGED = "triaged"
    IMMEDIATE_PROTECTION = "immediate_protection"
    ASSESSED = "assessed"
    PLAN_AGREED = "plan_agreed"
    IN_REMEDIATION = "in_remediation"
    FOLLOW_UP = "follow_up"
    CLOSURE_PROPOSED = "closure_proposed"
    CLOSED_VERIFIED = "closed_verified"
    REFERRED_TO_AUTHORITY = "referred_to_authority"
    UNSUBSTANTIATED = "unsubstantiated"
    LOST_CONTACT = "lost_contact"
    REOPENED = "reopened"


class GrievanceState(StrEnum):
    """States of a grievance."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    SCREENED = "screened"
    URGENT_REFERRAL = "urgent_referral"
    IN_DIALOGUE = "in_dialogue"
    INVESTIGATION = "investigation"
    REMEDY_PROPOSED = "remedy_proposed"
    AGREED = "agreed"
    NOT_AGREED = "not_agreed"
    IMPLEMENTED = "implemented"
    CLOSED_SATISFIED = "closed_satisfied"
    CLOSED_UNSATISFIED = "closed_unsatisfied"
    APPEAL = "appeal"
    WITHDRAWN = "withdrawn"


class Relation(StrEnum):
    """States of the relationship with a site, for findings there."""

    RUNNING = "running"
    SUSPENDED = "suspended"
    ENDED = "ended"


class QuestionnaireState(StrEnum):
    """States of one questionnaire asked of one respondent."""

    DRAFT = "draft"
    SENT = "sent"
    OPENED = "opened"
    SUBMITTED = "submitted"
    UNDER_REVIEW = "under_review"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    ESCALATED = "escalated"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
