"""Search of documents for personal data, at once or by the worker.

The uploader waits a few seconds at most and is warned on the page that comes back. What takes
longer, and what came in with a phone's submission, is searched by a job; until then the document
says that it was not searched.
"""

from typing import Any
from uuid import UUID

from ddplatform.evidence.search.search import AT_ONCE, LATER, search_upload
from ddplatform.evidence.uploads.models import Evidence
from ddplatform.evidence.uploads.queries.documents import find_in_use
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.uploads import CheckedFile
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.infrastructure.jobs.context import Unit

SEARCH = "evidence:search"


def search_at_once(checked: CheckedFile) -> dict[str, Any] | None:
    """The traces in a file that somebody waits for; none where it takes too long."""
    found = search_upload(checked.content, checked.media_type, AT_ONCE)
    return found.as_json() if found.is_searched else None


def search_if_waiting(document: Evidence, *, act: Act) -> None:
    """Have a document searched by the worker that was not searched when it came in."""
    if document.traces is None:
        search_later(document, act=act)


def search_later(document: Evidence, *, act: Act) -> None:
    """Have a document searched by the worker, anew where it has other bytes than before."""
    document.traces = None
    jobs.enqueue(
        SEARCH,
        {"evidence_id": str(document.id)},
        act=Act(system_identity(act.by.organisation_id), act.at),
        unique_key=f"{SEARCH}:{document.id}",
    )


def carry_out(evidence_id: UUID, *, look: Unit, unit: Unit) -> bool:
    """Search one document and keep what was seen; returns whether it could be searched.

    A document that is gone, or has other bytes by the time, stays as it is.
    """
    with look():
        document = find_in_use(evidence_id)
        if document is None:
            return False
        sha256, media_type = document.sha256, document.media_type
        content = adapters().files.get(document.storage_organisation_id, sha256)
    found = search_upload(content, media_type, LATER)
    with unit():
        document = find_in_use(evidence_id)
        if document is not None and document.sha256 == sha256:
            document.traces = found.as_json()
    return found.is_searched
