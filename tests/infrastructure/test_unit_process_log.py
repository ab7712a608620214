"""Lines of a process log: moments in UTC, and one record for one text, whatever stands in it."""

import logging
import re
import sys

import pytest

from ddplatform.infrastructure.process_log import UtcFormatter, log_to_standard_error

FORGED = "no\r\n2026-01-01T00:00:00Z INFO forged\u2028more"


def record(text: str, *values: object, failed: bool = False) -> logging.LogRecord:
    told = sys.exc_info() if failed else None
    made = logging.LogRecord("x", logging.WARNING, "x.py", 1, text, values, told)
    made.created = 1_700_000_000.0  # 14 November 2023, 22:13:20 UTC
    return made


def test_moment_is_in_utc_wherever_the_process_runs(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TZ", "Asia/Kathmandu")

    assert UtcFormatter().format(record("A mail was refused: %s", 7)) == (
        "2023-11-14T22:13:20Z WARNING A mail was refused: 7"
    )


def test_line_end_in_a_text_begins_no_record():
    first, *rest = UtcFormatter().format(record("name %s", FORGED)).split("\n")

    assert first == "2023-11-14T22:13:20Z WARNING name no"
    assert rest == ["\t2026-01-01T00:00:00Z INFO forged", "\tmore"]


def test_text_of_an_error_begins_no_record_either():
    try:
        raise ValueError(FORGED)
    except ValueError:
        _, *rest = UtcFormatter().format(record("failed", failed=True)).split("\n")

    assert any("forged" in line for line in rest)
    assert all(line.startswith("\t") for line in rest)


def test_process_writes_its_log_to_standard_error_in_this_form(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "level", logging.WARNING)
    log_to_standard_error()
    log_to_standard_error()
    logging.getLogger("ddplatform.example").info("ready")

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ INFO ready\n", capsys.readouterr().err)
