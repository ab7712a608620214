"""The search from the keyboard of a desk, and from the icon on a phone."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.factories import PASSWORD
from tests.journeys.running import Running, visitor

pytestmark = pytest.mark.journey
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


def test_a_site_is_found_from_any_page_by_key_and_on_a_phone_by_the_icon(
    open_acme: Running, browser: Browser
) -> None:
    with visitor(open_acme, browser) as mia:
        mia.sign_in({"email": "mia@acme.example", "password": PASSWORD})
        page = mia.open("/o/acme/value-chain/new")
        page.set_viewport_size(DESK)
        page.fill("[name=name]", "Lamps")
        page.fill("[name=own_business]", "Acme Éclairage")
        page.select_option("[name=country]", "BE")
        page.click("button:has-text('Create the map')")
        page.wait_for_url(re.compile(r"/value-chain/[0-9a-f-]{36}"))

        page.keyboard.press("/")
        page.keyboard.type("eclairage")
        page.keyboard.press("Enter")
        found = page.get_by_role("region", name="Suppliers and sites")
        expect(found.locator("mark")).to_have_text("Éclairage")

        page.set_viewport_size(PHONE)
        page.goto(f"{open_acme.address}/o/acme/findings/")
        page.get_by_role("link", name="Search").click()
        expect(page.get_by_label("Name, id or words")).to_be_focused()
        page.keyboard.type("eclairage")
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Acme Éclairage").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Acme Éclairage")
