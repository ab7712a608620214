"""Questionnaires for many sites that were chosen on a map."""

import pytest
from flask.testing import FlaskClient

from tests.answering import saq_version
from tests.factories import Tenant
from tests.risk_maps import CocoaMap, acting


def test_chosen_sites_can_be_sent_a_questionnaire_up_to_as_many_as_go_at_once(
    tenant: Tenant, cocoa: CocoaMap, analyst: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with acting(tenant):
        version_id = saq_version()
    one = f"/o/acme/value-chain/{cocoa.chain}/many?node={cocoa.farms}"

    few = analyst.get(one).text
    monkeypatch.setattr("ddplatform.supplier_engagement.requests.registration.MAX_AT_ONCE", 1)
    ticked = analyst.get(f"{one}&node={cocoa.own}").text
    matching = analyst.get(f"/o/acme/value-chain/{cocoa.chain}/many?all=1").text

    assert ">Send a questionnaire<" in few
    assert str(version_id) in few
    assert f'name="node" value="{cocoa.farms}"' in few
    for page in (ticked, matching):
        assert ">Send a questionnaire<" not in page
        assert "A questionnaire goes to at most 1 sites at once." in page
    assert "campaigns/new" not in ticked
    assert f"campaigns/new?chain={cocoa.chain}&amp;all=1" in matching
