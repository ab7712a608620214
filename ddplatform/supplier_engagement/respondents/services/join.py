"""Joining of respondents: one link, one address, one questionnaire, used once.

A supplier joins its own organisation, an assessor a separate one: observations of a visit are
never where a supplier can read them.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ddplatform.accounts.organisations.models import Invitation, Organisation, User
from ddplatform.accounts.organisations.queries import (
    get_organisation,
    get_user_by_email,
    is_only_for,
    list_membership_facts,
    list_slugs_from,
)
from ddplatform.accounts.organisations.services.organisations import found_organisation
from ddplatform.accounts.organisations.services.people import add_person
from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act, Identity, system_identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, NotFound
from ddplatform.infrastructure.tenancy import across_tenants, acting_in
from ddplatform.languages import gettext
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.supplier_engagement.library.queries import WAITING, get_assignment
from ddplatform.supplier_engagement.requests.services.requests import invite
from ddplatform.supplier_engagement.responses.queries.earlier import latest_answers
from ddplatform.supplier_engagement.responses.services.responses import start
from ddplatform.value_chain.mapping.models import ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import get_node
from questionnaires import Answerer

MAX_SLUG = 40
ROLE_OF = {Answerer.SUPPLIER: RoleId.SUPPLIER, Answerer.ASSESSOR: RoleId.ASSESSOR}


@dataclass(frozen=True)
class Joined:
    """The person who joined, and the address of their questions."""

    user: User
    organisation_slug: str
    assignment_id: UUID


def get_invited(invitation: Invitation) -> Assignment:
    """The request behind a link, in the tenant of the requester.

    Raises:
        NotFound: it is asked no longer.
    """
    assignment = get_assignment(invitation.assignment_id or UUID(int=0))
    if assignment.status not in WAITING:
        raise NotFound(
            gettext("These questions are not asked any more."),
            gettext("You need not do anything."),
        )
    return assignment


def send_fresh_link(invitation: Invitation, *, at: datetime) -> None:
    """Send a new link to the address the old one was for; the old one stops working.

    Raises:
        NotFound: it is asked no longer.
    """
    assignment = get_invited(invitation)
    by = system_identity(assignment.organisation_id)
    invite(assignment, act=Act(by, at))
    audit.record("questionnaire:send_link", assignment, act=Act(by, at))


def join(invitation: Invitation, *, name: str, password: str, at: datetime) -> Joined:
    """Use the link: an account where there is none, an organisation to answer in, the questions.

    Call it in the tenant of the requester. Who has an account has signed in before this call;
    the name and the password are those of a new one.

    Raises:
        NotFound: it is asked no longer.
        Conflict: who belongs to a supplier does not visit it.
        Invalid: a new password breaks a rule.
    """
    assignment = get_invited(invitation)
    node = get_node(assignment.node_id)
    known = get_user_by_email(invitation.email)
    role = ROLE_OF[assignment.answered_by]
    if role is RoleId.ASSESSOR:
        _require_independent(known.id if known else None, node)
    home = _own_organisation(known, node, role, requester=invitation.organisation_id)
    if home is None:
        visitor = (known.name if known else "") or name.strip()
        title = visitor if role is RoleId.ASSESSOR else assignment.node_name
        home = _found(title, node, at=at)
    with acting_in(home.id):
        user = _member(
            invitation.email,
            role,
            name=name,
            password=password,
            home=home,
            requester=get_organisation(invitation.organisation_id).name,
            at=at,
        )
    assignment.respondent_organisation_id = home.id
    if role is RoleId.SUPPLIER:
        node.supplier_organisation_id = home.id
    invitation.used_at, invitation.user_id = at, user.id
    by = system_identity(invitation.organisation_id)
    audit.record("questionnaire:join", assignment, act=Act(by, at), respondent=home.id)
    known_answers = latest_answers(assignment)
    db.session.flush()  # the respondent finds the assignment from now on
    with acting_in(home.id):
        identity = Identity(user.id, home.id, role, user.name)
        start(assignment.id, act=Act(identity, at), known=known_answers)
    return Joined(user, home.slug, assignment.id)


def require_still_independent(assignment: Assignment, *, by: Identity) -> None:
    """Refuse an assessor who has come to belong to the place since the assignment.

    Raises:
        Conflict: this person belongs to the organisation that the visit is about.
    """
    with acting_in(assignment.organisation_id):
        node = get_node(assignment.node_id)
    _require_independent(by.user_id, node)


def _require_independent(user_id: UUID | None, node: ValueChainNode) -> None:
    with across_tenants():
        homes = (
            {found.organisation.id for found in list_membership_facts(user_id)}
            if user_id
            else set()
        )
    if node.supplier_organisation_id in homes:
        raise Conflict(
            gettext("You belong to the organisation that this visit is about."),
            gettext("Tell who invited you, so that somebody independent is asked."),
        )


def _own_organisation(
    known: User | None, node: ValueChainNode, role: RoleId, *, requester: UUID
) -> Organisation | None:
    """The organisation in which this person answers in this role already.

    Membership decides, never what the requester's map says: a link must not open the
    organisation of a supplier to somebody whom a buyer chose. A visit never comes into an
    organisation where anybody has another role: they would read it too.
    """
    if known is None:
        return None
    with across_tenants():
        homes = [
            standing.organisation.id
            for standing in list_membership_facts(known.id)
            if standing.role_id is role
            and standing.organisation.id != requester
            and (role is RoleId.SUPPLIER or is_only_for(role, standing.organisation.id))
        ]
    if not homes:
        return None
    at_node = node.supplier_organisation_id
    return get_organisation(at_node if at_node in homes and at_node else homes[0])


def _found(title: str, node: ValueChainNode, *, at: datetime) -> Organisation:
    slug = _free_slug(title)
    asked_by = get_organisation(node.organisation_id)
    return found_organisation(
        name=title,
        slug=slug,
        country=node.country,
        at=at,
        is_sample=asked_by.is_sample,  # who answers the sample company is part of the sample
    )


def _member(
    email: str,
    role: RoleId,
    *,
    name: str,
    password: str,
    home: Organisation,
    requester: str,
    at: datetime,
) -> User:
    known = get_user_by_email(email)
    with across_tenants():
        standings = list_membership_facts(known.id) if known else ()
    if known is not None and any(found.organisation.id == home.id for found in standings):
        return known
    return add_person(
        email=email,
        name=name,
        role=role,
        password=password,
        act=Act(system_identity(home.id), at),
        names=[requester],
    )


def _free_slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MAX_SLUG].strip("-") or "supplier"
    taken = set(list_slugs_from(stem))
    tries = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return stem if stem not in taken else next(slug for slug in tries if slug not in taken)
