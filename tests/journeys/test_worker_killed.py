"""The worker dies in the middle of an import: it is done once, by the next worker."""

import csv
import sqlite3
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from ddplatform.value_chain.imports.services.reading import APPLY
from tests.factories import PASSWORD
from tests.journeys.running import WAIT_S, Running, Visitor, visitor

pytestmark = [pytest.mark.journey, pytest.mark.long]
ROWS = 4_000


def _ask(running: Running, question: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(running.folder / "platform.db", timeout=30) as connection:
        return connection.execute(question).fetchall()


def _list_of_suppliers(file: Path) -> Path:
    with file.open("w", newline="", encoding="utf-8") as stream:
        table = csv.writer(stream)
        table.writerow(["Supplier Name", "Country", "Address"])
        for number in range(ROWS):
            table.writerow([f"Workshop {number:05}", "GH", f"Mile {number}, Kumasi"])
    return file


def _wait_for(running: Running, question: str, wanted: object) -> None:
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        rows = _ask(running, question)
        if rows and rows[0][0] == wanted:
            return
        time.sleep(0.02)
    raise AssertionError(f"{question}: {_ask(running, question)}\n{running.log('worker')}")


def test_a_worker_killed_in_the_middle_of_an_import_leaves_exactly_one_import(
    acme: Running, browser: Browser, tmp_path: Path
) -> None:
    try:
        acme.start_web()
        acme.start_worker()
        with visitor(acme, browser) as mia:
            _stage(mia, _list_of_suppliers(tmp_path / "suppliers.csv"))
            mia.page.click("button:has-text('Import the list')")
            _wait_for(acme, f"SELECT done > 0 FROM job WHERE name = '{APPLY}'", 1)
            acme.kill_worker()
            assert _ask(acme, "SELECT count(*) FROM value_chain_node") == [(1,)]
            acme.start_worker()
            _wait_for(acme, f"SELECT state FROM job WHERE name = '{APPLY}'", "done")
            expect(mia.page.get_by_text("List imported")).to_be_visible(timeout=60_000)
    finally:
        acme.stop()
    assert _ask(acme, f"SELECT attempts FROM job WHERE name = '{APPLY}'") == [(2,)]
    assert _ask(acme, "SELECT count(*) FROM value_chain_node") == [(ROWS + 1,)]
    assert _ask(acme, "SELECT count(*) FROM supply_link") == [(ROWS,)]
    applied = "SELECT count(*) FROM audit_event WHERE action = 'map_import:apply'"
    assert _ask(acme, applied) == [(1,)]


def _stage(mia: Visitor, file: Path) -> None:
    mia.sign_in({"email": "mia@acme.example", "password": PASSWORD})
    page = mia.open("/o/acme/value-chain/new")
    page.fill("[name=name]", "Wood")
    page.fill("[name=own_business]", "Acme")
    page.select_option("[name=country]", "BE")
    page.click("button:has-text('Create the map')")
    page.click("a[href$='/imports/new']")
    page.set_input_files("input[type=file]", file)
    page.click("button:has-text('Read the list')")
    expect(page.get_by_text("Preview of changes")).to_be_visible(timeout=60_000)
