"""Findings as JSON."""

from marshmallow import Schema, fields, validate

from ddplatform.api.blueprint import Paged, Plain
from ddplatform.core.due_diligence.vocabulary import Harm, RiskState
from ddplatform.due_diligence.findings.models import FindingSource
from supply_chain.vocabulary import Issue

ISSUES = validate.OneOf([issue.value for issue in Issue])
STATES = validate.OneOf([state.value for state in RiskState])


class FindingsAskedSchema(Paged):
    """Which findings are asked for."""

    status = fields.String(load_default=None, validate=STATES)
    issue = fields.String(load_default=None, validate=ISSUES)
    node_id = fields.UUID(load_default=None)
    only_open = fields.Boolean(load_default=False)
    q = Plain(attribute="search", load_default="", validate=validate.Length(max=200))


class ListedFindingSchema(Schema):
    """A finding in a list."""

    id = fields.UUID(required=True)
    title = fields.String(required=True)
    issue = fields.String(attribute="issue.value", required=True, validate=ISSUES)
    node_id = fields.UUID(required=True)
    node_name = fields.String(required=True)
    country = fields.String(allow_none=True, required=True)
    status = fields.String(attribute="status.value", required=True, validate=STATES)
    is_actual = fields.Boolean(
        required=True, metadata={"description": "It has happened; else it may happen"}
    )
    severity_band = fields.String(attribute="severity_band.value", allow_none=True)
    residual_band = fields.String(attribute="residual_band.value", allow_none=True)
    owner = fields.String(attribute="owner_name", allow_none=True, required=True)
    open_actions = fields.Integer(required=True)
    overdue_actions = fields.Integer(required=True)
    created_at = fields.DateTime(required=True)
    review_on = fields.Date(allow_none=True, required=True)


class NewFindingSchema(Schema):
    """A finding to record. Nothing in it may lead to a child or another person."""

    node_id = fields.UUID(required=True)
    issue = fields.String(required=True, validate=ISSUES)
    title = Plain(required=True, validate=validate.Length(1, 160))
    description = Plain(required=True, validate=validate.Length(1, 4000))
    source = fields.String(
        required=True, validate=validate.OneOf([source.value for source in FindingSource])
    )
    harm = fields.String(
        load_default=Harm.POTENTIAL.value,
        validate=validate.OneOf([harm.value for harm in Harm]),
    )


class FindingSchema(Schema):
    """A finding."""

    id = fields.UUID(required=True)
    node_id = fields.UUID(required=True)
    issue = fields.String(attribute="issue.value", required=True, validate=ISSUES)
    title = fields.String(required=True)
    description = fields.String(required=True)
    status = fields.String(attribute="status.value", required=True, validate=STATES)
    is_actual = fields.Boolean(required=True)
    source = fields.String(attribute="source.value", required=True)
    involvement = fields.String(allow_none=True, required=True)
    version = fields.Integer(attribute="row_version", required=True)
    created_at = fields.DateTime(required=True)
    closed_at = fields.DateTime(allow_none=True, required=True)
