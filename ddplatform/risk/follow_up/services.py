"""Owner and deferral of a risk: added as decisions, never overwritten; the newest counts.

Neither changes a score, a rank or a total. A risk that is deferred stays in the register.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from ddplatform.accounts.organisations.queries import get_person
from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid, NotFound
from ddplatform.infrastructure.plain_text import fault_in
from ddplatform.languages import gettext
from ddplatform.languages import lazy_gettext as _
from ddplatform.risk.detail.queries.risks import find_risk
from ddplatform.risk.follow_up.models import FollowUpKind, RiskFollowUp
from ddplatform.risk.follow_up.queries import FollowUp, load_of_places
from ddplatform.risk.runs.queries.runs import find_current_run
from ddplatform.value_chain.mapping.queries.maps import get_node
from supply_chain.risk.follow_up import is_day_allowed, is_too_severe
from supply_chain.vocabulary import Issue

LONGEST = 2000
IN_DANGER = _("A child is known to be in danger now, so this risk cannot be deferred.")
ACT_NOW = _("Act now: record a finding and call the child-protection contact.")
TOO_SEVERE = _(
    "A very severe risk with a likelihood of %(share)s %% or more cannot be deferred.", share=25
)
PLAN_ACTION = _("Plan an action instead.")
NO_OWNER = _("Choose an owner: a deferral needs a person who reviews it.")
NO_DAY = _("Choose a day after today, at most 12 months ahead.")
NO_PERSON = _("Choose a person of your organisation.")


@dataclass(frozen=True)
class Wanted:
    """A deferral that is asked for; without an owner that of the risk looks at it again."""

    review_on: date | None
    reason: str
    owner_id: UUID | None = None


def set_owner(node_id: UUID, issue: Issue, owner_id: UUID | None, *, act: Act) -> RiskFollowUp:
    """Set the owner of a risk.

    Args:
        owner_id: a member of the organisation; None: the owner of the place again.

    Raises:
        NotFound: no such node.
        Invalid: no member of the organisation, or the risk has this owner already.
    """
    before = _standing(node_id, issue, act.at)
    check_person(owner_id)
    own = before.owner.id if before.owner and not before.is_of_place else None
    if own == owner_id:
        raise Invalid(fields={"owner": gettext("The risk has this owner already.")})
    row = owner_row(node_id, issue, owner_id, act=act)
    db.session.add(row)
    db.session.flush()  # the event names it
    audit.record(
        "risk_follow_up:set_owner",
        row,
        act=act,
        node=node_id,
        issue=issue,
        owner=(own, owner_id),
    )
    return row


def defer(node_id: UUID, issue: Issue, wanted: Wanted, *, act: Act) -> RiskFollowUp:
    """Put a risk off until a day, with a reason and an owner (RM-2.0 section 12).

    Raises:
        NotFound: no such node.
        Conflict: a child is known to be in danger, or it is very severe and likely.
        Invalid: no reason, no owner, or a day that is not within the next 12 months.
    """
    before = _standing(node_id, issue, act.at)
    if before.is_emergency:
        raise Conflict(str(IN_DANGER), str(ACT_NOW))
    if _is_too_severe(node_id, issue):
        raise Conflict(str(TOO_SEVERE), str(PLAN_ACTION))
    owner = wanted.owner_id or (before.owner.id if before.owner else None)
    problems = faults_of(wanted, act.at.date())
    if owner is None:
        problems["owner"] = str(NO_OWNER)
    if problems:
        raise Invalid(fields=problems)
    assert owner is not None and wanted.review_on is not None, "checked above"
    check_person(owner)
    if before.owner is None or before.owner.id != owner:
        db.session.add(owner_row(node_id, issue, owner, act=act))
    row = deferral_row(node_id, issue, owner, wanted, act=act)
    db.session.add(row)
    db.session.flush()  # the event names it
    audit.record(
        "risk_follow_up:defer",
        row,
        act=act,
        node=node_id,
        issue=issue,
        owner=owner,
        review_on=(before.deferral.review_on if before.deferral else None, wanted.review_on),
        reason=row.reason,
    )
    return row


def end_deferral(node_id: UUID, issue: Issue, *, reason: str, act: Act) -> RiskFollowUp:
    """End the deferral of a risk before its day, or after it.

    Raises:
        NotFound: no such node.
        Conflict: the risk is not deferred.
        Invalid: no reason.
    """
    before = _standing(node_id, issue, act.at)
    if before.deferral is None:
        raise Conflict(gettext("This risk is not deferred."), gettext("Reload the page."))
    if fault := fault_in(reason, label="the reason", longest=LONGEST):
        raise Invalid(fields={"reason": fault})
    row = end_row(node_id, issue, reason, act=act)
    db.session.add(row)
    db.session.flush()  # the event names it
    audit.record(
        "risk_follow_up:end_deferral",
        row,
        act=act,
        node=node_id,
        issue=issue,
        review_on=(before.deferral.review_on, None),
        reason=row.reason,
    )
    return row


def _standing(node_id: UUID, issue: Issue, at: datetime) -> FollowUp:
    get_node(node_id)
    db.session.flush()  # what the same unit of work has decided counts
    return load_of_places([node_id], at.date()).of(node_id, issue)


def _is_too_severe(node_id: UUID, issue: Issue) -> bool:
    """By the current run of the map; a risk that is not scored yet can be deferred."""
    run = find_current_run(get_node(node_id).chain_id)
    risk = find_risk(run.id, node_id, issue) if run else None
    return risk is not None and is_too_severe(risk.severity, risk.likelihood)


# ---- what steps on one risk and on many share ------------------------------------------------


def faults_of(wanted: Wanted, today: date) -> dict[str, str]:
    """The errors of a deferral, by field; a missing owner is checked elsewhere."""
    problems = {}
    if wanted.review_on is None or not is_day_allowed(wanted.review_on, today):
        problems["review_on"] = str(NO_DAY)
    if fault := fault_in(wanted.reason, label="the reason", longest=LONGEST):
        problems["reason"] = fault
    return problems


def check_person(owner_id: UUID | None) -> None:
    """Refuse an owner who is no member of the organisation."""
    try:
        is_member = owner_id is None or get_person(owner_id).is_active
    except NotFound:
        is_member = False
    if not is_member:
        raise Invalid(fields={"owner": str(NO_PERSON)})


def owner_row(node_id: UUID, issue: Issue, owner_id: UUID | None, *, act: Act) -> RiskFollowUp:
    """A row that names the owner of a risk."""
    return RiskFollowUp(
        node_id=node_id,
        issue=issue,
        kind=FollowUpKind.OWNER,
        owner_id=owner_id,
        created_at=act.at,
        created_by_id=act.by.user_id,
    )


def deferral_row(
    node_id: UUID, issue: Issue, owner_id: UUID, wanted: Wanted, *, act: Act
) -> RiskFollowUp:
    """A row that defers a risk."""
    return RiskFollowUp(
        node_id=node_id,
        issue=issue,
        kind=FollowUpKind.DEFERRAL,
        owner_id=owner_id,
        review_on=wanted.review_on,
        reason=wanted.reason.strip(),
        created_at=act.at,
        created_by_id=act.by.user_id,
    )


def end_row(node_id: UUID, issue: Issue, reason: str, *, act: Act) -> RiskFollowUp:
    """A row that ends the deferral of a risk."""
    return RiskFollowUp(
        node_id=node_id,
        issue=issue,
        kind=FollowUpKind.END,
        reason=reason.strip(),
        created_at=act.at,
        created_by_id=act.by.user_id,
    )
