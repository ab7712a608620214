"""Supporting documents of answers, visible only to the supplier until submission."""

import re
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from ddplatform.evidence.uploads import services as evidence
from ddplatform.evidence.uploads.models import Evidence, EvidenceLink
from ddplatform.evidence.uploads.queries.documents import list_links_to
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.adapters.uploads import CheckedFile
from ddplatform.infrastructure.db import db
from ddplatform.supplier_engagement.responses.models import Response as ResponseRow
from ddplatform.supplier_engagement.responses.queries.responses import get_file_link
from supply_chain.errors import FileRefused

REMOVED = "Removed by the respondent before sending."


def add_file(
    row: ResponseRow,
    path: str,
    *,
    filename: str,
    content: bytes,
    examined: CheckedFile | FileRefused | None = None,
    act: Act,
) -> None:
    """Take in one document for the answer at a path.

    Args:
        examined: what came of `evidence.examine`, where that was done before the change began.

    Raises:
        FileRefused: the file may not come in; nothing of it is kept.
        TooMany: too many uploads in an hour.
    """
    taken = evidence.take_in(
        filename=filename,
        content=content,
        examined=examined,
        act=act,
        owner_organisation_id=row.organisation_id,
        respondent_organisation_id=row.respondent_organisation_id,
    )
    evidence.attach(taken, row, at=act.at, path=path)


def add_checked(row: ResponseRow, path: str, checked: CheckedFile, *, act: Act) -> None:
    """Keep one document for the answer at a path that was checked when it came in."""
    kept = evidence.keep_checked(
        checked,
        act=act,
        owner_organisation_id=row.organisation_id,
        respondent_organisation_id=row.respondent_organisation_id,
    )
    evidence.attach(kept, row, at=act.at, path=path)


def remove_file(row: ResponseRow, link_id: UUID, *, act: Act) -> str:
    """Take a document away from an answer; returns the path of the question.

    One that the requester has not seen goes out of use; one of an earlier round stays with it.
    """
    link = get_file_link(row.id, link_id)
    document = db.session.get_one(Evidence, link.evidence_id)
    db.session.delete(link)
    if not document.is_released:
        evidence.withdraw(document, act=act, reason=REMOVED)
    return link.path or ""


def copy_files(last: ResponseRow, row: ResponseRow, *, at: datetime) -> None:
    """The documents of the round before support the answers of the next one too."""
    for link, document in _links(last):
        if document.withdrawn_at is None:
            evidence.attach(document, row, at=at, path=link.path)


def shift_files(row: ResponseRow, repeat: str, place: int) -> None:
    """Entry `place` of a repeat was removed: its files go with it, those behind move up."""
    behind = re.compile(rf"{re.escape(repeat)}\[(\d+)\](/.*)\Z")
    for link, _ in _links(row):
        found = behind.match(link.path or "")
        if found is None or int(found[1]) < place:
            continue
        if int(found[1]) == place:
            db.session.delete(link)
        else:
            link.path = f"{repeat}[{int(found[1]) - 1}]{found[2]}"


def release_files(row: ResponseRow) -> None:
    """The answers were sent: the requester may read their documents, but none out of use."""
    for _, document in _links(row):
        if document.withdrawn_at is None:
            evidence.release(document)


def _links(row: ResponseRow) -> Sequence[tuple[EvidenceLink, Evidence]]:
    return list_links_to(ResponseRow.__tablename__, row.id)
