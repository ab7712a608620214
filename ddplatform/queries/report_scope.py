"""What a report is about: the map, the period, the day, and the assessment that holds on it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select

from ddplatform.db import db
from ddplatform.models.risk import AssessmentRun, ReferenceRelease
from ddplatform.models.value_chain import ValueChain
from ddplatform.queries.value_chain import get_chain


@dataclass(frozen=True)
class Scope:
    """One map over a period, seen from one day.

    Records made after `as_of` are left out, due dates are held against it. The map itself is
    the one that stands while the facts are gathered; its version is among the facts.
    """

    chain: ValueChain
    run: AssessmentRun | None
    """The newest assessment not younger than the day; None: not assessed."""
    release: ReferenceRelease | None
    period_from: date
    period_to: date
    as_of: date

    @property
    def end(self) -> datetime:
        """Midnight after the day."""
        return datetime.combine(self.as_of + timedelta(days=1), time(), tzinfo=UTC)

    @property
    def from_moment(self) -> datetime:
        """The first moment of the period."""
        return datetime.combine(self.period_from, time(), tzinfo=UTC)


def load_scope(chain_id: UUID, *, period: tuple[date, date], as_of: date) -> Scope:
    """The scope of a report, in two statements.

    Raises:
        NotFound: no such map.
    """
    chain = get_chain(chain_id)
    row = db.session.execute(
        select(AssessmentRun, ReferenceRelease)
        .join(ReferenceRelease, ReferenceRelease.id == AssessmentRun.release_id)
        .where(AssessmentRun.chain_id == chain_id, AssessmentRun.as_of <= as_of)
        .order_by(
            AssessmentRun.as_of.desc(), AssessmentRun.created_at.desc(), AssessmentRun.id.desc()
        )
        .limit(1)
    ).one_or_none()
    return Scope(
        chain=chain,
        run=row[0] if row else None,
        release=row[1] if row else None,
        period_from=period[0],
        period_to=period[1],
        as_of=as_of,
    )
