"""The description of the interface: a page, and OpenAPI."""

from flask import Blueprint, Response, current_app, json, render_template
from flask.typing import ResponseReturnValue

from ddplatform.api.blueprint import PREFIX
from ddplatform.api.reference.spec import DESCRIPTION, Described
from ddplatform.api.reference.views import subjects_of
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.gate import public

bp = Blueprint("api", __name__, url_prefix=PREFIX)


@bp.get("/")
@public
def reference() -> ResponseReturnValue:
    """Every address with its scope, values and body."""
    return render_template(
        "api/reference.html",
        subjects=subjects_of(_described().spec.to_dict()),
        base_url=adapters().base_url.rstrip("/") + PREFIX,
    )


@bp.get("/openapi.json")
@public
def openapi() -> ResponseReturnValue:
    """The same as OpenAPI 3.1."""
    return Response(json.dumps(_described().spec.to_dict()), mimetype="application/json")


def _described() -> Described:
    described: Described = current_app.extensions[DESCRIPTION]
    return described
