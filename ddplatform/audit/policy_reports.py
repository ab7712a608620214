"""Reports of browsers about what the content security policy blocked, as security events.

Anybody can send one, so that a report is a hint and no proof. Of each only three words of ours are
kept: the directive, the kind of what was blocked and the pattern of the page's address. No address
of the reader, no query and no text that the sender chose reaches the log.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, g, request
from werkzeug.exceptions import HTTPException

from ddplatform import __version__
from ddplatform.audit.security_events import SIGNING_IN, write_line
from ddplatform.infrastructure.access.declared import Access, access_of
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.request_rate import RequestRate
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.typed_values import read_json
from ddplatform.infrastructure.web.headers import DIRECTIVES, REPORTS

bp = Blueprint("policy_reports", __name__)
LARGEST_BYTES: Final = 16 * 1024
MOST_IN_ONE: Final = 20
"""Reports that one request may hold; browsers send those of a page together."""
MOST_A_MINUTE: Final = 120
"""Requests from all senders together that are read; what is beyond is answered and left."""
TYPES: Final = ("application/csp-report", "application/reports+json")
KINDS: Final = frozenset({"inline", "eval", "wasm-eval", "trusted-types-policy"}) | frozenset(
    {"trusted-types-sink", "data", "blob", "self", "filesystem"}
)
RATES: Final = "policy report rate"


@bp.post(REPORTS)
def take() -> Response:
    """Take reports in; the answer never tells what was kept."""
    rate: RequestRate = current_app.extensions.setdefault(RATES, RequestRate(MOST_A_MINUTE))
    if not rate.seconds_to_wait("all", at_s=g.now.timestamp()):
        for report in _reports():
            write_line(_line_of(report))
    return Response(status=204)


take.access = Access("public", reads_first=True, takes_reports=True)  # type: ignore[attr-defined]


def _reports() -> Iterator[Mapping[str, Any]]:
    """The bodies of reports; nothing of what is too large, malformed or of another kind."""
    if request.mimetype not in TYPES or (request.content_length or 0) > LARGEST_BYTES:
        return
    try:
        sent = read_json(request.get_data(cache=False).decode())
    except (ValueError, Invalid):
        return
    for one in (sent if isinstance(sent, list) else [sent])[:MOST_IN_ONE]:
        body = one.get("csp-report") or one.get("body") if isinstance(one, dict) else None
        if isinstance(body, dict):
            yield body


def _line_of(report: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "at": datetime.now(UTC).isoformat(),
        "kind": "policy",
        "event": "content_policy:break",
        "outcome": "reported",
        "directive": _directive(_text(report, "effectiveDirective", "effective-directive")),
        "blocked": _kind(_text(report, "blockedURL", "blocked-uri")),
        "page": _pattern(_text(report, "documentURL", "document-uri")),
        "software": __version__,
    }


def _text(report: Mapping[str, Any], *names: str) -> str:
    found = next((report[name] for name in names if isinstance(report.get(name), str)), "")
    return str(found)[:2_000]


def _directive(text: str) -> str:
    name = text.partition(" ")[0]
    return name if name in DIRECTIVES else "other"


def _kind(text: str) -> str:
    """What was blocked: a word of the standard, our own address, or one elsewhere."""
    if text in KINDS:
        return text
    try:
        parts = urlsplit(text)
    except ValueError:
        return "other"
    if parts.scheme in {"data", "blob", "filesystem"}:
        return parts.scheme
    if parts.netloc:
        return "own address" if parts.netloc == request.host else "other host"
    return "other"


def _pattern(text: str) -> str:
    """The pattern of a page's address, without what stands in its place.

    Never of pages for anybody, nor of those about child cases (`security_events.py`).
    """
    try:
        path = urlsplit(text).path or "/"
        rule, _values = current_app.url_map.bind("localhost").match(path, "GET", return_rule=True)
    except (ValueError, HTTPException):
        return "unknown"
    access = access_of(current_app, rule.endpoint)
    is_open = access is None or access.kind == "public"
    says_who = rule.endpoint.partition(".")[0] in SIGNING_IN
    is_of_cases = access is not None and access.permission is Permission.CASE_WORK
    is_hidden = is_of_cases or (is_open and not says_who)
    return "not told" if is_hidden else str(rule.rule)
