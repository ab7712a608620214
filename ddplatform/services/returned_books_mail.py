"""The mail that tells a supplier that its buyer brought its workbook in. It names no answer."""

from uuid import UUID

from ddplatform.adapters.installed import adapters
from ddplatform.adapters.mail import Mail
from ddplatform.languages import gettext, speaking
from ddplatform.queries.organisations import (
    get_help_contact,
    get_organisation,
    language_to_write_in,
)
from ddplatform.queries.questionnaires import get_assignment

TELL = "answers:tell_brought_book"


def tell_brought(assignment_id: UUID) -> None:
    """Ask the supplier to look at the workbook, since nothing of it counts before."""
    assignment = get_assignment(assignment_id)
    assert assignment.respondent_organisation_id is not None  # a workbook was handed on to it
    requester = get_organisation(assignment.organisation_id).name
    supplier = get_organisation(assignment.respondent_organisation_id)
    helper = get_help_contact(assignment.organisation_id, assignment.sent_by_id)
    link = f"{adapters().base_url}/o/{supplier.slug}/responses/{assignment.id}/ways"
    with speaking(language_to_write_in(assignment.invited_email, assignment.language)):
        parts = (
            gettext(
                "%(requester)s brought your filled-in workbook here. Nothing of it counts before"
                " you have looked at it, taken it over and pressed Send.",
                requester=requester,
            ),
            gettext("Look at it: %(link)s", link=link),
            gettext("Do you need help? Ask %(helper)s.", helper=helper.line),
        )
        subject = gettext("Your workbook for %(requester)s waits for you", requester=requester)
        mail = Mail(assignment.invited_email, subject, "\n\n".join(parts) + "\n")
    adapters().mailer.send(mail)
