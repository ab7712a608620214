"""Scored risks as JSON."""

from marshmallow import Schema, fields, validate

from ddplatform.api.blueprint import Paged, Plain
from ddplatform.infrastructure.jobs.models import JobState
from supply_chain.vocabulary import Issue, RiskBand

INDEX = {"description": "0 to 100; an index for ordering work, no probability and no verdict"}


class BasisSchema(Schema):
    """The run of the method that scores come from: with it, every figure can be checked."""

    run_id = fields.UUID(attribute="id", required=True)
    map_id = fields.UUID(attribute="chain_id", required=True)
    map_version = fields.Integer(attribute="chain_version", required=True)
    map_version_now = fields.Integer(
        attribute="map_version",
        required=True,
        metadata={"description": "Above `map_version` the map changed since"},
    )
    as_of = fields.Date(required=True)
    method = fields.String(attribute="method_version", required=True)
    parameters_sha256 = fields.String(required=True)
    reference_data = fields.String(attribute="release_name", required=True)


class RiskSchema(Schema):
    """The risk of one issue at one site."""

    position = fields.Integer(
        attribute="salience_rank",
        required=True,
        metadata={"description": "In its map, from 1, the worst first"},
    )
    node_id = fields.UUID(
        allow_none=True, required=True, metadata={"description": "None: an unknown origin"}
    )
    external_ref = fields.String(attribute="node_ref", required=True)
    name = fields.String(attribute="node_name", required=True)
    country = fields.String(allow_none=True, required=True)
    tier = fields.Integer(allow_none=True, required=True)
    issue = fields.Enum(Issue, by_value=True, required=True)
    band = fields.Enum(RiskBand, by_value=True, attribute="residual_band", required=True)
    residual_index = fields.Float(required=True, metadata=INDEX)
    low = fields.Float(attribute="known.residual_low", required=True, metadata=INDEX)
    high = fields.Float(attribute="known.residual_high", required=True, metadata=INDEX)
    grade = fields.String(required=True, metadata={"description": "Evidence grade, A to E"})
    completeness = fields.Float(
        attribute="known.completeness", required=True, metadata={"description": "0 to 1"}
    )
    before_controls = fields.Float(attribute="index", required=True, metadata=INDEX)
    severity = fields.Float(required=True, metadata={"description": "1 to 5"})
    exposure = fields.Float(required=True)
    points = fields.Float(attribute="known.points", required=True)
    lines = fields.Dict(
        attribute="known.lines",
        keys=fields.String(),
        values=fields.Float(),
        required=True,
        metadata={"description": "The parts that add up to the points"},
    )
    insufficient_evidence = fields.Boolean(required=True)


class RisksSchema(Schema):
    """A page of risks, and the run that they come from."""

    basis = fields.Nested(BasisSchema, required=True)
    items = fields.List(fields.Nested(RiskSchema), required=True)
    next = fields.String(allow_none=True, required=True)


class RisksAskedSchema(Paged):
    """Which risks of a map are asked for."""

    issue = fields.Enum(Issue, by_value=True, load_default=None)
    band = fields.Enum(RiskBand, by_value=True, attribute="residual", load_default=None)
    country = Plain(load_default="", validate=validate.Length(max=2))
    grades = fields.String(
        load_default="",
        validate=validate.Regexp(r"^[A-E]{0,5}\Z"),
        metadata={"description": "Evidence grades, for example DE"},
    )


class RequestedSchema(Schema):
    """Work that goes on in the background."""

    id = fields.UUID(required=True)
    state = fields.Enum(JobState, by_value=True, required=True)


class LineSchema(Schema):
    """A line of an explanation."""

    part = fields.String(required=True)
    title = fields.String(required=True)
    source = fields.String(required=True, metadata={"description": "Source and year"})
    points = fields.Float(required=True)
    is_sum = fields.Boolean(required=True)


class ExplainedSchema(Schema):
    """A risk with every line of its score."""

    node_id = fields.UUID(required=True)
    issue = fields.Enum(Issue, by_value=True, required=True)
    as_of = fields.Date(required=True)
    reference_data = fields.String(required=True)
    lines = fields.List(fields.Nested(LineSchema), required=True)
