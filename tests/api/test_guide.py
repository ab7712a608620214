"""The examples of `docs/api.md` are answered as it says, and the description is true."""

import json
import re
from pathlib import Path

import pytest
from flask import Flask

from tests.api.conftest import Program
from tests.factories import Tenant
from tests.risk_maps import CocoaMap, assess

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "api.md"
EXAMPLES = re.findall(r"```http\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
REFUSED = '{"name": ""'


@pytest.mark.usefixtures("context")
def test_every_example_of_the_guide_is_answered(
    app: Flask, tenant: Tenant, program: Program, cocoa: CocoaMap
):
    assess(tenant, cocoa.chain)
    version = program.get(f"/api/v1/nodes/{cocoa.farms}").json["node"]["version"]
    values = {"map_id": cocoa.chain, "node_id": cocoa.farms, "version": version}

    for example in EXAMPLES:
        text = example
        for name, value in values.items():
            text = text.replace("{" + name + "}", str(value))
        head, _, body = text.partition("\n\n")
        first, *headers = head.splitlines()
        method, path = first.split()
        sent = dict(line.split(": ", 1) for line in headers)

        answer = program.client.open(
            path,
            method=method,
            json=json.loads(body) if body.strip() else None,
            headers={**sent, "Authorization": f"Bearer {program.token}"},
        )

        assert answer.status_code == 422 if REFUSED in example else answer.status_code < 300, (
            example + answer.text
        )
    assert len(EXAMPLES) >= 8


def test_the_answer_of_the_guide_has_the_fields_of_the_real_one(program: Program, cocoa: CocoaMap):
    (shown,) = re.findall(r"```json\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)

    real = program.get("/api/v1/maps").json

    assert json.loads(shown)["items"][0].keys() == real["items"][0].keys()


def test_the_page_of_the_interface_lists_every_address_with_its_scope(app: Flask):
    client = app.test_client()
    spec = client.get("/api/v1/openapi.json").json

    page = client.get("/api/v1/").text

    assert spec["openapi"].startswith("3.1")
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            if method != "parameters":
                assert f"{method.upper()} {path}" in page
                assert operation["security"][0]["token"][0] in page


def test_an_address_or_a_method_that_does_not_exist_is_a_problem_not_a_page(app: Flask):
    client = app.test_client()

    missing, wrong = client.get("/api/v1/nothing"), client.delete("/api/v1/maps")

    assert (missing.status_code, missing.mimetype) == (404, "application/problem+json")
    assert (wrong.status_code, wrong.mimetype) == (405, "application/problem+json")
    assert "GET" in wrong.headers["Allow"]
