"""A supplier answers in a browser: branches, help, drafts, two open pages; on the real application."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.answering import EMAIL, Supplier, ask, come_in
from tests.factories import PASSWORD, Tenant
from tests.journeys.running import serving

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
E01, E02, E04 = "/data/E/SAQ_E01", "/data/E/SAQ_E02", "/data/E/SAQ_E04"
C01 = "/data/C/SAQ_C01"


@pytest.fixture
def supplier(app: Flask, tenant: Tenant) -> Supplier:
    with app.app_context():
        return come_in(ask(tenant))


@pytest.fixture
def address(app: Flask, supplier: Supplier) -> Iterator[str]:
    """Where the questions of the supplier are served."""
    with serving(app) as base:
        yield f"{base}/o/{supplier.slug}/responses/{supplier.asked.assignment_id}"


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 800})
    opened = context.new_page()
    opened.goto(f"{address}/")
    opened.get_by_label("E-mail address").fill(EMAIL)
    opened.get_by_label("Password").fill(PASSWORD)
    opened.get_by_role("button", name="Sign in").click()
    expect(opened.get_by_role("link", name="1. About your organisation")).to_be_visible()
    yield opened
    # A window that is still on its way to another page may never close.
    opened.wait_for_load_state()
    context.close()


def test_branch_opens_and_help_comes_while_the_person_stays_on_the_page(page: Page, address: str):
    page.goto(f"{address}/E")
    costs = page.locator(f'[data-path="{E02}"]')
    expect(costs).to_be_hidden()

    page.locator(f'[name="{E01}"][value="sometimes"]').check()
    expect(costs).to_be_visible()
    page.locator(f'[name="{E04}"][value="broker_or_employer"]').check()
    expect(page.locator("#help")).to_contain_text("give the papers back")
    expect(page.locator("#save-state")).to_contain_text("Saved")
    page.reload()
    expect(page.locator(f'[name="{E01}"][value="sometimes"]')).to_be_checked()


def test_text_typed_without_a_network_stays_and_is_kept_when_it_is_back(page: Page, address: str):
    page.goto(f"{address}/C")
    page.context.set_offline(True)
    page.locator(f'[name="{C01}"]').fill("15")
    expect(page.locator("#save-state")).to_contain_text("kept on this page")
    expect(page.locator(f'[name="{C01}"]')).to_have_value("15")

    page.context.set_offline(False)
    expect(page.locator("#save-state")).to_contain_text("Saved")
    page.reload()
    expect(page.locator(f'[name="{C01}"]')).to_have_value("15")


def test_two_open_pages_never_overwrite_each_other_unseen(page: Page, address: str):
    page.goto(f"{address}/C")
    other = page.context.new_page()
    other.goto(f"{address}/C")
    other.locator(f'[name="{C01}"]').fill("10")
    expect(other.locator("#save-state")).to_contain_text(":")

    page.locator(f'[name="{C01}"]').fill("20")
    expect(page.locator("#save-state")).to_contain_text("Changed on another device")
    page.get_by_role("button", name="Save and continue").last.click()
    expect(page.get_by_text("Saved there: “10”")).to_be_visible()
    expect(page.locator(f'[name="{C01}"]')).to_have_value("20")
