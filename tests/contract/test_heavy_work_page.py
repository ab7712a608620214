"""docs/heavy-work.md names all long background work, with the limits that the code sets."""

import re
from pathlib import Path

import pytest
from flask import Flask

from ddplatform.accounts.limits import services as limits
from ddplatform.config import Settings
from ddplatform.evidence.redaction import blackening
from ddplatform.evidence.search import search
from ddplatform.infrastructure.access import odd_input
from ddplatform.infrastructure.file_checks import process
from ddplatform.infrastructure.jobs.handlers import HANDLERS
from ddplatform.infrastructure.web_server.server import Bounds
from ddplatform.risk.analysis import routes as analysis
from ddplatform.value_chain.bulk_changes.services import changes
from ddplatform.value_chain.pictures.queries import boxes
from questionnaires.workbook import reading
from supply_chain.intake import workbook

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/heavy-work.md").read_text(encoding="utf-8")
PROXY = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
GB = 1024**3


def test_every_long_job_is_on_the_page_and_no_other(app: Flask):
    long = {name for name, handler in HANDLERS.items() if handler.is_staged}
    section = PAGE.partition("## In the worker\n")[2].partition("\n## ")[0]

    assert app is not None
    assert set(re.findall(r"`([a-z_]+:[a-z_-]+)`", section)) == long


@pytest.mark.parametrize(
    "words",
    [
        f"{Bounds().threads} threads of a process, {Bounds().connections} connections",
        f"headers {Bounds().headers_bytes // 1024} KB and {Bounds().headers_s:.0f} s, "
        f"body {Bounds().body_s:.0f} s and slower than {Bounds().slowest // 1024} KB a second",
        f"{Settings.uploads_at_once} by default",
        f"{process.MEMORY_BYTES // 1024**2} MB, {process.CPU_S} s of processor time, "
        f"{process.CLOCK_S} s in all",
        f"{search.CHILD_MEMORY_BYTES // GB} GB of addresses",
        f"{blackening.CHILD_MEMORY_BYTES // GB} GB, {blackening.CHILD_CPU_S} s of processor time, "
        f"{blackening.CHILD_CLOCK_S} s in all",
        f"{reading.CHILD_MEMORY_BYTES // GB} GB, {reading.CHILD_CPU_SECONDS} s of processor time, "
        f"{reading.CHILD_CLOCK_SECONDS} s for each book",
        f"{workbook.CHILD_MEMORY_BYTES // GB} GB and {workbook.CHILD_CPU_SECONDS} s of processor",
        f"{limits.UPLOAD.times} uploads an hour",
        f"| {limits.EXPORT.times} an hour |",
        f"{changes.MOST:,} sites",
        f"draw {boxes.MOST_BOXES} boxes and {boxes.MOST_OPEN} open groups",
        f"hold {analysis.MOST_IN_FILES} rows",
        f"searches of {odd_input.LONGEST_VALUE:,} characters",
    ],
)
def test_limits_on_the_page_are_those_of_the_code(words: str):
    assert words in PAGE


def test_limits_of_the_proxy_are_those_of_the_reference():
    [waits] = re.findall(r"proxy_read_timeout (\d+)s;", PROXY)
    [rate] = re.findall(r"rate=(\d+)r/s;", PROXY)
    [connections] = re.findall(r"limit_conn waymark_connections (\d+);", PROXY)

    assert f"The reference proxy waits {waits} s" in PAGE
    assert f"{rate} requests a second and {connections} connections for an address" in PAGE
    assert process.CLOCK_S < blackening.CHILD_CLOCK_S < int(waits)
