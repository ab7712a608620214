"""Mitigation actions: planning, start, extension, cancellation, notes."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.core.due_diligence.action_library import BLANK
from ddplatform.core.due_diligence.lifecycle import lifecycle, require_step
from ddplatform.core.due_diligence.step_facts import ActionFacts
from ddplatform.core.due_diligence.tracking import tracking_words
from ddplatform.core.due_diligence.vocabulary import ActionState, Machine
from ddplatform.due_diligence.actions.queries.actions import get_action
from ddplatform.due_diligence.findings.models import ActionNote, ActionNoteKind, MitigationAction
from ddplatform.due_diligence.findings.queries import LIVE_ACTIONS, UNDONE_ACTIONS, get_finding
from ddplatform.due_diligence.findings.services import counts as finding_counts
from ddplatform.due_diligence.findings.services.findings import name_of_member
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.infrastructure.plain_text import fault_in, faults_in
from ddplatform.infrastructure.stale_edits import refuse_stale
from ddplatform.languages import gettext
from ddplatform.languages import lazy_gettext as _
from ddplatform.value_chain.mapping.queries.maps import get_node
from supply_chain.risk.method import METHOD

TITLE_LENGTH, TEXT_LENGTH, NOTE_LENGTH = 160, 2000, 1000


@dataclass(frozen=True)
class ActionPlan:
    """The terms agreed when an action is planned.

    Attributes:
        by_supplier: the people behind the site carry it out; owner_id then follows it up.
        control: CTL-nn that it strengthens. indicator: IND-nn that shows its effect.
        budget_amount: whole units of the currency, 0 or more.
        is_own_practice: it changes our own purchasing practices.
    """

    title: str
    description: str
    success_measure: str
    due_on: date
    control: str | None = None
    indicator: str | None = None
    owner_id: UUID | None = None
    by_supplier: bool = False
    budget_amount: int | None = None
    budget_currency: str | None = None
    is_own_practice: bool = False


def plan(finding_id: UUID, wanted: ActionPlan, *, act: Act) -> MitigationAction:
    """Plan one action about a finding (UNGP 19: responsibility, budget, measure of success).

    Raises:
        NotFound: no such finding.
        Invalid: a text is missing, has blanks or leads to a person; unknown control, indicator or
            owner; no owner; a past due date; a budget without currency; a site whose people have
            no account.
    """
    finding = get_finding(finding_id)
    node = get_node(finding.node_id)
    supplier = node.supplier_organisation_id if wanted.by_supplier else None
    _check_plan(wanted, has_supplier=node.supplier_organisation_id is not None, today=act.at.date())
    action = MitigationAction(
        organisation_id=act.by.organisation_id,
        respondent_organisation_id=supplier,
        finding_id=finding.id,
        node_id=node.id,
        node_name=node.name,
        title=wanted.title.strip(),
        description=wanted.description.strip(),
        control=wanted.control or None,
        is_own_practice=wanted.is_own_practice,
        owner_id=wanted.owner_id,
        budget_amount=wanted.budget_amount,
        budget_currency=wanted.budget_currency if wanted.budget_amount is not None else None,
        due_on=wanted.due_on,
        first_due_on=wanted.due_on,
        success_measure=wanted.success_measure.strip(),
        indicator=wanted.indicator or None,
        created_at=act.at,
        created_by_id=act.by.user_id,
    )
    db.session.add(action)
    db.session.flush()  # the event names it
    audit.record(
        "action:plan",
        action,
        act=act,
        title=action.title,
        control=action.control,
        owner=action.owner_id,
        by_supplier=supplier is not None,
        due_on=action.due_on,
        budget=action.budget_amount,
    )
    return action


def _check_plan(wanted: ActionPlan, *, has_supplier: bool, today: date) -> None:
    faults = faults_in(
        {
            "title": (wanted.title, gettext("a title"), TITLE_LENGTH),
            "description": (wanted.description, gettext("what is to be done"), TEXT_LENGTH),
            "success_measure": (
                wanted.success_measure,
                gettext("how success is measured"),
                NOTE_LENGTH,
            ),
        }
    )
    checks = {
        "success_measure": BLANK.search(wanted.success_measure),
        "control": wanted.control and wanted.control not in METHOD.control_index,
        "indicator": wanted.indicator and wanted.indicator not in tracking_words().indicators,
        "by_supplier": wanted.by_supplier and not has_supplier,
        "owner_id": not wanted.by_supplier and wanted.owner_id is None,
        "due_on": wanted.due_on < today,
        "budget_amount": wanted.budget_amount is not None and wanted.budget_amount < 0,
        "budget_currency": wanted.budget_amount is not None and not wanted.budget_currency,
    }
    faults.update({field: str(_PLAN_FAULTS[field]) for field, broken in checks.items() if broken})
    if faults:
        raise Invalid(fields=faults)
    if wanted.owner_id is not None:
        name_of_member(wanted.owner_id)


_PLAN_FAULTS = {
    "success_measure": _("Replace what is in brackets with your own figures and dates."),
    "control": _("Choose a control from the list."),
    "indicator": _("Choose an indicator from the list."),
    "by_supplier": _(
        "Nobody at this site has an account yet. Send a questionnaire first, or choose "
        "somebody of your organisation."
    ),
    "owner_id": _("Choose who carries it out."),
    "due_on": _("Choose a day from today on."),
    "budget_amount": _("Enter the budget in whole units, 0 or more."),
    "budget_currency": _("Enter the currency, for example EUR."),
}


def start(action_id: UUID, *, version: int, act: Act) -> MitigationAction:
    """Begin a planned action, or go on with one that waited. Raises as `move`."""
    return move(action_id, ActionState.DOING, version=version, act=act)


def move(
    action_id: UUID, to: ActionState, *, reason: str = "", version: int, act: Act
) -> MitigationAction:
    """Take an action to doing, waiting or dropped; reporting and verifying are steps of their own.

    Args:
        reason: what it waits for, or why it is dropped.

    Raises:
        NotFound, Conflict: gone, or changed meanwhile.
        StepNotAllowed: no such step from here, or something is missing.
        Invalid: the reason is too long or leads to a person.
    """
    # Who carries it out for a buyer begins it; holding it up and dropping it are the buyer's.
    action = get_action(action_id, for_change=True, either_side=to is ActionState.DOING)
    refuse_stale_step(action, version, to)
    if to in (ActionState.TO_VERIFY, ActionState.VERIFIED) or action.status is (
        ActionState.TO_VERIFY
    ):
        raise Conflict(
            gettext("Reporting and verifying are done on the page of the action."),
            gettext("Open the action, and report it done or verify it there."),
        )
    if fault := fault_in(reason, label=gettext("the reason"), longest=NOTE_LENGTH, required=False):
        raise Invalid(fields={"reason": fault})
    facts = ActionFacts(
        owner=carrier_of(action),
        due_on=action.due_on,
        success_measure_set=bool(action.success_measure),
        waits_for=reason,
        reason=reason,
    )
    require_step(Machine.ACTION, action.status, to, facts)
    before, action.status = action.status, to
    if to is ActionState.DROPPED:
        action.dropped_reason = reason.strip()
    text = STEP_WORDS[before, to] + (f": {reason.strip()}" if reason.strip() else "")
    add_note(action, ActionNoteKind.STEP, text, act=act)
    finding_counts.refresh(action.node_id, today=act.at.date())
    audit.record("action:move", action, act=act, status=(before, to), reason=reason.strip())
    return action


def refuse_stale_step(action: MitigationAction, version: int, to: ActionState) -> None:
    """Refuse a step that was begun on an older version. Raises Conflict with both states."""
    states = lifecycle(Machine.ACTION).states
    label = gettext("State")
    refuse_stale(action, version, theirs={label: states[action.status]}, mine={label: states[to]})


STEP_WORDS = {
    (ActionState.PLANNED, ActionState.DOING): "Started",
    (ActionState.DOING, ActionState.WAITING): "Waits for",
    (ActionState.WAITING, ActionState.DOING): "Goes on",
    (ActionState.PLANNED, ActionState.DROPPED): "Dropped",
    (ActionState.DOING, ActionState.DROPPED): "Dropped",
    (ActionState.WAITING, ActionState.DROPPED): "Dropped",
}


def extend(
    action_id: UUID, *, due_on: date, reason: str, version: int, act: Act
) -> MitigationAction:
    """Give an action another day, with the reason; both days stay in its history.

    Raises:
        NotFound, Conflict: gone, changed meanwhile, or not open any more.
        Invalid: no reason, the same day, or a day that has passed.
    """
    action = get_action(action_id, for_change=True)
    label = gettext("Due date")
    refuse_stale(action, version, theirs={label: action.due_on}, mine={label: due_on})
    if action.status not in UNDONE_ACTIONS:
        raise Conflict(
            gettext("The due date can be extended only while the action is still to be done.")
        )
    faults: dict[str, str] = {}
    if fault := fault_in(reason, label=gettext("the reason"), longest=NOTE_LENGTH):
        faults["reason"] = fault
    if due_on < act.at.date() or due_on == action.due_on:
        faults["due_on"] = gettext("Choose another day, from today on.")
    if faults:
        raise Invalid(fields=faults)
    before, action.due_on = action.due_on, due_on
    add_note(action, ActionNoteKind.EXTENSION, reason.strip(), act=act, days=(before, due_on))
    finding_counts.refresh(action.node_id, today=act.at.date())
    audit.record("action:extend", action, act=act, due_on=(before, due_on), reason=reason)
    return action


def tell_progress(action_id: UUID, text: str, *, act: Act) -> ActionNote:
    """Add a note on how far an action is; either side may.

    Raises:
        NotFound: no such action.
        Conflict: it is verified or dropped.
        Invalid: no text, too long, or leading to a person.
    """
    action = get_action(action_id, either_side=True)
    if action.status not in LIVE_ACTIONS:
        raise Conflict(gettext("This action is closed."))
    if fault := fault_in(text, label=gettext("how far it is"), longest=NOTE_LENGTH):
        raise Invalid(fields={"text": fault})
    note = add_note(action, ActionNoteKind.PROGRESS, text.strip(), act=act)
    audit.record("action:progress", action, act=act)
    return note


def add_note(
    action: MitigationAction,
    kind: ActionNoteKind,
    text: str,
    *,
    act: Act,
    days: tuple[date, date] | None = None,
) -> ActionNote:
    """One more entry in the history that both sides read."""
    note = ActionNote(
        organisation_id=action.organisation_id,
        respondent_organisation_id=action.respondent_organisation_id,
        action_id=action.id,
        kind=kind,
        text=text,
        due_before=days[0] if days else None,
        due_after=days[1] if days else None,
        author_name=act.by.name,
        created_at=act.at,
        created_by_id=act.by.user_id,
    )
    db.session.add(note)
    return note


def carrier_of(action: MitigationAction) -> UUID | None:
    """The responsible party of an action: its owner, or the supplier that carries it out."""
    return action.owner_id or action.respondent_organisation_id
