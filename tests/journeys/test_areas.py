"""Areas are set on a picture with mouse, finger and keys, under the real security policy."""

import io
from collections.abc import Iterator

import pytest
from flask import Flask, Response, render_template_string
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from ddplatform.config import ROOT
from ddplatform.core.due_diligence.upload_traces import Area
from ddplatform.evidence.redaction.routes import Face, Sheet
from ddplatform.evidence.redaction.views import CELLS, COLUMNS
from ddplatform.infrastructure.web import filters
from ddplatform.infrastructure.web.headers import policy
from tests.journeys.running import serving
from tests.journeys.test_axe import AXE, TAGS

pytestmark = pytest.mark.journey
PAGE = """<!doctype html><html lang=en><title>Areas</title>
<link rel=stylesheet href="{{ url_for('static', filename='css/core.css') }}">
<script type=module nonce=n src="{{ url_for('static', filename='js/areas.js') }}"></script>
{% import 'evidence/redaction/_sheet.html' as drawn %}<main><h1>Areas</h1>
{{ drawn.choosing(sheet, '/picture', 'Page 1', columns, cells) }}
<label for="more-0">More areas</label><textarea id="more-0">B3:C4</textarea>
<div data-tools="more-0" hidden><button type=button data-add>Add an area</button><button type=button data-drop>Take the last one away</button></div></main></html>"""
SHEET = Sheet(0, 1400, faces=(Face(1, Area(0, 0.1, 0.1, 0.2, 0.2), True),))


def _application() -> Flask:
    app = Flask(
        __name__, static_folder=str(ROOT / "static"), template_folder=str(ROOT / "templates")
    )
    filters.register(app)

    @app.after_request
    def _headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy("n")
        return response

    @app.get("/picture")
    def _picture() -> Response:
        made = io.BytesIO()
        Image.new("RGB", (100, 140), "tan").save(made, "WEBP")
        return Response(made.getvalue(), mimetype="image/webp")

    @app.get("/")
    def _page() -> str:
        return render_template_string(PAGE, sheet=SHEET, columns=COLUMNS, cells=CELLS)

    return app


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(_application()) as base:
        yield base


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page with one face that was found, on a phone."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    opened = context.new_page()
    refused: list[str] = []
    opened.on("console", lambda message: refused.append(message.text))
    opened.goto(address)
    expect(opened.get_by_role("button", name="Add an area")).to_be_visible()
    yield opened
    context.close()
    assert [text for text in refused if "Policy" in text or "Trusted" in text] == []


def _drag(page: Page, *places: tuple[float, float]) -> None:
    """Hold the mouse from one place of the picture to another, in per cent of it."""
    box = page.locator("svg").bounding_box()
    assert box is not None
    for number, (x, y) in enumerate(places):
        page.mouse.move(box["x"] + box["width"] * x / 100, box["y"] + box["height"] * y / 100)
        if not number:
            page.mouse.down()
    page.mouse.up()


def _areas(page: Page) -> list[list[int]]:
    """What the field says beside its cells, in whole per cent."""
    first, *areas = page.locator("textarea").input_value().split("\n")
    assert first == "B3:C4"
    return [[round(float(figure)) for figure in area.split()] for area in areas]


def test_an_area_is_drawn_moved_and_sized_with_the_mouse(page: Page) -> None:
    _drag(page, (20, 20), (30, 30), (40, 50))
    assert _areas(page) == [[20, 20, 40, 50]]
    _drag(page, (30, 30), (35, 30), (40, 30))
    assert _areas(page) == [[30, 20, 50, 50]]
    _drag(page, (49, 49.5), (55, 55), (59, 59.5))
    assert _areas(page) == [[30, 20, 60, 60]]


def test_an_area_is_set_and_taken_away_with_keys(page: Page) -> None:
    page.get_by_role("button", name="Add an area").press("Enter")
    area = page.get_by_role("button", name="Area 1")
    expect(area).to_be_focused()
    for key in ("ArrowLeft", "ArrowUp", "Shift+ArrowRight", "Shift+ArrowDown"):
        page.keyboard.press(key)
    assert _areas(page) == [[39, 39, 60, 60]]
    page.keyboard.press("Delete")
    assert _areas(page) == []


def test_areas_that_are_typed_are_shown_and_a_mere_press_sets_none(page: Page) -> None:
    page.locator("textarea").fill("B3:C4\n10 20 30 40")
    expect(page.get_by_role("button", name="Area 1")).to_be_visible()
    _drag(page, (70, 70), (70, 70))
    assert _areas(page) == [[10, 20, 30, 40]]
    page.get_by_role("button", name="Take the last one away").click()
    assert _areas(page) == []


def test_an_area_follows_a_finger(page: Page) -> None:
    page.get_by_role("button", name="Add an area").click()
    box = page.locator("svg").bounding_box()
    assert box is not None
    finger = page.context.new_cdp_session(page)
    for kind, share in (("touchStart", 0.5), ("touchMove", 0.6), ("touchMove", 0.7)):
        place = {"x": box["x"] + box["width"] * share, "y": box["y"] + box["height"] * 0.5}
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [place]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert _areas(page) == [[60, 40, 80, 60]]


def test_a_picture_with_areas_has_no_axe_fault(page: Page) -> None:
    page.get_by_role("button", name="Add an area").click()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}})", TAGS)
    assert [one["id"] for one in found["violations"]] == []
