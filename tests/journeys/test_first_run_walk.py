"""From nothing to ranked risks: sign-up by a mailed link, 1,000 rows, the register.

The walk prints how long it takes and asserts on how many pages it leads: at most six.
"""

import csv
import re
import sys
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from supply_chain.reference.release import load_reference
from tests.factories import PASSWORD
from tests.journeys.running import Running, installation, visitor, width_of
from tests.journeys.test_axe import Way, looked_at

pytestmark = [pytest.mark.journey, pytest.mark.long]
EMAIL = "ama@cacao.example"
ROWS, MOST_PAGES = 1000, 6
LONG_MS = 120_000
WAYS: tuple[Way, ...] = (("light", 1440), ("dark", 390))
TOLD = {"garments": "garments", "cocoa_farming": "cocoa", "cotton_farming": "cotton"}
"""Goods beside some of the sectors."""


@pytest.fixture
def open_to_all(tmp_path: Path, sqlite_template: Path) -> Iterator[Running]:
    """An empty installation whose sign-up page is open, with web and worker running."""
    empty = installation(tmp_path, sqlite_template)
    made = Running(empty.folder, empty.port, {**empty.environment, "SIGN_UP": "open"})
    try:
        made.start_web()
        made.start_worker()
        yield made
    finally:
        made.stop()


def write_list(file: Path) -> Path:
    """A supplier list of 1,000 rows: all countries and sectors of the reference, one each row."""
    reference = load_reference()
    countries = cycle(country.short_name for country in reference.countries.values())
    sectors = cycle(reference.sectors.items())
    with file.open("w", encoding="utf-8", newline="") as lines:
        table = csv.writer(lines)
        table.writerow(["Supplier", "Country", "Sector", "Goods"])
        for number, country in enumerate(islice(countries, ROWS), 1):
            ref, sector = next(sectors)
            table.writerow([f"Supplier {number:04}", country, sector.name, TOLD.get(ref, "")])
    return file


class Walk:
    """Looks at each page that is met: axe, and whether it fits a phone."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pages: list[str] = []
        self.faults: list[str] = []
        self.looking_s = 0.0

    def meet(self) -> None:
        """Note the open page and what is wrong with it; the time of looking is not the walk's."""
        began = time.monotonic()
        path = re.sub(r"[0-9a-f-]{36}|/found/.*", "…", self.page.url.split("/", 3)[3].split("?")[0])
        if path not in self.pages:
            self.pages.append(path)
        for way, faults in looked_at(self.page, path, WAYS):
            self.faults += [f"{way}: {fault}" for fault in faults]
        if (wide := width_of(self.page)) > WAYS[-1][1]:
            self.faults.append(f"{path}: {wide} px")
        self.page.set_viewport_size({"width": WAYS[0][1], "height": 900})
        self.looking_s += time.monotonic() - began


def test_from_sign_up_by_a_mailed_link_to_ranked_risks_of_a_thousand_rows_in_six_pages(
    open_to_all: Running, browser: Browser, tmp_path: Path
) -> None:
    file = write_list(tmp_path / "suppliers.csv")
    with visitor(open_to_all, browser) as ama:
        page, began = ama.open("/sign-up"), time.monotonic()
        walk = Walk(page)
        walk.meet()
        page.fill("[name=email]", EMAIL)
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Check your mail")
        walk.meet()

        page.goto(open_to_all.link_in_mail(EMAIL, "/found/"))
        walk.meet()
        _found(page)
        expect(page.locator("h1")).to_have_text("Setup")
        walk.meet()

        page.fill("[name=map_name]", "All purchases")
        page.set_input_files("[name=files]", file)
        page.click("button:has-text('Continue')")
        expect(page.get_by_text("Preview of changes")).to_be_visible(timeout=LONG_MS)
        expect(page.locator("main")).to_contain_text("1,000 rows read: 1,000 new sites")
        walk.meet()

        page.click("button:has-text('Import the list')")
        expect(page.locator("h2", has_text="Read and score")).to_be_visible()
        walk.meet()
        expect(page.get_by_text("1,001 places are scored.")).to_be_visible(timeout=LONG_MS)

        page.click("text=Show the ranked risks")
        expect(page.locator("h1")).to_have_text("Risks to children")
        expect(page.locator("#risks tbody tr")).not_to_have_count(0)
        took_s = time.monotonic() - began - walk.looking_s
        walk.meet()

    told = f"first run, {ROWS} rows: {len(walk.pages)} pages, {took_s / 60:.1f} minutes scripted"
    sys.stdout.write(f"\n{told}; {walk.looking_s:.0f} s of looking at pages besides\n")
    assert walk.faults == []
    assert len(walk.pages) <= MOST_PAGES, walk.pages


def _found(page: Page) -> None:
    """Say who founds what."""
    page.fill("[name=name]", "Maison Cacao")
    page.select_option("[name=country]", "FR")
    page.select_option("[name=sector_ref]", "food_processing")
    page.fill("[name=person]", "Ama Mensah")
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=again]", PASSWORD)
    page.click("button:has-text('Create the organisation')")
