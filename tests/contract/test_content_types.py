"""Every answer says what it is: its content type fits, and a text names its character set.

What is sent beyond pages is judged in the sweep of `test_leaks.py`, which takes every method.
"""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ddplatform.infrastructure.access.roles import RoleId
from tests.conftest import NOW
from tests.content_types import fault_of
from tests.leak_checks import KNOWN, NONE, Caller, all_endpoints, browser, may_enter, tries
from tests.worlds import make_worlds

STATIC = Path(__file__).resolve().parents[2] / "static"
CALLERS = (
    ("acmeco", RoleId.SUSTAINABILITY_MANAGER),
    ("acmeco", RoleId.ADMIN),
    ("acmeco", RoleId.SAFEGUARDING_OFFICER),
    ("supplyco", RoleId.SUPPLIER),
    (None, None),
)
"""Together they may enter every address; the test says so."""


@pytest.mark.long
@pytest.mark.no_cover
def test_every_page_and_file_has_a_fitting_type_and_texts_their_character_set(app: Flask) -> None:
    with app.app_context():
        worlds = make_worlds(at=NOW)
    seen, faults, kinds = set(), [], set()

    for slug, role in CALLERS:
        caller = Caller(worlds[slug] if slug else None, role)
        client = browser(app, caller)
        for rule, method in all_endpoints(app):
            if method != "GET" or rule.rule in seen or not may_enter(app, caller, rule):
                continue
            seen.add(rule.rule)
            for one in tries(app, rule, method, caller, worlds):
                if one.kind in (KNOWN, NONE):
                    answer = client.get(one.path)
                    kinds.add(answer.mimetype)
                    faults += [f"{one.path}: {fault}" for fault in [fault_of(answer)] if fault]

    assert faults == []
    assert seen == {rule.rule for rule, method in all_endpoints(app) if method == "GET"}
    assert {"text/html", "application/json", "text/plain", "text/xml"} <= kinds


def test_every_static_file_has_a_fitting_type_and_texts_their_character_set(client: FlaskClient):
    files = [path for path in sorted(STATIC.rglob("*")) if path.is_file()]
    kinds, faults = {}, []
    for path in files:
        with client.get(f"/static/{path.relative_to(STATIC).as_posix()}") as answer:
            assert answer.status_code == 200, path
            kinds[path.suffix] = (answer.mimetype, answer.mimetype_params)
            faults += [f"{path}: {fault}" for fault in [fault_of(answer)] if fault]
            if b"\0" not in answer.get_data() and answer.mimetype.startswith("application/oct"):
                faults.append(f"{path}: a text that says no type")

    assert faults == []
    texts = {".svg": "image/svg+xml", ".js": "text/javascript", ".css": "text/css"}
    assert {**kinds, **{end: (kind, {"charset": "utf-8"}) for end, kind in texts.items()}} == kinds


@pytest.mark.parametrize(("path", "status"), [("/nowhere", 404), ("/static/none.svg", 404)])
def test_errors_have_a_fitting_type_too(client: FlaskClient, path: str, status: int):
    answer = client.get(path)

    assert (answer.status_code, fault_of(answer)) == (status, "")
