"""Every kind of a supplier's pages, and what is met first, in every language: no axe fault.

Each page is opened in each language and must not scroll sideways; in a sampled run axe looks at
it in some of them, in turn, so that each language has its share of pages, and in the light theme
alone: colours are the same in every language.
"""

from collections.abc import Iterator, Sequence

import pytest
from playwright.sync_api import Browser

from ddplatform.languages import LANGUAGES
from tests.journeys.answering import ask
from tests.journeys.running import Running, Visitor, visitor, width_of
from tests.journeys.test_axe import WAYS, Way, crawl, kind_of, links_on, looked_at, ways_of
from tests.sampling import draw

pytestmark = [pytest.mark.journey, pytest.mark.long]
DRAWN = 2  # languages in which axe looks at one page, in a sampled run


def ways_by_language(
    config: pytest.Config, languages: Sequence[str], paths: Sequence[str]
) -> dict[tuple[str, str], tuple[Way, ...]]:
    """(language, path) -> the ways in which axe looks at it."""
    if config.option.whole:
        return {(language, path): WAYS for language in languages for path in paths}
    turns = list(languages)
    draw(config, "languages").shuffle(turns)
    return {
        (turns[(DRAWN * at + turn) % len(turns)], path): ways_of(config, path)[:1]
        for at, path in enumerate(paths)
        for turn in range(DRAWN)
    }


@pytest.fixture(scope="module")
def spoken(running: Running, browser: Browser, pytestconfig: pytest.Config) -> dict[str, list[str]]:
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
        kinds = [path for path in first.values() if _is_suppliers(guest, path)]
        ways = ways_by_language(pytestconfig, list(faults), kinds)
        assert {language for language, _ in ways} == set(faults)
        for language, found in faults.items():
            for path in kinds:
                found.extend(_faults_in(guest, path, language, ways.get((language, path), ())))
    return faults


def _is_suppliers(guest: Visitor, path: str) -> bool:
    guest.page.goto(guest.running.address + path)
    return guest.page.locator("link[href*='supplier.css']").count() > 0


def _faults_in(guest: Visitor, path: str, language: str, ways: tuple[Way, ...]) -> Iterator[str]:
    page = guest.page
    asked = f"{path}{'&' if '?' in path else '?'}lang={language}"
    page.goto(guest.running.address + asked)
    for _, faults in looked_at(page, asked, ways):
        yield from faults
    page.set_viewport_size({"width": 320, "height": 640})
    if (wide := width_of(page)) > 320:
        yield f"{asked}: {wide} px"


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_a_suppliers_pages_are_free_of_axe_faults_in_every_language(
    spoken: dict[str, list[str]], language: str
) -> None:
    assert spoken[language] == []


@pytest.fixture(scope="module")
def met_first(
    running: Running, browser: Browser, pytestconfig: pytest.Config
) -> dict[str, list[str]]:
    """Faults of what somebody meets who never was here: the link of a mail, one that is dead."""
    email = "bureau@escaut.example"
    ask(running, browser, node="Escaut Transport & Entrepôts", email=email)
    link = running.link_in_mail(email, "/respond/").removeprefix(running.address)
    pages = ("/sign-in", "/forgotten-password", "/respond/dead", link, f"{link}/questions")
    faults: dict[str, list[str]] = {language: [] for language in LANGUAGES}
    ways = ways_by_language(pytestconfig, LANGUAGES, pages)
    with visitor(running, browser) as guest:
        for language, found in faults.items():
            for path in pages:
                found.extend(_faults_in(guest, path, language, ways.get((language, path), ())))
                assert guest.page.locator(f"html[lang={language}]").count() == 1, path
        guest.faults.clear()  # the dead link is answered by a 404, as it should be
    return faults


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_met_first_is_free_of_axe_faults_in_every_language(
    met_first: dict[str, list[str]], language: str
) -> None:
    assert met_first[language] == []
