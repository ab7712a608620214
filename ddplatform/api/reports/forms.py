"""Reports as JSON."""

from marshmallow import Schema, fields, validate

from ddplatform.api.blueprint import Paged, Plain
from ddplatform.documents.definitions.plans import AUDIENCES
from ddplatform.reporting.reports.models import ReportStatus


class ReportSchema(Schema):
    """A due-diligence report."""

    id = fields.UUID(required=True)
    number = fields.Integer(required=True)
    title = fields.String(required=True)
    audience = fields.String(required=True)
    status = fields.Enum(ReportStatus, by_value=True, required=True)
    period_from = fields.Date(required=True)
    period_to = fields.Date(required=True)
    created_at = fields.DateTime(required=True)
    sealed_at = fields.DateTime(allow_none=True, required=True)


class WholeReportSchema(ReportSchema):
    """A report with its seal, by which each of its files can be checked."""

    map_id = fields.UUID(attribute="chain_id", required=True)
    as_of = fields.Date(required=True)
    facts_sha256 = fields.String(allow_none=True, required=True)
    files = fields.Dict(
        required=True, metadata={"description": "Format -> SHA-256 and size in bytes"}
    )
    method = fields.String(attribute="method_version", allow_none=True, required=True)
    parameters_sha256 = fields.String(allow_none=True, required=True)
    reference_data = fields.String(attribute="release_name", allow_none=True, required=True)
    failure = fields.String(allow_none=True, required=True)


class ReportsAskedSchema(Paged):
    """A part of the list of reports."""


class NewReportSchema(Schema):
    """A report to make."""

    map_id = fields.UUID(required=True)
    definition = Plain(required=True, validate=validate.Length(1, 100))
    period_from = fields.Date(required=True)
    period_to = fields.Date(required=True)
    audience = fields.String(load_default="auditor", validate=validate.OneOf(sorted(AUDIENCES)))
    as_of = fields.Date(load_default=None, allow_none=True)
