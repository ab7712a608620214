"""Known vulnerabilities of what is installed, held against the limits of docs/components.md.

pip-audit asks the Python Package Index, or else OSV, about the Python lists, npm its registry about
the front end. Both call a list clean whose names a service did not know, so each answer is read
for what was really looked up. docs/advisories.yaml holds the day of the last complete check and
the vulnerabilities that wait for a release within their time.

Usage: python -m scripts.check_advisories [--record]

Exit code 0: nothing beyond its time. Where no service answered, this is said on standard error,
with the day of the last complete check; with ADVISORIES=required, as before a release, that is 2.
Exit code 1: a vulnerability that is not on record, or whose time is over.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import yaml

ROOT = Path(__file__).resolve().parents[1]
RECORD = ROOT / "docs/advisories.yaml"
FIRST = ("requirements-installer.txt",)
"""Asked about alone before all others: a service that does not know it is none."""
SERVICES = ("pypi", "osv")
LISTS = ("requirements-checks.txt", "requirements-models.txt", "requirements-audit.txt")
DAYS = {"critical": 3, "high": 14, "medium": 45, "low": 90}
"""From the publication of a vulnerability to a release without it (docs/components.md)."""
CLOCK_S = 600


@dataclass(frozen=True)
class Answer:
    """What a service told of some components."""

    found: frozenset[tuple[str, str]] = frozenset()
    """(component, id of the vulnerability)"""
    unknown: tuple[str, ...] = ()
    """Components, or a whole list, that nobody looked up."""


@dataclass(frozen=True)
class Waiting:
    """A vulnerability on record."""

    id: str
    component: str
    severity: str
    published: date
    reason: str

    @property
    def until(self) -> date:
        """The last day on which a release may still hold it."""
        return self.published + timedelta(days=DAYS[self.severity])


def read_pip_audit(written: str) -> Answer:
    """What pip-audit wrote with `--format json`; a component it skipped was not looked up."""
    try:
        rows: Sequence[Mapping[str, Any]] = json.loads(written)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Answer(unknown=("Python packages",))
    return Answer(
        frozenset((row["name"], one["id"]) for row in rows for one in row.get("vulns", ())),
        tuple(row["name"] for row in rows if "skip_reason" in row)
        or (() if rows else ("Python packages",)),
    )


def read_npm_audit(written: str) -> Answer:
    """What `npm audit --json` wrote; an error of its service is no answer."""
    try:
        rows: Mapping[str, Mapping[str, Any]] = json.loads(written)["vulnerabilities"]
    except (ValueError, KeyError, TypeError):
        return Answer(unknown=("front-end packages",))
    return Answer(
        frozenset(
            (name, str(via["url"]).rpartition("/")[2])
            for name, row in rows.items()
            for via in row["via"]
            if isinstance(via, Mapping)
        )
    )


def faults_of(answers: Sequence[Answer], record: Sequence[Waiting], today: date) -> list[str]:
    """Vulnerabilities that must not be there today, in words."""
    waiting = {(one.component, one.id): one for one in record}
    faults = []
    for component, name in sorted(frozenset().union(*(one.found for one in answers))):
        one = waiting.get((component, name))
        if one is None:
            faults.append(f"{component}: {name} is not on record in docs/advisories.yaml")
        elif one.until < today:
            faults.append(f"{component}: {name} had to be mended by {one.until}")
    return faults


def read_record() -> tuple[date | None, list[Waiting]]:
    """The day of the last complete check, and what waits."""
    held = yaml.safe_load(RECORD.read_text(encoding="utf-8"))
    return held["last_complete_check"], [Waiting(**row) for row in held["waiting"] or ()]


def _ask_pip_audit(service: str, lists: Sequence[str]) -> Answer:
    options = [part for name in lists for part in ("-r", name)]
    options += ["--require-hashes", "--disable-pip", "--progress-spinner", "off", "-f", "json"]
    packages = {**os.environ, "PYTHONPATH": str(ROOT / ".venv/audit")}
    command = [sys.executable, "-m", "pip_audit", "-s", service, *options]
    return read_pip_audit(_run(command, ROOT, packages))


def _ask_npm() -> Answer:
    path = f"{os.environ.get('PATH', '')}:{ROOT / '.venv/bin'}"
    command = ["npm", "audit", "--json", "--package-lock-only"]
    return read_npm_audit(_run(command, ROOT / "frontend", {**os.environ, "PATH": path}))


def _run(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> str:
    """Standard output, whatever the exit code: both programs end with 1 when they found some."""
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=CLOCK_S
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


def _ask_about_python() -> list[Answer]:
    """The answers of the first service that knows the index's own installer."""
    for service in SERVICES:
        first = _ask_pip_audit(service, FIRST)
        if not first.unknown:
            return [first, _ask_pip_audit(service, LISTS)]
    return [first]


def _write_day(last: date | None, today: date) -> None:
    before, after = (f"last_complete_check: {day or 'null'}\n" for day in (last, today))
    text = RECORD.read_text(encoding="utf-8")
    RECORD.write_text(text.replace(before, after), encoding="utf-8")


@click.command()
@click.option("--record", is_flag=True, help="Write the day of a complete check.")
def main(record: bool) -> None:
    """Ask, compare, say."""
    answers, today = [*_ask_about_python(), _ask_npm()], datetime.now(UTC).date()
    last, waiting = read_record()
    faults = faults_of(answers, waiting, today)
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        sys.exit(1)
    if unknown := ", ".join(name for one in answers for name in one.unknown):
        click.echo(
            f"NOT CHECKED for known vulnerabilities: no service answered for {unknown}. "
            f"Last complete check: {last or 'none'}.",
            err=True,
        )
        sys.exit(2 if os.environ.get("ADVISORIES") == "required" else 0)
    click.echo(f"Every component was looked up on {today}: nothing is beyond its time.")
    if record:
        _write_day(last, today)


if __name__ == "__main__":
    main()
