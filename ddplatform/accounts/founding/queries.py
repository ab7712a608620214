"""Founding links that have not been used yet."""

from collections.abc import Sequence

from sqlalchemy import select

from ddplatform.accounts.organisations.models import Invitation, InvitationPurpose
from ddplatform.infrastructure.db import db


def list_open_links(email: str) -> Sequence[Invitation]:
    """Links to an address that nobody used yet; call it in the installation, which keeps them."""
    return db.session.scalars(
        select(Invitation).where(
            Invitation.email == email,
            Invitation.purpose == InvitationPurpose.FOUND,
            Invitation.used_at.is_(None),
        )
    ).all()
