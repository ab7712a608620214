"""Logs go where the table of docs/operations.md (Watching) says, and nowhere else."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("ddplatform", "questionnaires", "supply_chain")
SINK = re.compile(
    r"logging\.\w*Handler\(|\b(?:Watched|Rotating|TimedRotating)?FileHandler\(|"
    r"SysLogHandler|SocketHandler|DatagramHandler|HTTPHandler|SMTPHandler|QueueHandler|"
    r"basicConfig|dictConfig|fileConfig|\.addHandler\(|\bsyslog\b|sys\.stderr\b|traceback\.print"
)
SINKS = {
    "ddplatform/infrastructure/process_log.py": "of the web process and the worker",
    "ddplatform/audit/security_events.py": "security events",
}
"""Modules that say where log lines go, and the row of the table that tells of it."""
APPENDS = re.compile(r"open\([^)]*[\"']ab?[\"']|O_APPEND")
APPENDED = {"ddplatform/operations/personal_data/erasure_list.py"}
"""The list of erasures: no log, but the only other file that grows (What lies where)."""


def texts() -> dict[str, str]:
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for package in PRODUCT
        for path in sorted((ROOT / package).rglob("*.py"))
    }


def inventory() -> dict[str, list[str]]:
    """Name of a log -> the other cells of its row."""
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    section = page.partition("## Watching\n")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line[:2] == "| "]
    return {name: cells for name, *cells in rows[2:]}


def test_log_lines_leave_through_two_modules_alone_and_no_other_file_grows():
    found = texts()

    assert {name for name, text in found.items() if SINK.search(text)} == set(SINKS)
    assert {name for name, text in found.items() if APPENDS.search(text)} == APPENDED


def test_each_of_them_has_its_row_with_place_form_content_readers_and_time():
    rows = inventory()

    assert set(SINKS.values()) | {"of each organisation", "of the reverse proxy"} == set(rows)
    assert all(len(cells) == 4 and all(cells) for cells in rows.values())
    assert rows["of the web process and the worker"][0] == "standard error"
    assert rows["of each organisation"][0] == "database"
    assert rows["security events"][0] == "`SECURITY_EVENTS`"


def test_reference_proxy_writes_where_the_table_says():
    conf = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
    places = re.findall(r"^\s*(?:access|error)_log (\S+?);? ", conf, flags=re.MULTILINE)

    assert places and all(place.startswith("/var/log/nginx/") for place in places)
    assert inventory()["of the reverse proxy"][0].startswith("`/var/log/nginx`")
