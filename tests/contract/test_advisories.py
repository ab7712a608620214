"""The build holds what is installed against known vulnerabilities and the limits of its page."""

import json
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from scripts.check_advisories import (
    DAYS,
    FIRST,
    LISTS,
    Answer,
    Waiting,
    faults_of,
    read_npm_audit,
    read_pip_audit,
    read_record,
)

ROOT = Path(__file__).resolve().parents[2]
PUBLISHED = date(2026, 11, 20)
FOUND = Answer(frozenset({("waitress", "GHSA-9298-4cf8-g4wj")}))
ON_RECORD = Waiting("GHSA-9298-4cf8-g4wj", "waitress", "high", PUBLISHED, "Not reached here.")


def test_vulnerability_that_is_not_on_record_fails_the_build():
    assert faults_of([FOUND], [], PUBLISHED) == [
        "waitress: GHSA-9298-4cf8-g4wj is not on record in docs/advisories.yaml"
    ]


def test_vulnerability_on_record_may_wait_for_its_time_and_no_day_longer():
    assert faults_of([FOUND], [ON_RECORD], date(2026, 12, 4)) == []
    assert faults_of([FOUND], [ON_RECORD], date(2026, 12, 5)) == [
        "waitress: GHSA-9298-4cf8-g4wj had to be mended by 2026-12-04"
    ]


def test_component_that_the_service_does_not_know_is_not_clean():
    """pip-audit says "No known vulnerabilities found" of this answer, and ends with 0."""
    skipped = {"name": "waitress", "skip_reason": "Dependency not found on PyPI"}
    known = {"name": "flask", "version": "3.1.0", "vulns": []}

    assert read_pip_audit(json.dumps({"dependencies": [skipped, known]})).unknown == ("waitress",)
    assert read_pip_audit(json.dumps({"dependencies": [known]})) == Answer()


@pytest.mark.parametrize("written", ["", "{}", '{"dependencies": []}', '{"error": {"code": 405}}'])
def test_service_that_does_not_answer_leaves_everything_unknown(written: str):
    assert read_pip_audit(written).unknown == ("Python packages",)
    assert read_npm_audit(written).unknown == ("front-end packages",)


def test_what_the_programs_write_of_a_vulnerability_is_read():
    row = {"name": "waitress", "version": "2.1.1", "vulns": [{"id": "GHSA-9298-4cf8-g4wj"}]}
    via = {"url": "https://github.com/advisories/GHSA-67mh-4wv8-2f99", "severity": "moderate"}
    rows = {"esbuild": {"via": [via]}, "vite": {"via": ["esbuild"]}}

    assert read_pip_audit(json.dumps({"dependencies": [row]})) == FOUND
    assert read_npm_audit(json.dumps({"vulnerabilities": rows})).found == {
        ("esbuild", "GHSA-67mh-4wv8-2f99")
    }


def test_limits_are_those_of_the_page():
    page = (ROOT / "docs/components.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (critical|high|medium|low)[^|]*\| (\d+) days \|", page, re.MULTILINE)

    assert {name: int(days) for name, days in rows} == DAYS


def test_record_names_known_components_within_their_time_and_every_list_is_asked_about():
    last, waiting = read_record()
    texts = [path.read_text(encoding="utf-8") for path in ROOT.glob("requirements-*.txt")]

    assert last is None or last <= date.today()  # noqa: DTZ011
    assert all(one.severity in DAYS and one.reason for one in waiting)
    assert all(any(f"{one.component}==" in text for text in texts) for one in waiting)
    assert {path.name for path in ROOT.glob("requirements-*.txt")} == {*FIRST, *LISTS}
    assert "scripts/check_advisories.sh" in (ROOT / "scripts/lint.sh").read_text(encoding="utf-8")


def test_check_without_a_service_says_so_and_fails_where_it_is_required(tmp_path: Path):
    """Whatever both programs ask goes to a proxy that is not there."""
    nobody = "http://127.0.0.1:1"
    nowhere = {"PATH": str(tmp_path), "HOME": str(tmp_path), "HTTPS_PROXY": nobody}
    nowhere["npm_config_registry"] = nobody
    done = [
        subprocess.run(
            [sys.executable, "-m", "scripts.check_advisories"],
            cwd=ROOT,
            env={**nowhere, "ADVISORIES": asked},
            capture_output=True,
            text=True,
        )
        for asked in ("", "required")
    ]

    assert [one.returncode for one in done] == [0, 2]
    assert all("NOT CHECKED" in one.stderr and "Last complete check" in one.stderr for one in done)
