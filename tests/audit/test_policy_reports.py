"""What browsers report of the content policy: three words of ours, of anybody, within limits."""

import json
import logging
from uuid import uuid4

import pytest
from flask import Flask

from ddplatform.audit import policy_reports
from ddplatform.infrastructure.access.request_rate import RequestRate

SECRET = "a-secret-of-a-link-5f2a"
OLD = "application/csp-report"
NEW = "application/reports+json"


@pytest.fixture
def told(app: Flask, caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """The lines of security events, as an operator gets them who asks for them."""
    log = logging.getLogger("ddplatform.security")
    before = log.level, log.propagate
    log.propagate = True
    caplog.set_level(logging.INFO, logger="ddplatform.security")
    app.extensions[policy_reports.RATES] = RequestRate(policy_reports.MOST_A_MINUTE)
    yield caplog
    log.setLevel(before[0])
    log.propagate = before[1]


def lines(told: pytest.LogCaptureFixture) -> list[dict[str, str]]:
    return [json.loads(one.message) for one in told.records if one.name == "ddplatform.security"]


def report(page: str, blocked: str = "inline", directive: str = "script-src-elem") -> dict:
    return {"document-uri": page, "blocked-uri": blocked, "effective-directive": directive}


def send(app: Flask, body: object, kind: str = OLD) -> int:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return (
        app.test_client()
        .post(
            "/content-policy-reports",
            data=data,
            content_type=kind,
            environ_base={"REMOTE_ADDR": "203.0.113.7"},
        )
        .status_code
    )


def test_policy_names_the_place_and_what_comes_there_is_told_in_our_words_alone(
    app: Flask, told: pytest.LogCaptureFixture
):
    page = app.test_client().get("/sign-in")
    assert "report-uri /content-policy-reports" in page.headers["Content-Security-Policy"]
    assert page.headers["Reporting-Endpoints"] == 'policy="/content-policy-reports"'

    address = f"https://localhost/o/acme/findings/{uuid4()}?q={SECRET}#{SECRET}"
    body = {**report(address, f"https://evil.example/{SECRET}"), "script-sample": SECRET}
    assert send(app, {"csp-report": body}) == 204
    new = {"documentURL": address, "blockedURL": "eval", "effectiveDirective": "script-src"}
    assert send(app, [{"type": "csp-violation", "body": new}], NEW) == 204

    old, newer = lines(told)
    assert old.keys() == {"at", "kind", "event", "outcome", "software"} | {
        "directive",
        "blocked",
        "page",
    }
    pattern = "/o/<organisation>/findings/<uuid:finding_id>"
    assert (old["directive"], old["blocked"], old["page"]) == (
        "script-src-elem",
        "other host",
        pattern,
    )
    assert (newer["directive"], newer["blocked"], newer["page"]) == ("script-src", "eval", pattern)
    said = json.dumps([old, newer])
    assert SECRET not in said and "203.0.113.7" not in said and "evil" not in said


@pytest.mark.parametrize(
    "page",
    [
        f"https://x/respond/{SECRET}",
        f"https://x/o/acme/remedy/{SECRET}",
        f"https://x/no/{SECRET}",
        "//[",
        "",
        "javascript:x",
    ],
)
def test_pages_for_anybody_of_cases_and_of_nowhere_are_not_named(
    app: Flask, told: pytest.LogCaptureFixture, page: str
):
    assert send(app, {"csp-report": report(page, f"x{SECRET}", f"{SECRET}-src")}) == 204

    (line,) = lines(told)
    assert line["directive"] == line["blocked"] == "other"
    assert line["page"] in {"not told", "unknown"} or page == ""


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"{",
        b"[" * 5_000,
        b'{"csp-report": "text"}',
        b'[1, null, {"body": []}]',
        b'{"csp-report": {"document-uri": "\\ud800"}}',
        json.dumps({"csp-report": report("x" * 20_000)}).encode(),
    ],
)
def test_hostile_body_leaves_no_line_and_no_fault(
    app: Flask, told: pytest.LogCaptureFixture, body: bytes
):
    assert send(app, body) == 204
    assert send(app, body, NEW) == 204
    assert lines(told) == []


def test_other_kind_of_body_is_not_read(app: Flask, told: pytest.LogCaptureFixture):
    assert send(app, {"csp-report": report("https://x/sign-in")}, "text/plain") == 204
    assert lines(told) == []


def test_fields_that_are_no_texts_and_many_reports_at_once_are_bounded(
    app: Flask, told: pytest.LogCaptureFixture
):
    odd = {"documentURL": 7, "blockedURL": ["x"], "effectiveDirective": {"a": 1}}
    assert send(app, [{"body": odd}] * 50, NEW) == 204
    assert len(lines(told)) == policy_reports.MOST_IN_ONE


def test_more_than_a_minute_allows_is_answered_and_left(app: Flask, told: pytest.LogCaptureFixture):
    app.extensions[policy_reports.RATES] = RequestRate(2)

    statuses = {send(app, {"csp-report": report("https://x/sign-in")}) for _ in range(5)}

    assert statuses == {204} and len(lines(told)) <= 4
