"""A list with faults is mended before it comes in, and next year's list asks who is gone.

By its workbook of problems: down, mended at the commented cells, up again; and on the page, one
value for all rows that have it.
"""

import os
import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.running import Running, visitor, width_of
from tests.journeys.test_lists_walk import LONG_MS, _bring_in, _new_map, _upload

pytestmark = [pytest.mark.journey, pytest.mark.long]
FAULTY = """Factory name,Country,Address,Latitude,Longitude
Alfa Knit,Bangladesh,12 Road Gazipur,23.99,90.42
Beta Wear,Bangla Land,5 Lane Dhaka,23.7,90.4
Gamma Shoes,Bangla Land,Lot 5 Savar,23.8,90.2
Delta Mills,Vietnam,Lot 9 Binh Duong,1090,106.7
"""
PUT = {"Bangla Land": "Bangladesh", "1090": "10.9"}
FIRST = """id,name,country,address
f1,Alfa Knit,BD,12 Road Gazipur
f2,Beta Wear,BD,5 Lane Dhaka
f3,Gamma Shoes,VN,Lot 5 Hanoi
f4,Delta Mills,VN,Lot 9 Hue
"""
LATER = """id,name,country,address
f1,Alfa Knit,BD,77 New Town Tongi
f2,Beta Fashion,BD,5 Lane Dhaka
f5,Epsilon Works,KH,1 Street Phnom Penh
"""


def _see(page: Page, name: str) -> None:
    """The page at the width of a phone and of a desk fits; a picture where somebody asks for it."""
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        over = width_of(page) - width
        assert over <= 0, f"{name} is {over} px too wide at {width} px"
        folder = os.environ.get("PICTURES")
        if folder:
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)


def _mended(workbook: Path) -> int:
    """Put right values into the commented cells of the workbook; how many there were."""
    book = openpyxl.load_workbook(workbook)
    commented = [
        cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.comment
    ]
    mended = [cell for cell in commented if str(cell.value) in PUT]
    for cell in mended:
        cell.value = PUT[str(cell.value)]
    book.save(workbook)
    return len(mended)


def test_a_list_is_mended_in_its_workbook_of_problems_and_comes_in_whole(
    open_acme: Running, browser: Browser, tmp_path: Path
) -> None:
    listed, workbook = tmp_path / "factories.csv", tmp_path / "problems.xlsx"
    listed.write_text(FAULTY, encoding="utf-8")
    with visitor(open_acme, browser) as mia:
        chain = _new_map(mia, "Clothes")
        page = mia.page
        _upload(page, chain, [listed])
        expect(page.locator("main")).to_contain_text("3 rows have problems")
        page.click("a[href*='tab=problems']")
        _see(page, "problems")
        with page.expect_download() as download:
            page.click("a:has-text('Download the problems')")
        download.value.save_as(workbook)
        assert _mended(workbook) == 3
        page.click("a:has-text('Upload corrected rows')")
        _see(page, "corrections")
        page.set_input_files("input[type=file]", workbook)
        page.click("button:has-text('Read the list again')")
        expect(page.locator("main")).to_contain_text("4 new sites", timeout=LONG_MS)
        assert page.locator("[name=skip_faulty]").count() == 0
        _bring_in(page)
        _see(page, "applied")
        page.goto(f"{chain}/table")
        for name in ("Alfa Knit", "Beta Wear", "Gamma Shoes", "Delta Mills"):
            expect(page.locator("main")).to_contain_text(name)
        expect(page.locator("main")).not_to_contain_text("Bangla Land")


def test_one_value_put_right_on_the_page_mends_all_rows_that_have_it(
    open_acme: Running, browser: Browser, tmp_path: Path
) -> None:
    listed = tmp_path / "factories.csv"
    listed.write_text(FAULTY, encoding="utf-8")
    with visitor(open_acme, browser) as mia:
        chain = _new_map(mia, "Shirts")
        page = mia.page
        _upload(page, chain, [listed])
        page.click("a[href*='tab=problems']")
        rows = page.locator("#rows table tbody tr")
        both = rows.filter(has_text="Bangla Land")
        expect(both).to_have_count(1)
        expect(both).to_contain_text("2 rows")
        both.locator("input[name^=put-]").fill("Bangladesh")
        page.click("button:has-text('Save corrections and read again')")
        expect(page.locator("main")).to_contain_text("1 row has problems", timeout=LONG_MS)
        expect(page.locator("main")).to_contain_text("“Bangla Land” → “Bangladesh”")
        _see(page, "mended")
        _bring_in(page)
        page.goto(f"{chain}/table")
        for name in ("Alfa Knit", "Beta Wear", "Gamma Shoes"):
            expect(page.locator("main")).to_contain_text(name)
        expect(page.locator("main")).not_to_contain_text("Delta Mills")


def test_next_years_list_moves_and_renames_sites_and_archives_only_who_is_said_to_be_gone(
    open_acme: Running, browser: Browser, tmp_path: Path
) -> None:
    first, later = tmp_path / "2025.csv", tmp_path / "2026.csv"
    first.write_text(FIRST, encoding="utf-8")
    later.write_text(LATER, encoding="utf-8")
    with visitor(open_acme, browser) as mia:
        chain = _new_map(mia, "Shoes")
        page = mia.page
        _upload(page, chain, [first])
        _bring_in(page)
        _upload(page, chain, [later])
        # Of new and missing sites, their links to our own business too.
        for tab, told in (
            ("New", "1 site, 1 link"),
            ("Moved", "1"),
            ("Renamed", "1"),
            ("Not in the list", "2 sites, 2 links"),
        ):
            words = page.locator("a[href*='tab=']", has_text=re.compile(rf"^\s*{tab}")).first
            expect(words).to_have_text(re.compile(rf"{tab}\s*{told}$"))
        for tab, before, after in (
            ("moved", "12 Road Gazipur", "77 New Town Tongi"),
            ("renamed", "Beta Wear", "Beta Fashion"),
        ):
            page.click(f"a[href*='tab={tab}']")
            row = page.locator("#rows table tbody tr").first
            expect(row.locator("td[data-label='In the map']")).to_have_text(before)
            expect(row.locator("td[data-label='In the list']")).to_have_text(after)
        page.click("a[href*='tab=gone']")
        _see(page, "gone")
        _say(page, "Gamma Shoes", "archive")
        _bring_in(page)
        page.goto(f"{chain}/table")
        for name in ("Alfa Knit", "Beta Fashion", "Epsilon Works", "Delta Mills"):
            expect(page.locator("main")).to_contain_text(name)
        for name in ("Gamma Shoes", "Beta Wear"):
            expect(page.locator("main")).not_to_contain_text(name)


def _say(page: Page, name: str, answer: str) -> None:
    """Answer what becomes of one site."""
    row = page.locator("#gone table tbody tr", has_text=name)
    row.locator("select").select_option(answer)
    page.click("#gone button:has-text('Save decisions')")
    page.wait_for_url(re.compile(r"tab=gone"))
    expect(page.locator("#gone tr", has_text=name).locator("select")).to_have_value(answer)
