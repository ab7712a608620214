"""Export of a comparison of risk methods; each export is an event of the log."""

from collections.abc import Sequence

from ddplatform.audit.services import log as audit
from ddplatform.documents.content import Table
from ddplatform.documents.exports import AnalysisForm, ExportedFile, as_file
from ddplatform.infrastructure.access.identity import Act
from ddplatform.value_chain.mapping.models import ValueChain


def export_comparison(
    chain: ValueChain, tables: Sequence[Table], form: AnalysisForm, *, version: int, act: Act
) -> ExportedFile:
    """A comparison as a workbook, or as CSV tables in one archive. The map is as it was.

    Args:
        version: of the map that was compared.
    """
    made = as_file(f"{chain.slug}-method-comparison-v{version}", tables, form)
    audit.record_export("method_comparison:export", chain, act=act, form=form, version=version)
    return made
