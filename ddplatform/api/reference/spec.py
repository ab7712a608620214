"""The description of the interface as OpenAPI 3.1, made from its addresses and schemas."""

import flask_smorest
from flask import Flask

from ddplatform import __version__
from ddplatform.api.blueprint import REFUSALS
from ddplatform.infrastructure.web.problems import MEDIA_TYPE

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong"},
        "advice": {"type": "string", "description": "How to correct it"},
        "request_id": {"type": ["string", "null"], "description": "As in the operator's log"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
DESCRIPTION = "api_description"
"""The key of the description among the extensions of an application."""
_ABOUT = """Maps, risks, questionnaires, findings, actions and reports of one organisation.

Send `Authorization: Bearer <token>`. A token acts for the person who made it, within its scopes.
Errors are problem details (RFC 9457). Lists have `items` and `next`, the cursor of the next page.
A request that changes something takes an `Idempotency-Key`: sent again within 24 hours, it gets
the first answer and changes nothing. 600 requests a minute for each token."""


class Described(flask_smorest.Api):  # type: ignore[misc]
    """Adds addresses to the application and to the description; errors stay those of all pages."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        pass


def describe(app: Flask) -> Described:
    """Begin the description of an application: the token, and the refusals of every address."""
    app.config.update(API_TITLE="Waymark", API_VERSION="v1", OPENAPI_VERSION="3.1.0")
    described = Described(
        app, spec_kwargs={"info": {"description": _ABOUT, "version": __version__}}
    )
    spec = described.spec

    spec.components.schema("Problem", PROBLEM)
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    for name, about in REFUSALS.items():
        spec.components.response(
            f"Refused{name}",
            {
                "description": about,
                "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        )
    return described
