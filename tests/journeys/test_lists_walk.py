"""Two lists as companies publish them, from the file to the answer, in a browser.

The whole palm-oil disclosure of 15 brands (52,871 links) to the ranked origins of one buyer's
exposure; and the factories of a sports brand in one year and in a later one.
"""

import gzip
import re
import time
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from ddplatform.config import ROOT
from tests.factories import PASSWORD
from tests.journeys.running import Running, Visitor, visitor

pytestmark = [pytest.mark.journey, pytest.mark.long]
GRAPHS, LISTS = ROOT / "tests/data/supply_graphs", ROOT / "tests/data/supplier_lists/whole"
PALM = ("palm_oil_brands_nodes.csv", "palm_oil_brands_edges.csv")
LONG_MS = 120_000
BUYER = "Ferrero"


def _unpacked(folder: Path, *names: str, at: Path) -> list[Path]:
    files = [folder / name for name in names]
    for file in files:
        file.write_bytes(gzip.decompress((at / f"{file.name}.gz").read_bytes()))
    return files


def _new_map(mia: Visitor, name: str) -> str:
    """The address of a new map of Acme."""
    mia.sign_in({"email": "mia@acme.example", "password": PASSWORD})
    page = mia.open("/o/acme/value-chain/new")
    page.fill("[name=name]", name)
    page.fill("[name=own_business]", "Acme")
    page.select_option("[name=country]", "BE")
    page.click("button:has-text('Create the map')")
    page.wait_for_url(re.compile(r"/value-chain/[0-9a-f-]{36}"))
    return page.url.split("?")[0].rstrip("/")


def _upload(page: Page, chain: str, files: list[Path]) -> None:
    page.goto(f"{chain}/imports/new")
    page.set_input_files("input[type=file]", files)
    page.click("button:has-text('Read the list')")
    expect(page.get_by_text("Preview of changes")).to_be_visible(timeout=LONG_MS)


def _bring_in(page: Page) -> None:
    if page.locator("[name=skip_faulty]").count():
        page.check("[name=skip_faulty]")
    page.click("button:has-text('Import the list')")
    expect(page.get_by_text("List imported")).to_be_visible(timeout=LONG_MS)


def _number(text: str) -> float:
    return float(text.strip().replace(",", ""))


def test_the_raw_palm_oil_list_comes_from_upload_to_ranked_origins(
    open_acme: Running, browser: Browser, tmp_path: Path
) -> None:
    files = _unpacked(tmp_path, *PALM, at=GRAPHS)
    with visitor(open_acme, browser) as mia:
        chain = _new_map(mia, "Palm oil")
        page = mia.page
        _upload(page, chain, files)
        expect(page.locator("main")).to_contain_text("56,967 rows read: 4,096 new sites")
        _see_the_columns(page)
        _bring_in(page)
        expect(page.locator("main")).to_contain_text("4,096 new sites")
        _see_the_origins(page, chain)


def _see_the_columns(page: Page) -> None:
    page.click("a:has-text('Check the columns')")
    for label, column in (("Name", "name"), ("Country", "country"), ("Region", "province")):
        taken = page.locator(f"tr:has(label:text-is('{label}')) input").first
        expect(taken).to_have_value(column)
    for label, column in (("Supplier", "source"), ("Buyer", "target")):
        taken = page.locator(f"tr:has(label:text-is('{label}')) input").last
        expect(taken).to_have_value(column)
    page.click("nav[aria-label=Breadcrumb] a >> nth=-1")


def _see_the_origins(page: Page, chain: str) -> None:
    """The largest first, and all together the exposure of the buyer; by country too."""
    origins = f"{chain.replace('/value-chain/', '/analysis/')}/origins"
    end = time.monotonic() + LONG_MS / 1000
    page.goto(origins)
    while page.get_by_text("not assessed yet").count():
        assert time.monotonic() < end, "The map was not assessed."
        page.wait_for_timeout(500)
        page.reload()
    page.fill("[name=node]", BUYER)
    page.click("form.filters button:has-text('Show')")
    expect(page.get_by_text(f"The exposure of {BUYER}").first).to_be_visible()
    for title in ("By country", "By origin"):
        parts = _parts(page.locator(f"section:has(h2:text-is('{title}')) table"))
        *named, whole = parts
        assert whole == pytest.approx(sum(named), abs=0.0005), title
        shown = named[:-1]  # the last line adds up the smaller ones
        assert shown == sorted(shown, reverse=True), title


def _parts(table: Locator) -> list[float]:
    return [_number(text) for text in table.locator("td[data-label=Adds]").all_inner_texts()]


def test_a_later_list_of_factories_tells_who_is_new_moved_renamed_and_asks_about_the_rest(
    open_acme: Running, browser: Browser, tmp_path: Path
) -> None:
    first, later = _unpacked(tmp_path, "nike_2021-02_raw.csv", "nike_2023-08_raw.csv", at=LISTS)
    with visitor(open_acme, browser) as mia:
        chain = _new_map(mia, "Footwear")
        page = mia.page
        _upload(page, chain, [first])
        _bring_in(page)
        _upload(page, chain, [later])
        assert _tab(page, "New") > 100
        assert _tab(page, "Moved") > 0 and _tab(page, "Renamed") > 0
        _see_known_as_before(page)
        gone = _answer_one_who_is_gone(page)
        _bring_in(page)
        page.goto(f"{chain}/table?{urlencode({'q': gone})}")
        expect(page.locator("main")).to_contain_text(gone)


def _tab(page: Page, name: str) -> int:
    text = page.locator("a[href*='tab=']", has_text=re.compile(rf"^\s*{name}")).first.inner_text()
    return int(_number(re.sub(r"[^\d,]", "", text)))


def _see_known_as_before(page: Page) -> None:
    """Each that moved or has a new name says by what it was known."""
    for name in ("Moved", "Renamed"):
        page.click(f"a[href*='tab=']:has-text('{name}')")
        row = page.locator("#rows table tbody tr").first
        assert row.locator("td[data-label='Matched by']").inner_text().strip()
        before, after = (
            row.locator(f"td[data-label='{side}']").inner_text()
            for side in ("In the map", "In the list")
        )
        assert before != after


def _answer_one_who_is_gone(page: Page) -> str:
    """Gone is a question: one is kept, the others stay open; the name of the one."""
    page.click("a[href*='tab=gone']")
    row = page.locator("#gone table tbody tr").first
    name = row.locator("th").inner_text().strip()
    row.locator("select").select_option("keep")
    page.click("#gone button:has-text('Save decisions')")
    answered = page.locator("#gone table tbody tr", has_text=name).first
    expect(answered.locator("select")).to_have_value("keep")
    return name
