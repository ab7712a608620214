"""The public door for concerns in a browser without scripts, on a screen of 320 px."""

import re
from collections.abc import Iterator
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from ddplatform.due_diligence.concern_handling.services import door as doors
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import unit_of_work
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.languages import LANGUAGES
from tests.conftest import NOW
from tests.factories import Tenant
from tests.journeys.running import width_of

pytestmark = pytest.mark.journey
CODE = re.compile(r"\d{4}(?: \d{4}){4}")
NARROW = {"width": 320, "height": 640}


@pytest.fixture
def door(app: Flask, tenant: Tenant) -> Iterator[str]:
    """An open door of an application that answers on a port of its own."""
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        made = doors.open_door(act=Act(tenant[RoleId.SAFEGUARDING_OFFICER], NOW))
        part = made.address_part
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/concern/{tenant.slug}-{part}"
    server.shutdown()
    thread.join()
    server.server_close()


def open_page(browser: Browser, *, scripts: bool) -> Iterator[Page]:
    context = browser.new_context(viewport=NARROW, java_script_enabled=scripts)
    yield context.new_page()
    context.close()


@pytest.fixture
def plain_page(browser: Browser) -> Iterator[Page]:
    """A page of a browser that runs no script."""
    yield from open_page(browser, scripts=False)


@pytest.fixture
def measured_page(browser: Browser) -> Iterator[Page]:
    """A page whose width can be asked for."""
    yield from open_page(browser, scripts=True)


def test_concern_is_sent_and_its_thread_opened_without_scripts_or_cookies(
    door: str, plain_page: Page
):
    page = plain_page
    page.goto(f"{door}/en/")
    page.fill("textarea[name=text]", "The children are locked in at night")
    page.click("button.btn")
    expect(page.locator("body")).to_contain_text("has not been sent yet")
    page.click("button.btn")
    expect(page.locator("body")).to_contain_text(CODE)
    code = CODE.search(page.content())
    assert code is not None
    page.goto(f"{door}/en/code")
    page.fill("input[name=code]", code.group())
    page.click("button.btn")
    page.fill("textarea[name=message]", "It goes on.")
    page.click("form button.btn >> nth=0")

    expect(page.locator("body")).to_contain_text("It goes on.")
    expect(page.locator("body")).to_contain_text("The children are locked in at night")
    assert code.group().replace(" ", "") not in page.url
    assert page.context.cookies() == []


def test_no_page_of_the_door_scrolls_sideways_in_any_language(door: str, measured_page: Page):
    wide = {}
    for language in LANGUAGES:
        for path in ("", "code"):
            measured_page.goto(f"{door}/{language}/{path}")
            wide[language, path] = width_of(measured_page)

    assert {place for place, width in wide.items() if width > NARROW["width"]} == set()
