"""Schemathesis asks every address what its description allows, and what it does not.

What it calls a rejected valid request is left out: many rules of the subject (a day that is past, a
site that already has a questionnaire) stand in no schema.
"""

from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import given
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import positive_data_acceptance

from ddplatform.infrastructure.access import request_rate
from tests.api.conftest import Program
from tests.factories import Tenant
from tests.risk_maps import CocoaMap, assess
from tests.sampling import examples

OPENAPI = "/api/v1/openapi.json"
OPERATIONS = 31
"""At least so many; who adds an address finds it tried here without a word."""


@pytest.mark.long
@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode))
def test_no_request_breaks_an_address_or_is_answered_otherwise_than_described(
    app: Flask,
    tenant: Tenant,
    program: Program,
    cocoa: CocoaMap,
    monkeypatch: pytest.MonkeyPatch,
    mode: schemathesis.GenerationMode,
):
    monkeypatch.setattr(request_rate, "MOST", 10**9)
    assess(tenant, cocoa.chain)
    schema = schemathesis.openapi.from_dict(_without_security(program.get(OPENAPI).json))
    schema.app = app
    operations = [found.ok() for found in schema.get_all_operations()]
    headers = {"Authorization": f"Bearer {program.token}", "Accept-Encoding": "identity"}

    for operation in operations:

        @examples(20, one_world=True)
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: Any) -> None:
            if mode is schemathesis.GenerationMode.POSITIVE:
                known = {"map_id": str(cocoa.chain), "node_id": str(cocoa.farms)}
                case.path_parameters.update(
                    {k: known[k] for k in case.path_parameters if k in known}
                )
            case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])

        with suppress(Unsatisfiable):  # an address without values has no wrong ones
            ask()

    assert len(operations) >= OPERATIONS


def _without_security(spec: dict[str, Any]) -> dict[str, Any]:
    """The description without its token, which every request here has."""
    for operations in spec["paths"].values():
        for method, operation in operations.items():
            if method != "parameters":
                del operation["security"], operation["responses"]["401"]
    return spec
