"""Findings for programs."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import g

from ddplatform.api.blueprint import Blueprint, decode, listed, page_of
from ddplatform.api.findings.forms import (
    FindingsAskedSchema,
    FindingSchema,
    ListedFindingSchema,
    NewFindingSchema,
)
from ddplatform.api.repeats.replaying import carried_out_once
from ddplatform.core.due_diligence.vocabulary import Harm, RiskState
from ddplatform.due_diligence.findings.models import FindingSource
from ddplatform.due_diligence.findings.queries import (
    FindingFilter,
    FindingRow,
    get_finding,
    list_findings,
)
from ddplatform.due_diligence.findings.services import findings
from ddplatform.due_diligence.findings.services.findings import FindingFields
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.gate import requires_token
from supply_chain.vocabulary import Issue

bp = Blueprint("api_findings", "Findings")


@bp.get("/findings")
@requires_token(Permission.FINDING_READ)
@bp.arguments(FindingsAskedSchema, location="query")
@bp.response(200, listed(ListedFindingSchema))
def all_findings(asked: dict[str, Any]) -> Any:
    """Findings, the newest first

    Nothing of remediation cases is among it, nor whether there are any.
    """
    wanted = FindingFilter(
        status=RiskState(asked["status"]) if asked["status"] else None,
        issue=Issue(asked["issue"]) if asked["issue"] else None,
        node_id=asked["node_id"],
        only_open=asked["only_open"],
        search=asked["search"],
    )
    before = decode(asked["cursor"], datetime.fromisoformat, UUID)
    rows = list_findings(wanted, today=g.now.date(), before=before, limit=asked["limit"] + 1)

    def place(row: FindingRow) -> tuple[str, UUID]:
        return row.created_at.isoformat(), row.id

    return page_of(rows, asked["limit"], place)


@bp.get("/findings/<uuid:finding_id>")
@requires_token(Permission.FINDING_READ)
@bp.response(200, FindingSchema)
def finding(finding_id: UUID) -> Any:
    """A finding"""
    return get_finding(finding_id)


@bp.post("/findings")
@requires_token(Permission.FINDING_EDIT)
@carried_out_once
@bp.arguments(NewFindingSchema)
@bp.response(201, FindingSchema)
def record_finding(wanted: dict[str, Any]) -> Any:
    """Record a finding at a site"""
    fields = FindingFields(
        issue=Issue(wanted["issue"]),
        title=wanted["title"],
        description=wanted["description"],
        source=FindingSource(wanted["source"]),
        harm=Harm(wanted["harm"]),
    )
    return findings.record(wanted["node_id"], fields, act=g.act)
