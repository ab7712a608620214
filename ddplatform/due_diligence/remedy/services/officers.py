"""Who becomes a safeguarding officer is told to the others: nobody gets to cases unseen."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from ddplatform.accounts.organisations.models import User
from ddplatform.accounts.organisations.queries import get_account, get_organisation
from ddplatform.due_diligence.remedy.queries.cases import list_officers
from ddplatform.infrastructure.access.identity import system_identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.mail import Mail
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.infrastructure.tenancy import current_organisation

TELL_OFFICERS = "person:tell_officers"


def tell_others(user_id: UUID, role: RoleId, *, at: datetime) -> None:
    """Queue the mail about a new officer, where there are others to read it."""
    if role is not RoleId.SAFEGUARDING_OFFICER:
        return
    db.session.flush()  # the new one is among the officers
    if any(officer != user_id for officer, _name in list_officers(today=at.date())):
        by = system_identity(current_organisation())
        jobs.enqueue(TELL_OFFICERS, {"user_id": str(user_id)}, by=by, at=at)


def send_news(user_id: UUID, *, at: datetime) -> None:
    """The mail to all other safeguarding officers; nothing when the person is none any more."""
    officers = dict(list_officers(today=at.date()))
    new = get_account(user_id)
    if new is None or officers.pop(user_id, None) is None:
        return
    organisation = get_organisation(current_organisation()).name
    for email in db.session.scalars(
        select(User.email).where(User.id.in_(officers)).order_by(User.email)
    ):
        adapters().mailer.send(
            Mail(
                email,
                f"New safeguarding officer at {organisation}",
                f"{new.name} ({new.email}) can be given remediation cases of {organisation} from "
                "now on, and is given each new one.\n\n"
                "If you did not expect this, ask an administrator today.\n",
            )
        )
