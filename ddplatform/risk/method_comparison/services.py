"""A comparison of risk methods goes out as a file; each export is an event of the log."""

from datetime import datetime

from ddplatform.audit.services import log as audit
from ddplatform.documents.exports import AnalysisForm, ExportedAnalysis, as_file
from ddplatform.infrastructure.access.identity import Identity
from ddplatform.risk.method_comparison.queries import Compared
from ddplatform.risk.method_comparison.views import as_tables
from ddplatform.value_chain.mapping.models import ValueChain


def export_comparison(
    chain: ValueChain, compared: Compared, form: AnalysisForm, *, by: Identity, at: datetime
) -> ExportedAnalysis:
    """A comparison as a workbook, or as CSV tables in one archive. The map is as it was."""
    name = f"{chain.slug}-method-comparison-v{compared.map_version}"
    made = as_file(name, as_tables(compared), form)
    audit.record_export(
        "method_comparison:export", chain, by=by, at=at, form=form, version=compared.map_version
    )
    return made
