"""Roles as data: title, purpose and permissions of each (docs/security.md 2)."""

from dataclasses import dataclass
from enum import StrEnum

from ddplatform.infrastructure.access.permissions import Permission as P
from ddplatform.languages import LazyText
from ddplatform.languages import lazy_gettext as _


class RoleId(StrEnum):
    """The key of a role, kept on memberships and invitations."""

    ADMIN = "admin"
    ADMIN_MANAGER = "admin_manager"
    SUSTAINABILITY_MANAGER = "sustainability_manager"
    ANALYST = "analyst"
    SUPPLIER = "supplier"
    ASSESSOR = "assessor"
    AUDITOR = "auditor"
    SAFEGUARDING_OFFICER = "safeguarding_officer"


@dataclass(frozen=True)
class Role:
    """One role as it is shown to people and checked at each endpoint."""

    id: RoleId
    label: LazyText
    description: LazyText
    permissions: frozenset[P]
    is_dated: bool = False
    """Whether a membership with this role must have an end date."""

    @property
    def title(self) -> str:
        """The English title, as used in reports and the log."""
        return self.label.source


_READ = frozenset(
    {
        P.OVERVIEW_READ,
        P.ORGANISATION_READ,
        P.PEOPLE_READ,
        P.VALUE_CHAIN_READ,
        P.REFERENCE_READ,
        P.RISK_READ,
        P.QUESTIONNAIRE_READ,
        P.FINDING_READ,
        P.EVIDENCE_READ,
        P.PRACTICE_READ,
        P.REPORT_READ,
    }
)

_ADMINISTERS = _READ | {
    P.ORGANISATION_UPDATE,
    P.PEOPLE_MANAGE,
    P.RESPONSE_READ,
    P.AUDIT_READ,
    P.CONCERN_DOOR,
    P.API_TOKEN_MANAGE,
    P.SAMPLE_REMOVE,
}
_MANAGES = _READ | {
    P.VALUE_CHAIN_EDIT,
    P.VALUE_CHAIN_IMPORT,
    P.VALUE_CHAIN_MERGE,
    P.VALUE_CHAIN_EXPORT,
    P.SAVED_VIEW_EDIT,
    P.RISK_ASSESS,
    P.RISK_APPROVE,
    P.RISK_EXPORT,
    P.WHAT_IF_KEEP,
    P.VISIT_PLAN_MAKE,
    P.VISIT_PLAN_ASSIGN,
    P.CONTEXT_EVENT_EDIT,
    P.REASSESSMENT_EDIT,
    P.SCREENING_UPLOAD,
    P.SCREENING_DECIDE,
    P.QUESTIONNAIRE_ASSIGN,
    P.QUESTIONNAIRE_DESIGN,
    P.QUESTIONNAIRE_EXPORT,
    P.RESPONSE_READ,
    P.RESPONSE_REVIEW,
    P.FINDING_EDIT,
    P.FINDING_EXPORT,
    P.ACTION_EDIT,
    P.ACTION_VERIFY,
    P.EVIDENCE_ADD,
    P.EVIDENCE_RESTRICTED,
    P.CASE_COUNT,
    P.PRACTICE_EDIT,
    P.PRACTICE_APPROVE,
    P.REPORT_REQUEST,
    P.REPORT_EXPORT,
    P.AUDIT_READ,
}

_ALL = (
    Role(
        RoleId.ADMIN,
        _("Administrator"),
        _("Manages people, roles and settings. Reads the work of others, never child cases."),
        _ADMINISTERS,
    ),
    Role(
        RoleId.ADMIN_MANAGER,
        _("Administrator and manager"),
        _(
            "Founds an organisation, manages people and settings, leads due diligence. "
            "Never reads child cases."
        ),
        _ADMINISTERS | _MANAGES,
    ),
    Role(
        RoleId.SUSTAINABILITY_MANAGER,
        _("Sustainability manager"),
        _("Leads due diligence: maps, asks, assesses, acts, verifies the work of others, reports."),
        _MANAGES,
    ),
    Role(
        RoleId.ANALYST,
        _("Analyst"),
        _("Maps the value chain, assesses risks, sends questionnaires, records findings."),
        _READ
        | {
            P.VALUE_CHAIN_EDIT,
            P.VALUE_CHAIN_IMPORT,
            P.VALUE_CHAIN_MERGE,
            P.SAVED_VIEW_EDIT,
            P.RISK_ASSESS,
            P.WHAT_IF_KEEP,
            P.VISIT_PLAN_MAKE,
            P.VISIT_PLAN_ASSIGN,
            P.CONTEXT_EVENT_EDIT,
            P.REASSESSMENT_EDIT,
            P.SCREENING_DECIDE,
            P.QUESTIONNAIRE_ASSIGN,
            P.QUESTIONNAIRE_DESIGN,
            P.RESPONSE_READ,
            P.FINDING_EDIT,
            P.ACTION_EDIT,
            P.EVIDENCE_ADD,
            P.PRACTICE_EDIT,
            P.REPORT_REQUEST,
        },
    ),
    Role(
        RoleId.SUPPLIER,
        _("Supplier"),
        _(
            "Answers what buyers ask of this organisation and carries out what was agreed. "
            "Suppliers are not invited here: send them a questionnaire."
        ),
        frozenset(
            {
                P.ORGANISATION_READ,
                P.PEOPLE_READ,
                P.PEOPLE_INVITE_COLLEAGUE,
                P.RESPONSE_ANSWER,
                P.CASCADE_NAME,
                P.ACTION_REPORT,
                P.EVIDENCE_ADD,
                P.EVIDENCE_READ,
                P.AUDIT_READ,
            }
        ),
    ),
    Role(
        RoleId.ASSESSOR,
        _("Assessor"),
        _(
            "Fills in the checklists of the visits assigned to them, and sees nothing else. "
            "Assessors are not invited here: assign them a visit."
        ),
        frozenset({P.ORGANISATION_READ, P.RESPONSE_ANSWER}),
    ),
    Role(
        RoleId.AUDITOR,
        _("Auditor"),
        _("Reads everything but child cases until a set date, and can prove every figure."),
        (_READ - {P.PEOPLE_READ})
        | {
            P.RESPONSE_READ,
            P.QUESTIONNAIRE_EXPORT,
            P.RISK_EXPORT,
            P.FINDING_EXPORT,
            P.CASE_COUNT,
            P.REPORT_EXPORT,
            P.AUDIT_READ,
            P.AUDIT_PROVE,
        },
        is_dated=True,
    ),
    Role(
        RoleId.SAFEGUARDING_OFFICER,
        _("Safeguarding officer"),
        _("Works on the child cases assigned to them, and on nothing else that is restricted."),
        (_READ - {P.QUESTIONNAIRE_READ})
        | {
            P.RESPONSE_READ,
            P.FINDING_EDIT,
            P.ACTION_EDIT,
            P.EVIDENCE_ADD,
            P.EVIDENCE_RESTRICTED,
            P.CASE_COUNT,
            P.CASE_WORK,
            P.CONCERN_WORK,
            P.CONCERN_DOOR,
            P.REPORT_EXPORT,
            P.AUDIT_READ,
        },
    ),
)

ROLES: dict[RoleId, Role] = {role.id: role for role in _ALL}

ANSWERING = frozenset({RoleId.SUPPLIER, RoleId.ASSESSOR})
"""Roles whose pages are those of the phone: they answer what an organisation asks of them."""

KEEPERS = tuple(role.id for role in _ALL if P.PEOPLE_MANAGE in role.permissions)
"""Roles that keep people and settings: an organisation always has one of them."""
