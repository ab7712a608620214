"""Analyses of a map: commands, files and pages say the same, with what they rest on."""

import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import event, select

from ddplatform.audit.models import AuditEvent
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.risk.analysis.queries import answers as analysis_answers
from ddplatform.risk.analysis_answers.queries import issue_flows
from ddplatform.risk.analysis_answers.queries.questions import Analysis
from ddplatform.risk.detail.queries.risks import find_risk
from ddplatform.value_chain.graph.queries import study
from ddplatform.value_chain.mapping.models import ValueChain, ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import find_chain
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from supply_chain.risk.rm2.origins import unknown_origin
from supply_chain.vocabulary import Issue
from tests.approved import add_origin, approve_all
from tests.conftest import DATABASES, NOW, make_app
from tests.factories import Tenant, csrf_token, make_tenant, signed_in_client
from tests.postgres import empty_tables
from tests.risk_maps import acting, assess

NODES: dict[str, dict[str, Any]] = {
    "hq": {"name": "House of Tools", "country": "DE", "own_operation": True},
    "plant": {"name": "Tool plant", "country": "PL", "own_operation": True},
    "trader": {"name": "Metal trader", "country": "NL", "region": "Rotterdam"},
    "smelter": {"name": "Smelter one", "country": "CD"},
    "other": {"name": "Smelter two", "country": "CD", "region": "Lualaba"},
    "mine": {"name": "Cobalt mine", "country": "CD", "region": "Lualaba", "origin": True},
    "x": {"name": "Scrap yard"},
    "y": {"name": "Scrap sorter"},
    "shop": {"name": "Hardware shop", "country": "FR"},
}
LINKS: list[dict[str, Any]] = [
    {"supplier": "plant", "buyer": "hq", "share": 1.0},
    {"supplier": "trader", "buyer": "plant", "share": 0.7, "commodity": "cobalt"},
    {"supplier": "other", "buyer": "plant", "share": 0.2, "commodity": "cobalt"},
    {"supplier": "smelter", "buyer": "trader", "share": 1.0, "commodity": "cobalt"},
    {"supplier": "mine", "buyer": "smelter", "share": 0.8, "commodity": "cobalt"},
    {"supplier": "x", "buyer": "plant", "share": 0.1},
    {"supplier": "y", "buyer": "x", "share": 0.9},
    {"supplier": "x", "buyer": "y", "share": 0.5},
    {"supplier": "hq", "buyer": "shop", "share": 0.0, "kind": "distributes"},
]


def bring_in(
    app: Flask, folder: Path, nodes: dict[str, dict[str, Any]], links: list[dict[str, Any]],
    name: str = "Tools",
) -> None:  # fmt: skip
    """A map through the importer."""
    document = {
        "format": "value-chain/1", "name": name, "as_of": "2026-03-02",
        "nodes": [{"id": ref, "kind": "business_entity", **more} for ref, more in nodes.items()],
        "links": links,
    }  # fmt: skip
    file = folder / "map.json"
    file.write_text(json.dumps(document))
    arguments = ["value-chain", "import", str(file), "--organisation", "acme", "--chain", name]
    done = app.test_cli_runner().invoke(args=[*arguments, "--json"])
    assert done.exit_code == 0, done.output


@pytest.fixture(scope="module", params=DATABASES)
def app(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """One application for all tests of this file: each looks, or has a map of its own."""
    folder = tmp_path_factory.mktemp("analysis")
    url = f"sqlite:///{folder / 'platform.db'}"
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), folder / "platform.db")
    else:
        url = request.getfixturevalue("postgresql_app").config["SQLALCHEMY_DATABASE_URI"]
    made = make_app(folder, url)
    yield made
    with made.app_context():
        db.session.remove()
        if request.param == "postgresql":
            empty_tables(db.engine.url)
        db.engine.dispose()


@pytest.fixture(scope="module")
def tenant(app: Flask) -> Tenant:
    with app.app_context():
        return make_tenant("acme", at=NOW)


@pytest.fixture(scope="module")
def tools(app: Flask, tenant: Tenant, tmp_path_factory: pytest.TempPathFactory) -> UUID:
    """A map with a trader nobody can go round, a circle and a gap, assessed."""
    bring_in(app, tmp_path_factory.mktemp("tools"), NODES, LINKS)
    return assessed(app, tenant, "Tools")


def assessed(app: Flask, tenant: Tenant, name: str) -> UUID:
    with app.app_context():
        with acting(tenant):
            chain = find_chain(name)
            assert chain is not None
            found = chain.id
            approve_all(tenant, NOW)  # what the file calls an origin
        assess(tenant, found)
    return found


@pytest.fixture(scope="module")
def keys(app: Flask, tenant: Tenant, tools: UUID) -> dict[str, UUID]:
    with app.app_context(), acting(tenant):
        rows = db.session.execute(
            select(ValueChainNode.external_ref, ValueChainNode.id).where(
                ValueChainNode.chain_id == tools
            )
        ).all()
        return {row.external_ref: row.id for row in rows}


@pytest.fixture(scope="module")
def analyst(app: Flask, tenant: Tenant) -> FlaskClient:
    return signed_in_client(app, tenant, RoleId.ANALYST)


def run(app: Flask, *arguments: str, chain: str = "Tools", as_json: bool = True) -> Any:
    asked = ["analysis", *arguments, "--organisation", "acme", "--chain", chain]
    done = app.test_cli_runner().invoke(args=[*asked, *(["--json"] if as_json else [])])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return json.loads(done.stdout) if as_json and done.exit_code == 0 else done


def page(chain: UUID, what: str = "", **asked: object) -> str:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return f"/o/acme/analysis/{chain}/{what}?{query}"


@pytest.mark.parametrize("what", list(Analysis))
def test_each_question_is_answered_with_what_it_rests_on(
    app: Flask, tools: UUID, what: Analysis
) -> None:
    found = run(app, what.value)
    assert found["analysis"] == what.value
    assert found["sentence"]
    assert found["basis"]["map_version"] == found["basis"]["scored_version"] == 3
    assert found["basis"]["method_version"] == "RM-2.0"
    assert UUID(found["basis"]["run_id"])
    assert found["basis"]["reference_release"] == "2026.1"
    assert all(isinstance(rows, list) for rows in found["tables"].values())


def test_origins_and_paths_add_up_to_the_exposure_that_the_run_kept(
    app: Flask, tenant: Tenant, tools: UUID, keys: dict[str, UUID]
) -> None:
    found = run(app, "origins", "--node", "hq", "--issue", "ISS-FL", "--most", "3")
    with app.app_context(), acting(tenant):
        chain = db.session.get_one(ValueChain, tools)
        kept = find_risk(chain.current_run_id, keys["hq"], Issue.FL)
    assert kept is not None
    assert found["figures"]["exposure"] == pytest.approx(kept.exposure, abs=1e-6)
    by_country = found["tables"]["by_country"]
    assert [row["part"] for row in by_country[:-1]] == sorted(
        (row["part"] for row in by_country[:-1]), reverse=True
    )
    assert by_country[-1]["origins"] == sum(row["origins"] for row in by_country[:-1])
    for rows in (found["tables"]["origins"], by_country, found["tables"]["paths"]):
        assert sum(row["part"] for row in rows[:-1]) == pytest.approx(rows[-1]["part"], abs=1e-12)
    assert found["tables"]["origins"][3]["origin"]["name"].endswith("smaller origins together")
    assert found["tables"]["paths"][-2]["path"][0]["name"].endswith("paths together")


def test_ways_reach_and_a_stop_follow_the_trader(app: Flask, tools: UUID) -> None:
    ways = run(app, "paths", "--node", "mine", "--to", "House of Tools")["tables"]["ways"]
    assert [[spot["id"] for spot in way["way"]] for way in ways] == [
        ["hq", "plant", "trader", "smelter", "mine"]
    ]
    assert ways[0]["share"] == pytest.approx(0.56)
    assert ways[0]["goods"] == "Cobalt"
    reach = run(app, "reach", "--node", "mine")
    assert [(row["own"]["id"], row["share"]) for row in reach["tables"]["own"]] == [
        ("hq", pytest.approx(0.56)),
        ("plant", pytest.approx(0.56)),
    ]
    first = run(app, "reach", "--node", "mine", "--most", "1")
    assert first["figures"]["own"] == 2 and "supplies 2 own operations" in first["sentence"]
    assert [row["own"]["name"] for row in first["tables"]["own"]] == ["House of Tools", "1 more"]
    stop = run(app, "stop")
    assert stop["about"][0]["id"] in ("trader", "smelter")
    short = {
        row["node"]["id"]: row for row in run(app, "stop", "--node", "trader")["tables"]["affected"]
    }
    assert short["plant"]["lost"] == pytest.approx(0.7)
    cut_off = run(app, "stop", "--node", "trader", "--most", "1")
    assert cut_off["figures"]["cut_off"] == 2
    assert cut_off["tables"]["cut_off"][-1]["node"]["name"] == "1 more"
    assert (short["plant"]["who"], short["shop"]["lost"]) == ("Smelter two", 0.0)


def test_what_does_not_fit_is_counted_not_dropped(
    app: Flask, tenant: Tenant, tmp_path: Path, analyst: FlaskClient
) -> None:
    many = {f"t{n:02}": {"name": f"Trader {n:02}"} for n in range(62)}
    nodes = {"hq": NODES["hq"], **many, "farm": {"name": "Farm", "origin": True}}
    links = [
        *({"supplier": ref, "buyer": "hq", "share": 0.016} for ref in many),
        *({"supplier": "farm", "buyer": ref, "share": 1.0} for ref in list(many)[:61]),
        *({"supplier": ref, "buyer": "t61", "share": 0.01} for ref in list(many)[:61]),
    ]
    bring_in(app, tmp_path, nodes, links, "Wide")
    wide = assessed(app, tenant, "Wide")
    assert run(app, "paths", "--node", "farm", "--most", "4", chain="Wide")["sentence"].startswith(
        "More than 4 ways lead from Farm"
    )
    assert run(app, "paths", "--node", "farm", "--most", "999", chain="Wide")[
        "sentence"
    ].startswith("122 ways lead")
    assert "smaller paths together" in analyst.get(page(wide, "origins")).text
    drawn = analyst.get(page(wide, "paths")).text
    assert drawn.count('<rect class="box"') <= 60


def test_circles_that_are_not_named_are_counted(app: Flask, tenant: Tenant, tmp_path: Path) -> None:
    links = [("a", "b"), ("b", "c"), ("c", "a"), ("d", "e"), ("e", "d")]
    nodes: dict[str, dict[str, Any]] = {ref: {"name": f"Ring {ref}"} for ref in "abcde"}
    bring_in(app, tmp_path, nodes, [{"buyer": b, "supplier": s} for b, s in links], "Rings")
    found = run(app, "circles", "--most", "1", chain="Rings")
    assert found["figures"]["circles"] == 2
    first, rest = found["tables"]["circles"]
    assert first["members"] == 3
    assert (rest["example"][0]["name"], rest["members"]) == ("1 smaller circle", None)
    assert len(run(app, "circles", chain="Rings")["tables"]["circles"]) == 2


def test_choke_points_circles_and_gaps_are_found(app: Flask, tools: UUID) -> None:
    choke = run(app, "choke-points")["tables"]
    assert [(row["node"]["id"], row["depends"]) for row in choke["by_nodes"]] == [
        ("trader", 2), ("smelter", 1), ("x", 1),
    ]  # fmt: skip
    circles = run(app, "circles")["tables"]
    assert [spot["id"] for spot in circles["circles"][0]["example"]] == ["x", "y", "x"]
    spots = run(app, "blind-spots")
    gaps = {row["buyer"]["id"]: row["share"] for row in spots["tables"]["gaps"]}
    assert gaps["smelter"] == pytest.approx(0.14)
    assert gaps["other"] == pytest.approx(0.2)
    assert sum(gaps.values()) == pytest.approx(spots["figures"]["unknown"])
    one = run(app, "blind-spots", "--most", "1")["tables"]["gaps"]
    assert one[-1]["buyer"]["name"].endswith("smaller gaps together")
    whole = run(app, "blind-spots", "--node", "mine")
    assert whole["sentence"] == "All origins are known."


def test_steps_that_a_circle_alone_still_fills_are_told_together(
    app: Flask, tenant: Tenant, tmp_path: Path, analyst: FlaskClient
) -> None:
    nodes = {"hq": NODES["hq"], "x": {"name": "Mill"}, "y": {"name": "Scrap yard"}}
    links = [
        {"supplier": "x", "buyer": "hq", "share": 1.0},
        {"supplier": "y", "buyer": "x", "share": 0.1},
        {"supplier": "x", "buyer": "y", "share": 0.1},
    ]
    bring_in(app, tmp_path, nodes, links, "Scrap")
    scrap = assessed(app, tenant, "Scrap")
    steps = run(app, "blind-spots", chain="Scrap")["tables"]["tiers"]
    assert [row["step"] for row in steps] == [0, 1, 2, 3, 4, 5]  # 100% twice, then 10, 1, 0.1%
    told = analyst.get(page(scrap, "blind-spots")).text
    assert "Beyond these steps less than 0.1% is on its way." in told


def test_dependence_names_shares_of_suppliers_places_and_goods(app: Flask, tools: UUID) -> None:
    found = run(app, "dependence", "--most", "2")["tables"]
    assert [row["share"] for row in found["suppliers"]] == [
        pytest.approx(0.7), pytest.approx(0.2), pytest.approx(0.1),
    ]  # fmt: skip
    assert found["suppliers"][2]["name"]["name"] == "1 smaller ones together"
    assert [row["name"] for row in found["countries"]] == ["CD", "Not known"]
    assert found["regions"][0]["name"] == "Lualaba, CD"
    assert found["overview"][0]["herfindahl"] == pytest.approx(0.54)
    none = run(app, "dependence", "--node", "mine")
    assert none["sentence"].startswith("No supplier of Cobalt mine is mapped")
    goods = run(app, "products")
    assert goods["tables"]["goods"][0]["good"] == "Cobalt"
    assert goods["tables"]["goods"][0]["hs"].startswith("26")
    nothing = run(app, "products", "--node", "mine")
    assert nothing["sentence"] == "No link states the good that it carries."


def test_finance_turnover_and_labour_have_words_of_their_own(
    app: Flask, tenant: Tenant, tmp_path: Path
) -> None:
    nodes = {
        "bank": {"name": "Bank", "own_operation": True},
        "shop": {"name": "Web shop", "kind": "platform"},
        "seller": {"name": "Seller"},
        "hands": {"name": "Labour agency", "kind": "labour_intermediary"},
    }
    links = [
        {"supplier": "shop", "buyer": "bank", "share": 0.4, "kind": "finances"},
        {"supplier": "seller", "buyer": "shop", "share": 0.5, "kind": "sells_on"},
        {"supplier": "hands", "buyer": "seller", "share": 0.3, "kind": "provides_labour"},
    ]
    bring_in(app, tmp_path, nodes, links, "Money")
    assert (
        "of the portfolio has an unknown origin"
        in run(app, "blind-spots", chain="Money")["sentence"]
    )
    assert "of its portfolio" in run(app, "reach", "--node", "shop", chain="Money")["sentence"]
    turnover = run(app, "dependence", "--node", "shop", chain="Money")["sentence"]
    assert turnover.startswith("The turnover of Web shop comes from 1 direct seller")
    stop = run(app, "stop", "--node", "hands", chain="Money")["sentence"]
    assert "3 users of labour" in stop
    assert "are short of labour" in stop


def test_the_command_speaks_to_people_and_names_what_it_does_not_find(
    app: Flask, tools: UUID, tmp_path: Path
) -> None:
    told = run(app, "paths", "--node", "mine", as_json=False).output
    assert told.startswith("1 way leads from ")
    assert "House of Tools ← " in told or "Cobalt mine" in told
    for words, message in (
        ("nobody", "Nothing in this map is called “nobody”.\nGive"),
        ("smelt", "“smelt” may mean “Smelter one”, “Smelter two”"),
        ("Cobatl mine", "Nothing in this map is called “Cobatl mine”. Like it: “Cobalt mine”"),
    ):
        refused = run(app, "reach", "--node", words)
        assert refused.exit_code == 1
        assert message in refused.stderr
    assert run(app, "circles", chain="Nothing").exit_code == 1
    assert run(app, "circles", "--out", str(tmp_path / "a.pdf")).exit_code == 2


def test_an_answer_goes_out_as_a_workbook_and_as_csv_with_one_event_each(
    app: Flask, tenant: Tenant, tools: UUID, tmp_path: Path
) -> None:
    book, pack = tmp_path / "a.xlsx", tmp_path / "a.zip"
    run(app, "origins", "--node", "hq", "--out", str(book))
    run(app, "paths", "--node", "mine", "--out", str(pack))
    sheets = load_workbook(book)
    assert sheets.sheetnames == ["By origin", "By country", "By path", "About"]
    assert [cell.value for cell in sheets["By origin"][1]][:3] == ["Origin", "Origin: id", "Adds"]
    about = {row[0].value: row[1].value for row in sheets["About"].iter_rows(min_row=2)}
    assert (about["map version"], about["method version"]) == (3, "RM-2.0")
    with zipfile.ZipFile(pack) as archive:
        assert sorted(archive.namelist()) == ["about.csv", "ways.csv"]
        assert "hq ← plant ← trader ← smelter ← mine" in archive.read("ways.csv").decode(
            "utf-8-sig"
        )
    with app.app_context(), acting(tenant):
        actions = db.session.scalars(
            select(AuditEvent.action).where(AuditEvent.action == "analysis:export")
        ).all()
    assert len(actions) == 2


def test_before_anything_is_there_or_assessed_the_answers_say_so(
    app: Flask, tenant: Tenant, tmp_path: Path, analyst: FlaskClient
) -> None:
    with app.app_context(), acting(tenant):
        empty = value_chain.create_chain("Empty", own_business="Us", act=Act(tenant.analyst, NOW))
        chain = empty.id
        key = db.session.scalars(
            select(ValueChainNode.id).where(ValueChainNode.chain_id == chain)
        ).one()
    assert "not assessed yet" in run(app, "origins", chain="Empty")["sentence"]
    for what in Analysis:
        assert run(app, what.value, chain="Empty")["sentence"]
        assert analyst.get(page(chain, what.value)).status_code == 200
    assert "not assessed yet" in analyst.get(page(chain)).text
    with app.app_context(), acting(tenant):
        value_chain.archive_node(key, act=Act(tenant.analyst, NOW))
    assert run(app, "stop", chain="Empty")["sentence"] == "The map is empty."
    assert "This map is empty" in analyst.get(page(chain)).text
    assert "The map is empty." in analyst.get(page(chain, "stop")).text


@pytest.mark.parametrize("what", list(Analysis))
def test_each_question_has_a_page_with_its_reading_and_basis(
    analyst: FlaskClient, tools: UUID, what: Analysis
) -> None:
    text = analyst.get(page(tools, what.value)).text
    for expected in ("Purpose", "Other analyses", "version 3", "RM-2.0", "Summary"):
        assert expected in text


def test_the_overview_asks_every_question_and_numbers_open_what_is_behind(
    analyst: FlaskClient, tools: UUID, keys: dict[str, UUID]
) -> None:
    overview = analyst.get(page(tools)).text
    assert overview.count(">Open</a>") == len(Analysis)
    assert "analysis/" in analyst.get(f"/o/acme/value-chain/{tools}/").text
    node = analyst.get(f"/o/acme/value-chain/nodes/{keys['mine']}").text
    assert page(tools, "reach", node=keys["mine"]) in node
    origins = analyst.get(page(tools, "origins", node=keys["plant"])).text
    assert f"/o/acme/risk/nodes/{keys['mine']}/ISS-CL" in origins
    assert "All paths: the exposure" in origins
    assert f"paths?node={keys['plant']}&amp;to={keys['mine']}" in origins
    address = f"/o/acme/risk/nodes/{keys['mine']}/ISS-CL"
    risk = analyst.get(address, follow_redirects=True).text
    assert page(tools, "origins", node=keys["mine"]).split("?")[0] in risk
    assert "<bdi>Scrap yard ← Scrap sorter</bdi>" in analyst.get(page(tools, "circles")).text
    stop = analyst.get(page(tools, "stop", node=keys["mine"])).text
    assert f"/what-if/try/{tools}?at={keys['mine']}" in stop
    shares = analyst.get(page(tools, "dependence")).text
    assert f"value-chain/{tools}/table?country=CD" in shares
    assert "country=Not" not in shares


def test_a_country_is_told_once_in_each_row(analyst: FlaskClient, tools: UUID) -> None:
    in_a_column = analyst.get(page(tools, "choke-points")).text
    below_the_name = analyst.get(page(tools, "reach")).text

    assert 'country=NL"><bdi>Netherlands</bdi>' in in_a_column
    assert "sub faint" not in in_a_column
    assert '<span class="sub faint">' in below_the_name


def test_words_lead_to_a_node_or_to_a_choice_and_stay_in_the_form(
    analyst: FlaskClient, tools: UUID, keys: dict[str, UUID]
) -> None:
    one = analyst.get(page(tools, "reach", q=1, node="cobalt"))
    assert one.status_code == 302
    assert f"node={keys['mine']}" in one.location
    several = analyst.get(page(tools, "paths", q=1, node="smelt", to="nobody")).text
    assert "“smelt” may mean several" in several
    assert f"node={keys['smelter']}" in several
    assert "“nobody” is not in this map" in several
    assert 'value="smelt"' in several
    assert 'value="nobody"' in several
    like = analyst.get(page(tools, "reach", q=1, node="cobatl mine")).text
    assert "“cobatl mine” is not in this map" in like
    assert "Similar names:" in like
    assert f"node={keys['mine']}" in like
    whole = analyst.get(page(tools, "blind-spots", q=1, node="", issue="ISS-XX"))
    assert whole.status_code == 302


def test_a_foreign_node_is_not_found_and_a_question_nobody_asks_neither(
    app: Flask, analyst: FlaskClient, tools: UUID
) -> None:
    assert analyst.get(page(tools, "reach", node=uuid4())).status_code == 404
    assert analyst.get(page(tools, "weather")).status_code == 404
    with app.app_context():
        other = make_tenant("other", at=NOW)
    stranger = signed_in_client(app, other, RoleId.ANALYST)
    assert stranger.get(f"/o/other/analysis/{tools}/").status_code == 404


def test_files_are_for_those_who_may_take_them_out(
    app: Flask, tenant: Tenant, analyst: FlaskClient, tools: UUID
) -> None:
    manager = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)
    token = csrf_token(manager, page(tools, "stop"))
    for what, form, kind in (("stop", "xlsx", "sheet"), ("origins", "csv", "zip")):
        made = manager.post(
            f"/o/acme/analysis/{tools}/{what}/export", data={"form": form, "csrf_token": token}
        )
        assert made.status_code == 200
        assert kind in made.mimetype
        assert f"tools-{what}-v3." in made.headers["Content-Disposition"]
        assert zipfile.is_zipfile(io.BytesIO(made.data))
    shown = manager.get(page(tools, "origins", issue="ISS-HZ")).text
    assert f'action="/o/acme/analysis/{tools}/origins/export?issue=ISS-HZ"' in shown
    assert "/export" not in analyst.get(page(tools, "stop")).text
    wrong = manager.post(
        f"/o/acme/analysis/{tools}/stop/export", data={"form": "pdf", "csrf_token": token}
    )
    assert wrong.status_code == 404
    supplier = signed_in_client(app, tenant, RoleId.SUPPLIER)
    assert supplier.get(page(tools, "stop")).status_code == 403


def test_a_site_that_came_after_the_assessment_counts_as_not_known(
    app: Flask, tenant: Tenant, analyst: FlaskClient, tmp_path: Path
) -> None:
    bring_in(app, tmp_path, {"hq": NODES["hq"]}, [], "Late")
    chain = assessed(app, tenant, "Late")
    with app.app_context(), acting(tenant):
        added = add_origin(chain, NodeFields(name="New mine"), act=Act(tenant.analyst, NOW))
        key = added.id
    text = analyst.get(page(chain, "origins", node=key)).text
    assert "The map changed after this assessment" in text
    assert f"{unknown_origin(None).likelihood[0]:.4f}" in text


def test_what_is_kept_in_memory_is_bounded(
    analyst: FlaskClient, tools: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    for where, name in (
        (study, "KEPT"), (issue_flows, "KEPT"), (analysis_answers, "KEPT_ANSWERS"),
    ):  # fmt: skip
        monkeypatch.setattr(where, name, 1)
    for issue in ("ISS-SC", "ISS-LE"):
        assert analyst.get(page(tools, "origins", issue=issue)).status_code == 200
    assert len(issue_flows._kept) == len(analysis_answers._answers) == 1


def test_an_answer_takes_few_statements_and_none_for_the_map_a_second_time(
    app: Flask, analyst: FlaskClient, tools: UUID
) -> None:
    told: list[str] = []
    analyst.get(page(tools, "origins"))
    with app.app_context():
        engine = db.engine

        def note(_c: object, _x: object, statement: str, *_more: object) -> None:
            told.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        analyst.get(page(tools, "origins"))
        event.remove(engine, "before_cursor_execute", note)
    asked = [text for text in told if "value_chain" in text or "risk_assessment" in text]
    assert len(asked) <= 4
    assert not [text for text in told if "supply_link" in text]


def test_numbers_of_an_analysis_say_what_they_are(analyst: FlaskClient, tools: UUID) -> None:
    origins = analyst.get(page(tools, "origins")).text
    assert '<span class="faint small">Child labour below the minimum age</span>' in origins
    assert "Bars: Of the exposure" in origins
    assert "Bars: Largest share" in analyst.get(page(tools, "dependence")).text
    assert "a link the wrong way round" in analyst.get(page(tools, "circles")).text
    tiers = analyst.get(page(tools, "blind-spots")).text
    assert "Bars:" not in tiers
    assert "From suppliers further upstream" in tiers


def test_a_region_is_told_with_the_name_of_its_country(analyst: FlaskClient, tools: UUID) -> None:
    assert "<bdi>Lualaba, Congo - Kinshasa</bdi>" in analyst.get(page(tools, "dependence")).text
