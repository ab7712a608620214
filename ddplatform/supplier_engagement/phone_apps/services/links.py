"""Secret addresses for phone apps, made and revoked by the supplier, one per phone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePath
from uuid import UUID

from ddplatform.accounts.limits import services as rate_limits
from ddplatform.accounts.organisations.queries import (
    get_account_to_admit,
    get_membership_facts_in,
)
from ddplatform.accounts.second_factor.services.own_factor import require_factor_of_maker
from ddplatform.accounts.sessions.services import hash_of, new_secret
from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.policy import allows
from ddplatform.infrastructure.db import begin_change, db
from ddplatform.infrastructure.errors import Invalid, NotFound
from ddplatform.languages import gettext
from ddplatform.supplier_engagement.offline.models import (
    AnswerIntake,
    AppLink,
    IntakeStatus,
    IntakeWay,
)
from ddplatform.supplier_engagement.offline.queries import get_app_link, list_app_links
from ddplatform.supplier_engagement.offline.services.intake import attach_files, look, take
from ddplatform.supplier_engagement.phone_apps.services.submissions import (
    SUBMISSION,
    find_again,
    keep_submissions,
)
from ddplatform.supplier_engagement.responses.queries.responses import get_request
from ddplatform.supplier_engagement.responses.services.drafts import draft_row

LASTS = timedelta(days=60)
MAX_NAME = 80
MOST_LINKS = 20


@dataclass(frozen=True)
class Received:
    """The result of a submission from a phone; `waiting` answers differ on the page."""

    intake: AnswerIntake
    waiting: int
    is_new: bool


def make_link(assignment_id: UUID, *, name: str, act: Act) -> tuple[AppLink, str]:
    """Make a link for one phone; its token is shown once and stored as a hash.

    Raises:
        Invalid: it has no name, or as many phones as may be have a link.
        Conflict: the questions cannot be answered now, or its maker lacks the second factor that
            an organisation asks for.
    """
    require_factor_of_maker(act=act)
    draft_row(get_request(assignment_id))  # held: of two presses one counts the other's link
    if not name.strip():
        raise Invalid(fields={"name": gettext("Say whose phone it is, for example: field team.")})
    live = [link for link in list_app_links(assignment_id) if is_live(link, at=act.at)]
    if len(live) >= MOST_LINKS:
        raise Invalid(
            fields={
                "name": gettext(
                    "%(most)s phones have an address, and more cannot be made. Revoke one that is"
                    " not used any more.",
                    most=MOST_LINKS,
                )
            }
        )
    token = new_secret()
    link = AppLink(
        organisation_id=act.by.organisation_id,
        assignment_id=assignment_id,
        name=name.strip()[:MAX_NAME],
        token_hash=hash_of(token),
        created_at=act.at,
        created_by_id=act.by.user_id,
        expires_at=act.at + LASTS,
    )
    db.session.add(link)
    db.session.flush()  # the event names it
    audit.record("answers:make_link", link, act=act, name=link.name)
    return link, token


def revoke_link(assignment_id: UUID, link_id: UUID, *, act: Act) -> None:
    """End a link at once. A second press changes nothing."""
    get_request(assignment_id)
    link = get_app_link(assignment_id, link_id)
    if link.revoked_at is None:
        link.revoked_at = act.at
        audit.record("answers:revoke_link", link, act=act)


def is_live(link: AppLink, *, at: datetime) -> bool:
    """Whether it still gives an app access."""
    return link.revoked_at is None and link.expires_at >= at


def identity_of(link: AppLink, *, at: datetime, request_ref: str) -> Identity:
    """The identity of an app: the maker of the link, with that person's current rights.

    Call it across tenants.

    Raises:
        NotFound: the link ended, or its maker may not answer any more, or lacks the second
            factor that an organisation asks for.
    """
    account = get_account_to_admit(link.created_by_id, today=at.date())
    standing = get_membership_facts_in(link.created_by_id, link.organisation_id)
    if not is_live(link, at=at) or account is None or not account.is_active or standing is None:
        raise NotFound()
    if account.lacks_second_factor:
        raise NotFound()
    who = Identity(
        user_id=account.id,
        organisation_id=link.organisation_id,
        role_id=standing.role_id,
        name=account.name,
        session_ref=None,
        access_until=standing.access_until,
        request_ref=request_ref,
    )
    if not allows(who, Permission.RESPONSE_ANSWER, on=at.date()):
        raise NotFound()
    return who


def receive_submission(
    link: AppLink,
    content: bytes,
    attachments: dict[str, bytes],
    *,
    filename: str = SUBMISSION,
    declared: str = "",
    act: Act,
) -> Received:
    """Store a submission and apply the answers that do not conflict with the page.

    An app sends large attachments in several requests with the same submission; answers that
    stand otherwise on the page wait there for a person. What came before as it comes now changes
    nothing, whatever became of it since.

    Args:
        filename: as the app calls its submission; an app may give it no ending.
        declared: the media type that the app sent with it.

    Raises:
        FileRefused: broken, foreign, or the same instanceID with another content.
        Conflict: the questions cannot be answered now.
        TooMany: too many uploads in an hour.
    """
    rate_limits.require_left(
        rate_limits.UPLOAD, str(act.by.user_id), at=act.at
    )  # before it is unpacked
    again = find_again(link.assignment_id, content, attachments)
    if again is not None and not again.has_news:
        begin_change()
        link.last_used_at = act.at
        rate_limits.count_try(rate_limits.UPLOAD, str(act.by.user_id), at=act.at)
        return Received(again.intake, _count_waiting(again.intake, at=act.at), is_new=False)
    kept = keep_submissions(
        link.assignment_id,
        filename=filename if PurePath(filename).suffix else SUBMISSION,
        content=content,
        declared=declared,
        attachments=attachments,
        way=IntakeWay.OPENROSA,
        phone=link.name,
        act=act,
    )[0]
    link.last_used_at = act.at
    if again is None:
        take(link.assignment_id, kept.id, leaves_clashes_open=True, act=act)
    elif kept.status is not IntakeStatus.PUT_ASIDE:
        files = look(link.assignment_id, kept.id, at=act.at).files
        attach_files(kept, files, but=again.came, act=act)
    return Received(kept, _count_waiting(kept, at=act.at), is_new=again is None)


def _count_waiting(kept: AnswerIntake, *, at: datetime) -> int:
    """The number of its answers that differ on the page and wait there for a person."""
    if kept.status is not IntakeStatus.WAITING:
        return 0
    return len(look(kept.assignment_id, kept.id, at=at).clashes)
