"""The first page of an organisation."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from ddplatform.access.permissions import Permission
from ddplatform.gate import requires

bp = Blueprint("overview", __name__)


@bp.get("/")
@requires(Permission.ORGANISATION_READ)
def show() -> ResponseReturnValue:
    """Where due diligence stands."""
    return render_template("overview/show.html")
