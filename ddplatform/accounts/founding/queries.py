"""Links for founding that are out."""

from collections.abc import Sequence

from sqlalchemy import select

from ddplatform.db import db
from ddplatform.models.organisations import Invitation, InvitationPurpose


def list_open_links(email: str) -> Sequence[Invitation]:
    """Links to an address that nobody used yet; call it in the installation, which keeps them."""
    return db.session.scalars(
        select(Invitation).where(
            Invitation.email == email,
            Invitation.purpose == InvitationPurpose.FOUND,
            Invitation.used_at.is_(None),
        )
    ).all()
