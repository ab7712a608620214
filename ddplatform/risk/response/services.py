"""Export of the list of suppliers by response; each export is an event of the log."""

from collections.abc import Sequence

from ddplatform.accounts.organisations.queries import get_organisation
from ddplatform.audit.services import log as audit
from ddplatform.documents.content import Table
from ddplatform.documents.exports import AnalysisForm, ExportedFile, as_file
from ddplatform.infrastructure.access.identity import Act


def export_responses(
    tables: Sequence[Table], form: AnalysisForm, *, places: int, act: Act
) -> ExportedFile:
    """The suppliers that are asked for as a workbook, or as CSV tables in one archive.

    Args:
        places: how many the file lists.
    """
    organisation = get_organisation(act.by.organisation_id)
    made = as_file(f"{organisation.slug}-suppliers-by-response", tables, form)
    audit.record_export("supplier_figures:export", organisation, act=act, form=form, places=places)
    return made
