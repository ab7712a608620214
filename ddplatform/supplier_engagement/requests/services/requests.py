"""Questionnaire requests to suppliers and assessors: sending, due dates, withdrawal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from ddplatform.accounts.limits import services as rate_limits
from ddplatform.accounts.organisations.models import Invitation, InvitationPurpose
from ddplatform.accounts.organisations.services.people import INVITATION_LIFE, is_address
from ddplatform.audit.services import log as audit
from ddplatform.core.due_diligence.lifecycle import require_step
from ddplatform.core.due_diligence.step_facts import QuestionnaireFacts
from ddplatform.core.due_diligence.vocabulary import Machine
from ddplatform.core.due_diligence.vocabulary import QuestionnaireState as State
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.infrastructure.typed_values import find_number
from ddplatform.languages import day_in_words, gettext
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.supplier_engagement.library.queries import (
    find_open,
    get_version,
    list_supplier_addresses,
    list_visitors,
    load_plan,
)
from ddplatform.supplier_engagement.library.services import require_sent_by_link
from ddplatform.supplier_engagement.requests.queries import find_unused_link, list_unused_links
from ddplatform.value_chain.mapping.models import ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import get_node, get_summary
from questionnaires import Answerer, Response, pages

MAX_AT_ONCE = 200
MAX_MESSAGE = 2000
LIGHT_BELOW = 50
"""Workers below which light mode is proposed (questionnaires.md section 0)."""


@dataclass(frozen=True, kw_only=True)
class Sending:
    """Settings for sending. `light_mode` None: proposed by the size of each node."""

    version_id: UUID
    due_on: date
    language: str = "en"
    light_mode: bool | None = None
    message: str = ""


def is_small(node: ValueChainNode) -> bool:
    """Whether the map gives fewer than 50 workers; unknown is not small."""
    text = str(node.attributes.get("workers", "")).replace(",", "").strip()
    return find_number(text, LIGHT_BELOW) < LIGHT_BELOW


def assign(sending: Sending, addresses: dict[UUID, str], *, act: Act) -> Sequence[Assignment]:
    """Send a questionnaire to the people behind nodes: all of them, or none on any problem.

    Args:
        addresses: node -> e-mail address. Where suppliers answer, an empty one takes the business
            contact of the node; who visits is always named, and never one of the supplier's.

    Raises:
        Invalid: a problem at `due_on`, `message` or `email-<node>`, or more mails than may be
            sent.
        NotFound: no such version or node.
        Conflict: this questionnaire goes to nobody by a link.
    """
    version = get_version(sending.version_id)
    answerer = require_sent_by_link(version.id)
    nodes = [get_node(node_id) for node_id in addresses]
    problems = _problems_of(sending, addresses, act.at.date())
    taken = find_open(version.id, list(addresses))
    visitors = list_visitors(list(addresses)) if answerer is Answerer.SUPPLIER else set()
    emails: dict[UUID, str] = {}
    for node in nodes:
        email = emails[node.id] = _address_at(node, addresses[node.id], answerer)
        problem = _problem_at(node, email, taken.get(node.id), answerer)
        if not problem and (node.id, email) in visitors:
            problem = gettext(
                "%(email)s is an assessor of %(name)s. Ask a person who works there.",
                email=email,
                name=node.name,
            )
        if problem:
            problems[f"email-{node.id}"] = problem
    if problems:
        raise Invalid(fields=problems)
    rate_limits.count_mails(len(nodes), act=act)
    empty = Response(load_plan(version.id), None, now=act.at)
    sections = {light: len(pages(empty, light=light)) for light in (False, True)}
    return [
        _assign(
            _asked(sending, node, emails[node.id], answerer, sections),
            node,
            act=act,
        )
        for node in nodes
    ]


def is_light(sending: Sending, node: ValueChainNode) -> bool:
    """Whether this node gets the short version."""
    return is_small(node) if sending.light_mode is None else sending.light_mode


def _problems_of(sending: Sending, addresses: dict[UUID, str], today: date) -> dict[str, str]:
    found = {}
    if not addresses:
        found["nodes"] = gettext("Choose at least one supplier.")
    if len(addresses) > MAX_AT_ONCE:
        found["nodes"] = gettext("Choose at most %(number)s suppliers at once.", number=MAX_AT_ONCE)
    if sending.due_on < today:
        found["due_on"] = gettext("Choose a day that is not past.")
    if len(sending.message) > MAX_MESSAGE:
        found["message"] = gettext(
            "Shorten the message to %(number)s characters.", number=MAX_MESSAGE
        )
    return found


def _address_at(node: ValueChainNode, typed: str, answerer: Answerer) -> str:
    known = node.contact_email if answerer is Answerer.SUPPLIER else ""
    return (typed or known or "").strip().lower()


def _problem_at(
    node: ValueChainNode, email: str, open_one: Assignment | None, answerer: Answerer
) -> str:
    is_visit = answerer is Answerer.ASSESSOR
    if open_one is not None:
        return gettext(
            "%(name)s has this questionnaire already, due on %(day)s.",
            name=node.name,
            day=day_in_words(open_one.due_on),
        )
    if node.archived_at is not None:
        return gettext("%(name)s is archived. Restore it first.", name=node.name)
    if not email:
        if is_visit:
            return gettext("Enter the e-mail address of the assessor for %(name)s.", name=node.name)
        return gettext("Enter the e-mail address of the contact at %(name)s.", name=node.name)
    if not is_address(email):
        return gettext(
            "“%(email)s” is no e-mail address; write it like name@firm.com.", email=email
        )
    if is_visit and email in list_supplier_addresses(node):
        return gettext(
            "%(email)s is a contact of %(name)s. A visit needs an assessor independent of it.",
            email=email,
            name=node.name,
        )
    return ""


def _asked(
    sending: Sending,
    node: ValueChainNode,
    email: str,
    answerer: Answerer,
    sections: dict[bool, int],
) -> Assignment:
    """The requests to one address; the short version is for suppliers alone."""
    light = answerer is Answerer.SUPPLIER and is_light(sending, node)
    return Assignment(
        node_id=node.id,
        node_name=node.name,
        node_country=node.country,
        version_id=sending.version_id,
        answered_by=answerer,
        status=State.SENT,
        invited_email=email,
        language=sending.language,
        light_mode=light,
        message=sending.message.strip(),
        due_on=sending.due_on,
        sections_total=sections[light],
        sections_done=0,
        round=1,
    )


def _assign(assignment: Assignment, node: ValueChainNode, *, act: Act) -> Assignment:
    facts = QuestionnaireFacts(respondent_named=True, due_on=assignment.due_on, today=act.at.date())
    require_step(Machine.QUESTIONNAIRE, State.DRAFT, State.SENT, facts)
    assignment.sent_at, assignment.sent_by_id = act.at, act.by.user_id
    if assignment.answered_by is Answerer.SUPPLIER:
        node.contact_email = node.contact_email or assignment.invited_email
    db.session.add(assignment)
    db.session.flush()  # the invitation and the event name it
    invite(assignment, act=act)
    show_on_map(assignment)
    audit.record(
        "questionnaire:assign",
        assignment,
        act=act,
        node=node.id,
        email=assignment.invited_email,
        due_on=assignment.due_on,
        light_mode=assignment.light_mode,
        answered_by=assignment.answered_by,
    )
    return assignment


def invite(assignment: Assignment, *, act: Act) -> Invitation:
    """Send the single-use link by mail; part of a larger change that records it."""
    invitation = find_unused_link(assignment.id)
    if invitation is None:
        invitation = Invitation(
            purpose=InvitationPurpose.RESPOND,
            email=assignment.invited_email,
            assignment_id=assignment.id,
            created_at=act.at,
            created_by_id=act.by.user_id,
            expires_at=act.at,
        )
        db.session.add(invitation)
    invitation.expires_at = act.at + INVITATION_LIFE
    db.session.flush()  # the job names it
    jobs.enqueue("invitation:send", {"invitation_id": str(invitation.id)}, act=act)
    return invitation


def change_due_date(assignment: Assignment, due_on: date, *, act: Act) -> None:
    """Give more time, or less; an expired questionnaire is sent again.

    Raises:
        Invalid: the day is past.
        Conflict: the answers are in already, or it was withdrawn.
    """
    if due_on < act.at.date():
        raise Invalid(fields={"due_on": gettext("Choose a day that is not past.")})
    before = assignment.due_on
    if assignment.status is State.EXPIRED:
        facts = QuestionnaireFacts(respondent_named=True, due_on=due_on, today=act.at.date())
        require_step(Machine.QUESTIONNAIRE, State.EXPIRED, State.SENT, facts)
        assignment.status = State.SENT
        if assignment.respondent_organisation_id is None:
            invite(assignment, act=act)
    elif assignment.status not in (State.SENT, State.OPENED, State.RETURNED):
        raise Conflict(
            gettext(
                "The due date cannot be changed: the answers are in, or the questionnaire was "
                "withdrawn."
            )
        )
    assignment.due_on = due_on
    show_on_map(assignment)
    audit.record("questionnaire:move_due_date", assignment, act=act, due_on=(before, due_on))


def withdraw(assignment: Assignment, *, reason: str, act: Act) -> None:
    """Ask no longer. Answers that were not sent stay with the supplier.

    Raises:
        StepNotAllowed: no reason, or the answers are in already.
    """
    facts = QuestionnaireFacts(reason=reason)
    require_step(Machine.QUESTIONNAIRE, assignment.status, State.WITHDRAWN, facts)
    _end(assignment, State.WITHDRAWN, at=act.at)
    assignment.withdrawn_reason = reason.strip()
    audit.record("questionnaire:withdraw", assignment, act=act, reason=reason.strip())


def expire(assignment: Assignment, *, act: Act) -> None:
    """Close a questionnaire that nobody answered in time.

    Raises:
        StepNotAllowed: it is not due yet, or the answers are in.
    """
    facts = QuestionnaireFacts(due_on=assignment.due_on, today=act.at.date())
    require_step(Machine.QUESTIONNAIRE, assignment.status, State.EXPIRED, facts)
    _end(assignment, State.EXPIRED, at=act.at)
    audit.record("questionnaire:expire", assignment, act=act)


def _end(assignment: Assignment, state: State, *, at: datetime) -> None:
    assignment.status, assignment.decided_at = state, at
    for invitation in list_unused_links(assignment.id):
        invitation.used_at, invitation.token_hash = at, None
    show_on_map(assignment)


def show_on_map(assignment: Assignment) -> None:
    """Keep the state beside the node, where lists and the map read it; a visit has none there."""
    if assignment.answered_by is not Answerer.SUPPLIER:
        return
    summary = get_summary(assignment.node_id)
    if summary is not None:
        summary.questionnaire_status = assignment.status.value


def propose_due_date(today: date) -> date:
    """Four weeks: long enough for one person beside daily work."""
    return today + timedelta(days=28)
