"""Findings as JSON."""

from marshmallow import Schema, fields, validate

from ddplatform.api.blueprint import Paged, Plain
from ddplatform.core.due_diligence.vocabulary import Harm, RiskState
from ddplatform.due_diligence.findings.models import FindingSource
from supply_chain.vocabulary import Issue, RiskBand, SeverityBand


class FindingsAskedSchema(Paged):
    """Which findings are asked for."""

    status = fields.Enum(RiskState, by_value=True, load_default=None)
    issue = fields.Enum(Issue, by_value=True, load_default=None)
    node_id = fields.UUID(load_default=None)
    only_open = fields.Boolean(load_default=False)
    q = Plain(attribute="search", load_default="", validate=validate.Length(max=200))


class ListedFindingSchema(Schema):
    """A finding in a list."""

    id = fields.UUID(required=True)
    title = fields.String(required=True)
    issue = fields.Enum(Issue, by_value=True, required=True)
    node_id = fields.UUID(required=True)
    node_name = fields.String(required=True)
    country = fields.String(allow_none=True, required=True)
    status = fields.Enum(RiskState, by_value=True, required=True)
    is_actual = fields.Boolean(
        required=True, metadata={"description": "It has happened; else it may happen"}
    )
    severity_band = fields.Enum(SeverityBand, by_value=True, allow_none=True)
    residual_band = fields.Enum(RiskBand, by_value=True, allow_none=True)
    owner = fields.String(attribute="owner_name", allow_none=True, required=True)
    open_actions = fields.Integer(required=True)
    overdue_actions = fields.Integer(required=True)
    created_at = fields.DateTime(required=True)
    review_on = fields.Date(allow_none=True, required=True)


class NewFindingSchema(Schema):
    """A finding to record. Nothing in it may lead to a child or another person."""

    node_id = fields.UUID(required=True)
    issue = fields.Enum(Issue, by_value=True, required=True)
    title = Plain(required=True, validate=validate.Length(1, 160))
    description = Plain(required=True, validate=validate.Length(1, 4000))
    source = fields.Enum(FindingSource, by_value=True, required=True)
    harm = fields.Enum(Harm, by_value=True, load_default=Harm.POTENTIAL)


class FindingSchema(Schema):
    """A finding."""

    id = fields.UUID(required=True)
    node_id = fields.UUID(required=True)
    issue = fields.Enum(Issue, by_value=True, required=True)
    title = fields.String(required=True)
    description = fields.String(required=True)
    status = fields.Enum(RiskState, by_value=True, required=True)
    is_actual = fields.Boolean(required=True)
    source = fields.Enum(FindingSource, by_value=True, required=True)
    involvement = fields.String(allow_none=True, required=True)
    version = fields.Integer(attribute="row_version", required=True)
    created_at = fields.DateTime(required=True)
    closed_at = fields.DateTime(allow_none=True, required=True)
