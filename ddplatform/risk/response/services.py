"""The list of suppliers by response goes out as a file; each export is an event of the log."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from ddplatform.access.identity import Identity
from ddplatform.queries.organisations import get_organisation
from ddplatform.queries.supplier_figures import MeasureFilter, list_measured
from ddplatform.risk.response.files import MOST, as_tables
from ddplatform.services import audit
from ddplatform.services.analysis_export import AnalysisForm, ExportedAnalysis, as_file


def export_responses(
    wanted: MeasureFilter,
    maps: Mapping[UUID, str],
    form: AnalysisForm,
    *,
    by: Identity,
    at: datetime,
) -> ExportedAnalysis:
    """The suppliers that are asked for as a workbook, or as CSV tables in one archive."""
    organisation = get_organisation(by.organisation_id)
    rows, total = list_measured(wanted, at.date(), limit=MOST)
    tables = as_tables(rows, total, wanted, maps, at.date())
    made = as_file(f"{organisation.slug}-suppliers-by-response", tables, form)
    audit.record_export(
        "supplier_figures:export", organisation, by=by, at=at, form=form, places=len(rows)
    )
    return made
