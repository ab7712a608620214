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
from ddplatform.due_diligence.findings.queries import (
    FindingFilter,
    get_finding,
    list_findings,
)
from ddplatform.due_diligence.findings.services import findings
from ddplatform.due_diligence.findings.services.findings import FindingFields
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.gate import requires_token

bp = Blueprint("api_findings", "Findings")


@bp.get("/findings")
@requires_token(Permission.FINDING_READ)
@bp.arguments(FindingsAskedSchema, location="query")
@bp.response(200, listed(ListedFindingSchema))
def all_findings(asked: dict[str, Any]) -> Any:
    """Findings, the newest first

    Nothing of remediation cases is among it, nor whether there are any.
    """
    limit = asked.pop("limit")
    before = decode(asked.pop("cursor"), datetime.fromisoformat, UUID)
    rows = list_findings(FindingFilter(**asked), today=g.now.date(), before=before, limit=limit + 1)
    return page_of(rows, limit, lambda row: (row.created_at.isoformat(), row.id))


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
    node_id = wanted.pop("node_id")
    return findings.record(node_id, FindingFields(**wanted), act=g.act)
