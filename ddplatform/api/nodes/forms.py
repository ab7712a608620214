"""Maps, sites and links as JSON."""

from marshmallow import Schema, ValidationError, fields, validate

from ddplatform.accounts.organisations.services.people import is_address
from ddplatform.api.blueprint import Paged, Plain
from ddplatform.languages import gettext
from ddplatform.languages import lazy_gettext as _
from supply_chain.graph.labels import GROUP_LENGTH, MOST_TAGS, TAG_LENGTH
from supply_chain.intake.activities import find_activity
from supply_chain.intake.countries import country_code
from supply_chain.intake.register_ids import REGISTERS
from supply_chain.reference.release import load_reference
from supply_chain.vocabulary import FlowEvidence, LinkKind, NodeKind, RiskBand


def _known_country(code: str | None) -> None:
    if code is not None and code not in load_reference().countries:
        rule = gettext("Use the two capital letters of ISO 3166-1, for example CI.")
        raise _unknown(rule, country_code(code))


def _known_sector(ref: str | None) -> None:
    if ref is not None and ref not in load_reference().sectors:
        rule = gettext("There is no such sector. Use a “ref” of /sectors.")
        raise _unknown(rule, find_activity(ref).sector)


def _known_commodity(ref: str | None) -> None:
    reference = load_reference()
    if ref is not None and ref not in reference.commodities:
        rule = gettext("There is no such commodity. Use a “ref” of /commodities.")
        meant = reference.find_commodity(ref)
        raise _unknown(rule, meant.ref if meant else None)


def _unknown(rule: str, meant: str | None) -> ValidationError:
    """The error of a code that does not exist, with the one that its words stand for."""
    hint = gettext("Did you mean %(code)s?", code=meant) if meant else ""
    return ValidationError(f"{rule} {hint}".strip())


def _written_like_an_address(email: str | None) -> None:
    if email and not is_address(email):
        raise ValidationError(gettext("This is not an e-mail address. Example: name@company.com"))


class MapSchema(Schema):
    """A value chain map."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    description = fields.String(required=True)
    version = fields.Integer(
        required=True, metadata={"description": "Raised by each change of the map"}
    )
    nodes = fields.Integer(required=True, metadata={"description": "Sites that are not archived"})
    links = fields.Integer(required=True)


class NewMapSchema(Schema):
    """A map to make."""

    name = Plain(required=True, validate=validate.Length(1, 200))
    own_business = Plain(
        required=True,
        validate=validate.Length(1, 300),
        metadata={"description": "Name of your own business, the first site of the map"},
    )
    country = Plain(
        load_default=None,
        allow_none=True,
        validate=_known_country,
        metadata={"description": "Of your own business, ISO 3166-1 alpha-2"},
    )
    sector = Plain(
        attribute="sector_ref",
        load_default=None,
        allow_none=True,
        validate=_known_sector,
        metadata={"description": "Of your own business: a `ref` of `/sectors`"},
    )
    description = Plain(load_default="", validate=validate.Length(max=2000))


class NewMapAnswerSchema(Schema):
    """The map that was made."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    description = fields.String(required=True)
    version = fields.Integer(required=True)


class MapsSchema(Schema):
    """Every map of the organisation."""

    items = fields.List(fields.Nested(MapSchema), required=True)


class SummarySchema(Schema):
    """What lists show of a site; None: not assessed, or not known."""

    tier = fields.Integer(allow_none=True, metadata={"description": "Steps to own operations"})
    band = fields.Enum(
        RiskBand,
        by_value=True,
        allow_none=True,
        metadata={"description": "Highest residual band over all issues"},
    )
    top_issue = fields.String(allow_none=True)
    grade = fields.String(allow_none=True, metadata={"description": "Evidence grade, A to E"})
    residual_index = fields.Float(allow_none=True, metadata={"description": "0 to 100"})
    open_findings = fields.Integer()
    overdue_actions = fields.Integer()
    questionnaire_status = fields.String(allow_none=True)


class NodeFieldsSchema(Schema):
    """The fields of a site that a program may set."""

    name = Plain(validate=validate.Length(1, 300))
    kind = fields.Enum(NodeKind, by_value=True)
    country = Plain(
        allow_none=True,
        validate=_known_country,
        metadata={"description": "ISO 3166-1 alpha-2"},
    )
    region = Plain(allow_none=True, validate=validate.Length(max=200))
    address = Plain(allow_none=True, validate=validate.Length(max=500))
    latitude = fields.Float(
        allow_none=True,
        allow_nan=False,
        validate=validate.Range(-90, 90),
        metadata={"description": "Degrees, WGS 84"},
    )
    longitude = fields.Float(
        allow_none=True,
        allow_nan=False,
        validate=validate.Range(-180, 180),
        metadata={"description": "Degrees, WGS 84"},
    )
    sector = Plain(
        attribute="sector_ref",
        allow_none=True,
        validate=_known_sector,
        metadata={"description": "A `ref` of `/sectors`"},
    )
    commodities = fields.List(
        Plain(validate=_known_commodity),
        attribute="commodity_refs",
        validate=validate.Length(max=50),
        metadata={"description": "Each a `ref` of `/commodities`"},
    )
    operated_by_id = fields.UUID(allow_none=True)
    own_operation = fields.Boolean(truthy={True}, falsy={False})
    contact_email = Plain(
        allow_none=True,
        validate=[validate.Length(max=254), _written_like_an_address],
        metadata={"description": "Business contact, no private address"},
    )
    tags = fields.List(
        Plain(validate=validate.Length(1, TAG_LENGTH)), validate=validate.Length(max=MOST_TAGS)
    )
    group_name = Plain(allow_none=True, validate=validate.Length(max=GROUP_LENGTH))
    register_ids = fields.Dict(
        keys=Plain(validate=validate.OneOf(list(REGISTERS))),
        values=Plain(validate=validate.Length(max=100)),
        metadata={"description": "Register -> id with its check digit; an empty one removes it"},
    )


class NewNodeSchema(NodeFieldsSchema):
    """A site to add."""

    name = Plain(required=True, validate=validate.Length(1, 300))
    external_ref = Plain(
        allow_none=True,
        validate=validate.Length(1, 200),
        metadata={"description": "Your own id of the site; made from the name where left out"},
    )


class ChangedNodeSchema(NodeFieldsSchema):
    """Fields of a site to change; what is left out stays as it is."""

    version = fields.Integer(
        required=True,
        validate=validate.Range(1, 2**31 - 1),
        metadata={"description": "Version that the change begins on"},
    )


class NodeSchema(Schema):
    """A site of a map: business, workplace, labour intermediary, platform or unknown origin."""

    id = fields.UUID(required=True)
    map_id = fields.UUID(attribute="chain_id", required=True)
    external_ref = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.Enum(NodeKind, by_value=True, required=True)
    country = fields.String(allow_none=True, required=True)
    region = fields.String(allow_none=True, required=True)
    address = fields.String(allow_none=True, required=True)
    latitude = fields.Float(allow_none=True, required=True)
    longitude = fields.Float(allow_none=True, required=True)
    sector = fields.String(attribute="sector_ref", allow_none=True, required=True)
    commodities = fields.List(fields.String(), attribute="commodity_refs", required=True)
    operated_by_id = fields.UUID(allow_none=True, required=True)
    own_operation = fields.Boolean(required=True)
    is_origin = fields.Boolean(allow_none=True, required=True)
    contact_email = fields.String(allow_none=True, required=True)
    tags = fields.List(fields.String(), required=True)
    group_name = fields.String(allow_none=True, required=True)
    external_ids = fields.Dict(required=True)
    version = fields.Integer(attribute="row_version", required=True)
    created_at = fields.DateTime(required=True)
    archived_at = fields.DateTime(allow_none=True, required=True)


class ListedNodeSchema(Schema):
    """A site with what lists show of it."""

    node = fields.Nested(NodeSchema, required=True)
    summary = fields.Nested(SummarySchema, required=True)


class NodesAskedSchema(Paged):
    """Which sites of a map are asked for."""

    q = Plain(
        attribute="search",
        load_default="",
        validate=validate.Length(max=200),
        metadata={"description": "Part of the name"},
    )
    country = Plain(load_default="", validate=validate.Length(max=2))
    external_ref = Plain(load_default="", validate=validate.Length(max=200))
    archived = fields.Boolean(
        attribute="with_archived",
        load_default=False,
        metadata={"description": "Archived sites, too"},
    )


class LinkSchema(Schema):
    """The flow from a supplier to a buyer."""

    id = fields.UUID(required=True)
    map_id = fields.UUID(attribute="chain_id", required=True)
    supplier_id = fields.UUID(required=True)
    buyer_id = fields.UUID(required=True)
    kind = fields.Enum(LinkKind, by_value=True, required=True)
    commodity = fields.String(attribute="commodity_ref", allow_none=True, required=True)
    share = fields.Float(
        allow_none=True,
        required=True,
        metadata={"description": "Part of the buyer's input, 0 to 1"},
    )
    flow_evidence = fields.Enum(FlowEvidence, by_value=True, required=True)
    valid_from = fields.Date(allow_none=True, required=True)
    valid_to = fields.Date(allow_none=True, required=True)
    version = fields.Integer(attribute="row_version", required=True)


class NewLinkSchema(Schema):
    """A link to add. A confirmed flow needs a second person and is set on the page."""

    supplier_id = fields.UUID(required=True)
    buyer_id = fields.UUID(required=True)
    kind = fields.Enum(LinkKind, by_value=True, load_default=LinkKind.SUPPLIES)
    commodity = Plain(
        attribute="commodity_ref", load_default=None, allow_none=True, validate=_known_commodity
    )
    share = fields.Float(
        load_default=None, allow_none=True, allow_nan=False, validate=validate.Range(0, 1)
    )
    flow_evidence = fields.Enum(
        FlowEvidence,
        by_value=True,
        load_default=FlowEvidence.UNMAPPED,
        validate=validate.NoneOf(
            [FlowEvidence.CONFIRMED], error=_("A second person confirms a flow, on the page.")
        ),
    )
    valid_from = fields.Date(load_default=None, allow_none=True)
    valid_to = fields.Date(load_default=None, allow_none=True)
