"""Mitigation actions as JSON."""

from marshmallow import Schema, fields, validate

from ddplatform.api.blueprint import Paged, Plain
from ddplatform.core.due_diligence.vocabulary import ActionState


class ActionsAskedSchema(Paged):
    """Which actions are asked for."""

    status = fields.Enum(ActionState, by_value=True, load_default=None)
    finding_id = fields.UUID(load_default=None)
    due_before = fields.Date(load_default=None)


class ListedActionSchema(Schema):
    """An action in a list."""

    id = fields.UUID(required=True)
    finding_id = fields.UUID(required=True)
    finding_title = fields.String(required=True)
    node_id = fields.UUID(required=True)
    node_name = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Enum(ActionState, by_value=True, required=True)
    due_on = fields.Date(required=True)
    owner = fields.String(attribute="owner_name", allow_none=True, required=True)
    supplier = fields.String(attribute="supplier_name", allow_none=True, required=True)
    control = fields.String(allow_none=True, required=True)
    indicator = fields.String(allow_none=True, required=True)
    is_own_practice = fields.Boolean(required=True)
    success_measure = fields.String(required=True)
    budget_amount = fields.Integer(allow_none=True, required=True)
    budget_currency = fields.String(allow_none=True, required=True)
    reported_at = fields.DateTime(allow_none=True, required=True)
    verified_at = fields.DateTime(allow_none=True, required=True)
    version = fields.Integer(attribute="row_version", required=True)


class NewActionSchema(Schema):
    """An action to plan about a finding."""

    finding_id = fields.UUID(required=True)
    title = Plain(required=True, validate=validate.Length(1, 160))
    description = Plain(required=True, validate=validate.Length(1, 2000))
    success_measure = Plain(required=True, validate=validate.Length(1, 1000))
    due_on = fields.Date(required=True)
    control = Plain(load_default=None, allow_none=True, validate=validate.Length(max=20))
    indicator = Plain(load_default=None, allow_none=True, validate=validate.Length(max=20))
    owner_id = fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"description": "A member; where left out, the maker of the token"},
    )
    by_supplier = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    is_own_practice = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    budget_amount = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(0, 2**31 - 1)
    )
    budget_currency = Plain(
        load_default=None, allow_none=True, validate=validate.Regexp(r"^[A-Z]{3}\Z")
    )


class ActionSchema(Schema):
    """An action."""

    id = fields.UUID(required=True)
    finding_id = fields.UUID(required=True)
    node_id = fields.UUID(required=True)
    title = fields.String(required=True)
    description = fields.String(required=True)
    success_measure = fields.String(required=True)
    status = fields.Enum(ActionState, by_value=True, required=True)
    due_on = fields.Date(required=True)
    version = fields.Integer(attribute="row_version", required=True)
