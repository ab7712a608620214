"""Judgements on a risk: severity, adjusted scores, urgency.

Judgements are added, never changed: the newest counts, the older ones remain for auditors.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid, NotAllowed
from ddplatform.languages import gettext
from ddplatform.risk.facts.services.facts import ask_reassessment
from ddplatform.risk.judgement.queries.judged import (
    find_current_points,
    find_pending_change,
    get_change,
)
from ddplatform.risk.runs.models import SalienceNote, ScoreChange, SeverityJudgement
from ddplatform.value_chain.mapping.queries.maps import get_node
from supply_chain.risk.rm2.method import METHOD
from supply_chain.risk.salience import Involvement
from supply_chain.vocabulary import Issue

TRAITS = ("scale", "scope", "irremediability")
LONGEST_LOWERING = timedelta(days=366)
CHANGED = "judgement"


@dataclass(frozen=True, kw_only=True)
class Severity:
    """Traits from 1 to 5 (RM-2.0 7.1), None where not judged; `vulnerable` adds 1 to scale."""

    scale: int | None = None
    scope: int | None = None
    irremediability: int | None = None
    vulnerable: bool = False


@dataclass(frozen=True, kw_only=True)
class Urgency:
    """The judgements that the salience order needs beyond scores (RM-2.0 12); None: not judged."""

    is_emergency: bool = False
    delay_harms: bool | None = None
    involvement: Involvement | None = None


def judge_severity(
    node_id: UUID, issue: Issue, severity: Severity, *, reasons: Mapping[str, str], act: Act
) -> SeverityJudgement:
    """Say how grave, wide and irreversible harm would be here, seen from the affected child.

    Args:
        reasons: trait -> why; needed for each trait that is judged.

    Raises:
        NotFound: no such node.
        Invalid: nothing judged, a trait outside 1 to 5, a reason missing.
    """
    node = get_node(node_id)
    given = {trait: getattr(severity, trait) for trait in TRAITS}
    kept = {trait: reasons.get(trait, "").strip() for trait in (*TRAITS, "vulnerable")}
    _check_severity(given, kept, vulnerable=severity.vulnerable)
    judgement = SeverityJudgement(
        node_id=node_id,
        issue=issue,
        **given,
        vulnerable=severity.vulnerable,
        reasons={trait: reason for trait, reason in kept.items() if reason},
        created_at=act.at,
        created_by_id=act.by.user_id,
    )
    db.session.add(judgement)
    db.session.flush()  # the event names it
    audit.record(
        "risk:judge_severity",
        judgement,
        act=act,
        node=node_id,
        issue=issue,
        **given,
        vulnerable=severity.vulnerable,
    )
    ask_reassessment(node.chain_id, CHANGED, act=act)
    return judgement


def _check_severity(
    given: Mapping[str, int | None], reasons: Mapping[str, str], *, vulnerable: bool
) -> None:
    problems = {}
    if all(value is None for value in given.values()) and not vulnerable:
        problems["scale"] = gettext("Assess at least one of the three.")
    for trait, value in given.items():
        if value is not None and not 1 <= value <= 5:
            problems[trait] = gettext("Choose a step from 1 to 5.")
        elif value is not None and not reasons[trait]:
            problems[f"{trait}_reason"] = gettext("State the basis of this assessment.")
    if vulnerable and not reasons["vulnerable"]:
        problems["vulnerable_reason"] = gettext(
            "State which children are at most risk, and how it is known."
        )
    if problems:
        raise Invalid(fields=problems)


def change_score(
    node_id: UUID, issue: Issue, *, points: float, note: str, expires_on: date | None, act: Act
) -> ScoreChange:
    """Raise or lower the likelihood of a risk, in points (RM-2.0 section 8).

    A raise counts at once. A lowering waits until another person approves it, and ends by itself.

    Args:
        points: what they should be, 0 to 100, before cases, allegations and controls.
        expires_on: needed for a lowering, at most twelve months ahead; optional for a raise.

    Raises:
        NotFound: no such node.
        Conflict: RM-2.0 has not scored it yet, or a lowering waits for approval already.
        Invalid: no note, points out of range or equal to the one now, no or a late end.
    """
    node = get_node(node_id)
    now = find_current_points(node_id, issue)
    if now is None:
        raise Conflict(
            gettext("This risk has no score yet, so there is nothing to raise or lower."),
            gettext("Assess the map first."),
        )
    is_raise = points > now
    _check_change(points, now, note=note, expires_on=expires_on, today=act.at.date())
    if not is_raise and find_pending_change(node_id, issue) is not None:
        raise Conflict(
            gettext("A lowering of this risk is already awaiting approval."),
            gettext("Wait until it is decided."),
        )
    change = ScoreChange(
        node_id=node_id,
        issue=issue,
        is_raise=is_raise,
        points=points,
        note=note.strip(),
        expires_on=expires_on,
        created_at=act.at,
        created_by_id=act.by.user_id,
    )
    db.session.add(change)
    db.session.flush()  # the event names it
    _record_change(change, now, act=act)
    if is_raise:
        ask_reassessment(node.chain_id, CHANGED, act=act)
    return change


def _record_change(change: ScoreChange, before: float, *, act: Act) -> None:
    audit.record(
        "risk:raise" if change.is_raise else "risk:ask_lowering",
        change,
        act=act,
        node=change.node_id,
        issue=change.issue,
        points=(before, change.points),
        note=change.note,
        expires_on=change.expires_on,
    )


def _check_change(
    points: float, now: float, *, note: str, expires_on: date | None, today: date
) -> None:
    problems = {}
    if not 0 <= points <= METHOD.policy.points_max:
        problems["points"] = gettext(
            "Enter points from 0 to %(most)s.", most=f"{METHOD.policy.points_max:g}"
        )
    elif points == now:
        problems["points"] = gettext("These are the current points. Enter a different value.")
    if not note.strip():
        problems["note"] = gettext("Give the reason, so that others can check it.")
    if expires_on is None and points < now:
        problems["expires_on"] = gettext("Enter an expiry date: a lowering needs one.")
    elif expires_on is not None and not today < expires_on <= today + LONGEST_LOWERING:
        problems["expires_on"] = gettext("Choose a date after today, at most twelve months ahead.")
    if problems:
        raise Invalid(fields=problems)


def decide_change(change_id: UUID, *, approve: bool, act: Act) -> ScoreChange:
    """Approve or refuse a lowering that another person requested.

    Raises:
        NotFound: no such change.
        NotAllowed: own change, or no right to approve.
        Conflict: it is a raise, decided already, ended or past its end.
    """
    change = get_change(change_id)
    _check_second_person(change, act.by)
    if change.is_raise or change.decided_at is not None or change.ended_at is not None:
        raise Conflict(
            gettext("This change has been decided or ended."), gettext("Reload the page.")
        )
    if change.expires_on is not None and change.expires_on < act.at.date():
        raise Conflict(gettext("This lowering has expired."), gettext("Request a new one."))
    change.decided_at, change.decided_by_id, change.is_approved = act.at, act.by.user_id, approve
    action = "risk:approve_lowering" if approve else "risk:refuse_lowering"
    audit.record(action, change, act=act, node=change.node_id, issue=change.issue)
    if approve:
        ask_reassessment(get_node(change.node_id).chain_id, CHANGED, act=act)
    return change


def end_change(change_id: UUID, *, reason: str, act: Act) -> ScoreChange:
    """End a raise or a lowering before its time.

    Ending a raise lowers the score, so it takes a second person who may approve, like a lowering.

    Raises:
        NotFound: no such change.
        NotAllowed: an own raise, or no right to approve.
        Conflict: it has ended.
        Invalid: no reason.
    """
    change = get_change(change_id)
    if change.is_raise:
        _check_second_person(change, act.by)
    if change.ended_at is not None:
        raise Conflict(gettext("This change has already ended."), gettext("Reload the page."))
    if not reason.strip():
        raise Invalid(fields={"reason": gettext("Give the reason for ending it.")})
    change.ended_at = act.at
    audit.record("risk:end_change", change, act=act, reason=reason.strip())
    ask_reassessment(get_node(change.node_id).chain_id, CHANGED, act=act)
    return change


def _check_second_person(change: ScoreChange, by: Identity) -> None:
    if change.created_by_id == by.user_id:
        raise NotAllowed(
            gettext("You cannot decide on your own change."),
            gettext("Ask a colleague who may approve scores."),
        )
    if not by.has(Permission.RISK_APPROVE):
        raise NotAllowed(
            gettext("Your role may not approve lowering a score."),
            gettext("A sustainability manager of your organisation can."),
        )


def note_salience(
    node_id: UUID, issue: Issue, urgency: Urgency, *, reason: str, act: Act
) -> SalienceNote:
    """Say what the order of risks asks beyond scores: danger now, harm by delay, involvement.

    Raises:
        NotFound: no such node.
        Invalid: no reason.
    """
    node = get_node(node_id)
    if not reason.strip():
        raise Invalid(fields={"reason": gettext("State the basis of this assessment.")})
    note = SalienceNote(
        node_id=node_id,
        issue=issue,
        is_emergency=urgency.is_emergency,
        delay_harms=urgency.delay_harms,
        involvement=urgency.involvement,
        reason=reason.strip(),
        created_at=act.at,
        created_by_id=act.by.user_id,
    )
    db.session.add(note)
    db.session.flush()  # the event names it
    audit.record(
        "risk:note_salience",
        note,
        act=act,
        node=node_id,
        issue=issue,
        is_emergency=urgency.is_emergency,
        delay_harms=urgency.delay_harms,
        involvement=urgency.involvement,
    )
    ask_reassessment(node.chain_id, CHANGED, act=act)
    return note
