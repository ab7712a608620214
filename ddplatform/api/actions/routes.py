"""Mitigation actions for programs."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import g

from ddplatform.api.actions.forms import (
    ActionsAskedSchema,
    ActionSchema,
    ListedActionSchema,
    NewActionSchema,
)
from ddplatform.api.blueprint import Blueprint, decode, listed, page_of
from ddplatform.api.repeats.replaying import carried_out_once
from ddplatform.due_diligence.actions.queries.actions import (
    ActionFilter,
    get_action,
    list_actions,
    place_of,
)
from ddplatform.due_diligence.actions.services import actions
from ddplatform.due_diligence.actions.services.actions import ActionPlan
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.gate import requires_token
from ddplatform.infrastructure.typed_values import read_number

bp = Blueprint("api_actions", "Mitigation actions")


@bp.get("/actions")
@requires_token(Permission.FINDING_READ)
@bp.arguments(ActionsAskedSchema, location="query")
@bp.response(200, listed(ListedActionSchema))
def all_actions(asked: dict[str, Any]) -> Any:
    """Actions: open ones first, by the day on which they are due"""
    limit = asked.pop("limit")
    after = decode(asked.pop("cursor"), read_number, date.fromisoformat, UUID)
    rows = list_actions(ActionFilter(**asked), after=after, limit=limit + 1)
    return page_of(rows, limit, place_of)


@bp.get("/actions/<uuid:action_id>")
@requires_token(Permission.FINDING_READ)
@bp.response(200, ActionSchema)
def action(action_id: UUID) -> Any:
    """An action"""
    return get_action(action_id)


@bp.post("/actions")
@requires_token(Permission.ACTION_EDIT)
@carried_out_once
@bp.arguments(NewActionSchema)
@bp.response(201, ActionSchema)
def plan_action(wanted: dict[str, Any]) -> Any:
    """Plan an action about a finding"""
    finding_id = wanted.pop("finding_id")
    if not wanted["by_supplier"] and wanted["owner_id"] is None:
        wanted["owner_id"] = g.identity.user_id
    return actions.plan(finding_id, ActionPlan(**wanted), act=g.act)
