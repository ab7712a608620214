"""Request to apply a previewed list, and its withdrawal while the list is being processed."""

from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.languages import gettext
from ddplatform.value_chain.imports.queries import get_import_for_change
from ddplatform.value_chain.imports.services.reading import APPLY
from ddplatform.value_chain.mapping.models import ImportStatus, MapImport


def request_apply(
    import_id: UUID, *, skip_faulty: bool, archive_links: bool, act: Act
) -> MapImport:
    """Queue a previewed import; a second request changes nothing.

    Args:
        archive_links: also archive links that the list no longer names, between nodes that stay.

    Raises:
        Conflict: it is not read yet, refused, or over.
        Invalid: rows have problems and the person did not say to leave them out.
    """
    row = get_import_for_change(import_id)
    if row.status in (ImportStatus.APPLYING, ImportStatus.APPLIED):
        return row
    if row.status is not ImportStatus.PREVIEWED:
        raise Conflict(
            gettext("This import cannot be applied in its present state."),
            gettext("Upload the list again."),
        )
    if row.counts.get("skipped") and not skip_faulty:
        raise Invalid(
            gettext("Some rows have problems."),
            gettext("Correct them on this page, or tick “Leave out rows with problems”."),
            fields={
                "skip_faulty": gettext("Some rows have problems: correct them or leave them out.")
            },
        )
    row.status, row.skip_faulty = ImportStatus.APPLYING, skip_faulty
    job = jobs.enqueue(
        APPLY,
        {"import_id": str(row.id), "archive_links": archive_links},
        act=act,
        unique_key=f"{APPLY}:{row.id}",
    )
    row.job_id = job.id
    # No event here: the event of the apply itself tells who asked for it.
    return row


def cancel_apply(import_id: UUID, *, act: Act) -> MapImport:
    """Take the request to apply an import back; until its commit nothing of it stands.

    Raises:
        Conflict: it is not being applied (any more).
    """
    row = get_import_for_change(import_id)
    if row.status is ImportStatus.APPLIED:
        raise Conflict(
            gettext("The list was imported before the import could be stopped."),
            gettext("Undo the import."),
        )
    if row.status is not ImportStatus.APPLYING:
        raise Conflict(gettext("This import is not being applied."))
    row.status = ImportStatus.PREVIEWED
    audit.record("map_import:cancel", row, act=act)
    return row
