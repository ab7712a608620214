"""Mails to suppliers who have joined, in their language and with a help contact.

No mail holds a secret or an answer, since mails have many readers.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ddplatform.accounts.organisations.queries import (
    get_help_contact,
    get_organisation,
    language_to_write_in,
)
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.mail import Mail
from ddplatform.languages import gettext, in_one_language
from ddplatform.supplier_engagement.library.models import Assignment


@dataclass(frozen=True)
class Letterhead:
    """The details named in a letter about a questionnaire."""

    requester: str
    """The requester of the questions."""
    pages: str
    """Address of the questionnaire's pages; ends with a stroke."""
    helper: str
    """The person of the requester to ask, and how."""

    @property
    def help(self) -> str:
        """The help contact at the end of most letters, in the current language."""
        return gettext("Do you need help? Ask %(helper)s.", helper=self.helper)


@dataclass(frozen=True)
class Letter:
    """A subject, and paragraphs."""

    subject: str
    parts: tuple[str, ...]


def send_letter(assignment: Assignment, compose: Callable[[Letterhead], Letter]) -> None:
    """Send the text of `compose`, written in the language of the recipient.

    Args:
        assignment: a questionnaire whose supplier has joined.
    """
    supplier_id = assignment.respondent_organisation_id
    assert supplier_id is not None
    slug = get_organisation(supplier_id).slug
    head = Letterhead(
        requester=get_organisation(assignment.organisation_id).name,
        pages=f"{adapters().base_url}/o/{slug}/responses/{assignment.id}/",
        helper=get_help_contact(assignment.organisation_id, assignment.sent_by_id).line,
    )
    language = language_to_write_in(assignment.invited_email, assignment.language)
    letter = in_one_language(language, lambda: compose(head))
    text = "\n\n".join(letter.parts) + "\n"
    adapters().mailer.send(Mail(assignment.invited_email, letter.subject, text))
