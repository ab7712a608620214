"""One row or NotFound, held for change: what somebody else changed is seen, nothing own is lost."""

import pytest
from flask import Flask
from sqlalchemy import update

from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import NotFound
from ddplatform.value_chain.mapping.models import ValueChain
from ddplatform.value_chain.mapping.queries.maps import get_chain, get_chain_for_change
from tests.factories import Tenant
from tests.risk_maps import CocoaMap, acting

pytestmark = pytest.mark.both_databases

KEPT = {"synchronize_session": False}
"""As another would change the row: what this session holds of it is not told."""


def test_map_that_another_changed_meanwhile_is_read_anew_when_it_is_held(
    tenant: Tenant, cocoa: CocoaMap
) -> None:
    with acting(tenant):
        read = get_chain(cocoa.chain)
        db.session.execute(update(ValueChain).values(version=41), execution_options=KEPT)

        held = get_chain_for_change(cocoa.chain)

        assert held is read and held.version == 41


def test_what_was_changed_and_not_yet_written_outlives_being_held(
    tenant: Tenant, cocoa: CocoaMap
) -> None:
    with acting(tenant):
        get_chain(cocoa.chain).description = "Cocoa of two harvests"

        assert get_chain_for_change(cocoa.chain).description == "Cocoa of two harvests"


def test_row_of_somebody_else_is_not_found_nor_held(
    context: Flask, other_tenant: Tenant, cocoa: CocoaMap
) -> None:
    with acting(other_tenant):
        for get in (get_chain, get_chain_for_change):
            with pytest.raises(NotFound):
                get(cocoa.chain)
