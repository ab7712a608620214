"""Health of application and database, for `make run` and for monitoring; metrics."""

from hmac import compare_digest

from flask import Blueprint, Response, current_app, request

from ddplatform.config import METRICS_LOCAL, METRICS_OFF
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.gate import public
from ddplatform.infrastructure.health import metrics
from ddplatform.infrastructure.health.queries import is_database_answering

bp = Blueprint("health", __name__)
LOCAL = frozenset({"127.0.0.1", "::1"})
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")


@bp.get("/healthz")
@public
def show() -> Response:
    """200 and "ok" when the database answers, otherwise 503; no details for strangers."""
    ok = is_database_answering()
    answer = Response("ok" if ok else "the database does not answer", 200 if ok else 503)
    answer.mimetype = "text/plain"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/metrics")
@public
def show_metrics() -> Response:
    """Metrics, to who may read them; for everybody else there is no such page."""
    if not _may_read_metrics(current_app.extensions["settings"].metrics):
        raise NotFound()
    answer = Response(metrics.render(), mimetype="text/plain")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _may_read_metrics(setting: str) -> bool:
    if setting == METRICS_OFF:
        return False
    if setting == METRICS_LOCAL:
        # A proxy on this machine would make every visitor local.
        is_forwarded = any(name in request.headers for name in FORWARDED)
        return request.remote_addr in LOCAL and not is_forwarded
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return scheme == "Bearer" and compare_digest(token.encode(), setting.encode())
