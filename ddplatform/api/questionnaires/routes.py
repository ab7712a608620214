"""Questionnaires and requests for programs."""

from typing import Any
from uuid import UUID

from flask import g

from ddplatform.api.blueprint import Blueprint, decode_key, encode, listed
from ddplatform.api.questionnaires.forms import (
    NewRequestsSchema,
    QuestionnairesSchema,
    RequestsAskedSchema,
    RequestSchema,
    SentSchema,
)
from ddplatform.api.repeats.replaying import carried_out_once
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.gate import requires_token
from ddplatform.languages import gettext
from ddplatform.supplier_engagement.library.queries import (
    get_assignment_row,
    list_assignments,
    list_library,
)
from ddplatform.supplier_engagement.requests.services.requests import Sending, assign

bp = Blueprint("api_questionnaires", "Questionnaires, and requests to suppliers")


@bp.get("/questionnaires")
@requires_token(Permission.QUESTIONNAIRE_READ)
@bp.response(200, QuestionnairesSchema)
def questionnaires() -> Any:
    """The newest version of every questionnaire"""
    return {"items": list_library()}


@bp.get("/requests")
@requires_token(Permission.QUESTIONNAIRE_READ)
@bp.arguments(RequestsAskedSchema, location="query")
@bp.response(200, listed(RequestSchema))
def requests(asked: dict[str, Any]) -> Any:
    """Questionnaires that were sent, the one due first on top"""
    after = decode_key(asked.pop("cursor"), UUID)
    page = list_assignments(today=g.now.date(), after=after, **asked)
    return {"items": page.rows, "next": encode([page.after]) if page.after else None}


@bp.get("/requests/<uuid:assignment_id>")
@requires_token(Permission.QUESTIONNAIRE_READ)
@bp.response(200, RequestSchema)
def request(assignment_id: UUID) -> Any:
    """A questionnaire that was sent, and its state"""
    return get_assignment_row(assignment_id)


@bp.post("/requests")
@requires_token(Permission.QUESTIONNAIRE_ASSIGN)
@carried_out_once
@bp.arguments(NewRequestsSchema)
@bp.response(201, SentSchema)
def send(wanted: dict[str, Any]) -> Any:
    """Send a questionnaire by e-mail to the people behind some sites"""
    to = wanted.pop("to")
    addresses = {one["node_id"]: one["email"] for one in to}
    if len(addresses) < len(to):
        raise Invalid(fields={"to": gettext("Name each site once.")})
    return {"ids": [sent.id for sent in assign(Sending(**wanted), addresses, act=g.act)]}
