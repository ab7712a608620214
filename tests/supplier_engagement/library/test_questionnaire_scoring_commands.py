"""`questionnaires score` and `questionnaires export`, as an operator calls them."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ddplatform.supplier_engagement.library.commands.scoring import export, score
from questionnaires.form.xform import form_from_xform
from questionnaires.form.xlsform import read_form_file
from questionnaires.library.shipped import list_shipped, shipped_form
from questionnaires.translations.texts import LANGUAGE_NAMES

STEPS = [
    {"path": "/data/D/SAQ_D01", "value": "2"},
    {"path": "/data/E/SAQ_E01", "value": "yes"},
    {"path": "/data/E/SAQ_E03", "value": "none"},
    {"path": "/data/E/SAQ_E02", "value": "none"},
]


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    path = tmp_path / "saq.xlsx"
    assert CliRunner().invoke(export, ["SAQ", "--out", str(path)]).exit_code == 0
    return path


def run_score(workbook: Path, document: object, *options: str, name: str = "a.json") -> Result:
    answers = workbook.with_name(name)
    answers.write_text(document if isinstance(document, str) else json.dumps(document))
    return CliRunner().invoke(score, [str(workbook), "--answers", str(answers), *options])


def test_an_exported_questionnaire_is_the_shipped_form(workbook):
    read, shipped = read_form_file(workbook), shipped_form("SAQ")

    assert (read.form_id, read.version, read.title) == ("SAQ", shipped.version, shipped.title)
    assert [q.path for q in read.questions()] == [q.path for q in shipped.questions()]
    for one, other in zip(read.questions(), shipped.questions(), strict=True):
        assert (one.label.plain(), one.hint.plain()) == (other.label.plain(), other.hint.plain())
        assert replace(one.rules, relevant=other.rules.relevant) == other.rules
    # Several sites are compared at once only as a count, which apps on phones can work out.
    written = [
        (q.rules.relevant, p.rules.relevant)
        for q, p in zip(read.questions(), shipped.questions(), strict=True)
    ]
    assert all("count(" in one for one, other in written if one != other)
    assert sum(one != other for one, other in written) == 4


def test_an_exported_questionnaire_has_a_column_a_language_as_the_page_gives_it(workbook):
    question = next(q for q in read_form_file(workbook).questions() if q.name == "SAQ_A01")

    assert [name[-3:-1] for name in question.label.by_language] == ["en", *sorted(LANGUAGE_NAMES)]
    texts = {question.label.plain(name) for name in question.label.by_language}
    assert len(texts) == 1 + len(LANGUAGE_NAMES)


def test_export_says_what_it_wrote(tmp_path):
    out = tmp_path / "form.xlsx"
    plain = CliRunner().invoke(export, ["SAQ", "--version", "1.0", "--out", str(out)])
    as_json = CliRunner().invoke(export, ["SAQ", "--out", str(out), "--json"])

    assert plain.output == f"SAQ 1.0 written to {out}.\n"
    document = json.loads(as_json.output)
    newest = [item for item in list_shipped() if item.ref == "SAQ"][-1]
    assert (document["version"], document["sha256"]) == (newest.version, newest.sha256)


def test_exporting_an_unknown_questionnaire_is_refused(tmp_path):
    given = ["XYZ", "--out", str(tmp_path / "form.xlsx")]
    plain, as_json = (CliRunner().invoke(export, [*given, *more]) for more in ([], ["--json"]))

    assert (plain.exit_code, plain.stdout) == (1, "")
    assert "Use one of: " in plain.stderr
    assert "Use one of: " in json.loads(as_json.stdout)["error"]["message"]
    assert not (tmp_path / "form.xlsx").exists()


def test_scoring_prints_factors_controls_flags_and_checks(workbook):
    result = run_score(workbook, STEPS)

    document = json.loads(result.stdout)
    assert result.exit_code == 0
    assert list(document) == ["factors", "controls", "red_flags", "checks", "response"]
    debts = document["factors"]["WRK-05"]
    assert (debts["score"], debts["source_type"]) == (1.0, "admission")
    assert debts["causes"][0] == {
        "question": "SAQ-E01",
        "instance": None,
        "answer": "yes",
        "r": 1.0,
        "w": 3.0,
        "q": 0.8,
    }
    assert [flag["red_flag"] for flag in document["red_flags"]] == ["RF-05"]


def test_accepted_evidence_is_read_from_the_answers(workbook):
    document = {"steps": STEPS, "evidence_accepted": ["/data/E/SAQ_E03"]}

    causes = json.loads(run_score(workbook, document).stdout)["factors"]["WRK-05"]["causes"]
    assert [cause["q"] for cause in causes] == [0.8, 0.3, 0.5]


def test_a_refused_step_is_named_beside_the_signals(workbook):
    result = run_score(workbook, [{"path": "/data/nowhere", "value": "1"}])

    assert result.exit_code == 0
    assert result.stderr == "a.json: step 0 refused: no such node.\n"


def test_many_answers_give_one_line_each(workbook):
    lines = [json.dumps({"id": name, "answers": STEPS}) for name in ("one", "two")]

    result = run_score(workbook, "\n".join([*lines, ""]), name="many.jsonl")

    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["one", "two"]


def test_light_mode_and_sector_risk_are_options(workbook):
    steps = [
        {"path": "/data/C/SAQ_C02", "value": "60"},
        {"path": "/data/D/SAQ_D01", "value": "0"},
    ]

    unknown = json.loads(run_score(workbook, steps).stdout)
    calm = json.loads(run_score(workbook, steps, "--sector-risk", "0.2", "--light").stdout)

    assert [check["check"] for check in unknown["checks"]] == ["CHK-2"]
    assert calm["checks"] == []
    assert "WRK-14" in unknown["factors"]
    assert "WRK-14" not in calm["factors"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"steps": 3}', "neither a list of steps"),
        ('{"ste', "a.json is not JSON"),
        ('{"steps": [], "evidence_accepted": "all"}', "'evidence_accepted' is not a list of paths"),
    ],
)
def test_answers_that_cannot_be_read_are_refused(workbook, text, problem):
    result = run_score(workbook, text)

    assert result.exit_code == 1
    assert problem in json.loads(result.stdout)["error"]


def test_a_line_without_id_is_refused(workbook):
    result = run_score(workbook, '{"answers": []}', name="many.jsonl")

    assert result.exit_code == 1
    assert "many.jsonl, line 1: each line" in json.loads(result.stdout)["error"]


def test_a_form_that_cannot_be_used_is_refused(tmp_path):
    form = tmp_path / "form.md"
    form.write_text("| survey |\n| | type | name |\n| | selekt | a |\n")

    result = run_score(form, [])

    assert result.exit_code == 1
    assert json.loads(result.stdout)["error"]


def test_a_faulty_line_is_told_with_its_id_and_stops_no_other(workbook):
    lines = '{"id": "a", "answers": 3}\n{"id": "b", "answers": []}\n'
    result = run_score(workbook, lines, name="many.jsonl")
    first, second = map(json.loads, result.stdout.splitlines())

    assert result.exit_code == 1
    assert first["id"] == "a"
    assert "neither a list of steps" in first["error"]
    assert (second["id"], "factors" in second) == ("b", True)


def test_a_workbook_that_cannot_be_written_is_wrong_usage(tmp_path):
    (tmp_path / "file").write_text("in the way")
    out = tmp_path / "file" / "saq.xlsx"
    result = CliRunner().invoke(export, ["SAQ", "--out", str(out)])

    assert result.exit_code == 2
    assert f"{out} cannot be written" in result.stderr


def test_exported_xform_is_the_shipped_form(tmp_path):
    out = tmp_path / "saq.xml"
    done = CliRunner().invoke(export, ["SAQ", "--format", "xform", "--out", str(out)])

    assert done.exit_code == 0
    found = form_from_xform(out.read_text("utf-8"))
    shipped = shipped_form("SAQ")
    assert [node.path for node in found.nodes()] == [node.path for node in shipped.nodes()]
