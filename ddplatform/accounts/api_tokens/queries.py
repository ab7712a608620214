"""Access tokens for programs: one by its secret, those of an organisation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from ddplatform.accounts.api_tokens.models import ApiToken
from ddplatform.accounts.organisations.models import Membership, User
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.one_row import get_one


@dataclass(frozen=True)
class TokenRow:
    """A token as the page of tokens shows it."""

    token: ApiToken
    made_by: str
    has_maker: bool
    """Whether its maker still belongs to the organisation; without, it opens nothing."""

    def works(self, today: date) -> bool:
        """Whether a program may still use it."""
        is_ended = self.token.revoked_at is not None or today > self.token.expires_on
        return self.has_maker and not is_ended


def find_token(secret_hash: str) -> ApiToken | None:
    """The token with this hash of its secret, also one that has ended; asked across tenants."""
    return db.session.scalar(select(ApiToken).where(ApiToken.secret_hash == secret_hash))


def get_token(token_id: UUID) -> ApiToken:
    """A token of the acting organisation, or NotFound."""
    return get_one(select(ApiToken).where(ApiToken.id == token_id))


def list_tokens() -> Sequence[TokenRow]:
    """Every token of the acting organisation, the newest first."""
    is_member = select(Membership.id).where(
        Membership.user_id == ApiToken.created_by_id,
        Membership.organisation_id == ApiToken.organisation_id,
    )
    rows = db.session.execute(
        select(ApiToken, User.name, is_member.exists())
        .join(User, User.id == ApiToken.created_by_id)
        .order_by(ApiToken.created_at.desc(), ApiToken.id)
    )
    return [TokenRow(*row) for row in rows]


def count_tokens(today: date) -> int:
    """Tokens of the acting organisation that are neither revoked nor past their last day."""
    working = select(func.count()).where(
        ApiToken.revoked_at.is_(None), ApiToken.expires_on >= today
    )
    return db.session.scalar(working) or 0
