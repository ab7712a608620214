"""Pages of the reference data: every set with its terms, every factor with its figure or gap."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ddplatform.infrastructure.access.roles import RoleId
from supply_chain.reference.release import load_reference
from tests.factories import Tenant, signed_in_client
from tests.risk_maps import COCOA

BASE = "/o/acme/reference"


@pytest.fixture
def installed(reference_data: None, analyst: FlaskClient) -> FlaskClient:
    return analyst


def test_before_any_release_the_page_says_how_to_install_one(
    app: Flask, other_tenant: Tenant
) -> None:
    analyst = signed_in_client(app, other_tenant, RoleId.ANALYST)
    assert "flask reference sync" in analyst.get("/o/other/reference/").text
    assert analyst.get("/o/other/reference/countries").status_code == 404


def test_every_set_stands_with_publisher_licence_attribution_and_gaps(
    installed: FlaskClient,
) -> None:
    text = installed.get(f"{BASE}/").text.replace("&#39;", "'").replace("&amp;", "&")
    for one in load_reference().indicators.values():
        for part in (one.name, one.publisher, one.licence):
            assert part in text
    assert "Factors without any open source" in text
    assert "CTY-15" in text


def test_sets_that_are_only_shown_stand_apart_with_their_terms(installed: FlaskClient) -> None:
    text = installed.get(f"{BASE}/").text.replace("&#39;", "'").replace("&amp;", "&")
    assert "part of no score" in text
    for one in load_reference().context_indicators.values():
        assert f'id="set-{one.ref}"' in text
        assert one.gaps in text


def test_a_country_shows_what_stands_around_the_risk_with_year_and_source(
    installed: FlaskClient,
) -> None:
    text = installed.get(f"{BASE}/countries/CI").text
    assert "Nothing below is part of a score" in text
    assert "74,630" in text
    assert "UNHCR, the UN Refugee Agency" in text
    assert "Uppsala Conflict Data Program" in text


def test_the_list_of_countries_says_how_much_is_known_of_each(installed: FlaskClient) -> None:
    text = installed.get(f"{BASE}/countries?q=ivoire").text
    assert "13 of 13" in text
    assert "none; world average applied" in installed.get(f"{BASE}/countries?q=bouvet").text
    assert f"{BASE}/countries/CI" in text


def test_a_country_shows_raw_figure_score_source_and_what_is_unknown(
    installed: FlaskClient,
) -> None:
    text = installed.get(f"{BASE}/countries/CI").text
    assert "10 of 16 have a figure" in text
    assert ">25.6</span>" in text
    assert "Tier 2, published list" in text
    assert "survey, ages 5-14, survey year not kept" in text
    assert text.count("counts as 0.60</li>") == 6
    assert "CC BY 4.0" in text
    assert "Cocoa" in text


def test_a_listed_good_of_a_country_shows_both_scores_and_their_basis(
    installed: FlaskClient,
) -> None:
    text = installed.get(f"{BASE}/countries/CI/goods/{COCOA}").text
    assert "listed: Cocoa" in text
    assert "1.00" in text
    assert "0.90" in text


def test_a_good_listed_elsewhere_says_so(installed: FlaskClient) -> None:
    assert "listed elsewhere" in installed.get(f"{BASE}/countries/CH/goods/{COCOA}").text


@pytest.mark.parametrize(
    "path", ["countries/XX", "countries/CI/goods/none", f"countries/XX/goods/{COCOA}"]
)
def test_what_the_data_do_not_know_does_not_exist(installed: FlaskClient, path: str) -> None:
    assert installed.get(f"{BASE}/{path}").status_code == 404


@pytest.mark.parametrize(
    "path",
    ["", "countries", "countries/CI", "goods", f"goods/{COCOA}", "compare?c=CI&c=GH"],
)
def test_a_supplier_has_no_business_with_these_pages(app: Flask, tenant: Tenant, path: str) -> None:
    supplier = signed_in_client(app, tenant, RoleId.SUPPLIER)
    assert supplier.get(f"{BASE}/{path}").status_code == 403
