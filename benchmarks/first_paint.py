"""Display of all sites of a map in Chromium: time from the click to the first and to the last dot.

The map has 3,000 nodes (full: 100,000). A browser that has seen only the sign-in page and the
overview opens it, from a server that has the map in memory, as after an earlier view by anyone.
The measure is wall-clock time, so a busy machine counts against it.
"""

import shutil
import statistics
import threading
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, BrowserContext, sync_playwright
from waitress.server import create_server

from benchmarks.assessed_map import EMAIL, PASSWORD, add_map, make_platform
from benchmarks.contract import REPEATS, Row, limit_row
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.value_chain.graph.services.tiers import refresh_tiers
from ddplatform.value_chain.mapping.queries.maps import get_chain

NODES = {"small": 3_000, "full": 100_000}
PAINT = 1.0
FLAGS = ("--no-sandbox", "--disable-gpu")
FIRST = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
DRAWN = "+document.querySelector('[data-points]').dataset.ready"


def run(size: str) -> list[Row]:
    """Make a map, serve it, look at it."""
    nodes = NODES[size]
    with TemporaryDirectory() as name:
        app, by = make_platform(Path(name))
        with app.app_context():
            chain_id = add_map(by, nodes)
            with unit_of_work(), acting_in(by.organisation_id):
                refresh_tiers(get_chain(chain_id))
            db.engine.dispose()
        server = create_server(app, host="127.0.0.1", port=0)
        threading.Thread(target=server.run, daemon=True).start()
        root = f"http://127.0.0.1:{server.effective_port}"
        try:
            first, drawn = _look(root, f"{root}/o/bench/value-chain/{chain_id}/all")
        finally:
            server.close()
    return [
        limit_row(f"all sites, {nodes:,} dots: first paint in Chromium", first, PAINT),
        limit_row(f"all sites, {nodes:,} dots: every dot drawn in Chromium", drawn, PAINT),
    ]


def _look(root: str, page: str) -> tuple[float, float]:
    """Median seconds until the first paint, and until the dots are drawn."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=list(FLAGS)
        )
        try:
            times = [_open(browser, root, page) for _ in range(REPEATS + 1)][1:]  # the first warms
        finally:
            browser.close()
    first, drawn = zip(*times, strict=True)
    return statistics.median(first), statistics.median(drawn)


def _open(browser: Browser, root: str, address: str) -> tuple[float, float]:
    context = browser.new_context()
    try:
        _sign_in(context, root)
        page = context.new_page()
        page.goto(address)
        page.wait_for_selector("[data-ready]", timeout=120_000)
        return page.evaluate(FIRST) / 1e3, page.evaluate(DRAWN) / 1e3
    finally:
        context.close()


def _sign_in(context: BrowserContext, root: str) -> None:
    page = context.new_page()
    page.goto(f"{root}/sign-in")
    page.fill("[name=email]", EMAIL)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/o/bench/**")
    page.close()
