"""The mail to a supplier about a workbook imported by its buyer, without any answer."""

from uuid import UUID

from ddplatform.languages import gettext
from ddplatform.supplier_engagement.library.queries import get_assignment
from ddplatform.supplier_engagement.requests.services.letters import Letter, Letterhead, send_letter

TELL = "answers:tell_brought_book"


def notify_returned(assignment_id: UUID) -> None:
    """Ask the supplier to look at the workbook, since nothing of it counts before."""
    send_letter(get_assignment(assignment_id), _brought)


def _brought(head: Letterhead) -> Letter:
    return Letter(
        gettext("Your workbook for %(requester)s waits for you", requester=head.requester),
        (
            gettext(
                "%(requester)s brought your filled-in workbook here. Nothing of it counts before"
                " you have looked at it, taken it over and pressed Send.",
                requester=head.requester,
            ),
            gettext("Look at it: %(link)s", link=f"{head.pages}ways"),
            head.help,
        ),
    )
