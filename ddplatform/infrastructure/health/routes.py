"""Health of application and database, for `make run` and for monitoring."""

from flask import Blueprint, Response

from ddplatform.infrastructure.gate import public
from ddplatform.infrastructure.health.queries import is_database_answering

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def show() -> Response:
    """200 and "ok" when the database answers, otherwise 503; no details for strangers."""
    ok = is_database_answering()
    answer = Response("ok" if ok else "the database does not answer", 200 if ok else 503)
    answer.mimetype = "text/plain"
    answer.headers["Cache-Control"] = "no-store"
    return answer
