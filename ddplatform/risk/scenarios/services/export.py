"""Export of a what-if as a file; each export is an event of the log."""

from collections.abc import Sequence

from ddplatform.audit.services import log as audit
from ddplatform.documents.content import Table
from ddplatform.documents.exports import AnalysisForm, ExportedFile, as_file
from ddplatform.infrastructure.access.identity import Act
from ddplatform.risk.scenarios.queries.details import ScenarioDetails
from ddplatform.value_chain.mapping.models import ValueChain


def export_what_if(
    chain: ValueChain,
    told: ScenarioDetails,
    tables: Sequence[Table],
    form: AnalysisForm,
    *,
    act: Act,
) -> ExportedFile:
    """A what-if as a workbook, or as CSV tables in one archive. The map is as it was."""
    made = as_file(f"{chain.slug}-what-if-v{told.map_version}", tables, form)
    audit.record_export(
        "what_if:export",
        chain,
        act=act,
        name=told.name,
        changes=len(told.changes),
        form=form,
        version=told.map_version,
    )
    return made
