"""The mail that asks for answers to a questionnaire, and its delivery state."""

import logging
from datetime import datetime, timedelta

from ddplatform.accounts.organisations.models import Invitation
from ddplatform.accounts.organisations.queries import (
    get_help_contact,
    get_organisation,
    language_to_write_in,
)
from ddplatform.accounts.organisations.services.invitations import SEND, give_link, mark_of
from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.mail import FOR_ONE, Mail, MailRefused, Refusal, refusal_of
from ddplatform.infrastructure.errors import Conflict
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.languages import day_in_words, gettext, in_one_language
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.supplier_engagement.library.queries import get_assignment
from ddplatform.supplier_engagement.requests.queries import find_unused_link
from questionnaires import Answerer

log = logging.getLogger(__name__)
MOST_TRIES = 20
"""The number of temporary refusals by a server that count as a final one."""
LINK_LIFE = timedelta(days=14)
"""The minimum validity of a link that is handed over by a person."""
TRY_AGAIN = timedelta(minutes=15)


def send(invitation: Invitation, *, at: datetime) -> None:
    """Write and send the mail with a fresh link.

    One that does not get through is tried again later, and the link that was known before works
    on. Refusals for now are counted; a server that is not there, or that takes nothing from us,
    says nothing about an address and is noted in the log.
    """
    assert invitation.assignment_id is not None, "it is for a questionnaire"
    asked = get_assignment(invitation.assignment_id)
    known = invitation.token_hash
    language, link = language_to_write_in(invitation.email, asked.language), give_link(invitation)
    mail = in_one_language(language, lambda: _write(invitation, link, asked))
    try:
        refusal = give_to_server(mail)
    except OSError as fault:
        log.error(
            "no mail goes out, invitation %s is tried again: %s",
            invitation.id,
            type(fault).__name__,
        )
        is_tried_again = True
    else:
        if refusal is None:
            note_mailed(asked, at=at)
            return
        note_refused(asked, refusal)
        is_tried_again = asked.mail_refusal is None
    invitation.token_hash = known or invitation.token_hash
    if is_tried_again:
        _try_again(invitation, asked, at=at)


def give_to_server(mail: Mail, *, key: str = "") -> Refusal | None:
    """Send one mail of many; returns why it was refused, else None.

    Raises:
        OSError, SMTPException: no mail goes out at all.
    """
    try:
        adapters().mailer.send(mail, key=key)
    except MailRefused as refusal:
        return Refusal(str(refusal), is_lasting=True)
    except FOR_ONE as refusal:
        return refusal_of(refusal)
    return None


def _try_again(invitation: Invitation, asked: Assignment, *, at: datetime) -> None:
    payload = {"invitation_id": str(invitation.id), "retry_of": mark_of(invitation)}
    by = system_identity(asked.organisation_id)
    jobs.enqueue(SEND, payload, act=Act(by, at), run_after=at + TRY_AGAIN)


def note_mailed(asked: Assignment, *, at: datetime) -> None:
    """Keep that the invitation of a questionnaire went out, and that nothing refuses it now."""
    asked.mailed_at, asked.mail_refusal = asked.mailed_at or at, None
    asked.mail_tries = 0


def note_refused(asked: Assignment, refusal: Refusal) -> None:
    """Keep that the server did not take the invitation; after enough tries it counts as refused."""
    asked.mail_tries += 1
    if refusal.is_lasting or asked.mail_tries >= MOST_TRIES:
        asked.mail_refusal = refusal.words


def show_link(asked: Assignment, *, act: Act) -> str:
    """A fresh link to be handed over another way, where the server refuses the mail.

    It works once, as that of the mail would have. The log says who saw it.

    Raises:
        Conflict: no mail was refused, or the supplier needs no link any more.
    """
    invitation = find_unused_link(asked.id, for_change=True)
    if asked.mail_refusal is None or invitation is None:
        raise Conflict(
            gettext("The link is shown only where the mail was refused."),
            gettext("Send a reminder instead."),
        )
    invitation.expires_at = max(invitation.expires_at, act.at + LINK_LIFE)
    audit.record("questionnaire:show_link", asked, act=act)
    return give_link(invitation)


def note_link_opened(asked: Assignment, *, at: datetime) -> None:
    """Store when the page behind the link was first opened; the mail has no tracking."""
    if asked.link_opened_at is None:
        asked.link_opened_at = at
        by = system_identity(asked.organisation_id)
        audit.record("questionnaire:open_link", asked, act=Act(by, at))


def write_questions(
    to: str, *, buyer: str, help_line: str, link: str, until: datetime, note: str = ""
) -> Mail:
    """The mail that asks a supplier to answer, with the buyer's note verbatim."""
    why = gettext(
        "%(buyer)s buys from you and asks how children are protected at your work places.\n"
        "Honest answers bring help, not loss of orders. You can stop and go on at any time.",
        buyer=buyer,
    )
    subject = gettext("%(buyer)s asks you some questions about protecting children", buyer=buyer)
    opens = gettext("Open the questions: %(link)s", link=link)
    return _ask(to, subject, why, opens, buyer=buyer, help_line=help_line, until=until, note=note)


def _write_visit(
    to: str, *, buyer: str, place: str, help_line: str, link: str, until: datetime, note: str
) -> Mail:
    """The mail that asks an assessor to fill in the checklist of a place."""
    why = gettext(
        "%(buyer)s asks you to visit %(place)s and to fill in the checklist of the visit.\n"
        "You can write on a phone, stop and go on at any time. When you send it, %(buyer)s reads\n"
        "it. The place you visit never does.",
        buyer=buyer,
        place=place,
    )
    subject = gettext("%(buyer)s asks you to visit %(place)s", buyer=buyer, place=place)
    opens = gettext("Open the checklist: %(link)s", link=link)
    return _ask(to, subject, why, opens, buyer=buyer, help_line=help_line, until=until, note=note)


def _ask(
    to: str,
    subject: str,
    why: str,
    opens: str,
    *,
    buyer: str,
    help_line: str,
    until: datetime,
    note: str,
) -> Mail:
    parts = (
        why,
        gettext("%(buyer)s writes:", buyer=buyer) + f"\n{note.strip()}" if note.strip() else "",
        opens,
        gettext("Do you need help? Ask %(helper)s.", helper=help_line),
        gettext("The link works once, until %(day)s.", day=day_in_words(until)),
    )
    return Mail(to, subject, "\n\n".join(part for part in parts if part) + "\n")


def _write(invitation: Invitation, link: str, asked: Assignment) -> Mail:
    buyer = get_organisation(invitation.organisation_id).name
    helper = get_help_contact(invitation.organisation_id, invitation.created_by_id)
    note = asked.message
    until = invitation.expires_at
    if asked.answered_by is Answerer.ASSESSOR:
        return _write_visit(
            invitation.email,
            buyer=buyer,
            place=asked.node_name,
            help_line=helper.line,
            link=link,
            until=until,
            note=note,
        )
    return write_questions(
        invitation.email, buyer=buyer, help_line=helper.line, link=link, until=until, note=note
    )
