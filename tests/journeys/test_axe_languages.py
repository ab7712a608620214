"""Every kind of a supplier's pages, and what is met first, in every language: no axe fault."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from ddplatform.languages import LANGUAGES
from tests.journeys.answering import ask
from tests.journeys.running import Running, Visitor, visitor
from tests.journeys.test_axe import (
    COLOURS,
    TAGS,
    axe_faults,
    crawl,
    give_axe,
    kind_of,
    links_on,
)

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def spoken(running: Running, browser: Browser) -> dict[str, list[str]]:
    """Faults of every kind of a supplier's pages in each further language; sideways scroll too."""
    sign_in = running.sign_in("aya.")
    faults: dict[str, list[str]] = {language: [] for language in LANGUAGES if language != "en"}
    with visitor(running, browser) as guest:
        guest.sign_in(sign_in)

        def links_of(path: str) -> list[str] | None:
            guest.open(path)
            return links_on(guest)

        paths = crawl(links_of, sign_in["start"], "aya.")
        first = {kind_of(path): path for path in reversed(paths)}
        kinds = {kind: path for kind, path in first.items() if _is_suppliers(guest, path)}
        for language, found in faults.items():
            for path in kinds.values():
                found.extend(_faults_in(guest, path, language))
    return faults


def _is_suppliers(guest: Visitor, path: str) -> bool:
    guest.page.goto(guest.running.address + path)
    return guest.page.locator("link[href*='supplier.css']").count() > 0


def _faults_in(guest: Visitor, path: str, language: str) -> Iterator[str]:
    page = guest.page
    asked = f"{path}{'&' if '?' in path else '?'}lang={language}"
    page.goto(guest.running.address + asked)
    give_axe(page)
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            yield from axe_faults(page, asked, TAGS if scheme == "light" else COLOURS)
    page.set_viewport_size({"width": 320, "height": 640})
    if (wide := page.evaluate("document.documentElement.scrollWidth")) > 320:
        yield f"{asked}: {wide} px"


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_a_suppliers_pages_are_free_of_axe_faults_in_every_language(
    spoken: dict[str, list[str]], language: str
) -> None:
    assert spoken[language] == []


@pytest.fixture(scope="module")
def met_first(running: Running, browser: Browser) -> dict[str, list[str]]:
    """Faults of what somebody meets who never was here: the link of a mail, one that is dead."""
    email = "bureau@escaut.example"
    ask(running, browser, node="Escaut Transport & Entrepôts", email=email)
    link = running.link_in_mail(email, "/respond/").removeprefix(running.address)
    pages = ("/sign-in", "/forgotten-password", "/respond/dead", link, f"{link}/questions")
    faults: dict[str, list[str]] = {language: [] for language in LANGUAGES}
    with visitor(running, browser) as guest:
        for language, found in faults.items():
            for path in pages:
                found.extend(_faults_in(guest, path, language))
                assert guest.page.locator(f"html[lang={language}]").count() == 1, path
        guest.faults.clear()  # the dead link is answered by a 404, as it should be
    return faults


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_met_first_is_free_of_axe_faults_in_every_language(
    met_first: dict[str, list[str]], language: str
) -> None:
    assert met_first[language] == []
