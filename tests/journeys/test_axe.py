"""Every kind of page of the sample company: no axe fault, no sideways scroll, within budget.

A page is opened once, without a cache and under its own content policy: its weight is taken, its
links lead on, and it is looked at in both themes and three widths. The tests then read what was
seen. A whole run looks at the pages of every role; a sampled one opens each kind of page once, for
the first role that meets it, and axe looks at half of them, light at one width and dark at the
other.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Browser, Page

from ddplatform.config import ROOT
from tests.journeys.running import Running, Visitor, visitor, width_of
from tests.sampling import draw

pytestmark = [pytest.mark.journey, pytest.mark.long]
AXE = ROOT / "frontend/node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
"""The rules that a theme can break: colours are all that differs between light and dark."""
SUPPLIER_BYTES, WORKSPACE_BYTES, HTML_BYTES = 30 * 1024, 130 * 1024, 30 * 1024
ON_PHONES = ("aya.", "efua.")
"""Who answers questionnaires: each page they reach keeps to the weight of a supplier's."""
OTHERS = ("jeanne.", "samira.", "ruth.", "grace.", "anouk.")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
NOT_PAGES = re.compile(r"\.(csv|pdf|json|xlsx|xml|zip|bin|svg)(\?|$)|/static/|/download|/sign-out")
LANGUAGE = re.compile(r"[?&]lang=")
"""Links of the language menu: the page itself, in other words."""
LINK = re.compile(r'<a\s[^>]*?href="([^"]*)"')
IN_MANY_STATES = re.compile(r"/(responses|assignments|actions|campaigns)/\*/?\?$")
"""Pages whose state decides what they show: some of each are looked at."""
MOST_PAGES = 300
"""A crawl that finds more kinds than this has lost its way: no role enters so many addresses."""


AXE_SHARE = 1 / 3
"""Of the kinds of pages of a sampled run, what axe looks at."""
Scheme = Literal["light", "dark"]
Way = tuple[Scheme, int]
"""A theme and a width in px."""
WIDTHS = (1440, 390)
WAYS: tuple[Way, ...] = (("light", 1440), ("dark", 1440), ("light", 390), ("dark", 390))


@dataclass
class Looked:
    """What was seen on the pages of one role."""

    role: str
    faults: dict[Way, list[str]] = field(default_factory=dict)
    wide: list[str] = field(default_factory=list)
    heavy: list[str] = field(default_factory=list)


def kind_of(path: str) -> str:
    """Pages that differ only in what they show are of one kind: ids, codes, numbers, queries."""
    parts = urlsplit(path)
    plain = UUID.sub("*", parts.path)
    plain = re.sub(
        r"/(ISS-[A-Z]{2}|(?:WRK|ONL)-\d\d|RDG-\d+|GRV-[a-h]|[A-Z0-9]{4}-[A-Z0-9]{4}|[A-Z]{2}|\d+)"
        r"(?=/|$)",
        "/*",
        plain,
    )
    plain = re.sub(r"/(goods|questions|translations)/\w+", r"/\1/*", plain)
    plain = re.sub(r"(/responses/\*)/[A-Z]\w*$", r"\1/section", plain)
    names = sorted({pair.split("=")[0] for pair in parts.query.split("&") if pair})
    return f"{plain}?{','.join(name for name in names if name in ('view', 'tab', 'part'))}"


def crawl(links_of: Callable[[str], list[str] | None], start: str, role: str) -> list[str]:
    """Follow links breadth first, one page of each kind.

    Args:
        links_of: opens a page and gives its links; None where it is no page.
    """
    waiting, seen, found = [start], Counter([kind_of(start)]), list[str]()
    known = {start}
    while waiting:
        path = waiting.pop(0)
        links = links_of(path)
        if links is None:
            continue
        found.append(path)
        assert len(found) <= MOST_PAGES, f"{role}: {found}"
        for href in links:
            kind = kind_of(href)
            most = 4 if IN_MANY_STATES.search(kind) else 1
            if href not in known and seen[kind] < most and not NOT_PAGES.search(href):
                seen[kind] += 1
                known.add(href)
                waiting.append(href)
    return found


def links_on(guest: Visitor) -> list[str] | None:
    """Paths that the open page leads to within the application; None where it is no page."""
    if guest.page.evaluate("document.contentType") != "text/html":
        return None
    address = guest.running.address
    # Links in drawings have no plain `href` property, so the attribute is read.
    whole = "all => all.map(a => new URL(a.getAttribute('href'), location).href)"
    return [
        href[len(address) :].split("#")[0]
        for href in guest.page.eval_on_selector_all("a[href]", whole)
        if href.startswith(address) and not LANGUAGE.search(href)
    ]


def ways_of(config: pytest.Config, path: str) -> tuple[Way, ...]:
    """How axe looks at a page: in all ways; or each theme once, paired as is drawn, or not."""
    if config.option.whole:
        return WAYS
    chance = draw(config, f"widths {kind_of(path)}")
    light, dark = chance.sample(WIDTHS, 2)
    return (("light", light), ("dark", dark)) if chance.random() < AXE_SHARE else ()


def links_by_request(guest: Visitor, path: str) -> list[str] | None:
    """The same as `links_on` without drawing the page."""
    address = guest.running.address
    answer = guest.context.request.get(address + path)
    assert answer.ok, f"{path}: {answer.status}"
    if not answer.headers["content-type"].startswith("text/html"):
        return None
    found = [unescape(href) for href in LINK.findall(answer.text())]
    whole = (urljoin(answer.url, href).removeprefix(address).split("#")[0] for href in found)
    return [href for href in whole if href.startswith("/") and not LANGUAGE.search(href)]


class Scales:
    """Weighs the pages of a window as on a first visit: nothing is kept from one to the next."""

    def __init__(self, guest: Visitor) -> None:
        self._guest = guest
        self._sizes: dict[str, int] = {}
        self._told_of: dict[str, tuple[str, str]] = {}
        client = guest.context.new_cdp_session(guest.page)
        client.send("Network.enable")
        client.send("Network.setCacheDisabled", {"cacheDisabled": True})
        client.on("Network.responseReceived", self._note)
        client.on("Network.loadingFinished", self._count)

    def open(self, path: str) -> dict[str, int]:
        """Go to a page: its bytes over the wire, and those of all it asks for from now on."""
        self._sizes = {"html": 0, "rest": 0}
        self._guest.open(path)
        return self._sizes

    def _note(self, told: dict[str, Any]) -> None:
        self._told_of[told["requestId"]] = (told["type"], told["response"]["url"])

    def _count(self, told: dict[str, Any]) -> None:
        kind, url = self._told_of.get(told["requestId"], ("", ""))
        # Letters beyond Latin-1 (Turkish names of the sample) bring a font of their own, which
        # no page without them asks for.
        if "latin-ext" not in url:
            part = "html" if kind == "Document" else "rest"
            self._sizes[part] += int(told["encodedDataLength"])


@pytest.fixture(scope="module")
def met() -> set[str]:
    """Kinds of pages that were looked at for some role."""
    return set()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whose pages are looked at, one after the other.

    Those on phones come first, as a kind of page that several meet is weighed for the strictest;
    the others in an order that is drawn, so that over some runs each is seen as each role has it.
    """
    if "looked" in metafunc.fixturenames:
        others = list(OTHERS)
        draw(metafunc.config, "roles").shuffle(others)
        metafunc.parametrize("looked", [*ON_PHONES, *others], indirect=True, scope="module")


@pytest.fixture(scope="module")
def looked(
    request: pytest.FixtureRequest, running: Running, browser: Browser, met: set[str]
) -> Looked:
    """The pages of one role, each looked at."""
    config, sign_in = request.config, running.sign_in(request.param)
    seen = Looked(request.param)
    with visitor(running, browser) as guest:
        guest.sign_in(sign_in)
        scales = Scales(guest)

        def look_and_go_on(path: str) -> list[str] | None:
            if kind_of(path) in met and not config.option.whole:
                return links_by_request(guest, path)
            met.add(kind_of(path))
            return look(guest, scales, path, seen, ways_of(config, path))

        crawl(look_and_go_on, sign_in["start"], request.param)
    return seen


def look(
    guest: Visitor, scales: Scales, path: str, seen: Looked, ways: tuple[Way, ...]
) -> list[str] | None:
    """Open a page as on a first visit, note what is wrong with it, and give its links."""
    page = guest.page
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    page.emulate_media(color_scheme="light")
    sizes = scales.open(path)
    links = links_on(guest)
    if links is None:
        return None
    for way, faults in looked_at(page, path, ways):
        seen.faults.setdefault(way, []).extend(faults)
    page.set_viewport_size({"width": 320, "height": 640})
    if (wide := width_of(page)) > 320:
        seen.wide.append(f"{path}: {wide} px")
    page.wait_for_load_state("networkidle")
    is_supplier = page.locator("link[href*='supplier.css']").count() > 0
    is_supplier = is_supplier or seen.role in ON_PHONES
    limit = SUPPLIER_BYTES if is_supplier else WORKSPACE_BYTES
    if sum(sizes.values()) > limit or sizes["html"] > HTML_BYTES:
        seen.heavy.append(f"{path}: {sizes}, at most {limit}")
    return links


def looked_at(page: Page, path: str, ways: tuple[Way, ...]) -> Iterator[tuple[Way, list[str]]]:
    """What axe finds on an open page in each way."""
    if ways:  # handed in by the debugger: no content policy has to be lowered for it
        page.evaluate(AXE.read_text(encoding="utf-8"))
    for scheme, width in ways:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        yield (scheme, width), axe_faults(page, path, TAGS if scheme == "light" else COLOURS)


def axe_faults(page: Page, path: str, rules: object) -> list[str]:
    # What passed is long, and of no use here.
    run = (
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})"
        ".then(found => found.violations)"
    )
    found: list[dict[str, Any]] = page.evaluate(run, rules)
    return [
        f"{path}: {fault['id']} {node['target']} {node['failureSummary'][:300]}"
        for fault in found
        for node in fault["nodes"]
    ]


@pytest.mark.long
def test_every_page_is_free_of_axe_faults(looked: Looked, met: set[str]) -> None:
    assert met
    assert {way: faults for way, faults in looked.faults.items() if faults} == {}


def test_no_page_scrolls_sideways_at_320_px(looked: Looked) -> None:
    assert looked.wide == []


def test_every_page_keeps_its_budget_on_the_first_visit(looked: Looked) -> None:
    assert looked.heavy == []
