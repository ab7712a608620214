"""Receipt of a concern: from the public door, or entered by an officer for somebody else."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any
from uuid import uuid4

from ddplatform.accounts.limits.services import DAY_S, Limit, count_try
from ddplatform.accounts.officers.queries import has_officer
from ddplatform.audit.services import log as audit
from ddplatform.core.due_diligence.vocabulary import GrievanceState
from ddplatform.due_diligence.concerns.models import Channel, Concern
from ddplatform.due_diligence.concerns.queries import find_by_locator
from ddplatform.due_diligence.concerns.services import thread
from ddplatform.due_diligence.concerns.services.codes import (
    Code,
    code_for,
    hash_proof,
    message_id,
    proves,
)
from ddplatform.due_diligence.concerns.services.mails import tell_officers
from ddplatform.due_diligence.concerns.services.texts import require_usable
from ddplatform.due_diligence.remedy.services import seal as case_seal
from ddplatform.due_diligence.remedy.services.cases import new_code
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.languages import gettext

AT_THE_DOOR = Limit("concerns at a door", 500, DAY_S)
"""Of all senders together, since who they are is not known; a day, so that no hour is kept."""
_TURNS = 8


@dataclass(frozen=True)
class Draft:
    """What a complainant says. Nothing in it names them, and only `text` has to be there.

    `in_danger`, `fears_reprisal`: None where nobody has said.
    """

    text: str
    about: str = ""
    who: str = ""
    place: str = ""
    country: str = ""
    in_danger: bool | None = None
    fears_reprisal: bool | None = None
    language: str = "en"
    channel: Channel = Channel.DOOR


@dataclass(frozen=True)
class Received:
    """A concern and its code, which is shown once; `is_new` False: the form was sent twice."""

    concern: Concern
    code: Code
    is_new: bool


def receive(draft: Draft, *, nonce: str, act: Act, not_names: Collection[str] = ()) -> Received:
    """Keep a concern as it was sent and tell the officers that one waits.

    Args:
        nonce: one-time value of the form. Sent twice, the form gives the same concern and code.
        act: of a stranger its moment is the beginning of the day.
        not_names: words that the writer confirmed as no person's name.

    Raises:
        Conflict: no safeguarding officer would read it.
        Invalid: no text, or one that may lead to a person.
        TooMany: the door received too many on this day.
    """
    if not draft.text.strip():
        raise Invalid(fields={"text": gettext("Write in your own words what happens.")})
    require_usable({"text": draft.text, "place": draft.place}, not_names=not_names)
    if not has_officer(today=act.at.date()):
        raise Conflict(gettext("Nobody could read a concern here at this time."))
    audit.lock_log()  # one form sent twice in the same moment is taken one by one
    for turn in range(_TURNS):
        code = code_for(nonce, turn)
        there = find_by_locator(code.locator)
        if there is None:
            return Received(_keep(draft, code, nonce, act), code, is_new=True)
        if proves(code, there):
            return Received(there, code, is_new=False)
    raise Conflict(gettext("This could not be kept. Send it again."))


def facts_of(concern: Concern) -> dict[str, Any]:
    """What was ticked beside the text, opened."""
    found: dict[str, Any] = case_seal.unseal(concern, concern, "sealed_facts", concern.sealed_facts)
    return found


def _keep(draft: Draft, code: Code, nonce: str, act: Act) -> Concern:
    if draft.channel is Channel.DOOR:
        count_try(AT_THE_DOOR, str(act.by.organisation_id), at=act.at)
    today = act.at.date()
    concern = Concern(
        id=uuid4(),
        organisation_id=act.by.organisation_id,
        reference=new_code(),
        locator=code.locator,
        proof_hash=hash_proof(code),
        status=GrievanceState.RECEIVED,
        channel=draft.channel,
        language=draft.language,
        received_on=today,
        entered_on=today,
        key_version=1,
        message_count=0,
        step_count=0,
    )
    case_seal.give_key(concern)
    facts = {name: value for name, value in asdict(draft).items() if name != "text"}
    concern.sealed_facts = case_seal.seal(concern, concern, "sealed_facts", concern.id, facts)
    db.session.add(concern)
    db.session.flush()  # its first message and the event name it
    thread.add_message(concern, draft.text, message_id(nonce), by_id=None, on=today)
    audit.record("concern:receive", concern, act=act, restricted=True)
    tell_officers(act=act, at_once=draft.in_danger is True)
    return concern
