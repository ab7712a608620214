"""Sectors, commodities and issues as JSON."""

from marshmallow import Schema, fields


class SectorSchema(Schema):
    """What a site does."""

    ref = fields.String(required=True, metadata={"description": "`sector` of a site"})
    name = fields.String(required=True)
    isic_division = fields.String(
        required=True, metadata={"description": "ISIC Rev. 4, two digits; empty: none"}
    )


class SectorsSchema(Schema):
    """Every sector of the reference data."""

    items = fields.List(fields.Nested(SectorSchema), required=True)


class CommoditySchema(Schema):
    """A good or material."""

    ref = fields.String(required=True, metadata={"description": "One of `commodities` of a site"})
    name = fields.String(required=True)
    also_named = fields.List(fields.String(), required=True)
    hs_codes = fields.List(
        fields.String(), required=True, metadata={"description": "Prefixes of HS 2022 codes"}
    )


class CommoditiesSchema(Schema):
    """Every commodity of the reference data."""

    items = fields.List(fields.Nested(CommoditySchema), required=True)


class IssueSchema(Schema):
    """A child-rights issue."""

    ref = fields.String(required=True, metadata={"description": "`issue` of a risk or finding"})
    name = fields.String(required=True)


class IssuesSchema(Schema):
    """Every issue of the risk method."""

    items = fields.List(fields.Nested(IssueSchema), required=True)
