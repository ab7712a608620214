"""Reports for programs."""

from typing import Any
from uuid import UUID

from flask import g
from flask.typing import ResponseReturnValue

from ddplatform.api.blueprint import Blueprint, decode_key, listed, page_of
from ddplatform.api.repeats.replaying import carried_out_once
from ddplatform.api.reports.forms import (
    NewReportSchema,
    ReportsAskedSchema,
    ReportSchema,
    WholeReportSchema,
)
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.gate import requires_token
from ddplatform.infrastructure.typed_values import read_number
from ddplatform.infrastructure.web.downloads import as_download
from ddplatform.reporting.reports.queries import get_report, list_reports
from ddplatform.reporting.reports.services import requests, sealing

bp = Blueprint("api_reports", "Due-diligence reports")


@bp.get("/reports")
@requires_token(Permission.REPORT_READ)
@bp.arguments(ReportsAskedSchema, location="query")
@bp.response(200, listed(ReportSchema))
def all_reports(asked: dict[str, Any]) -> Any:
    """Reports, the newest first"""
    before = decode_key(asked["cursor"], read_number)
    rows = list_reports(before=before, limit=asked["limit"] + 1)
    return page_of(rows, asked["limit"], lambda row: (row.number,))


@bp.post("/reports")
@requires_token(Permission.REPORT_REQUEST)
@carried_out_once
@bp.arguments(NewReportSchema)
@bp.response(202, WholeReportSchema)
def request_report(wanted: dict[str, Any]) -> Any:
    """Request a report; it is made in the background

    Ask for it again until its status is “sealed” or “failed”.
    """
    return requests.request(
        requests.Wanted(
            definition_ref=wanted["definition"],
            chain_id=wanted["map_id"],
            period=(wanted["period_from"], wanted["period_to"]),
            audience=wanted["audience"],
            as_of=wanted["as_of"],
        ),
        act=g.act,
    )


@bp.get("/reports/<uuid:report_id>")
@requires_token(Permission.REPORT_READ)
@bp.response(200, WholeReportSchema)
def report(report_id: UUID) -> Any:
    """A report, how far it is, and its seal"""
    return get_report(report_id)


@bp.post("/reports/<uuid:report_id>/files/<form>")
@requires_token(Permission.REPORT_EXPORT)
@bp.response(200, content_type="application/octet-stream")
def download(report_id: UUID, form: str) -> ResponseReturnValue:
    """Download one file of a sealed report: pdf, xlsx, json or csv

    Each download is an event of the audit trail; 20 an hour.
    """
    return as_download(sealing.export(report_id, form, act=g.act))
