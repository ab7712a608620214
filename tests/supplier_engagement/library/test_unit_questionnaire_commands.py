"""`flask questionnaires check` and `evaluate`, as another program sees them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ddplatform.supplier_engagement.library.commands.forms import questionnaires
from questionnaires import check_file, plan, read_external, read_form_file, read_script, run_script
from tests.forms import NOW, table

FORM = table(
    "survey",
    "type | name | label | relevant | required | constraint | constraint_message | calculation",
    "begin repeat | member | Member | | | | | ",
    "text | first | First name | | | | | ",
    "integer | age | How old is ${first}? | | yes | . < 120 | 0 to 120 | ",
    "select_one sex | sex | Sex | | | | | ",
    "end repeat | | | | | | | ",
    "calculate | total | | | | | | sum(${age})",
    "note | thanks | Thanks | ${total} > 200 | | | | ",
) + table("choices", "list_name | name | label", "sex | f | F", "sex | m | M")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "form.csv").write_text(FORM)
    return tmp_path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(questionnaires, [str(argument) for argument in arguments])


def evaluate(folder: Path, answers: object) -> Result:
    (folder / "answers.json").write_text(json.dumps(answers))
    return run("evaluate", folder / "form.csv", "--answers", folder / "answers.json", "--json")


def test_evaluate_prints_every_node_after_the_steps(folder):
    result = evaluate(
        folder,
        {
            "now": "2026-06-15T12:00:00.000Z",
            "steps": [
                {"path": "/data/member[1]/first", "value": "Ann"},
                {"add_repeat": "/data/member"},
                {"path": "/data/member[1]/age", "value": "150"},
                {"path": "/data/total", "value": "1"},
                {"path": "/data/member[2]/age", "value": 50},
                {"path": "/data/member[3]/age", "value": "1"},
                {"path": "/data/member[2]/first", "value": None},
            ],
        },
    )
    document = json.loads(result.stdout)

    assert result.exit_code == 0
    assert document["error"] is None
    assert document["missing_files"] == []
    assert document["refused"] == [
        {"step": 3, "reason": "not an input"},
        {"step": 5, "reason": "no such node"},
    ]
    nodes = document["nodes"]
    assert nodes["/data"] == {"kind": "group", "relevant": True, "label": None}
    assert nodes["/data/member"] == {"kind": "repeat", "relevant": True, "count": 2}
    assert nodes["/data/member[2]"] == {"kind": "instance", "relevant": True, "label": "Member"}
    assert nodes["/data/member[1]/age"] == {
        "kind": "question",
        "relevant": True,
        "required": True,
        "readonly": False,
        "value": "150",
        "constraint_ok": False,
        "constraint_message": "0 to 120",
        "required_ok": True,
        "required_message": None,
        "label": "How old is Ann?",
    }
    assert nodes["/data/member[1]/sex"]["choices"] == ["f", "m"]
    assert nodes["/data/total"]["value"] == "200"
    assert nodes["/data/total"]["kind"] == "value"
    assert "label" not in nodes["/data/total"]
    assert nodes["/data/thanks"]["relevant"] is False


def test_a_plain_list_of_steps_can_add_and_remove_instances(folder):
    result = evaluate(
        folder, [{"add_repeat": "/data/member"}, {"remove_repeat": "/data/member[1]"}]
    )

    assert json.loads(result.stdout)["nodes"]["/data/member"]["count"] == 1


def test_many_answers_give_one_document_a_line(folder):
    (folder / "many.jsonl").write_text(
        '{"id": "a", "answers": [{"path": "/data/member[1]/age", "value": "3"}]}\n\n'
        '{"id": "b", "answers": {"steps": []}}\n'
    )
    result = run("evaluate", folder / "form.csv", "--answers", folder / "many.jsonl")
    documents = [json.loads(line) for line in result.stdout.splitlines()]

    assert [document["id"] for document in documents] == ["a", "b"]
    assert [document["nodes"]["/data/total"]["value"] for document in documents] == ["3", ""]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not JSON"),
        ('"x"', "neither a list"),
        ('{"steps": 1}', "neither a list"),
        ('{"age": "12"}', "neither a list"),
        ('[{"go": 1}]', "Step 0"),
        ('{"now": "noon", "steps": []}', "'now' is"),
    ],
)
def test_answers_that_are_no_steps_are_refused_with_a_word(folder, text, words):
    (folder / "bad.json").write_text(text)
    result = run("evaluate", folder / "form.csv", "--answers", folder / "bad.json")

    assert result.exit_code == 1
    assert words in json.loads(result.stdout)["error"]


def test_a_line_without_an_object_is_refused(folder):
    (folder / "bad.jsonl").write_text("[1]\n")
    result = run("evaluate", folder / "form.csv", "--answers", folder / "bad.jsonl")

    assert result.exit_code == 1
    assert "each line" in json.loads(result.stdout)["error"]


def test_a_form_that_cannot_be_used_is_one_document_and_exit_code_1(folder):
    (folder / "form.csv").write_text(table("survey", "type | name | label", "selekt | q | Q"))
    result = evaluate(folder, [])

    assert result.exit_code == 1
    assert json.loads(result.stdout)["error"]


def test_a_missing_file_is_wrong_usage(folder):
    assert run("evaluate", folder / "none.csv", "--answers", folder / "form.csv").exit_code == 2


def test_check_prints_json_or_words_and_fails_when_a_form_cannot_be_used(folder):
    (folder / "bad.csv").write_text(table("survey", "type | name | label", "selekt | q | Q"))
    good = run("check", folder / "form.csv", "--json")
    both = run("check", folder / "form.csv", folder / "bad.csv", "--json")
    words = run("check", folder / "form.csv", folder / "bad.csv")

    assert (good.exit_code, both.exit_code, words.exit_code) == (0, 1, 1)
    assert [report["usable"] for report in json.loads(both.stdout)] == [True, False]
    assert "form.csv: can be used; 4 questions." in words.stdout
    assert "error type-unknown [survey row 2 type] The type 'selekt' is not known." in words.stdout


# Files beside the form


@pytest.fixture
def with_files(tmp_path):
    (tmp_path / "form.csv").write_text(
        table(
            "survey",
            "type | name | label | choice_filter | calculation",
            "text | zone | Zone | | ",
            "select_one_from_file villages.csv | village | Village | zone = ${zone} | ",
            "select_one_from_file wells.geojson | well | Well | | ",
            "calculate | price | | | pulldata('prices', 'price', 'crop', 'cocoa')",
        )
    )
    (tmp_path / "villages.csv").write_text("name,label,zone\na,Alpha,north\nb,Beta,south\nc,,\n")
    (tmp_path / "wells.geojson").write_text(
        json.dumps(
            {
                "features": [
                    {
                        "id": "w1",
                        "geometry": {"type": "Point", "coordinates": [-0.2, 5.6]},
                        "properties": {"title": "Well 1", "open": True, "depth": None},
                    },
                    {"geometry": {"type": "Polygon"}, "properties": {"id": "w2", "title": "2"}},
                ]
            }
        )
    )
    return tmp_path


def test_lists_come_from_files_and_missing_ones_are_named(with_files):
    result = evaluate(
        with_files,
        [
            {"path": "/data/zone", "value": "south"},
            {"path": "/data/village", "value": "a"},
            {"path": "/data/well", "value": "w2"},
        ],
    )
    document = json.loads(result.stdout)

    assert document["missing_files"] == ["prices.csv"]
    assert document["nodes"]["/data/village"]["choices"] == ["b"]
    assert document["nodes"]["/data/village"]["value"] == ""
    assert document["nodes"]["/data/well"]["choices"] == ["w1", "w2"]
    assert document["nodes"]["/data/well"]["value"] == "w2"
    assert document["nodes"]["/data/price"]["value"] == ""


def test_a_media_folder_may_lie_elsewhere(with_files, tmp_path_factory):
    media = tmp_path_factory.mktemp("media")
    (media / "prices.csv").write_text("crop,price\ncoffee,9\ncocoa,3.5\n")
    (media / "wells.geojson").write_text("{}")
    (with_files / "a.json").write_text("[]")
    result = run(
        "evaluate", with_files / "form.csv", "--answers", with_files / "a.json", "--media", media
    )
    document = json.loads(result.stdout)

    assert document["nodes"]["/data/price"]["value"] == "3.5"
    assert document["missing_files"] == ["villages.csv", "wells.geojson"]


def test_labels_of_external_items_are_theirs(with_files):
    form = read_form_file(with_files / "form.csv")
    rows, _ = read_external(form, with_files)
    response, _ = run_script(plan(form, rows), read_script([], now=NOW))

    wells = response.state("/data/well").choices
    assert [well.label for well in wells] == ["Well 1", "2"]
    assert rows["wells"][0]["geometry"] == "5.6 -0.2 0 0"
    assert rows["wells"][0]["open"] == "true"


def test_itemsets_beside_the_form_take_the_place_of_its_external_choices(tmp_path):
    path = tmp_path / "form.csv"
    path.write_text(
        table(
            "survey",
            "type | name | label | choice_filter",
            "text | t | T | ",
            "select_one_external towns | town | Town | state=${t}",
        )
        + table("choices", "list_name | name | label", "yn | y | Yes")
        + table("external_choices", "list_name | name | label | state", "towns | o | O | n")
    )
    form = read_form_file(path)
    steps = [{"path": "/data/t", "value": "n"}, {"path": "/data/town", "value": "o"}]

    assert read_external(form, tmp_path) == ({}, [])
    inside, _ = run_script(plan(form), read_script(steps, now=NOW))
    (tmp_path / "itemsets.csv").write_text("list_name,name,label,state\ntowns,x,X,n\nother,y,Y,n\n")
    outside, _ = run_script(
        plan(form, read_external(form, tmp_path)[0]), read_script(steps, now=NOW)
    )

    assert inside.state("/data/town").value == "o"
    assert outside.state("/data/town").value == ""
    assert [choice.name for choice in outside.state("/data/town").choices] == ["x"]
    assert check_file(path).usable


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("[]".encode("utf-16"), "answers.json is not written in UTF-8"),
        (b"[" * 100_000, "answers.json is not JSON"),
        (b'[{"path": "/data/member[1]/first"', "answers.json is not JSON"),
    ],
)
def test_answers_that_cannot_be_read_are_told_in_the_document(folder, content, problem):
    (folder / "answers.json").write_bytes(content)
    result = run("evaluate", folder / "form.csv", "--answers", folder / "answers.json")

    assert result.exit_code == 1
    assert problem in json.loads(result.stdout)["error"]


def test_a_faulty_line_of_answers_stops_no_other(folder):
    first = '{"id": "a", "answers": [{"path": "/data/member[1]/first", "value": "An\u2028n"}]}'
    lines = f'{first}\nno json\n{{"id": "c"}}\n{{"id": "d", "answers": []}}\n'
    (folder / "many.jsonl").write_text(lines, encoding="utf-8")
    result = run("evaluate", folder / "form.csv", "--answers", folder / "many.jsonl")
    found = [json.loads(line) for line in result.stdout.split("\n") if line]

    assert result.exit_code == 1
    assert [(case["id"], case["error"] is None) for case in found] == [
        ("a", True),
        (None, False),
        ("c", False),
        ("d", True),
    ]
    assert "An\u2028n" in found[0]["nodes"]["/data/member[1]/first"]["value"]
    assert "many.jsonl, line 2" in found[1]["error"]


def test_half_a_surrogate_pair_among_the_answers_is_printed_escaped(folder):
    result = evaluate(folder, [{"path": "/data/member[1]/first", "value": "\ud800"}])

    assert result.exit_code == 0
    assert json.loads(result.stdout)["nodes"]["/data/member[1]/first"]["value"] == "\ud800"
