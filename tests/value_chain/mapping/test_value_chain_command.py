"""`flask value-chain`: exit codes, documents, files."""

import json
from pathlib import Path

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from ddplatform.factory import create_app
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.value_chain.mapping.models import MapImport, ValueChain, ValueChainNode
from tests.conftest import settings_for
from tests.factories import Tenant

NODES = "id,name,country\nt,Trader,CI\nf,=Farm,CI\n"
FAULTY = "name,country\nTrader,CI\nOther,Atlantis\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "nodes.csv").write_text(NODES)
    (tmp_path / "links.csv").write_text("supplier,buyer,share\nf,t,40%\n")
    (tmp_path / "faulty.csv").write_text(FAULTY)
    return tmp_path


def _run(app: Flask, *arguments: object, organisation: str = "acme"):  # type: ignore[no-untyped-def]
    return app.test_cli_runner().invoke(
        args=["value-chain", *map(str, arguments), "--organisation", organisation]
    )


def _import(app: Flask, *arguments: object, organisation: str = "acme"):  # type: ignore[no-untyped-def]
    chain = ("--chain", "Cocoa", "--json")
    return _run(app, "import", *arguments, *chain, organisation=organisation)


def test_files_come_in_together_and_the_answer_is_one_document(
    app: Flask, tenant: Tenant, folder: Path
):
    done = _import(app, folder / "nodes.csv", folder / "links.csv")
    found = json.loads(done.stdout)

    assert done.exit_code == 0
    assert [found[name] for name in ("rows", "new", "links_new", "applied")] == [3, 2, 1, True]
    assert [note["value"] for note in found["notes"]] == ["=Farm", "40%"]
    assert found["mapping"]["nodes"]["nodes.csv"]["columns"]["name"] == "name"
    again = json.loads(_import(app, folder / "nodes.csv", folder / "links.csv").stdout)
    assert [again[name] for name in ("new", "changed", "unchanged")] == [0, 0, 2]
    assert again["links_unchanged"] == 1


def test_the_answer_tells_how_each_text_was_read(app: Flask, tenant: Tenant, folder: Path):
    (folder / "western.csv").write_bytes("name;city\nCafé;Köln\n".encode("cp1252"))
    found = json.loads(_import(app, folder / "nodes.csv", folder / "western.csv").stdout)

    assert found["formats"] == [
        {"file": "nodes.csv", "encoding": "utf-8", "separator": ",", "certain": True},
        {"file": "western.csv", "encoding": "cp1252", "separator": ";", "certain": False},
    ]


def test_trial_run_tells_all_and_changes_nothing(app: Flask, tenant: Tenant, folder: Path):
    trial = json.loads(_import(app, folder / "nodes.csv", "--dry-run").stdout)
    real = json.loads(_import(app, folder / "nodes.csv").stdout)

    assert (trial["new"], trial["applied"]) == (2, False)
    assert (real["new"], real["applied"]) == (2, True)


def test_faulty_rows_refuse_the_whole_list_unless_they_are_left_out(
    app: Flask, tenant: Tenant, folder: Path
):
    refused = _import(app, folder / "faulty.csv")
    document = json.loads(refused.stdout)
    assert refused.exit_code == 1
    assert document["applied"] is False
    assert document["problems"][0]["row"] == 3
    done = _import(app, folder / "faulty.csv", "--skip-faulty")

    assert done.exit_code == 0
    assert json.loads(done.stdout)["skipped"] == 1
    words = _run(app, "import", folder / "faulty.csv", "--chain", "Cocoa")
    assert "faulty.csv, row 3, column country" in words.stdout
    assert "Nothing was changed." in words.stdout


def test_an_organisation_that_is_not_there_is_refused_with_nothing_applied(
    app: Flask, tenant: Tenant, folder: Path
):
    words = ("import", folder / "nodes.csv", "--chain", "Cocoa", "--json")
    refused = _run(app, *words, organisation="nobody")
    document = json.loads(refused.stdout)

    assert refused.exit_code == 1
    assert document["applied"] is False
    assert set(document["error"]) == {"code", "message", "advice", "fields"}


def test_many_problems_are_cut_off_in_words_and_complete_in_the_document(
    app: Flask, tenant: Tenant, folder: Path
):
    (folder / "many.csv").write_text("name,country\n" + "A,Atlantis\n" * 60)

    assert (
        "and 10 more problems"
        in _run(app, "import", folder / "many.csv", "--chain", "Cocoa").stdout
    )
    assert len(json.loads(_import(app, folder / "many.csv").stdout)["problems"]) == 60


def test_refused_file_gives_a_code_words_and_advice(app: Flask, tenant: Tenant, folder: Path):
    (folder / "bad.csv").write_bytes(b"name\nA\x00B\n")
    refused = _import(app, folder / "bad.csv")
    document = json.loads(refused.stdout)

    assert refused.exit_code == 1
    assert document["applied"] is False
    assert set(document["error"]) == {"code", "message", "advice"}
    assert "Refused:" in _run(app, "import", folder / "bad.csv", "--chain", "Cocoa").stdout


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.csv", b"", "empty"),
        ("headings.csv", b"name,country\n", "no_rows"),
        ("nul.csv", b"name\nA\0B\n", "nul_byte"),
        ("cut.xlsx", b"PK\x03\x04junk", "broken_workbook"),
        ("picture.csv", b"\x89PNG\r\n", "type_mismatch"),
        ("list.pdf", b"%PDF-1.7", "unknown_type"),
        ("cut.json", b'{"format": "value-chain/1", "nodes": [', "broken_json"),
        ("other.json", b"[1, 2]", "unknown_format"),
        ("sites.geojson", b'{"type": "FeatureCollection"}', "broken_json"),
    ],
)
def test_a_refused_file_leaves_neither_a_map_nor_a_node_behind(
    app: Flask, tenant: Tenant, folder: Path, name: str, content: bytes, code: str
):
    (folder / name).write_bytes(content)
    refused = _import(app, folder / name)

    assert refused.exit_code == 1 and json.loads(refused.stdout)["error"]["code"] == code
    with app.app_context(), acting_in(tenant.id):
        kept = [db.session.scalars(select(kind)).all() for kind in (ValueChain, ValueChainNode)]
        assert [row for rows in kept for row in rows if row.name != tenant.name] == []
        assert db.session.scalars(select(MapImport)).all() == []


def test_given_mapping_is_used_and_a_wrong_one_refused(app: Flask, tenant: Tenant, folder: Path):
    mapping = folder / "mapping.json"
    columns = {"name": "country", "region": "name"}
    mapping.write_text(json.dumps({"nodes": {"nodes.csv": {"header_row": 1, "columns": columns}}}))
    found = json.loads(_import(app, folder / "nodes.csv", "--mapping", mapping).stdout)
    assert found["mapping"]["nodes"]["nodes.csv"]["columns"] == columns

    for text in ('{"odd": 1}', "no json"):
        mapping.write_text(text)
        refused = _import(app, folder / "nodes.csv", "--mapping", mapping)
        assert refused.exit_code == 1
        assert refused.stderr


def test_wrong_usage_is_exit_code_two(app: Flask, tenant: Tenant, folder: Path):
    assert _import(app, folder / "absent.csv").exit_code == 2
    assert _import(app).exit_code == 2
    assert _run(app, "export", "--chain", "Cocoa", "--format", "odd", "--out", "x").exit_code == 2


def test_unknown_organisation_or_map_is_refused_in_words(app: Flask, tenant: Tenant, folder: Path):
    assert _import(app, folder / "nodes.csv", organisation="nowhere").exit_code == 1
    refused = _run(
        app, "export", "--chain", "Nothing", "--format", "json", "--out", folder / "x.json"
    )
    assert refused.exit_code == 1
    assert "Nothing" in refused.stderr


@pytest.mark.parametrize("form", ["json", "csv", "xlsx"])
def test_exported_files_read_elsewhere_give_the_same_map(
    app: Flask, tenant: Tenant, other_tenant: Tenant, folder: Path, form: str
):
    _import(app, folder / "nodes.csv", folder / "links.csv")
    out = folder / "out" / ("tables" if form == "csv" else f"map.{form}")
    options = ("--chain", "Cocoa", "--format", form, "--out")
    wrote = _run(app, "export", *options, out, "--json")
    files = json.loads(wrote.stdout)["files"]
    assert _import(app, *files, organisation="other").exit_code == 0
    copy = folder / "copy.json"
    mine = folder / "mine.json"
    as_json = ("--chain", "Cocoa", "--format", "json", "--out")
    _run(app, "export", *as_json, copy, organisation="other")
    _run(app, "export", *as_json, mine)

    assert copy.read_text() == mine.read_text()


def test_formulas_do_not_live_in_exports(app: Flask, tenant: Tenant, folder: Path):
    _import(app, folder / "nodes.csv")
    options = ("--chain", "Cocoa", "--format")
    _run(app, "export", *options, "csv", "--out", folder / "out.zip")
    _run(app, "export", *options, "csv", "--out", folder / "out")
    _run(app, "export", *options, "xlsx", "--out", folder / "out.xlsx")
    _run(app, "export", *options, "graphml", "--out", folder / "out.graphml")

    assert (folder / "out.zip").read_bytes().startswith(b"PK")
    assert "'=Farm" in (folder / "out" / "nodes.csv").read_text()
    sheet = load_workbook(folder / "out.xlsx")["nodes"]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value == "=Farm"]
    assert [cell.data_type for cell in cells] == ["s"]
    assert "=Farm" in (folder / "out.graphml").read_text()


def test_past_day_shows_what_stood_then(app: Flask, tenant: Tenant, folder: Path):
    _import(app, folder / "nodes.csv")
    out = folder / "past.json"
    options = ("--chain", "Cocoa", "--format", "json", "--out", out)
    _run(app, "export", *options, "--as-of", "2020-01-01")

    assert json.loads(out.read_text())["nodes"] == []
    assert json.loads(out.read_text())["as_of"] == "2020-01-01"


def test_a_refusal_is_a_document_too(app: Flask, tenant: Tenant, folder: Path):
    nobody = _import(app, folder / "nodes.csv", organisation="nobody")
    (folder / "mapping.json").write_text("{" * 100_000)
    mapping = _import(app, folder / "nodes.csv", "--mapping", folder / "mapping.json")
    nameless = _run(app, "import", folder / "nodes.csv", "--chain", " ", "--json")

    assert [done.exit_code for done in (nobody, mapping, nameless)] == [1, 1, 1]
    error = json.loads(nobody.stdout)["error"]
    assert (error["code"], error["message"]) == ("not_found", "There is no organisation 'nobody'.")
    refused = json.loads(mapping.stdout)
    assert (refused["error"]["code"], refused["applied"]) == ("mapping", False)
    assert "name" in json.loads(nameless.stdout)["error"]["fields"]


def test_a_map_that_cannot_be_written_is_wrong_usage(app: Flask, tenant: Tenant, folder: Path):
    _import(app, folder / "nodes.csv")
    out = folder / "nodes.csv" / "map.json"
    options = ("--chain", "Cocoa", "--format", "json", "--out", out)
    done = _run(app, "export", *options)

    assert done.exit_code == 2
    assert f"{out} cannot be written" in done.stderr


def test_commands_on_an_empty_database_name_the_way_to_set_it_up(folder: Path):
    empty = create_app(settings_for(folder, f"sqlite:///{folder / 'empty.db'}"))
    done = _import(empty, folder / "nodes.csv")
    with empty.app_context():
        db.engine.dispose()

    assert done.exit_code == 1
    assert "db upgrade" in json.loads(done.stdout)["error"]["advice"]


def test_import_names_new_nodes_that_may_be_known_ones(app: Flask, tenant: Tenant, folder: Path):
    _import(app, folder / "nodes.csv")
    (folder / "more.csv").write_text("id,name,country\nt2,TRADER Ltd,CI\nt,Trader,CI\n")
    found = json.loads(_import(app, folder / "more.csv").stdout)["possible_duplicates"]

    assert [(pair["left_id"], pair["right_id"]) for pair in found] == [("t", "t2")]
    assert found[0]["score"] > 0.5
    assert found[0]["reasons"]
