"""Content shown under a consent in every round, for removal when the consent ends."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select

from ddplatform.evidence.uploads.models import Evidence, EvidenceLink
from ddplatform.infrastructure.db import db
from ddplatform.supplier_engagement.responses.models import Answer, RedFlag
from ddplatform.supplier_engagement.responses.models import Response as ResponseRow
from ddplatform.supplier_engagement.responses.queries.active_consents import section_of
from ddplatform.supplier_engagement.sharing.models import SectionShare


def list_shared_answers(share_id: UUID) -> Sequence[Answer]:
    """The answers under a consent."""
    return db.session.scalars(select(Answer).where(Answer.share_id == share_id)).all()


def list_flags_of_rounds(response_ids: Collection[UUID]) -> Sequence[RedFlag]:
    """The red flags of these rounds, withdrawn ones too."""
    return db.session.scalars(select(RedFlag).where(RedFlag.response_id.in_(response_ids))).all()


def list_shared_files(share: SectionShare) -> Sequence[tuple[EvidenceLink, Evidence]]:
    """The documents that came with a consent, each with its link; they bear its moment."""
    rounds = select(ResponseRow.id).where(ResponseRow.assignment_id == share.assignment_id)
    rows = db.session.execute(
        select(EvidenceLink, Evidence)
        .join(Evidence, Evidence.id == EvidenceLink.evidence_id)
        .where(
            EvidenceLink.target_type == ResponseRow.__tablename__,
            EvidenceLink.target_id.in_(rounds),
            EvidenceLink.path.is_not(None),
            Evidence.created_at == share.granted_at,
        )
    ).all()
    return [
        (link, document)
        for link, document in rows
        if link.path is not None and section_of(link.path) == share.section
    ]
