"""Triggers of a reassessment that the platform detects by itself (UNGP 17(c))."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from io import BytesIO
from uuid import UUID

import numpy as np
from sqlalchemy import Select, func, or_, select

from ddplatform.core.due_diligence.vocabulary import QuestionnaireState
from ddplatform.evidence.uploads.models import Evidence, EvidenceLink
from ddplatform.infrastructure.db import db
from ddplatform.risk.reassessment.models import ReviewTask, ShareMemory
from ddplatform.risk.reassessment.queries.sources import OPEN_WORK, SUBJECTS
from ddplatform.risk.runs.models import AssessmentRun, FactKind, RiskFact
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.supplier_engagement.responses.models import Response
from ddplatform.value_chain.mapping.models import SupplyLink, ValueChain, ValueChainNode
from supply_chain.vocabulary import NodeKind


class Sign(StrEnum):
    """The sign that was detected at a node."""

    NEVER_LOOKED_AT = "never_looked_at"
    LOOKED_AT_LONG_AGO = "looked_at_long_ago"
    JOINED = "joined"
    ALLEGATION = "allegation"
    RED_FLAG = "red_flag"
    DOCUMENT_EXPIRED = "document_expired"
    LEFT = "left"
    OPERATOR = "operator"
    GOODS = "goods"
    COUNTRY = "country"
    LISTED = "listed"
    SHARE = "share"


TOLD = {FactKind.CREDIBLE: Sign.ALLEGATION, FactKind.RED_FLAG: Sign.RED_FLAG}
"""Facts that call for a review; those of restricted cases are not shown here."""


@dataclass(frozen=True)
class Seen:
    """A node, and the sign at it: the same key never opens a task twice.

    Attributes:
        day: since when, or when last.
        name: of the official list.
        before, after: the share of a buyer's input, 0 to 1.
    """

    node_id: UUID
    key: str
    sign: Sign
    day: date | None = None
    name: str = ""
    before: float = 0.0
    after: float = 0.0


@dataclass(frozen=True)
class Shares:
    """The shares of a map's links, as columns: `ids` (n, 16) bytes, `shares` (n,), 0 to 1."""

    ids: np.ndarray[tuple[int, int], np.dtype[np.uint8]]
    shares: np.ndarray[tuple[int], np.dtype[np.float64]]

    def pack(self) -> bytes:
        """As bytes for the database."""
        out = BytesIO()
        np.savez_compressed(out, ids=self.ids, shares=self.shares)
        return out.getvalue()

    @classmethod
    def unpack(cls, content: bytes) -> "Shares":
        """From the bytes of `pack`."""
        with np.load(BytesIO(content), allow_pickle=False) as kept:
            return cls(kept["ids"], kept["shares"])

    def by_link(self) -> dict[bytes, float]:
        """Key of a link -> its share."""
        return {key.tobytes(): float(s) for key, s in zip(self.ids, self.shares, strict=True)}


def see_time_passed(before: datetime) -> Iterator[Seen]:
    """Nodes without a review since a moment: no accepted answers, no closed task."""
    looked: dict[UUID, datetime] = {}
    for statement in (_accepted(), _closed()):
        for node_id, moment in db.session.execute(statement):
            if moment is not None:
                looked[node_id] = max(moment, looked.get(node_id, moment))
    nodes = db.session.execute(
        select(ValueChainNode.id, ValueChainNode.created_at).where(
            ValueChainNode.archived_at.is_(None),
            ValueChainNode.kind != NodeKind.UNKNOWN_ORIGIN,
            ValueChainNode.created_at < before,
        )
    )
    for node_id, created_at in nodes:
        last = looked.get(node_id)
        if last is None:
            day = created_at.date()
            yield Seen(node_id, f"time:{day}", Sign.NEVER_LOOKED_AT, day)
        elif last < before:
            yield Seen(node_id, f"time:{last.date()}", Sign.LOOKED_AT_LONG_AGO, last.date())


def _accepted() -> Select[UUID, datetime | None]:
    return (
        select(Assignment.node_id, func.max(Assignment.decided_at))
        .where(Assignment.status == QuestionnaireState.ACCEPTED)  # not: ran out, withdrawn
        .group_by(Assignment.node_id)
    )


def _closed() -> Select[UUID, datetime | None]:
    return (
        select(ReviewTask.node_id, func.max(ReviewTask.closed_at))
        .where(ReviewTask.closed_at.is_not(None))
        .group_by(ReviewTask.node_id)
    )


def see_new_nodes() -> Iterator[Seen]:
    """Nodes that joined a map after its first assessment, which covered its initial nodes."""
    first = (
        select(AssessmentRun.chain_id, func.min(AssessmentRun.created_at).label("at"))
        .group_by(AssessmentRun.chain_id)
        .subquery()
    )
    rows = db.session.execute(
        select(ValueChainNode.id, ValueChainNode.created_at)
        .join(first, first.c.chain_id == ValueChainNode.chain_id)
        .where(
            ValueChainNode.created_at > first.c.at,
            ValueChainNode.archived_at.is_(None),
            ValueChainNode.kind != NodeKind.UNKNOWN_ORIGIN,
        )
    )
    for node_id, created_at in rows:
        yield Seen(node_id, "new", Sign.JOINED, created_at.date())


def see_facts() -> Iterator[Seen]:
    """Open allegations and red flags, but those of restricted cases."""
    rows = db.session.execute(
        select(RiskFact.id, RiskFact.node_id, RiskFact.kind).where(
            RiskFact.kind.in_(TOLD),
            RiskFact.ended_at.is_(None),
            RiskFact.cause_type.in_(("finding", "red_flag")),
        )
    )
    for fact_id, node_id, kind in rows:
        yield Seen(node_id, f"fact:{fact_id}", TOLD[kind])


def see_expired_evidence(today: date) -> Iterator[Seen]:
    """Documents whose last day has passed, at the nodes that they speak of."""
    targets: Sequence[Select[UUID, date, UUID]] = (
        *(_of_subjects(today, select_subjects()) for select_subjects in SUBJECTS),
        _expired(today)
        .join(SupplyLink, SupplyLink.id == EvidenceLink.target_id)
        .with_only_columns(Evidence.id, Evidence.valid_until, SupplyLink.supplier_id),
        _expired(today)
        .join(Response, Response.id == EvidenceLink.target_id)
        .join(Assignment, Assignment.id == Response.assignment_id)
        .with_only_columns(Evidence.id, Evidence.valid_until, Assignment.node_id),
    )
    for statement in targets:
        for evidence_id, until, node_id in db.session.execute(statement):
            key = f"evidence:{evidence_id}:{until}"
            yield Seen(node_id, key, Sign.DOCUMENT_EXPIRED, until)


def _of_subjects(today: date, statement: Select[UUID, UUID]) -> Select[UUID, date, UUID]:
    key, node_id = statement.subquery().c
    return (
        _expired(today)
        .join(key.table, key == EvidenceLink.target_id)
        .with_only_columns(Evidence.id, Evidence.valid_until, node_id)
    )


def _expired(today: date) -> Select[UUID]:
    return (
        select(Evidence.id)
        .join(EvidenceLink, EvidenceLink.evidence_id == Evidence.id)
        .where(Evidence.valid_until < today, Evidence.withdrawn_at.is_(None))
    )


def see_closures() -> Iterator[Seen]:
    """Nodes that left their map while work is open: past harm still needs remedy."""
    rows = db.session.execute(
        select(ValueChainNode.id, ValueChainNode.archived_at).where(
            ValueChainNode.archived_at.is_not(None),
            or_(*(ValueChainNode.id.in_(select_nodes()) for select_nodes in OPEN_WORK)),
        )
    )
    for node_id, archived_at in rows:
        if archived_at is not None:
            day = archived_at.date()
            yield Seen(node_id, f"closed:{day}", Sign.LEFT, day)


@dataclass(frozen=True)
class ChainShares:
    """A map, its version, what was remembered of it, and the share of each link now."""

    chain_id: UUID
    version: int
    memory: ShareMemory | None
    links: Mapping[bytes, tuple[UUID, float]]
    """Key of a link -> its supplier and share."""


def load_changed_shares() -> Iterator[ChainShares]:
    """Maps that changed since their shares were remembered, one at a time."""
    memories = {row.chain_id: row for row in db.session.scalars(select(ShareMemory))}
    chains = db.session.execute(
        select(ValueChain.id, ValueChain.version).order_by(ValueChain.id)
    ).all()
    for chain_id, version in chains:
        memory = memories.get(chain_id)
        if memory is None or memory.chain_version != version:
            yield ChainShares(chain_id, version, memory, _shares_now(chain_id))


def _shares_now(chain_id: UUID) -> dict[bytes, tuple[UUID, float]]:
    rows = db.session.execute(
        select(SupplyLink.id, SupplyLink.supplier_id, SupplyLink.share).where(
            SupplyLink.chain_id == chain_id,
            SupplyLink.archived_at.is_(None),
            SupplyLink.share.is_not(None),
        )
    )
    return {
        link_id.bytes: (supplier_id, share)
        for link_id, supplier_id, share in rows
        if share is not None
    }
