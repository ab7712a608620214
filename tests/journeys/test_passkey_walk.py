"""A person adds a passkey in Chromium, signs in with it, and is refused with another device."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from playwright.sync_api import Browser, CDPSession, Page, expect

from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.adapters.installed import install
from tests.factories import PASSWORD, Tenant
from tests.journeys.running import serving
from tests.journeys.test_axe import AXE, TAGS

pytestmark = pytest.mark.journey
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
WAIT_MS = 15_000


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The application at a name, as browsers want it for passkeys."""
    with serving(app) as base:
        named = base.replace("127.0.0.1", "localhost")
        install(replace(app.extensions["settings"], base_url=named))
        yield named


def with_device(page: Page) -> tuple[CDPSession, str]:
    """Let this page have a device that keeps passkeys and is unlocked at once."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return session, made["authenticatorId"]


def sign_in(page: Page, address: str, email: str) -> None:
    page.goto(f"{address}/sign-in?next=/account")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def faults_of(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    found = page.evaluate(f"axe.run({{runOnly: {TAGS}}})")
    return [fault["id"] for fault in found["violations"]]


def test_a_passkey_is_added_opens_the_account_and_no_other_device_does(
    browser: Browser, address: str, tenant: Tenant
):
    page = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    page.set_default_timeout(WAIT_MS)
    session, device = with_device(page)
    sign_in(page, address, tenant.email(RoleId.ANALYST))
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name of the passkey").fill("Phone of the office")
    assert faults_of(page) == []
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    page.get_by_role("link", name="I have stored them").click()
    expect(page.get_by_text("Phone of the office", exact=True)).to_be_visible()
    assert faults_of(page) == []

    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name of the passkey").fill("The same phone again")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("alert")).to_have_text(
        "This device already holds a passkey of your account."
    )

    page.context.clear_cookies()
    sign_in(page, address, tenant.email(RoleId.ANALYST))
    expect(page.get_by_role("button", name="Use a passkey")).to_be_visible()
    assert faults_of(page) == []
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Sign-in and security")).to_be_visible()
    expect(page.get_by_text("last used on")).to_be_visible()

    page.context.clear_cookies()
    session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": device})
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    sign_in(page, address, tenant.email(RoleId.ANALYST))
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert")).to_have_text(
        "No passkey was used. Try again, or choose another way."
    )


def test_without_scripts_the_page_says_what_works_instead(
    browser: Browser, address: str, tenant: Tenant
):
    page = browser.new_context(java_script_enabled=False).new_page()
    sign_in(page, address, tenant.email(RoleId.ANALYST))
    page.get_by_role("link", name="Add a passkey").click()

    expect(page.get_by_text("An authenticator app works without them.")).to_be_visible()
    expect(page.get_by_role("button", name="Add a passkey")).to_be_hidden()
