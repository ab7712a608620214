"""What-ifs: tried without a trace, kept, opened again, compared, turned into actions."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4
from zipfile import ZipFile

import numpy as np
import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import func, select

from ddplatform.audit.models import AuditEvent
from ddplatform.due_diligence.findings.models import FindingSource, MitigationAction
from ddplatform.due_diligence.findings.services import findings
from ddplatform.due_diligence.findings.services.findings import FindingFields
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import Base, db
from ddplatform.infrastructure.errors import Invalid, NotFound
from ddplatform.risk.scenario_scores import queries as what_if_scores
from ddplatform.risk.scenarios.queries import scenarios as looking
from ddplatform.risk.scenarios.services import scenarios as what_if
from ddplatform.risk.scenarios.views.rows import signed
from ddplatform.value_chain.mapping.models import SupplyLink
from ddplatform.value_chain.mapping.queries.maps import find_own_business, get_node
from ddplatform.value_chain.mapping.services import links as supply_links
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.links import LinkFields
from supply_chain.analysis.what_if_changes import (
    AddControl,
    ChangeShare,
    CloseNode,
    KnowOrigin,
    pack_change,
    read_change,
)
from supply_chain.risk.evidence import ControlsSeen, Evidence
from supply_chain.risk.map_scores import ScoredMap
from supply_chain.risk.method import METHOD
from supply_chain.vocabulary import Issue
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.risk_maps import COCOA, CocoaMap, acting
from tests.sampling import examples


@pytest.fixture
def refs(tenant: Tenant, cocoa: CocoaMap) -> dict[str, str]:
    with acting(tenant):
        keys = {"own": cocoa.own, "exporter": cocoa.exporter, "farms": cocoa.farms}
        return {name: get_node(key).external_ref for name, key in keys.items()}


@pytest.fixture
def manager(app: Flask, tenant: Tenant, cocoa: CocoaMap) -> FlaskClient:
    return signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)


def every_row() -> dict[str, list[str]]:
    """The content of every table, as text."""
    found = {}
    for mapper in Base.registry.mappers:
        columns = [getattr(mapper.class_, attribute.key) for attribute in mapper.column_attrs]
        rows = db.session.execute(select(*columns)).all()
        found[mapper.local_table.name] = sorted(map(str, rows))
    return found


def page_of(cocoa: CocoaMap, *changes, **more) -> str:
    query = [("change", json.dumps(pack_change(change))) for change in changes]
    query += list(more.items())
    return f"/o/acme/what-if/try/{cocoa.chain}?{urlencode(query)}"


def keep(tenant: Tenant, cocoa: CocoaMap, *changes, name: str = "Bridge classes") -> UUID:
    with acting(tenant):
        return what_if.keep(cocoa.chain, name, changes, act=Act(tenant.analyst, NOW)).id


def counted(model: type[Base]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


# ---- no trace --------------------------------------------------------------------------------


@examples(12, one_world=True)
@given(
    coverage=st.floats(0, 1),
    share=st.floats(0, 1),
    level=st.sampled_from(METHOD.policy.evidence_levels),
    control=st.sampled_from(METHOD.controls),
    country=st.sampled_from(["GH", "FR", "VN"]),
    picks=st.sets(st.integers(0, 3), min_size=1),
)
def test_whatever_is_tried_no_row_of_any_table_changes(
    tenant: Tenant, cocoa: CocoaMap, refs: dict[str, str], coverage: float, share: float,
    level: float, control: str, country: str, picks: set[int],
) -> None:  # fmt: skip
    every = [
        AddControl(refs["farms"], control, coverage, level),
        ChangeShare(refs["own"], refs["exporter"], share),
        KnowOrigin(refs["exporter"], country, COCOA),
        CloseNode(refs["farms"]),
    ]
    with acting(tenant):
        before = every_row()
        looking.try_on_map(cocoa.chain, [every[at] for at in sorted(picks)], NOW.date())
        assert not db.session.new and not db.session.dirty
        assert every_row() == before


def test_the_page_that_tries_changes_no_row_besides_the_session(
    tenant: Tenant, cocoa: CocoaMap, refs: dict[str, str], manager: FlaskClient
) -> None:
    with acting(tenant):
        before = every_row()
    page = manager.get(page_of(cocoa, CloseNode(refs["farms"])))
    assert page.status_code == 200
    with acting(tenant):
        after = every_row()
    assert {name for name in after if after[name] != before[name]} <= {"user_session"}


# ---- trying ----------------------------------------------------------------------------------


def test_a_change_is_added_by_its_form_and_shows_before_and_after(
    cocoa: CocoaMap, refs: dict[str, str], manager: FlaskClient
) -> None:
    begin = manager.get(f"/o/acme/what-if/try/{cocoa.chain}?q=Espoir")
    assert "Espoir farm group" in begin.text
    assert "has this name" not in begin.text
    mistyped = manager.get(f"/o/acme/what-if/try/{cocoa.chain}?q=Espior+famr").text
    assert "No site of this map has this name. Similar names:" in mistyped
    assert f"at={cocoa.farms}" in mistyped
    nobody = manager.get(f"/o/acme/what-if/try/{cocoa.chain}?q=Nowhere").text
    assert "No site of this map has this name.</p>" in nobody
    asked = {"at": cocoa.farms, "do": "control", "control": "CTL-05", "coverage": "80 %",
             "evidence": "0.5"}  # fmt: skip
    added = manager.get(f"/o/acme/what-if/try/{cocoa.chain}?{urlencode(asked)}")
    assert added.status_code == 302
    page = manager.get(added.location).text
    assert "at Espoir farm group: reaches 80 %" in page
    assert "Your own business" in page and "Maison Cacao" in page
    assert "Espoir farm group" in page.split("Changes by site, band changes first")[1]
    assert "0 higher" in page
    assert "Disengagement is a last resort" not in page


NOT_TRIED: list[tuple[dict[str, str], str]] = [
    (
        {"do": "control", "control": "CTL-05", "coverage": "lots", "evidence": "0.5"},
        "from 0 to 100",
    ),
    ({"do": "control", "control": "CTL-05", "coverage": "nan", "evidence": "0.5"}, "from 0 to 100"),
    (
        {"do": "control", "control": "CTL-05", "coverage": "20", "evidence": "x"},
        "Choose the evidence",
    ),
    ({"do": "control", "control": "CTL-05", "coverage": "20", "evidence": "0.6"}, "five levels"),
    ({"do": "origin"}, "Say the country"),
    ({"do": "origin", "country": "GH"}, "no origin is missing"),
    ({"do": "share", "share": "20"}, "whose share changes"),
]


def test_a_change_that_cannot_be_tried_says_why_and_keeps_what_was_typed(
    cocoa: CocoaMap, manager: FlaskClient
) -> None:
    for fields, words in NOT_TRIED:
        query = urlencode({"at": cocoa.farms, **fields})
        page = manager.get(f"/o/acme/what-if/try/{cocoa.chain}?{query}")
        assert page.status_code == 422, fields
        assert words in page.text


def test_a_share_is_changed_by_its_link(
    tenant: Tenant, cocoa: CocoaMap, manager: FlaskClient
) -> None:
    with acting(tenant):
        link = db.session.scalars(
            select(SupplyLink.id).where(SupplyLink.supplier_id == cocoa.farms)
        ).one()
    asked = {"at": cocoa.exporter, "do": "share", "link": link, "share": "30"}
    added = manager.get(f"/o/acme/what-if/try/{cocoa.chain}?{urlencode(asked)}")
    assert "buys 30 % of its input from Espoir" in manager.get(added.location).text


def test_an_origin_becomes_known_and_closing_warns_that_it_comes_last(
    cocoa: CocoaMap, refs: dict[str, str], manager: FlaskClient
) -> None:
    asked = {"at": cocoa.exporter, "do": "origin", "country": "GH", "commodity": COCOA}
    added = manager.get(f"/o/acme/what-if/try/{cocoa.chain}?{urlencode(asked)}")
    page = manager.get(added.location).text
    assert "Unknown origin of what Lagune Export buys: Ghana" in page
    asked = {"at": cocoa.farms, "do": "close"}
    added = manager.get(f"/o/acme/what-if/try/{cocoa.chain}?{urlencode(asked)}")
    page = manager.get(added.location).text
    assert "Disengagement is a last resort" in page
    assert "not scored" in page


def test_an_address_without_sense_is_a_page_without_changes_or_not_found(
    tenant: Tenant, other_tenant: Tenant, cocoa: CocoaMap, manager: FlaskClient
) -> None:
    start = f"/o/acme/what-if/try/{cocoa.chain}"
    page = manager.get(f"{start}?change=no&change=[]&change={{}}&change=3&at={cocoa.farms}&issue=X")
    assert page.status_code == 200 and "No change added yet" in page.text
    assert manager.get(f"{start}?at={cocoa.farms}&do=buy").status_code == 404
    assert manager.get(f"/o/acme/what-if/try/{uuid4()}").status_code == 404
    with acting(tenant):
        other = value_chain.create_chain(
            "Other",
            own_business="Else",
            country="FR",
            act=Act(tenant.analyst, NOW),
        ).id
    assert manager.get(f"/o/acme/what-if/try/{other}?at={cocoa.farms}").status_code == 404


def test_changes_that_fit_no_node_are_named_and_nothing_else_is_shown(
    cocoa: CocoaMap, manager: FlaskClient
) -> None:
    page = manager.get(page_of(cocoa, CloseNode("gone"))).text
    assert "None of these changes can be tried" in page
    assert "gone is not in this map any more" in page


def test_one_issue_can_be_shown_alone(
    cocoa: CocoaMap, refs: dict[str, str], manager: FlaskClient
) -> None:
    change = AddControl(refs["farms"], "CTL-21", 1, 0.9)
    page = manager.get(page_of(cocoa, change, issue="ISS-CL")).text
    assert "Nothing changes" in page


# ---- keeping ---------------------------------------------------------------------------------


def test_a_what_if_is_kept_by_its_name_and_is_one_event(
    tenant: Tenant, cocoa: CocoaMap, refs: dict[str, str], manager: FlaskClient
) -> None:
    change = AddControl(refs["farms"], "CTL-05", 0.8, 0.5)
    token = csrf_token(manager, page_of(cocoa, change))
    sent = {"csrf_token": token, "change": json.dumps(pack_change(change)), "name": "Monitoring"}
    made = manager.post(f"/o/acme/what-if/try/{cocoa.chain}/keep", data=sent)
    assert made.status_code == 302
    page = manager.get(made.location).text
    assert "Monitoring" in page and "the map changed" not in page.lower()
    listed = manager.get("/o/acme/what-if/").text
    assert "Monitoring" in listed and "reaches 80 %" in listed
    with acting(tenant):
        events = db.session.scalars(
            select(AuditEvent.action).where(AuditEvent.action.like("what_if%"))
        ).all()
        assert events == ["what_if:keep"]


def test_without_a_name_or_with_a_change_that_is_gone_nothing_is_kept(
    tenant: Tenant, cocoa: CocoaMap, refs: dict[str, str], manager: FlaskClient
) -> None:
    change = AddControl(refs["farms"], "CTL-05", 0.8, 0.5)
    token = csrf_token(manager, page_of(cocoa, change))
    start = f"/o/acme/what-if/try/{cocoa.chain}/keep"
    sent = {"csrf_token": token, "change": json.dumps(pack_change(change))}
    nameless = manager.post(start, data={**sent, "name": ""})
    assert nameless.status_code == 422 and "reaches 80 %" in nameless.text
    lost = {**sent, "change": json.dumps(pack_change(CloseNode("gone"))), "name": "Lost"}
    refused = manager.post(start, data=lost)
    assert refused.status_code == 422 and "gone is not in this map" in refused.text
    with acting(tenant):
        assert looking.list_saved() == []
        with pytest.raises(Invalid) as error:
            what_if.keep(cocoa.chain, " ", [], act=Act(tenant.analyst, NOW))
        assert set(error.value.fields) == {"name", "changes"}


def test_opened_later_it_is_computed_anew_and_says_that_the_map_changed(
    tenant: Tenant, cocoa: CocoaMap, refs: dict[str, str], manager: FlaskClient
) -> None:
    key = keep(tenant, cocoa, CloseNode(refs["farms"]), AddControl(refs["own"], "CTL-11", 1, 0.5))
    first = manager.get(f"/o/acme/what-if/{key}").text
    assert "The map changed since this scenario was saved" not in first
    with acting(tenant):
        value_chain.archive_node(cocoa.farms, act=Act(tenant.analyst, NOW + timedelta(hours=1)))
    later = manager.get(f"/o/acme/what-if/{key}").text
    assert "The map changed since this scenario was saved" in later
    assert "is not in this map any more" in later
    assert "Your own business" in later
    assert "the map changed since" in manager.get("/o/acme/what-if/").text


def test_two_what_ifs_stand_side_by_side(
    tenant: Tenant, cocoa: CocoaMap, refs: dict[str, str], manager: FlaskClient
) -> None:
    first = keep(tenant, cocoa, CloseNode(refs["farms"]), name="Leave")
    second = keep(tenant, cocoa, AddControl(refs["farms"], "CTL-05", 1, 0.9), name="Stay and help")
    assert "Stay and help" in manager.get(f"/o/acme/what-if/{first}").text
    page = manager.get(f"/o/acme/what-if/{first}/compare?with={second}").text
    assert "A: Leave" in page and "B: Stay and help" in page
    assert "own business" in page and "Espoir farm group" in page
    assert manager.get(f"/o/acme/what-if/{first}/compare").status_code == 302
    assert manager.get(f"/o/acme/what-if/{first}/compare?with={uuid4()}").status_code == 404
    with acting(tenant):
        other = value_chain.create_chain(
            "Other",
            own_business="Else",
            country="FR",
            act=Act(tenant.analyst, NOW),
        ).id
        far = what_if.keep(
            other,
            "Far",
            [AddControl(own_ref(other), "CTL-01", 1, 0.5)],
            act=Act(tenant.analyst, NOW),
        ).id
    assert manager.get(f"/o/acme/what-if/{first}/compare?with={far}").status_code == 404


def own_ref(chain_id: UUID) -> str:
    own = find_own_business(chain_id)
    assert own is not None
    return own.external_ref


def test_put_away_it_is_listed_no_more(
    tenant: Tenant, cocoa: CocoaMap, refs: dict[str, str], manager: FlaskClient
) -> None:
    key = keep(tenant, cocoa, CloseNode(refs["farms"]))
    page = f"/o/acme/what-if/{key}/put-away"
    assert "Archive this scenario?" in manager.get(page).text
    assert manager.post(page, data={"csrf_token": csrf_token(manager, page)}).status_code == 302
    assert manager.get(f"/o/acme/what-if/{key}").status_code == 404
    with acting(tenant), pytest.raises(NotFound):
        what_if.put_away(key, act=Act(tenant.analyst, NOW))


def test_a_reader_tries_and_does_not_keep(
    app: Flask, tenant: Tenant, cocoa: CocoaMap, refs: dict[str, str]
) -> None:
    auditor = signed_in_client(app, tenant, RoleId.AUDITOR)
    page = auditor.get(page_of(cocoa, CloseNode(refs["farms"])))
    assert page.status_code == 200 and "Keep under this name" not in page.text
    sent = {"csrf_token": csrf_token(auditor, "/o/acme/reports/"), "name": "X"}
    assert auditor.post(f"/o/acme/what-if/try/{cocoa.chain}/keep", data=sent).status_code == 403


# ---- made real -------------------------------------------------------------------------------


def test_each_change_leads_to_the_prefilled_form_of_an_action(
    tenant: Tenant, cocoa: CocoaMap, refs: dict[str, str], manager: FlaskClient
) -> None:
    with acting(tenant):
        told = FindingFields(
            issue=Issue.CL, title="Children carry loads", description="Seen at harvest",
            source=FindingSource.OWN_CHECK,
        )  # fmt: skip
        for key in (cocoa.farms, cocoa.exporter):
            findings.record(key, told, act=Act(tenant.analyst, NOW))
    key = keep(
        tenant,
        cocoa,
        AddControl(refs["farms"], "CTL-09", 0.8, 0.5),
        KnowOrigin(refs["exporter"], "GH", None),
        ChangeShare(refs["exporter"], refs["farms"], 0.5),
        AddControl(refs["own"], "CTL-11", 1, 0.5),
        CloseNode(refs["farms"]),
    )
    page = manager.get(f"/o/acme/what-if/{key}/actions").text
    assert "Closing is not proposed as an action" in page
    assert "/leverage" in page
    assert "No finding is open at Maison Cacao" in page
    links = [part.split('"')[0].replace("&amp;", "&") for part in page.split('href="')[1:]]
    plans = [link for link in links if "/plan?" in link]
    assert len(plans) == 3
    form = manager.get(plans[0]).text
    assert '<option selected value="CTL-09">' in form
    assert "Schooling, bridge classes" in form
    assert 'value="y" checked' in manager.get(plans[2]).text
    with acting(tenant):
        assert counted(MitigationAction) == 0


def test_a_change_of_exposure_reads_with_its_sign_and_never_as_a_power_of_ten() -> None:
    changes = [0.0333, -0.00021, 0.00002, -0.00005, 1e-12]
    wanted = ["+0.0333", "\N{MINUS SIGN}0.0002", "hardly higher", "hardly lower", "no change"]
    assert [signed(change) for change in changes] == wanted


def test_an_organisation_without_a_map_is_led_to_one(app: Flask, tenant: Tenant) -> None:
    client = signed_in_client(app, tenant, RoleId.ANALYST)
    assert "No suppliers yet" in client.get("/o/acme/what-if/").text


def test_a_second_supplier_of_unknown_share_is_offered_without_a_figure(
    tenant: Tenant, cocoa: CocoaMap, manager: FlaskClient
) -> None:
    with acting(tenant):
        supply_links.add_link(cocoa.farms, cocoa.own, LinkFields(), act=Act(tenant.analyst, NOW))
    page = manager.get(f"/o/acme/what-if/try/{cocoa.chain}?at={cocoa.own}").text
    assert "share not known" in page
    assert "Closure or disengagement" not in page


# Commands and files


@pytest.fixture
def changes_file(tmp_path: Path, refs: dict[str, str]) -> Path:
    changes = [AddControl(refs["farms"], "CTL-05", 1.0, 0.9), CloseNode(refs["exporter"])]
    file = tmp_path / "changes.json"
    file.write_text(json.dumps([pack_change(change) for change in changes]), encoding="utf-8")
    return file


def asked(app: Flask, *arguments: str) -> Result:
    command = ("analysis", "what-if", "--organisation", "acme", "--chain", "Cocoa")
    return app.test_cli_runner().invoke(args=[*command, *arguments])


def test_the_command_tells_before_and_after_and_leaves_the_map_as_it_was(
    app: Flask, tenant: Tenant, cocoa: CocoaMap, changes_file: Path, refs: dict[str, str]
) -> None:
    with acting(tenant):
        before = every_row()
    done = asked(app, "--changes", str(changes_file), "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.output)
    with acting(tenant):
        assert every_row() == before
        tried = looking.try_on_map(
            cocoa.chain,
            [read_change(one) for one in json.loads(changes_file.read_text())],
            datetime.now(UTC).date(),
        )
        counts = tried.what_if.counts()
    assert found["counts"] == vars(counts)
    assert [change["problem"] for change in found["changes"]] == [None, None]
    by_node = {effect["node"]: effect for effect in found["effects"]}
    assert by_node[refs["exporter"]]["after"]["rank"] is None
    assert by_node[refs["farms"]]["after"]["index"] < by_node[refs["farms"]]["before"]["index"]
    assert [effect["node"] for effect in found["own"]] == [refs["own"]]


def test_of_one_issue_the_command_counts_what_moves_on_that_issue_alone(
    app: Flask, cocoa: CocoaMap, tmp_path: Path, refs: dict[str, str]
) -> None:
    file = tmp_path / "changes.json"
    control = AddControl(refs["farms"], "CTL-02", 1.0, 0.9)  # helps ISS-CL, not ISS-SC
    file.write_text(json.dumps([pack_change(control)]), encoding="utf-8")
    touched, untouched = (
        json.loads(asked(app, "--changes", str(file), "--issue", issue, "--json").output)
        for issue in ("ISS-CL", "ISS-SC")
    )
    assert touched["counts"]["lower"] > 0
    assert untouched["counts"] == {"higher": 0, "lower": 0, "same": 4, "crossing": 0}
    assert untouched["effects"] == []
    told = "0 nodes change band. 0 nodes get a lower risk, 0 a higher one, 4 stay as they are."
    assert untouched["sentence"] == told


def test_what_the_command_answers_can_be_given_to_it_again(
    app: Flask, cocoa: CocoaMap, changes_file: Path, tmp_path: Path
) -> None:
    first = asked(app, "--changes", str(changes_file), "--json").output
    again = tmp_path / "again.json"
    again.write_text(first, encoding="utf-8")
    assert asked(app, "--changes", str(again), "--json").output == first
    assert "lower risk" in asked(app, "--changes", str(again)).output


def test_a_change_that_cannot_be_tried_is_named_and_ends_in_exit_1(
    app: Flask, cocoa: CocoaMap, tmp_path: Path, refs: dict[str, str]
) -> None:
    file = tmp_path / "changes.json"
    file.write_text(json.dumps([{"do": "close", "node": "nobody"}]), encoding="utf-8")
    done = asked(app, "--changes", str(file))
    assert done.exit_code == 1 and "nobody is not in this map any more" in done.output


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is not JSON"),
        ("[]", "1 to 20 changes"),
        ('[{"do": "buy"}, 3]', "change 2"),
        ('{"changes": 1}', "1 to 20 changes"),
    ],
)
def test_a_file_that_holds_no_changes_is_refused_with_every_place(
    app: Flask, cocoa: CocoaMap, tmp_path: Path, content: str, words: str
) -> None:
    file = tmp_path / "changes.json"
    file.write_text(content, encoding="utf-8")
    done = asked(app, "--changes", str(file))
    assert done.exit_code == 1 and words in done.output
    assert asked(app).exit_code == 2


def test_a_kept_what_if_is_found_by_its_name_however_many_are_newer(
    app: Flask,
    tenant: Tenant,
    cocoa: CocoaMap,
    refs: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("Schooling", "Bridge classes"):
        keep(tenant, cocoa, AddControl(refs["farms"], "CTL-05", 1.0, 0.9), name=name)
    monkeypatch.setattr(looking, "SHOWN", 0)

    assert asked(app, "--kept", "Schooling").exit_code == 0
    assert asked(app, "--kept", "Bridge classes").exit_code == 0


@pytest.mark.parametrize("ending", ["xlsx", "zip"])
def test_a_kept_what_if_goes_out_as_a_file_and_leaves_an_event(
    app: Flask,
    tenant: Tenant,
    cocoa: CocoaMap,
    refs: dict[str, str],
    tmp_path: Path,
    ending: str,
) -> None:
    keep(tenant, cocoa, AddControl(refs["farms"], "CTL-05", 1.0, 0.9), name="Schooling")
    out = tmp_path / f"what-if.{ending}"
    assert asked(app, "--kept", "Schooling", "--out", str(out)).exit_code == 0
    assert asked(app, "--kept", "Nothing").exit_code == 1
    if ending == "xlsx":
        sheets = load_workbook(out)
        assert sheets.sheetnames[:2] == ["What changes", "Changes"]
        assert sheets["What changes"]["B2"].value == refs["own"]
    else:
        with ZipFile(out) as pack:
            assert pack.namelist() == ["effects.csv", "changes.csv", "about.csv"]
            assert refs["farms"] in pack.read("effects.csv").decode()
    with acting(tenant):
        events = db.session.scalars(
            select(AuditEvent).where(AuditEvent.action == "what_if:export")
        ).all()
        assert len(events) == 1


def test_the_page_of_a_kept_what_if_gives_it_as_a_workbook(
    tenant: Tenant, cocoa: CocoaMap, refs: dict[str, str], manager: FlaskClient
) -> None:
    key = keep(tenant, cocoa, AddControl(refs["farms"], "CTL-05", 1.0, 0.9))
    token = csrf_token(manager, f"/o/acme/what-if/{key}")
    assert f"/o/acme/what-if/{key}/export" in manager.get(f"/o/acme/what-if/{key}").text
    answer = manager.post(
        f"/o/acme/what-if/{key}/export", data={"csrf_token": token, "form": "xlsx"}
    )
    assert answer.status_code == 200 and answer.data[:2] == b"PK"
    wrong = manager.post(f"/o/acme/what-if/{key}/export", data={"csrf_token": token, "form": "pdf"})
    assert wrong.status_code == 404


def test_a_second_try_does_not_assess_the_map_again_until_more_is_known(
    cocoa: CocoaMap,
    refs: dict[str, str],
    manager: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assessed: list[int] = []
    score_map, load_evidence = what_if_scores.score_map, what_if_scores.load_evidence

    def counted(*given: Any, **named: Any) -> ScoredMap:
        assessed.append(1)
        return score_map(*given, **named)

    def with_a_control(*given: Any) -> Evidence:
        columns = (np.array([value]) for value in (0, 0, 1.0, 0.9, np.nan, 1.0))
        return replace(load_evidence(*given), controls=ControlsSeen(*columns))

    monkeypatch.setattr(what_if_scores, "score_map", counted)
    change = json.dumps(pack_change(AddControl(refs["farms"], "CTL-05", 1.0, 0.9)))
    page = f"/o/acme/what-if/try/{cocoa.chain}?{urlencode({'change': change})}"
    first, second = manager.get(page).text, manager.get(page).text
    assert len(assessed) == 1 and "Espoir farm group" in first
    assert second.count("Espoir farm group") == first.count("Espoir farm group")
    monkeypatch.setattr(what_if_scores, "load_evidence", with_a_control)
    manager.get(page)
    assert len(assessed) == 2
