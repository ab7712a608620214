"""The atlas of countries and goods: what is published, where our sites stand in it, files."""

import csv
import re
from dataclasses import replace
from html import unescape
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import event, select

from ddplatform.audit.models import AuditEvent
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.risk.atlas.queries.country import load_country
from ddplatform.risk.atlas.queries.exposure import (
    goods_by_presence,
    load_good_presence,
    presence_by_country,
)
from ddplatform.risk.context_events.services import events as context_events
from ddplatform.risk.context_events.services.fields import EventFields
from ddplatform.risk.reference.queries.releases import get_newest_release
from ddplatform.value_chain.mapping.services import links as supply_links
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.links import LinkFields
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from supply_chain.graph.areas import AreaKind
from supply_chain.reference.release import load_reference
from supply_chain.risk.rm2.country_profile import country_profile
from supply_chain.risk.rm2.origin_shares import origin_shares
from supply_chain.risk.rm2.reference import public_data
from supply_chain.vocabulary import FlowEvidence, Issue
from tests.approved import add_confirmed
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.risk_maps import COCOA, CocoaMap, acting, assess
from tests.stored_worlds import stored_world

BASE = "/o/acme/reference"
GOODS = ("cocoa", "cobalt")


@pytest.fixture(autouse=True)
def installed(reference_data: None, context: Flask) -> None:
    """Every test begins with the reference data."""


@pytest.fixture
def auditor(app: Flask, tenant: Tenant) -> FlaskClient:
    return signed_in_client(app, tenant, RoleId.AUDITOR)


def text_of(client: FlaskClient, path: str) -> str:
    answer = client.get(f"{BASE}/{path}")
    assert answer.status_code == 200, path
    return unescape(re.sub(r"\s+", " ", answer.text))


def words_of(client: FlaskClient, path: str) -> str:
    """The page as a reader sees it, without tags."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", client.get(f"{BASE}/{path}").text)))


def statements_of(client: FlaskClient, path: str) -> int:
    seen: list[str] = []

    def note(*call: object) -> None:
        if not str(call[2]).startswith(("PRAGMA", "BEGIN", "SELECT set_config")):
            seen.append(str(call[2]))

    for _ in range(2):  # the session is renewed, what a release says is read
        assert client.get(f"{BASE}/{path}").status_code == 200
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert client.get(f"{BASE}/{path}").status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


def names_in_order(text: str) -> list[str]:
    return re.findall(
        r'<th scope="row"><a href="[^"]+/countries/[A-Z]{2}"><bdi>([^<]+)</bdi>', text
    )


def test_an_organisation_without_a_map_sees_every_country_and_is_told_that_none_is_its_own(
    analyst: FlaskClient,
) -> None:
    text = text_of(analyst, "countries")
    assert "None of our sites has a country yet" in text
    assert names_in_order(text)[:2] == ["Afghanistan", "Åland Islands"]
    assert "1–50" in text and "of 250 countries" in text
    assert "No site of our maps is recorded in this country" in text_of(analyst, "countries/GH")
    assert "No site of our maps is recorded with this good" in text_of(analyst, f"goods/{COCOA}")


def test_countries_with_our_sites_come_first_with_their_number(
    analyst: FlaskClient, cocoa: CocoaMap
) -> None:
    text = text_of(analyst, "countries")
    assert names_in_order(text)[:2] == ["Côte d’Ivoire", "France"]
    assert "Not assessed" in text
    only = text_of(analyst, "countries?ours=1")
    assert names_in_order(only) == ["Côte d’Ivoire", "France"]


@pytest.mark.parametrize("asked", ["gh", "GHA", "ghana", "Гана", "加纳"])
def test_a_country_is_found_by_code_and_by_name_in_any_language(
    analyst: FlaskClient, asked: str
) -> None:
    assert "Ghana" in names_in_order(text_of(analyst, f"countries?q={asked}"))


def test_the_list_shows_the_vulnerability_of_the_method_and_how_much_is_estimated(
    analyst: FlaskClient,
) -> None:
    belgium = words_of(analyst, "countries?q=BE")
    # EX-08: V of ISS-CL is .0218 in Belgium, whose child-labour figure is imputed
    assert "0.02" in belgium and "range" in belgium
    assert "0.68" in words_of(analyst, "countries?q=PK")


def test_a_search_without_an_answer_says_what_to_try(analyst: FlaskClient) -> None:
    text = text_of(analyst, "countries?q=Atlantis")
    assert "No country matches" in text
    assert "two-letter code" in text


def test_the_list_sorts_filters_and_goes_on(analyst: FlaskClient) -> None:
    worst = names_in_order(text_of(analyst, "countries?sort=score"))
    assert len(worst) == 50
    assert "Central African Republic" in worst[:10]
    armed = names_in_order(text_of(analyst, "countries?sort=score&issue=ISS-AC"))
    assert "Ukraine" in armed[:20] and "Ukraine" not in worst
    assert names_in_order(text_of(analyst, "countries?sort=score&issue=nonsense")) == worst
    near = names_in_order(text_of(analyst, "countries?place=Western Africa&sort=name"))
    assert "Ghana" in near and "Kenya" not in near
    assert near == sorted(near, key=lambda name: name.replace("ô", "o"))
    second = names_in_order(text_of(analyst, "countries?sort=name&from=50"))
    assert not set(second) & set(names_in_order(text_of(analyst, "countries?sort=name")))
    assert names_in_order(text_of(analyst, "countries?sort=name&from=9999"))
    assert names_in_order(text_of(analyst, "countries?sort=nonsense&from=x"))


def test_a_rich_country_shows_value_unit_direction_anchors_place_and_years(
    analyst: FlaskClient,
) -> None:
    words = words_of(analyst, "countries/BD")
    assert "Rule of law" in words
    assert "lower is worse" in words and "higher is worse" in words
    assert "0 at 1.50, 1 at -1.50, linear in between" in words
    assert re.search(r"\d+(st|nd|rd|th) worst of 213", words)
    assert re.search(r"median [-\d.]+; nearby [-\d.]+ \(8 countries\)", words)
    assert "14 figures, 2010 to 2023" in words
    assert "Lower middle income" in words


def test_the_years_of_a_figure_stand_as_a_drawing_and_as_a_table_with_the_gap_told(
    analyst: FlaskClient,
) -> None:
    text, words = text_of(analyst, "countries/GH"), words_of(analyst, "countries/GH")
    assert 'aria-labelledby="t-CTY-03"' in text
    assert "No figure for 2016 to 2020, 2022" in words
    assert "looks like a mid-year figure" in words
    assert "research coding" in words and "inferred by elimination, not used for a score" in words


def test_a_country_of_which_little_is_known_says_so_and_does_not_look_safe(
    analyst: FlaskClient,
) -> None:
    words = words_of(analyst, "countries/VA")
    assert "No factor has a figure" in words
    assert "Missing figures 16 factors" in words
    assert "Children 5-17 in child labour CTY-01 : counts as 0.75" in words
    assert "it would be between 0.00 and 1.00" in words
    assert "0.62 of 1" in words
    assert "its treaties, law and labour inspection are not known here" in words


def test_a_place_without_anything_still_has_a_page(analyst: FlaskClient) -> None:
    words = words_of(analyst, "countries/AQ")
    assert "No UN M49 region" in words
    assert "No data set covers this country. This is not a sign of low risk." in words


def test_what_no_open_source_feeds_stands_apart_from_what_this_country_lacks(
    analyst: FlaskClient,
) -> None:
    words = words_of(analyst, "countries/XK")
    lacking, nowhere = words.split("No redistributable source for any country")
    assert "Births registered under 5 CTY-08" in lacking.split("No figure for this country")[1]
    for factor in ("CTY-02", "CTY-06", "CTY-10", "CTY-11", "CTY-15", "CTY-16"):
        assert factor in nowhere
    assert "never lowers a score" in words


def test_goods_of_a_country_say_since_when_and_which_left_the_list(analyst: FlaskClient) -> None:
    indonesia = words_of(analyst, "countries/ID")
    assert "2016, until 2019 as “Oil (Palm)”" in indonesia
    assert "No longer listed: Cotton (2016 to 2019)" in words_of(analyst, "countries/UZ")
    assert f"{BASE}/countries/GH/goods/{COCOA}" in text_of(analyst, "countries/GH")


def test_our_sites_in_a_country_stand_by_band_and_lead_to_the_filtered_list(
    analyst: FlaskClient, tenant: Tenant, cocoa: CocoaMap
) -> None:
    before = text_of(analyst, "countries/CI")
    assert "<strong>2 sites</strong>" in before
    assert f"/value-chain/{cocoa.chain}/table?country=CI&band=none&sort=risk" in before
    assess(tenant, cocoa.chain)
    after = text_of(analyst, "countries/CI")
    leads = re.findall(
        rf'/{cocoa.chain}/table\?country=CI&band=(\w+)&sort=risk"[^>]*>.*?(\d+)</a>', after
    )
    assert sum(int(count) for _, count in leads) == 2
    assert all(band != "none" for band, _ in leads)
    listed = analyst.get(f"/o/acme/value-chain/{cocoa.chain}/table?country=CI&band={leads[0][0]}")
    assert "Lagune Export" in listed.text


def test_an_event_that_goes_on_stands_at_its_country_and_at_that_of_the_sites_inside(
    analyst: FlaskClient, tenant: Tenant, cocoa: CocoaMap
) -> None:
    flood = EventFields(
        kind="disaster",
        title="Flood on the Sassandra",
        area=AreaKind.COUNTRY,
        country="CI",
        starts_on=NOW.date(),
        source_type="official",
        source_publisher="OCHA",
        source_url="https://reports.example/flood",
        source_on=NOW.date(),
    )
    with acting(tenant):
        context_events.add_event(flood, act=Act(tenant.analyst, NOW))
        context_events.add_event(
            replace(flood, title="Drought in Ghana", country="GH"),
            act=Act(tenant.analyst, NOW),
        )
    words = words_of(analyst, "countries/CI")
    assert "Flood on the Sassandra" in words and "2 sites affected" in words
    assert "Drought in Ghana" not in words
    assert "No active event is recorded for this country" in words_of(analyst, "countries/FR")


@stored_world
def flowing(tenant: Tenant, cocoa: CocoaMap) -> CocoaMap:
    """Beans from Ghana to the exporter say that they are cocoa; the other links do not."""
    with acting(tenant):
        farm = value_chain.add_node(
            cocoa.chain,
            NodeFields(name="Sefwi farms", country="GH"),
            act=Act(tenant.analyst, NOW),
        )
        link = LinkFields(commodity_ref=COCOA)
        add_confirmed(farm.id, cocoa.exporter, link, act=Act(tenant.analyst, NOW))
    return cocoa


def test_a_good_shows_who_makes_it_who_buys_it_and_between_which_countries_it_flows(
    tenant: Tenant, flowing: CocoaMap
) -> None:
    with unit_of_work(), acting_in(tenant.id):
        found = load_good_presence(COCOA)
        here = load_good_presence(COCOA, "GH")
        elsewhere = load_good_presence(COCOA, "BR")
    assert sorted(site.name for site in found.makers_named) == [
        "Espoir farm group", "Lagune Export", "Sefwi farms",
    ]  # fmt: skip
    assert [site.name for site in found.buyers_named] == ["Lagune Export"]
    (flow,) = found.flows
    assert (flow.supplier_country, flow.buyer_country, flow.links, flow.confirmed) == (
        "GH", "CI", 1, 1,
    )  # fmt: skip
    assert found.unstated == 2
    assert [site.name for site in here.makers_named] == ["Sefwi farms"]
    assert (elsewhere.makers.total, elsewhere.flows) == (0, ())


def test_a_good_that_only_runs_over_links_counts_those_who_deliver_it(
    analyst: FlaskClient, tenant: Tenant, flowing: CocoaMap
) -> None:
    with acting(tenant):
        link = LinkFields(commodity_ref="cotton", flow_evidence=FlowEvidence.PROBABLE)
        for buyer in (flowing.own, flowing.exporter):
            farm = value_chain.add_node(
                flowing.chain,
                NodeFields(name="Gin", country="IN"),
                act=Act(tenant.analyst, NOW),
            )
            supply_links.add_link(farm.id, buyer, link, act=Act(tenant.analyst, NOW))
    with unit_of_work(), acting_in(tenant.id):
        ours = goods_by_presence()
        assert ours["cotton"] == load_good_presence("cotton").makers.total == 2
        assert ours[COCOA] == load_good_presence(COCOA).makers.total == 3
        flows = load_good_presence("cotton").flows
    assert [(one.buyer_country, one.links, one.confirmed) for one in flows] == [
        ("CI", 1, 0), ("FR", 1, 0),
    ]  # fmt: skip
    assert text_of(analyst, "goods?ours=1").count('<tr><th scope="row">') == 2


def test_the_page_of_a_good_says_headings_countries_editions_and_our_flows(
    analyst: FlaskClient, flowing: CocoaMap
) -> None:
    words = words_of(analyst, f"goods/{COCOA}")
    assert "1801 Cocoa beans; whole or broken, raw or roasted" in words
    assert "Producers and shippers: 3 sites" in words and "Buyers: 1 site" in words
    assert "Ghana Côte d’Ivoire 1 1" in words
    assert "2 more links from its producers do not state a good" in words
    assert "Brazil BR Cocoa yes no 2017" in words
    assert "2016 or before" in words


def test_a_country_shows_its_vulnerability_and_never_an_estimate_as_a_statistic(
    analyst: FlaskClient,
) -> None:
    text = analyst.get(f"{BASE}/countries/BE").text
    profile = country_profile("BE")
    children = next(one for one in profile.indicators if one.factor == "CTY-01")

    assert not children.is_observed and children.source.raw is None
    assert "by regression on human development" in text and "no statistic" in text
    assert f"{children.low:.2f}–{children.high:.2f}" in text
    first = profile.issues[0]
    assert first.name[1:] in text and f"{first.value:.2f}" in text


def test_the_vulnerability_of_a_country_is_that_of_the_worked_examples() -> None:
    examples = {"PK": 0.6840, "BE": 0.0218, "VN": 0.3463, "CD": 0.8273, "??": 0.4040}  # EX-08
    for country, value in examples.items():
        found = {one.issue: one for one in country_profile(country).issues}[Issue.CL]
        assert found.value == pytest.approx(value, abs=1e-4)
        assert found.low <= found.value <= found.high


def test_a_good_says_where_it_is_produced_by_whose_figures_and_what_is_to_be_checked(
    analyst: FlaskClient,
) -> None:
    cocoa, cobalt = (analyst.get(f"{BASE}/goods/{ref}").text for ref in GOODS)

    for ref, text in zip(GOODS, (cocoa, cobalt), strict=True):
        shares = origin_shares(ref)
        assert f"{len(shares)} countr" in text
        assert ("to be checked" in text) is not all(one.is_observed for one in shares)
    assert "FAOSTAT" in cocoa or "rounded shares" in cocoa
    assert "No shares are known" in analyst.get(f"{BASE}/goods/coal").text


def test_shares_of_producing_countries_are_those_that_unknown_origins_take() -> None:
    data = public_data()
    for ref, origins in data.origins.items():
        shares = origin_shares(ref)
        assert [one.share for one in shares] == sorted(origins.share.tolist(), reverse=True)
        assert sum(one.share for one in shares) <= 1.0005
        assert all(one.year or not one.is_observed for one in shares), ref


def test_a_good_from_a_country_says_in_which_editions_it_stands(analyst: FlaskClient) -> None:
    assert "2022 yes 2019 yes 2018 yes 2017 yes 2016 no" in words_of(
        analyst, f"countries/BR/goods/{COCOA}"
    )
    removed = words_of(analyst, "countries/AR/goods/blueberries")
    assert "No longer listed: removed by the update of September 2024" in removed
    assert "No known edition lists it for this country" in words_of(
        analyst, f"countries/CH/goods/{COCOA}"
    )


def test_goods_are_found_by_any_name_and_by_code_and_our_own_come_first(
    analyst: FlaskClient, cocoa: CocoaMap
) -> None:
    assert re.search(r"goods/([a-z_]+)\"><bdi>", text_of(analyst, "goods"))[1] == COCOA  # type: ignore[index]
    for asked in ("cacao", "1801", "18.01", "COCOA BEANS"):
        assert f"goods/{COCOA}" in text_of(analyst, f"goods?q={asked}"), asked
    assert "No good matches" in text_of(analyst, "goods?q=moon dust")
    assert text_of(analyst, "goods?ours=1").count('<tr><th scope="row">') == 1
    assert analyst.get(f"{BASE}/goods/moon_dust").status_code == 404


def test_what_is_archived_counts_nowhere(tenant: Tenant, cocoa: CocoaMap) -> None:
    with acting(tenant):
        value_chain.archive_node(cocoa.farms, act=Act(tenant.analyst, NOW))
    with unit_of_work(), acting_in(tenant.id):
        assert presence_by_country()["CI"].total == 1
        assert goods_by_presence()[COCOA] == 1


def test_another_organisation_counts_none_of_our_sites(
    app: Flask, other_tenant: Tenant, cocoa: CocoaMap
) -> None:
    with unit_of_work(), acting_in(other_tenant.id):
        assert not presence_by_country()
        assert load_good_presence(COCOA).makers.total == 0
    stranger = signed_in_client(app, other_tenant, RoleId.ANALYST)
    page = stranger.get(f"/o/{other_tenant.slug}/reference/countries/CI").text
    assert "No site of our maps is recorded in this country" in page
    assert "Lagune Export" not in page


def test_countries_side_by_side_show_the_worst_only_where_they_differ_and_are_known(
    analyst: FlaskClient,
) -> None:
    words = words_of(analyst, "compare?c=GH&c=ci&c=XK&c=GH&c=ZZ")
    assert "Ghana Côte d’Ivoire Kosovo" in words
    row = words.split("Treaties on children's rights not ratified")[1].split("Labour inspectors")[0]
    assert row.count("worst here") == 1
    assert "no figure counts as 0.60" in row
    same = words.split("Labour inspectors per 10,000 employed")[1].split("Rule of law")[0]
    assert "worst here" not in same
    assert "The figures above are of different measures" in words


def test_comparing_needs_two_countries_and_takes_four_at_most(analyst: FlaskClient) -> None:
    assert "Choose two countries or more" in text_of(analyst, "compare")
    assert "Choose two countries or more" in text_of(analyst, "compare?c=GH&c=")
    many = text_of(analyst, "compare?c=GH&c=CI&c=BD&c=ID&c=FR")
    assert many.count('<th scope="col">France</th>') == 0
    assert many.count('<th scope="col">Indonesia</th>') > 1


def sheets(answer: bytes) -> dict[str, list[dict[str, str]]]:
    with ZipFile(BytesIO(answer)) as pack:
        return {
            name: list(csv.DictReader(StringIO(pack.read(name).decode("utf-8-sig"))))
            for name in pack.namelist()
        }


def export(client: FlaskClient, path: str, form: str = "csv", **more: object) -> bytes:
    token = csrf_token(client, f"{BASE}/countries/GH")
    answer = client.post(f"{BASE}/{path}", data={"form": form, "csrf_token": token, **more})
    assert answer.status_code == 200, answer.text
    assert "attachment" in answer.headers["Content-Disposition"]
    content: bytes = answer.data
    return content


def test_a_country_goes_out_with_a_source_in_every_row_and_nothing_of_our_maps(
    auditor: FlaskClient, cocoa: CocoaMap
) -> None:
    content = export(auditor, "countries/CI/export")
    found = sheets(content)
    assert set(found) == {
        *("factors.csv", "context.csv", "years.csv", "goods.csv", "law.csv", "judged.csv"),
        "about.csv",
    }
    law = {row["Factor"]: row for row in found["factors.csv"]}
    assert len(law) == 16
    assert (law["CTY-07"]["Figure"], law["CTY-07"]["Direction"], law["CTY-07"]["Licence"]) == (
        "-0.461197", "lower is worse", "CC BY 4.0",
    )  # fmt: skip
    assert (law["CTY-15"]["Figure"], law["CTY-15"]["Score 0-1"]) == ("no figure", "unknown")
    for name in ("context.csv", "years.csv", "goods.csv", "law.csv", "judged.csv"):
        assert found[name], name
        assert all(
            row["Publisher"] and row["Licence"] and row["Attribution"] for row in found[name]
        )
    assert b"Lagune" not in content and b"Maison" not in content


def test_a_workbook_holds_the_same_figures_and_the_countries_compared(
    auditor: FlaskClient,
) -> None:
    content = export(auditor, "compare/export?c=GH&c=BD", "xlsx")
    book = load_workbook(BytesIO(content))
    rows = list(book["Country factors"].iter_rows(values_only=True))
    assert {row[0] for row in rows[1:]} == {"Ghana", "Bangladesh"}
    assert len(rows) == 1 + 2 * 16
    years = list(book["Over the years"].iter_rows(values_only=True))
    assert ("Ghana", "2010") in {(row[0], row[2]) for row in years}


def test_a_good_goes_out_with_its_headings_and_countries(auditor: FlaskClient) -> None:
    found = sheets(export(auditor, f"goods/{COCOA}/export"))
    assert {row["Code"] for row in found["countries.csv"]} >= {"GH", "CI", "BR"}
    assert {row["HS 2022"] for row in found["headings.csv"]} >= {"1801", "1806"}
    assert all(row["Licence"] for row in found["countries.csv"] + found["headings.csv"])


def test_each_file_that_goes_out_is_one_event_of_the_log(
    auditor: FlaskClient, tenant: Tenant
) -> None:
    export(auditor, "countries/GH/export")
    export(auditor, f"goods/{COCOA}/export", "xlsx")
    with unit_of_work(), acting_in(tenant.id):
        events = db.session.scalars(
            select(AuditEvent.action).where(AuditEvent.action == "reference:export")
        ).all()
    assert len(events) == 2


@pytest.mark.parametrize(
    "path", ["countries/XX/export", "goods/none/export", "compare/export", "countries/GH/export"]
)
def test_a_file_of_nothing_or_in_no_form_does_not_exist(auditor: FlaskClient, path: str) -> None:
    token = csrf_token(auditor, f"{BASE}/countries/GH")
    form = "pdf" if path == "countries/GH/export" else "csv"
    data = {"form": form, "csrf_token": token}
    assert auditor.post(f"{BASE}/{path}", data=data).status_code == 404


def test_equal_data_give_equal_files(auditor: FlaskClient) -> None:
    assert export(auditor, "countries/GH/export", "xlsx") == export(
        auditor, "countries/GH/export", "xlsx"
    )


@pytest.mark.parametrize(
    "path",
    ["countries", "countries/CI", "goods", f"goods/{COCOA}", f"countries/CI/goods/{COCOA}",
     "compare?c=GH&c=CI&c=BD&c=ID"],
)  # fmt: skip
def test_a_page_asks_few_statements_however_many_sites_stand_there(
    analyst: FlaskClient, tenant: Tenant, cocoa: CocoaMap, path: str
) -> None:
    few = statements_of(analyst, path)
    with acting(tenant):
        for number in range(30):
            fields = NodeFields(name=f"Farm {number}", country="CI", commodity_refs=(COCOA,))
            value_chain.add_node(cocoa.chain, fields, act=Act(tenant.analyst, NOW))
    assert statements_of(analyst, path) == few <= 10


def test_the_sources_page_names_the_sets_of_the_atlas_with_their_terms(
    analyst: FlaskClient,
) -> None:
    text = text_of(analyst, "")
    assert 'id="set-wdi_child_employment"' in text
    assert 'id="facts-treaties"' in text
    assert "part of no score and of no release" in text


def test_a_figure_that_a_release_scores_in_part_stands_among_all_that_are_published(
    tenant: Tenant,
) -> None:
    with unit_of_work(), acting_in(tenant.id):
        told = load_country(get_newest_release(), load_reference().countries["GH"], on=NOW.date())
    child_labour = told.factors[0]
    assert child_labour.standing is not None
    assert child_labour.standing.of == 99
    assert child_labour.trend is not None and len(child_labour.trend.points) == 3
