"""The limits of coverage, and how short ones are told."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.check_coverage import main, shortfalls, spans

ROOT = Path(__file__).resolve().parents[2]


def report_of(files: dict[str, list[int]], total: float = 95.0) -> dict[str, object]:
    return {
        "files": {name: {"missing_lines": lines} for name, lines in files.items()},
        "totals": {"percent_covered": total},
    }


def test_a_line_of_bedrock_that_is_never_run_is_told():
    report = report_of(
        {"supply_chain/graph/graph.py": [3, 4, 5, 9], "ddplatform/risk/facts/services/facts.py": []}
    )

    assert shortfalls(report) == ["supply_chain/graph/graph.py: lines 3-5, 9 are never run"]


def test_a_page_may_be_covered_in_part():
    assert shortfalls(report_of({"ddplatform/value_chain/drawings/world.py": [3]})) == []


def test_too_little_overall_is_told_last():
    report = report_of({"questionnaires/evaluation/tree.py": [7]}, total=89.94)

    assert shortfalls(report)[-1] == "All files: 89.9 % is covered, 90 % is the limit"


@pytest.mark.parametrize(
    ("lines", "words"), [([1], "1"), ([1, 2], "1-2"), ([9, 1, 2], "1-2, 9"), ([1, 3], "1, 3")]
)
def test_neighbouring_lines_are_joined(lines, words):
    assert spans(lines) == words


def test_the_command_tells_by_its_exit_code(tmp_path, capsys):
    report = tmp_path / "report.json"
    report.write_text(json.dumps(report_of({})), encoding="utf-8")

    assert main([str(report)]) == 0
    report.write_text(json.dumps(report_of({}, total=10)), encoding="utf-8")
    assert main([str(report)]) == 1
    assert main([str(tmp_path / "none.json")]) == 2
    assert "Name the report" in capsys.readouterr().err


@pytest.mark.parametrize(("mode", "code"), [("1", 1), ("report", 0)])
def test_a_run_that_is_short_says_so_before_pytests_closing_line(tmp_path, mode, code):
    (tmp_path / "test_nothing.py").write_text("def test_nothing():\n    pass\n", encoding="utf-8")
    (tmp_path / ".coverage.json").write_text(json.dumps(report_of({}, total=1)), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.coverage_limits", str(tmp_path)]
    environment = {
        **os.environ,
        "COVERAGE": mode,
        "PYTHONPATH": str(ROOT),
        "PYTEST_PLUGINS": "",
        "PYTEST_ADDOPTS": "",  # what the outer run asks for is not meant for this one
    }
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)

    lines = done.stdout.splitlines()
    assert done.returncode == code
    assert "All files: 1.0 % is covered, 90 % is the limit" in lines
    assert lines[-1].startswith("1 passed")
