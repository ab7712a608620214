"""The list of suppliers by response goes out as a file; each export is an event of the log."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from ddplatform.accounts.organisations.queries import get_organisation
from ddplatform.audit.services import log as audit
from ddplatform.documents.exports import AnalysisForm, ExportedAnalysis, as_file
from ddplatform.infrastructure.access.identity import Identity
from ddplatform.risk.response.views.files import MOST, as_tables
from ddplatform.risk.supplier_figures.queries import MeasureFilter, list_measured


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
