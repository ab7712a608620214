"""Mails to suppliers who have joined: in their language, with whom to ask.

No mail holds a secret or an answer: it is read by many eyes.
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
    """What a letter about a questionnaire names."""

    requester: str
    """Who asked the questions."""
    pages: str
    """Address of the questionnaire's pages; ends with a stroke."""
    helper: str
    """The person of the requester to ask, and how."""

    @property
    def help(self) -> str:
        """Whom to ask, as most letters end; in the language spoken now."""
        return gettext("Do you need help? Ask %(helper)s.", helper=self.helper)


@dataclass(frozen=True)
class Letter:
    """A subject, and paragraphs."""

    subject: str
    parts: tuple[str, ...]


def send_letter(assignment: Assignment, compose: Callable[[Letterhead], Letter]) -> None:
    """Send what `compose` writes, which it writes in the language of who is asked.

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
