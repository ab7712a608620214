"""Steps of a concern that officers take (ST-GRIEVANCE)."""

from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from ddplatform.accounts.officers.queries import list_officers
from ddplatform.audit.services import log as audit
from ddplatform.core.due_diligence.lifecycle import require_step
from ddplatform.core.due_diligence.step_facts import GrievanceFacts
from ddplatform.core.due_diligence.vocabulary import GrievanceState, Machine
from ddplatform.due_diligence.concerns.models import HANDED_OVER, LINKED, Concern
from ddplatform.due_diligence.concerns.services import thread
from ddplatform.due_diligence.concerns.services.texts import require_usable
from ddplatform.due_diligence.findings.queries import find_open_fact, get_finding
from ddplatform.due_diligence.findings.services.harm import report_harm
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.infrastructure.stale_edits import refuse_stale
from ddplatform.languages import gettext

STATED = frozenset(
    {
        "danger_screened",
        "referral_made",
        "complainant_answered",
        "remedy_delivered",
        "satisfaction_asked",
    }
)
"""Guards that an officer states; the others follow from what is kept or written."""
REPRISAL = ("no", "yes", "asked")
UNSCREENED = frozenset({GrievanceState.RECEIVED, GrievanceState.ACKNOWLEDGED})


@dataclass(frozen=True)
class Said:
    """What an officer says with a step.

    Attributes:
        reprisal: of `REPRISAL`; "asked": asked in the thread, not answered yet.
        stated: guards of `STATED` that are met.
        is_safety_open: whether somebody may still be unsafe; None: as it was.
        message: to the complainant; a remedy is proposed in it.
    """

    reprisal: str = ""
    stated: frozenset[str] = field(default_factory=frozenset)
    is_safety_open: bool | None = None
    reason: str = ""
    message: str = ""


def note_reading(concern: Concern, *, act: Act) -> None:
    """Each reading of a concern by an officer is an event."""
    audit.record("concern:read", concern, act=act, restricted=True)


def move(
    concern: Concern,
    to: GrievanceState,
    said: Said,
    *,
    version: int,
    act: Act,
    not_names: Collection[str] = (),
) -> None:
    """Take a concern to another state, if its guards are met.

    Who acknowledges it handles it from then on; who proposes a remedy after an appeal takes over.

    Raises:
        Conflict: somebody else changed it meanwhile.
        StepNotAllowed: names what has to be done first.
        Invalid: no answer about reprisals, or a text that may lead to a person.
    """
    _refuse_stale(concern, version)
    if said.reprisal not in REPRISAL:
        raise Invalid(fields={"reprisal": gettext("Choose one.")})
    require_usable({"reason": said.reason, "message": said.message}, not_names=not_names)
    is_appeal = concern.status is GrievanceState.APPEAL
    if said.is_safety_open is not None:
        concern.is_safety_open = said.is_safety_open
    concern.handler_id = concern.handler_id or act.by.user_id
    require_step(Machine.GRIEVANCE, concern.status, to, facts_of(concern, said, act=act))
    if is_appeal:
        concern.handler_id = act.by.user_id
    today = act.at.date()
    if said.message.strip():
        thread.add_message(concern, said.message, uuid4(), by_id=act.by.user_id, on=today)
    note = {
        "reprisal": said.reprisal,
        "stated": sorted(said.stated & STATED),
        "reason": said.reason.strip(),
    }
    thread.enter(concern, to, note, by_id=act.by.user_id, act=act)
    audit.record("concern:move", concern, act=act, restricted=True)


def facts_of(concern: Concern, said: Said, *, act: Act) -> GrievanceFacts:
    """The facts by which a step is judged."""
    stated = said.stated & STATED
    return GrievanceFacts(
        reprisal_checked=said.reprisal in REPRISAL,
        handler=concern.handler_id,
        case_code_given=bool(concern.locator),
        danger_screened="danger_screened" in stated and concern.is_safety_open is not None,
        referral_made="referral_made" in stated,
        remedy_described=bool(said.message.strip()),
        complainant_answered="complainant_answered" in stated,
        remedy_delivered="remedy_delivered" in stated,
        satisfaction_asked="satisfaction_asked" in stated,
        reason=said.reason,
        appeal_handler=act.by.user_id,
        safety_concern_open=concern.is_safety_open,
    )


def hand_over(concern: Concern, to_id: UUID, *, version: int, act: Act) -> None:
    """Let another safeguarding officer handle a concern from now on.

    Raises:
        Conflict: somebody else changed it meanwhile, or that officer handles it already.
        Invalid: the person is no safeguarding officer here.
    """
    _refuse_stale(concern, version)
    if to_id not in {user_id for user_id, _ in list_officers(today=act.at.date())}:
        raise Invalid(fields={"user": gettext("Choose another safeguarding officer.")})
    if concern.handler_id == to_id:
        raise Conflict(gettext("This officer handles the concern already."))
    note = {"from": str(concern.handler_id or ""), "to": str(to_id)}
    concern.handler_id = to_id
    thread.add_step(concern, HANDED_OVER, note, by_id=act.by.user_id, on=act.at.date())
    audit.record("concern:hand_over", concern, act=act, restricted=True)


def link(concern: Concern, finding_id: UUID, *, is_credible: bool, version: int, act: Act) -> None:
    """Join a concern to the finding of its matter; several concerns may share one.

    Args:
        is_credible: state to the risk method that harm is credibly alleged (RM-1.0 section 8),
            unless the finding says so already. Nothing of the concern is copied there.

    Raises:
        Conflict: somebody else changed it meanwhile, or it was not screened yet.
        NotFound: there is no such finding.
    """
    _refuse_stale(concern, version)
    if concern.status in UNSCREENED:
        raise Conflict(
            gettext("A concern changes no risk before it was screened."),
            gettext("Screen it first."),
        )
    finding = get_finding(finding_id)
    concern.finding_id = finding.id
    note = {"finding": str(finding.id), "credible": is_credible}
    thread.add_step(concern, LINKED, note, by_id=act.by.user_id, on=act.at.date())
    audit.record("concern:link", concern, act=act, restricted=True)
    if is_credible and find_open_fact(finding.id) is None:
        report_harm(finding.id, confirmed=False, act=act)


def _refuse_stale(concern: Concern, version: int) -> None:
    label = gettext("Steps so far")
    refuse_stale(concern, version, theirs={label: concern.step_count}, mine={label: ""})
