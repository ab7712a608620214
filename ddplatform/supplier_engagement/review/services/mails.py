"""Mails of a review, without any answer, since mails have many readers."""

from uuid import UUID

from ddplatform.accounts.organisations.queries import get_organisation, list_people
from ddplatform.core.due_diligence.vocabulary import QuestionnaireState as State
from ddplatform.infrastructure.access.identity import Identity
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.roles import ROLES
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.mail import Mail
from ddplatform.languages import gettext
from ddplatform.supplier_engagement.library.queries import get_assignment
from ddplatform.supplier_engagement.requests.services.letters import Letter, Letterhead, send_letter


def tell_returned(assignment_id: UUID) -> None:
    """The mail to the supplier: there are questions back. It names no answer."""
    assignment = get_assignment(assignment_id)
    if assignment.status is State.RETURNED and assignment.respondent_organisation_id is not None:
        send_letter(assignment, _returned)


def _returned(head: Letterhead) -> Letter:
    return Letter(
        gettext("%(requester)s has a question about your answers", requester=head.requester),
        (
            gettext(
                "%(requester)s read your answers and asks you to look at some of them again.\n"
                "All you wrote is kept.",
                requester=head.requester,
            ),
            gettext("See what is asked: %(link)s", link=head.pages),
            head.help,
        ),
    )


def tell_escalated(assignment_id: UUID, *, by: Identity) -> None:
    """The mail to all other reviewers: a decision waits for them."""
    assignment = get_assignment(assignment_id)
    if assignment.status is not State.ESCALATED:
        return
    name, slug = assignment.node_name, get_organisation(assignment.organisation_id).slug
    address = f"{adapters().base_url}/o/{slug}/questionnaires/assignments/{assignment.id}/review"
    for person in list_people():
        reviews = Permission.RESPONSE_REVIEW in ROLES[person.role_id].permissions
        if person.is_active and reviews and person.user_id != by.user_id:
            adapters().mailer.send(
                Mail(
                    person.email,
                    gettext("A decision about the answers of %(name)s", name=name),
                    gettext(
                        "%(person)s read the answers of %(name)s and asks you to\n"
                        "decide what is to be done.\n\nRead them here: %(link)s\n",
                        person=by.name,
                        name=name,
                        link=address,
                    ),
                )
            )
