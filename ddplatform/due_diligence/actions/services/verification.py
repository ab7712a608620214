"""Completion of actions: report with evidence, verification by a second person."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.core.due_diligence.lifecycle import require_step
from ddplatform.core.due_diligence.step_facts import ActionFacts
from ddplatform.core.due_diligence.tracking import tracking_words
from ddplatform.core.due_diligence.vocabulary import ActionState, Machine
from ddplatform.due_diligence.actions.queries.actions import get_action
from ddplatform.due_diligence.actions.services.actions import (
    NOTE_LENGTH,
    add_note,
    carrier_of,
    refuse_stale_step,
)
from ddplatform.due_diligence.findings.models import ActionNoteKind, MitigationAction
from ddplatform.due_diligence.findings.services import counts as finding_counts
from ddplatform.evidence.uploads import services as evidence
from ddplatform.evidence.uploads.queries.documents import count_documents_of
from ddplatform.evidence.uploads.services import SentFile
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Invalid, NotAllowed
from ddplatform.infrastructure.plain_text import fault_in
from ddplatform.languages import gettext
from ddplatform.risk.facts.services.facts import ask_reassessment, record_control
from ddplatform.value_chain.mapping.queries.maps import get_node


def report_done(
    action_id: UUID, *, note: str, files: Sequence[SentFile], version: int, act: Act
) -> MitigationAction:
    """Report an action done, with documents or photos that show it. Either side may.

    Documents of a supplier go to the buyer with the report.

    Raises:
        NotFound, Conflict: gone, or changed meanwhile.
        NotAllowed: it is carried out by somebody else.
        Invalid: nothing was written about what was done, or no document shows it.
        FileRefused: a file may not come in.
        StepNotAllowed: it is not being done.
    """
    action = get_action(action_id, for_change=True, either_side=True)
    refuse_stale_step(action, version, ActionState.TO_VERIFY)
    _require_carrier(action, act.by)
    if fault := fault_in(note, label=gettext("what was done"), longest=NOTE_LENGTH):
        raise Invalid(fields={"note": fault})
    documents = _take_in_all(action, files, act=act)
    require_step(
        Machine.ACTION,
        action.status,
        ActionState.TO_VERIFY,
        ActionFacts(owner=carrier_of(action), evidence_attached=documents > 0),
    )
    before, action.status = action.status, ActionState.TO_VERIFY
    action.reported_at, action.reported_by_id = act.at, act.by.user_id
    add_note(action, ActionNoteKind.REPORT, note.strip(), act=act)
    if act.by.organisation_id == action.organisation_id:
        finding_counts.refresh(action.node_id, today=act.at.date())
    audit.record(
        "action:report", action, act=act, status=(before, action.status), documents=documents
    )
    return action


def _require_carrier(action: MitigationAction, by: Identity) -> None:
    is_theirs = action.respondent_organisation_id is not None
    if by.organisation_id == (action.respondent_organisation_id or action.organisation_id):
        return
    assert is_theirs
    raise NotAllowed(
        gettext("The supplier carries this action out and reports it."),
        gettext("Write a progress note, or ask the supplier to report it."),
    )


def _take_in_all(action: MitigationAction, files: Sequence[SentFile], *, act: Act) -> int:
    """Store the upload; returns the number of documents that now support the action."""
    for file in files:
        _take_in(action, file, act=act)
    db.session.flush()  # the documents just added are counted
    documents = count_documents_of([action.id])
    if action.status is ActionState.DOING and not documents:
        raise Invalid(
            fields={"files": gettext("Add at least one photo or document that shows it.")}
        )
    return documents


def _take_in(action: MitigationAction, file: SentFile, *, act: Act) -> None:
    kept = evidence.take_in(
        filename=file.filename,
        content=file.content,
        examined=file.examined,
        act=act,
        owner_organisation_id=action.organisation_id,
        respondent_organisation_id=action.respondent_organisation_id,
        description=action.title,
    )
    evidence.attach(kept, action, at=act.at)
    db.session.flush()  # releasing finds the link just made
    evidence.release(kept)


@dataclass(frozen=True)
class Judgement:
    """The verifier's observations.

    Attributes:
        coverage: share of the people, sites or volume reached, 0 to 1.
        evidence_level: 0, .25, .5, .75 or .9 (RM-1.0 section 9).
        note: what was seen that supports it.
    """

    coverage: float
    evidence_level: float
    note: str


def verify(action_id: UUID, judged: Judgement, *, version: int, act: Act) -> MitigationAction:
    """Accept an action as done and record its control's reach; asks for a new assessment.

    Raises:
        NotFound, Conflict: gone, or changed meanwhile.
        NotAllowed: whoever reported it does not verify it.
        StepNotAllowed: not reported, no document, or the verifier owns it.
        Invalid: coverage or evidence level outside its scale, or no note.
    """
    action = get_action(action_id, for_change=True)
    refuse_stale_step(action, version, ActionState.VERIFIED)
    _require_other(action, act.by)
    require_step(Machine.ACTION, action.status, ActionState.VERIFIED, _facts(action, act.by))
    _check_judgement(judged)
    if action.control is not None:
        _record_control(action, action.control, judged, act=act)
    action.status = ActionState.VERIFIED
    action.verified_at, action.verified_by_id = act.at, act.by.user_id
    action.verified_note = judged.note.strip()
    action.coverage, action.evidence_level = judged.coverage, judged.evidence_level
    add_note(action, ActionNoteKind.VERIFICATION, judged.note.strip(), act=act)
    audit.record(
        "action:verify",
        action,
        act=act,
        status=(ActionState.TO_VERIFY, ActionState.VERIFIED),
        control=action.control,
        coverage=judged.coverage,
        evidence_level=judged.evidence_level,
    )
    return action


def _check_judgement(judged: Judgement) -> None:
    faults: dict[str, str] = {}
    if fault := fault_in(judged.note, label=gettext("what was seen"), longest=NOTE_LENGTH):
        faults["note"] = fault
    if not 0 <= judged.coverage <= 1:
        faults["coverage"] = gettext("Enter the share reached, from 0 to 100 %.")
    if judged.evidence_level not in tracking_words().evidence_levels:
        faults["evidence_level"] = gettext("Choose one of the five levels.")
    if faults:
        raise Invalid(fields=faults)


def _record_control(action: MitigationAction, control: str, judged: Judgement, *, act: Act) -> None:
    record_control(
        action.node_id,
        control,
        coverage=judged.coverage,
        evidence=judged.evidence_level,
        verified_on=act.at.date(),
        reason=judged.note,
        cause=("action", action.id),
        act=act,
    )
    ask_reassessment(get_node(action.node_id).chain_id, "facts", act=act)


def send_back(action_id: UUID, *, reason: str, version: int, act: Act) -> MitigationAction:
    """Do not accept a report: the action is being done again, and both sides read why.

    Raises:
        NotFound, Conflict: gone, or changed meanwhile.
        NotAllowed: whoever reported it does not judge it.
        StepNotAllowed: not reported, no reason, or the verifier owns it.
        Invalid: the reason is too long or leads to a person.
    """
    action = get_action(action_id, for_change=True)
    refuse_stale_step(action, version, ActionState.DOING)
    _require_other(action, act.by)
    if fault := fault_in(reason, label=gettext("the reason"), longest=NOTE_LENGTH):
        raise Invalid(fields={"reason": fault})
    facts = _facts(action, act.by, reason=reason)
    require_step(Machine.ACTION, action.status, ActionState.DOING, facts)
    action.status = ActionState.DOING
    action.reported_at = action.reported_by_id = None
    add_note(action, ActionNoteKind.VERIFICATION, f"Sent back: {reason.strip()}", act=act)
    finding_counts.refresh(action.node_id, today=act.at.date())
    audit.record(
        "action:send_back",
        action,
        act=act,
        status=(ActionState.TO_VERIFY, ActionState.DOING),
        reason=reason.strip(),
    )
    return action


def _require_other(action: MitigationAction, by: Identity) -> None:
    if action.reported_by_id is not None and action.reported_by_id == by.user_id:
        raise NotAllowed(
            gettext("An action cannot be verified by the person who reported it."),
            gettext("Ask another person of your organisation to verify this action."),
        )


def _facts(action: MitigationAction, by: Identity, *, reason: str = "") -> ActionFacts:
    return ActionFacts(
        owner=carrier_of(action),
        due_on=action.due_on,
        success_measure_set=bool(action.success_measure),
        evidence_attached=count_documents_of([action.id]) > 0,
        verifier=by.user_id,
        reason=reason,
    )
