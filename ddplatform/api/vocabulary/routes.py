"""Words that programs name: sectors, commodities and issues."""

from typing import Any

from ddplatform.api.blueprint import Blueprint
from ddplatform.api.vocabulary.forms import CommoditiesSchema, IssuesSchema, SectorsSchema
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.gate import requires_token
from supply_chain.reference.release import load_reference
from supply_chain.risk.issue_names import ISSUE_NAMES

bp = Blueprint("api_vocabulary", "Sectors, commodities and issues")


@bp.get("/sectors")
@requires_token(Permission.VALUE_CHAIN_READ)
@bp.response(200, SectorsSchema)
def sectors() -> Any:
    """Every sector: what a site may do"""
    return {"items": load_reference().sectors.values()}


@bp.get("/commodities")
@requires_token(Permission.VALUE_CHAIN_READ)
@bp.response(200, CommoditiesSchema)
def commodities() -> Any:
    """Every commodity: what a site may make, grow or trade"""
    return {"items": load_reference().commodities.values()}


@bp.get("/issues")
@requires_token(Permission.RISK_READ)
@bp.response(200, IssuesSchema)
def issues() -> Any:
    """Every issue that risks are scored for"""
    return {"items": [{"ref": ref, "name": name} for ref, name in ISSUE_NAMES.items()]}
