"""`flask value-chain match` and `match-pairs`: files, exit codes, documents."""

import csv
import json
from pathlib import Path

import pytest
from flask import Flask

LIST = """id,name,address,country
a,Acme Ltd,1 Main Street,GB
b,ACME LIMITED,1 Main St.,United Kingdom
c,Beta Mills,9 Other Road,IN
"""
PAIRS = """pair_id,left_name,left_country,right_name,right_country
1,Acme Ltd,GB,Acme Limited,GB
2,Acme,GB,Zenith Foods,IN
3,,GB,Zenith Foods,IN
"""


@pytest.fixture
def run(app: Flask, tmp_path: Path):  # type: ignore[no-untyped-def]
    (tmp_path / "list.csv").write_text(LIST)
    (tmp_path / "pairs.csv").write_text(PAIRS)
    (tmp_path / "nameless.csv").write_text("id,address\n1,x\n")

    def run_it(*arguments: str):  # type: ignore[no-untyped-def]
        words = [str(tmp_path / word) if word.endswith(".csv") else word for word in arguments]
        return app.test_cli_runner().invoke(args=["value-chain", *words])

    return run_it


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_duplicates_within_a_list_are_written_with_score_and_reasons(run, tmp_path):
    done = run("match", "list.csv", "--out", "out.csv", "--json")

    assert done.exit_code == 0
    found = json.loads(done.stdout)
    assert (found["rows"], found["pairs"], found["same"]) == ([3], 1, 1)
    (row,) = rows_of(tmp_path / "out.csv")
    assert (row["left_id"], row["right_id"], row["decision"]) == ("a", "b", "same")
    assert 0.5 < float(row["score"]) <= 1
    assert "names equal without legal form" in row["reasons"]


def test_two_lists_are_matched_across(run, tmp_path):
    done = run("match", "list.csv", "list.csv", "--out", "made/out.csv")

    assert done.exit_code == 0
    pairs = {(row["left_id"], row["right_id"]) for row in rows_of(tmp_path / "made/out.csv")}
    assert pairs == {(one, other) for one in "ab" for other in "ab"} | {("c", "c")}


def test_pairs_are_written_in_their_order_and_a_faulty_row_ends_with_1(run, tmp_path):
    done = run("match-pairs", "pairs.csv", "--out", "out.csv", "--json")

    assert done.exit_code == 1
    rows = rows_of(tmp_path / "out.csv")
    assert [row["pair_id"] for row in rows] == ["1", "2", "3"]
    assert [row["decision"] for row in rows] == ["same", "different", ""]
    (problem,) = json.loads(done.stdout)["problems"]
    assert (problem["file"], problem["row"], problem["column"]) == ("pairs.csv", 4, "left_name")


def test_scores_of_an_earlier_run_are_replaced(run, tmp_path):
    run("match-pairs", "pairs.csv", "--out", "out.csv")
    run("match-pairs", "out.csv", "--out", "again.csv")

    assert (tmp_path / "again.csv").read_text() == (tmp_path / "out.csv").read_text()


def test_no_cell_of_a_list_runs_as_a_formula_when_the_answer_is_opened(run, tmp_path):
    rows = "id,left_name,=right,right_name,left_latitude\n=1+1,@Acme,\t+x,Acme Ltd,-5.7\n"
    (tmp_path / "wild.csv").write_text(rows)
    run("match-pairs", "wild.csv", "--out", "out.csv")
    run("match-pairs", "out.csv", "--out", "again.csv")

    header, cells = (tmp_path / "out.csv").read_text().splitlines()
    assert header.startswith("id,left_name,'=right,")
    assert cells.startswith("'=1+1,'@Acme,'\t+x,Acme Ltd,-5.7,")
    assert (tmp_path / "again.csv").read_text() == (tmp_path / "out.csv").read_text()


def test_very_many_faults_are_told_in_short(run, tmp_path):
    (tmp_path / "bad.csv").write_text("id,name\n" + "x,\n" * 60)

    done = run("match", "bad.csv", "--out", "out.csv")

    assert done.exit_code == 1
    assert "bad.csv, row 2, column name: The name is missing." in done.stdout
    assert "... and 10 more problems (see --json)." in done.stdout


@pytest.mark.parametrize("words", [("match", "list.csv"), ("match-pairs", "pairs.csv")])
def test_the_list_that_is_read_is_never_written_over(run, tmp_path, words):
    before = (tmp_path / words[1]).read_text()

    done = run(*words, "--out", words[1])

    assert done.exit_code == 2
    assert "give the answer another name" in done.stderr
    assert (tmp_path / words[1]).read_text() == before


def test_columns_that_nothing_is_compared_by_are_told(run, tmp_path):
    (tmp_path / "other.csv").write_text("id,name,lat,lng\na,Acme,1,2\n")

    said = run("match", "list.csv", "other.csv", "--out", "out.csv").stdout
    told = json.loads(run("match", "list.csv", "other.csv", "--out", "out.csv", "--json").stdout)

    assert "Columns that nothing is compared by: lat, lng." in said
    assert told["unused_columns"] == [[], ["lat", "lng"]]


@pytest.mark.parametrize("command", ["match", "match-pairs"])
def test_a_list_without_names_is_refused_and_leaves_no_file(run, tmp_path, command):
    done = run(command, "nameless.csv", "--out", "out.csv", "--json")

    assert done.exit_code == 1
    assert json.loads(done.stdout)["error"]["code"] == "missing_column"
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    "words", [("match", "absent.csv", "--out", "o.csv"), ("match", "list.csv")]
)
def test_wrong_usage_ends_with_2(run, words):
    assert run(*words).exit_code == 2
