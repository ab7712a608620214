"""The scope of a report: map, period, day, and the assessment valid on that day."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select

from ddplatform.audit.models import AuditEvent
from ddplatform.due_diligence.findings.models import Finding, MitigationAction
from ddplatform.infrastructure.db import db, end_of, start_of
from ddplatform.risk.runs.models import AssessmentRun, ReferenceRelease
from ddplatform.value_chain.history.models import MapStep
from ddplatform.value_chain.history.queries.past import Past, load_past
from ddplatform.value_chain.mapping.models import ValueChain
from ddplatform.value_chain.mapping.queries.maps import get_chain


@dataclass(frozen=True)
class Scope:
    """One map over a period, seen from one day.

    Records made after `as_of` are left out, due dates are held against it. Seen from a day that
    is past, facts with days on record are given as of that day; what was changed since
    and is not stored in its former state is left out.
    """

    chain: ValueChain
    run: AssessmentRun | None
    """The newest assessment not younger than the day; None: not assessed."""
    release: ReferenceRelease | None
    period_from: date
    period_to: date
    as_of: date
    changed: frozenset[str] | None = None
    """Ids of the findings and actions that were changed after the day; None: it is today."""
    past: Past | None = None
    """The map of the day, where it was changed since; None: it is unchanged."""

    @property
    def is_past(self) -> bool:
        """Whether its day is over."""
        return self.changed is not None

    @property
    def map_version(self) -> int:
        """The version of the map on the day."""
        return self.chain.version if self.past is None else self.past.version

    @property
    def map_name(self) -> str:
        """The name of the map on the day."""
        return self.chain.name if self.past is None else self.past.name_of(self.chain)

    def was_changed(self, row_id: UUID) -> bool:
        """Whether a finding or action was changed after the day."""
        return str(row_id) in (self.changed or ())

    @property
    def end(self) -> datetime:
        """Midnight after the day."""
        return end_of(self.as_of)

    @property
    def until(self) -> datetime:
        """The end of the period, or of the day where that is earlier; later records stay out."""
        return min(self.end, end_of(self.period_to))

    @property
    def from_moment(self) -> datetime:
        """The first moment of the period."""
        return start_of(self.period_from)


def load_scope(chain_id: UUID, *, period: tuple[date, date], as_of: date, today: date) -> Scope:
    """The scope of a report, in two statements; in some more where it is seen from a past day.

    Raises:
        NotFound: no such map.
    """
    chain = get_chain(chain_id)
    is_other = as_of < today and map_changed_after(chain, as_of)
    past = load_past(chain, as_of) if is_other else None
    runs = (
        select(AssessmentRun, ReferenceRelease)
        .join(ReferenceRelease, ReferenceRelease.id == AssessmentRun.release_id)
        .where(AssessmentRun.chain_id == chain_id, AssessmentRun.as_of <= as_of)
        .order_by(
            AssessmentRun.as_of.desc(), AssessmentRun.created_at.desc(), AssessmentRun.id.desc()
        )
        .limit(1)
    )
    if past is not None:  # one made later for an earlier day scores a later map
        runs = runs.where(AssessmentRun.chain_version <= past.version)
    row = db.session.execute(runs).one_or_none()
    return Scope(
        chain=chain,
        run=row[0] if row else None,
        release=row[1] if row else None,
        period_from=period[0],
        period_to=period[1],
        as_of=as_of,
        changed=_changed_after(as_of) if as_of < today else None,
        past=past,
    )


def map_changed_after(chain: ValueChain, day: date) -> date | None:
    """The last day after `day` on which the map was made or changed; None: unchanged."""
    changed = db.session.scalar(
        select(func.max(MapStep.made_at)).where(
            MapStep.chain_id == chain.id, MapStep.made_at >= end_of(day)
        )
    )
    known = [one for one in (changed, chain.created_at) if one and one >= end_of(day)]
    return max(known).date() if known else None


def _changed_after(day: date) -> frozenset[str]:
    targets = db.session.scalars(
        select(AuditEvent.target_id)
        .where(
            AuditEvent.target_type.in_((Finding.__tablename__, MitigationAction.__tablename__)),
            AuditEvent.at >= end_of(day),
        )
        .distinct()
    )
    return frozenset(target for target in targets if target)
