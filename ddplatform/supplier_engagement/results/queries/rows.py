"""The rows behind results: answers in full, and their supporting documents."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from ddplatform.evidence.uploads.models import Confidentiality, Evidence, EvidenceLink
from ddplatform.infrastructure.among import among
from ddplatform.infrastructure.db import db
from ddplatform.supplier_engagement.responses.models import Answer, Response
from ddplatform.supplier_engagement.responses.queries.active_consents import list_over, section_of
from ddplatform.supplier_engagement.results.queries.results import Respondent


def load_texts(respondents: Sequence[Respondent]) -> Mapping[tuple[UUID, str], str]:
    """(response, path) -> full text, where the count holds only its presence."""
    wanted = [one.response_id for one in respondents if None in one.counted.values()]
    rows = db.session.execute(
        select(Answer.response_id, Answer.path, Answer.raw).where(among(Answer.response_id, wanted))
    )
    return {(response_id, path): raw for response_id, path, raw in rows}


def list_evidence(respondents: Sequence[Respondent], *, today: date) -> Sequence[Any]:
    """The documents that support these answers and that all readers of answers may open.

    Those that came with a consent are left out once it is over.
    """
    rows = db.session.execute(
        select(
            Evidence.id,
            Evidence.sha256,
            Evidence.storage_organisation_id,
            Evidence.filename,
            Evidence.size_bytes,
            Evidence.created_at,
            EvidenceLink.path,
            Response.assignment_id,
        )
        .join(EvidenceLink, EvidenceLink.evidence_id == Evidence.id)
        .join(Response, Response.id == EvidenceLink.target_id)
        .where(
            EvidenceLink.target_type == Response.__tablename__,
            among(EvidenceLink.target_id, [one.response_id for one in respondents]),
            Evidence.withdrawn_at.is_(None),
            Evidence.confidentiality == Confidentiality.NORMAL,
        )
        .order_by(Response.assignment_id, EvidenceLink.path, Evidence.id)
    ).all()
    # A document that came with a consent bears its moment.
    over = {
        (share.assignment_id, share.section, share.granted_at)
        for share in list_over([one.assignment_id for one in respondents], today)
    }
    return [
        row
        for row in rows
        if not row.path or (row.assignment_id, section_of(row.path), row.created_at) not in over
    ]
