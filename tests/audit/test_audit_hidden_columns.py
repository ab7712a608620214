"""What no line of the log says, but pages and the next signed head rest on, is checked as well."""

import json

import pytest
from flask import Flask

from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import unit_of_work
from ddplatform.infrastructure.tenancy import acting_in
from tests.audit.test_audit import _faults, _tamper
from tests.conftest import NOW
from tests.factories import Tenant
from tests.stored_worlds import stored_world

pytestmark = pytest.mark.both_databases


@stored_world
def logged(context: Flask, tenant: Tenant) -> int:
    """The number of an event about a case, the last of the log."""
    with acting_in(tenant.id), unit_of_work():
        audit.record("node:change", None, act=Act(tenant.manager, NOW))
        row = audit.record("case:open", None, act=Act(tenant.manager, NOW), restricted=True)
        return row.sequence


def test_event_of_a_case_that_everybody_is_let_see_is_found(tenant: Tenant, logged: int) -> None:
    assert _faults(tenant) == []
    _tamper("audit_event", "is_restricted", False, of=f"sequence = {logged}")
    assert _faults(tenant) == [(logged, "edit")]


def test_event_that_is_hidden_from_its_readers_is_found(tenant: Tenant, logged: int) -> None:
    _tamper("audit_event", "is_restricted", True, of=f"sequence = {logged - 1}")
    assert _faults(tenant) == [(logged - 1, "edit")]


@pytest.mark.parametrize("peaks", [[], ["00" * 32], ["no hash"], [7]])
def test_edited_tree_at_the_end_is_found_before_a_head_is_signed_on_it(
    tenant: Tenant, logged: int, peaks: list[object]
) -> None:
    _tamper("audit_head", "peaks", json.dumps(peaks), of=f"size = {logged}")
    assert _faults(tenant) == [(logged, "edit")]
