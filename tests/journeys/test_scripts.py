"""Our own scripts in a real browser under the real security policy, against a tiny application."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, Response, redirect, render_template, request
from jinja2 import DictLoader
from playwright.sync_api import Browser, Page, Route, expect

from ddplatform.config import ROOT
from ddplatform.infrastructure.web import filters
from ddplatform.infrastructure.web.headers import policy
from tests.journeys.running import serving

pytestmark = pytest.mark.journey
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SEAL = "AyM1p42EaRu1ue4S9vFQfHHgGXtFZ3vQF0Q4FgmRzsk"
"""A key as `browser_key` gives it; the page of another person has another one."""
HEAD = (
    "<!doctype html><title>t</title>"
    "<script type=module nonce=n src={{ url_for('static', filename='js/' ~ script) }}></script>"
)
PAGES = {
    "list.html": HEAD + "<h1>List</h1><section id=part><h2>Page {{ page }}</h2>"
    "<a id=next href='?page={{ page + 1 }}' data-swap='#part'>Next</a>"
    "<form id=f method=post action=/save data-swap='#part'>"
    "{% if problem %}<div data-errors>Give a name</div>{% endif %}"
    "<input type=checkbox name=node value=a><input type=checkbox name=node value=b>"
    "<input name=name value='{{ name }}'><input type=hidden name=action value=x>"
    "<button name=way value=on>Save</button></form></section>",
    "job.html": HEAD
    + "<section id=job{% if step < 3 %} data-progress=1{% endif %}><p>Step {{ step }}</p></section>",
    "work.html": HEAD
    + "{% if step < 2 %}<section id=job data-progress=1>At work</section>{% else %}<h1>Sealed</h1>{% endif %}",
    "menus.html": HEAD
    + "<h1>Map</h1><details class=menu><summary>Account</summary><p>Sign out</p></details>"
    "<aside class=panel><div class=hd><a class=iconbtn href=/done>Close</a></div><button>Inside</button></aside>",
    "draft.html": HEAD + "<div id=save-state role=status><span>Nothing yet</span></div>"
    "<form method=post action=/save data-seal='{{ seal }}' data-autosave=/draft data-saved='Saved at' data-saving=Saving"
    " data-offline='No signal, kept on this page' data-out='Signed out' data-conflict='Changed on another device'"
    " data-waiting='No signal. Kept here, sent when it is back'>"
    "<input name=many><input type=checkbox name=w value=a><input type=checkbox name=w value=b>"
    "<label hidden><input type=checkbox data-keep>Keep</label><input type=file name=photo accept='image/*'><output></output></form>"
    "<form id=out method=post action=/out data-forget><button>Sign out</button></form>",
    "dots.html": HEAD
    + "<div class=dots><div class=dotbox data-points='{{ points }}' data-rows='[]' data-columns='[]' data-words='[]'"
    " data-inks='[]' data-hint=Move data-failed='Look at the table'><span data-tip>Move</span></div></div>",
    "session.html": "<meta name=session data-idle=60 data-most={{ most }} data-over='Session ended. Sign in'"
    " data-again=/done{{ ' data-shared' if shared }}>"
    + HEAD
    + "<h1>Nawa, 14 years</h1><div id=save-state><span>-</span></div>"
    "<form id=note method=post action=/save><input name=name></form>"
    "<form id=other method=post action=/save><input name=other value=before></form>"
    "<form id=answers data-autosave=/draft data-saved=Saved><input name=many></form>"
    "<form id=out method=post action=/out data-forget data-leave><button>Sign out</button></form>",
    "check.html": HEAD + "{% if problem %}<p data-errors>Tick the box</p>{% endif %}"
    "<form method=post data-sent=/done><input type=checkbox name=declared value=1>"
    "<input name=note><p id=waits role=status hidden>Not sent yet</p><button>Send</button></form>",
}


@pytest.fixture(scope="module")
def seen() -> list[dict[str, Any]]:
    return []


def _application(seen: list[dict[str, Any]]) -> Flask:
    app = Flask(__name__, static_folder=str(ROOT / "static"))
    app.jinja_loader = DictLoader(PAGES)
    filters.register(app)
    times = Counter[str]()

    @app.after_request
    def _headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy("n")
        return response

    @app.get("/list")
    def _list() -> str:
        seen.append({"part": request.headers.get("X-Part")})
        page = request.args.get("page", 1, int)
        return render_template("list.html", script="swap.js", page=page, name="", problem=False)

    @app.post("/save")
    def _save() -> Any:
        seen.append(dict(request.form))
        if not request.form["name"]:
            page = render_template("list.html", script="swap.js", page=1, name="", problem=True)
            return page, 422
        return redirect("/done")

    @app.get("/done")
    def _done() -> str:
        return "<!doctype html><title>t</title><h1>Done</h1>"

    @app.get("/shown/<name>")
    def _shown(name: str) -> str:
        times[name] += 1
        return render_template(f"{name}.html", script="swap.js", step=times[name])

    @app.post("/out")
    def _out() -> Any:
        return redirect("/done")

    @app.get("/draft-page")
    def _draft_page() -> str:
        seal = SEAL if request.args.get("who") != "other" else SEAL[::-1]
        return render_template("draft.html", script="autosave.js", seal=seal)

    @app.post("/draft")
    def _draft() -> Any:
        seen.append({**request.form, "files": list(request.files)})
        return ("", 409) if request.form["many"] == "409" else ("", 204)

    _add_check(app, seen)
    return app


def _add_check(app: Flask, seen: list[dict[str, Any]]) -> None:
    @app.get("/session")
    def _session() -> str:
        asked = request.args
        most, shared = asked.get("most", 3600), "shared" in asked
        return render_template("session.html", script="autosave.js", most=most, shared=shared)

    @app.get("/dots")
    def _dots() -> str:
        return render_template("dots.html", script="points.js", points="/nowhere")

    @app.route("/check", methods=["GET", "POST"])
    def _check() -> Any:
        if "declared" in request.form:
            seen.append(dict(request.form))
            return redirect("/done")
        problem = request.method == "POST"
        page = render_template("check.html", script="autosave.js", problem=problem)
        return page, 422 if problem else 200


@pytest.fixture(scope="module")
def address(seen: list[dict[str, Any]]) -> Iterator[str]:
    with serving(_application(seen)) as base:
        yield base


class SeemingNetwork:
    """Requests of an address that leave and do not arrive, until the network is alive again.

    It answers each request to the end: one that is caught and then forgotten would keep its
    window open for ever.
    """

    def __init__(self, page: Page, pattern: str) -> None:
        self.is_alive = False
        page.route(pattern, self._answer)

    def _answer(self, route: Route) -> None:
        if self.is_alive:
            route.continue_()
        else:
            route.abort()


@pytest.fixture
def page(browser: Browser, seen: list[dict[str, Any]]) -> Iterator[Page]:
    seen.clear()
    context = browser.new_context()
    opened = context.new_page()
    refused: list[str] = []
    opened.on("console", lambda message: refused.append(message.text))
    yield opened
    # A window that is still on its way to another page may never close.
    opened.wait_for_load_state()
    context.close()
    assert [text for text in refused if "Policy" in text or "Trusted" in text] == []


def test_a_part_is_put_in_place_and_the_address_and_focus_follow(
    page: Page, address: str, seen: list[dict[str, Any]]
) -> None:
    page.goto(f"{address}/list")
    page.evaluate("document.querySelector('h1').dataset.kept = 'yes'")
    page.click("#next")
    expect(page.locator("h2")).to_have_text("Page 2")
    expect(page.locator("h2")).to_be_focused()
    expect(page.locator("h1")).to_have_attribute("data-kept", "yes")
    assert page.url.endswith("?page=2")
    assert seen[-1] == {"part": "#part"}


def test_what_is_ticked_or_typed_while_a_part_is_on_its_way_stays(page: Page, address: str) -> None:
    page.goto(f"{address}/list")
    held: list[Route] = []
    page.route("**/list?page=2", lambda route: held.append(route))
    with page.expect_request("**/list?page=2"):
        page.click("#next")
    page.check("[value=b]")
    page.fill("[name=name]", "Nawa")
    held[0].continue_()
    expect(page.locator("h2")).to_have_text("Page 2")
    expect(page.locator("[value=b]")).to_be_checked()
    expect(page.locator("[value=a]")).not_to_be_checked()
    expect(page.locator("[name=name]")).to_have_value("Nawa")


def test_dots_that_cannot_be_loaded_say_where_the_same_numbers_stand(
    page: Page, address: str
) -> None:
    page.goto(f"{address}/dots")
    expect(page.locator("[data-tip]")).to_have_text("Look at the table")
    page.hover(".dotbox")
    expect(page.locator("[data-tip]")).to_have_text("Look at the table")


def test_a_refused_form_shows_its_errors_in_place_and_takes_the_focus_there(
    page: Page, address: str
) -> None:
    page.goto(f"{address}/list")
    page.click("button")
    expect(page.locator("[data-errors]")).to_be_focused()


def test_an_accepted_form_is_sent_once_with_its_button_and_leads_on(
    page: Page, address: str, seen: list[dict[str, Any]]
) -> None:
    page.goto(f"{address}/list")
    page.fill("[name=name]", "Nawa")
    page.click("button")
    expect(page.locator("h1")).to_have_text("Done")
    sent = [one for one in seen if "name" in one]
    assert sent == [{"name": "Nawa", "action": "x", "way": "on"}]


def test_a_running_job_is_asked_again_until_it_is_done(page: Page, address: str) -> None:
    page.goto(f"{address}/shown/job")
    expect(page.locator("#job p")).to_have_text("Step 3", timeout=8000)
    expect(page.locator("#job")).not_to_have_attribute("data-progress", "1")


def test_work_whose_page_is_another_when_done_leads_to_it(page: Page, address: str) -> None:
    page.goto(f"{address}/shown/work")
    expect(page.locator("h1")).to_have_text("Sealed", timeout=8000)
    expect(page.locator("#job")).to_have_count(0)


def test_escape_closes_the_menu_first_and_then_the_panel(page: Page, address: str) -> None:
    page.goto(f"{address}/shown/menus")
    page.click("summary")
    page.keyboard.press("Escape")
    expect(page.locator("details")).not_to_have_attribute("open", "")
    expect(page.locator("summary")).to_be_focused()
    expect(page.locator("h1")).to_have_text("Map")
    page.keyboard.press("Escape")
    expect(page.locator("h1")).to_have_text("Done")


def test_a_press_elsewhere_closes_an_open_menu(page: Page, address: str) -> None:
    page.goto(f"{address}/shown/menus")
    page.click("summary")
    page.click("button")
    expect(page.locator("details")).not_to_have_attribute("open", "")


def test_a_press_without_signal_keeps_the_page_and_is_sent_when_it_is_back(
    page: Page, address: str
) -> None:
    page.goto(f"{address}/draft-page")
    page.context.set_offline(True)
    page.fill("[name=many]", "14")
    page.evaluate("document.querySelector('[data-autosave]').requestSubmit()")
    expect(page.locator("#save-state")).to_have_text("No signal. Kept here, sent when it is back")
    expect(page.locator("[name=many]")).to_have_value("14")
    with page.expect_request(lambda sent: sent.url.endswith("/save")) as sent:
        page.context.set_offline(False)
    assert "14" in (sent.value.post_data or "")
    page.wait_for_url("**/save")


def test_a_press_saves_what_was_just_typed_before_it_leaves_the_page(
    page: Page, address: str, seen: list[dict[str, Any]]
) -> None:
    page.goto(f"{address}/draft-page")
    page.fill("[name=many]", "14")
    with page.expect_request(lambda sent: sent.url.endswith("/save")):
        page.evaluate("document.querySelector('[data-autosave]').requestSubmit()")
    page.wait_for_url("**/save")
    assert {"many": "14", "files": []} in seen


def test_a_press_into_a_network_that_only_seems_alive_waits_too(page: Page, address: str) -> None:
    page.goto(f"{address}/draft-page")
    network = SeemingNetwork(page, "**/draft")
    page.fill("[name=many]", "14")
    page.evaluate("document.querySelector('[data-autosave]').requestSubmit()")
    expect(page.locator("#save-state")).to_have_text("No signal. Kept here, sent when it is back")
    expect(page.locator("[name=many]")).to_have_value("14")
    network.is_alive = True
    with page.expect_request(lambda sent: sent.url.endswith("/save")) as sent:
        page.evaluate("dispatchEvent(new Event('online'))")
    assert "14" in (sent.value.post_data or "")
    page.wait_for_url("**/save")


def test_a_declaration_without_signal_stays_and_is_sent_when_it_is_back(
    page: Page, address: str, seen: list[dict[str, Any]]
) -> None:
    page.goto(f"{address}/check")
    page.check("[name=declared]")
    page.fill("[name=note]", "One hall is new")
    page.context.set_offline(True)
    page.click("button")
    expect(page.locator("#waits")).to_be_visible()
    expect(page.locator("[name=declared]")).to_be_checked()
    assert seen == []
    page.context.set_offline(False)
    expect(page.locator("h1")).to_have_text("Done")
    assert seen == [{"declared": "1", "note": "One hall is new"}]


def test_a_declaration_that_is_refused_shows_why(page: Page, address: str) -> None:
    page.goto(f"{address}/check")
    page.click("button")
    expect(page.locator("[data-errors]")).to_have_text("Tick the box")


def test_a_draft_is_kept_after_typing_and_says_when(
    page: Page, address: str, seen: list[dict[str, Any]]
) -> None:
    page.goto(f"{address}/draft-page")
    page.fill("[name=many]", "14")
    expect(page.locator("#save-state")).to_contain_text("Saved at", timeout=5000)
    assert seen[-1] == {"many": "14", "files": []}


def test_a_draft_changed_elsewhere_is_said_and_one_without_signal_too(
    page: Page, address: str
) -> None:
    page.goto(f"{address}/draft-page")
    page.fill("[name=many]", "409")
    expect(page.locator("#save-state")).to_contain_text("Changed on another device", timeout=5000)
    page.context.set_offline(True)
    page.fill("[name=many]", "15")
    expect(page.locator("#save-state")).to_contain_text("No signal", timeout=5000)
    page.context.set_offline(False)
    expect(page.locator("#save-state")).to_contain_text("Saved", timeout=5000)


def test_the_name_of_a_chosen_file_is_shown(page: Page, address: str) -> None:
    page.goto(f"{address}/draft-page")
    page.set_input_files(
        "[name=photo]",
        {"name": "register.png", "mimeType": "image/png", "buffer": b"\x89PNG" + b"0" * 100},
    )
    expect(page.locator("output")).to_have_text("register.png (1 KB)")


def _kept(page: Page) -> Any:
    return page.evaluate(
        """() => new Promise(ok => {
             const open = indexedDB.open("drafts", 2);
             open.onupgradeneeded = () => open.result.createObjectStore("drafts");
             open.onsuccess = () => {
               const all = open.result.transaction("drafts").objectStore("drafts").getAllKeys();
               all.onsuccess = () => { open.result.close(); ok(all.result); };
             };
           })"""
    )


def test_nothing_stays_in_the_browser_unless_the_person_asks_for_it(
    page: Page, address: str
) -> None:
    page.goto(f"{address}/draft-page")
    page.context.set_offline(True)
    page.fill("[name=many]", "14")
    expect(page.locator("#save-state")).to_contain_text("No signal", timeout=5000)
    assert _kept(page) == []


def test_kept_answers_come_back_are_sent_and_are_then_removed(
    page: Page, address: str, seen: list[dict[str, Any]]
) -> None:
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{address}/draft-page")
    page.check("[data-keep]")
    network = SeemingNetwork(page, "**/draft")
    page.fill("[name=many]", "14")
    page.check("[name=w][value=b]")
    expect(page.locator("#save-state")).to_contain_text("No signal", timeout=5000)
    assert set(_kept(page)) == {"keep", "/draft-page"}
    network.is_alive = True
    page.goto(f"{address}/draft-page")
    expect(page.locator("[name=many]")).to_have_value("14")
    expect(page.locator("[name=w][value=b]")).to_be_checked()
    expect(page.locator("[name=w][value=a]")).not_to_be_checked()
    expect(page.locator("#save-state")).to_contain_text("Saved at", timeout=5000)
    assert seen[-1] == {"many": "14", "w": "b", "files": []}
    assert _kept(page) == ["keep"]


RAW = """new Promise(done => { const open = indexedDB.open("drafts", 2);
open.onsuccess = () => { const all = open.result.transaction("drafts").objectStore("drafts").getAll();
all.onsuccess = () => { open.result.close(); done(all.result.flat().map(one =>
  one.byteLength ? [...new Uint8Array(one)] : [])); }; }; })"""


def test_kept_answers_cannot_be_read_in_the_browser_without_the_key_of_the_page(
    page: Page, address: str
) -> None:
    page.on("dialog", lambda dialog: dialog.accept())
    network = SeemingNetwork(page, "**/draft")
    page.goto(f"{address}/draft-page")
    page.check("[data-keep]")
    page.fill("[name=many]", "Nawa works here")
    expect(page.locator("#save-state")).to_contain_text("No signal", timeout=5000)

    stored = [bytes(numbers) for numbers in page.evaluate(RAW) if numbers]
    assert sorted(len(one) for one in stored)[0] == 12, "the nonce"
    assert len(stored) == 2 and not any(b"Nawa" in one or b"many" in one for one in stored)
    assert SEAL not in page.content()

    page.goto(f"{address}/draft-page?who=other")
    expect(page.locator("[data-keep]")).to_be_checked()
    page.wait_for_timeout(200)
    expect(page.locator("[name=many]")).to_have_value("")
    page.goto(f"{address}/draft-page")
    expect(page.locator("[name=many]")).to_have_value("Nawa works here")
    network.is_alive = True
    expect(page.locator("#save-state")).to_contain_text("Saved at", timeout=8000)


OLDER = """new Promise(done => { const open = indexedDB.open("drafts", 1);
open.onupgradeneeded = () => open.result.createObjectStore("drafts");
open.onsuccess = () => { const t = open.result.transaction("drafts", "readwrite");
t.objectStore("drafts").put([["many", "Nawa"]], "/draft-page"); t.oncomplete = () => {
open.result.close(); done(); }; }; })"""


def test_what_an_earlier_version_kept_unencrypted_is_removed(page: Page, address: str) -> None:
    page.goto(f"{address}/done")
    page.evaluate(OLDER)
    page.goto(f"{address}/draft-page")
    expect(page.locator("[data-keep]")).to_be_visible()
    page.wait_for_function("indexedDB.databases().then(all => all[0]?.version === 2)")
    assert _kept(page) == []


def test_signing_out_empties_what_was_kept(page: Page, address: str) -> None:
    page.goto(f"{address}/draft-page")
    page.check("[data-keep]")
    page.click("#out button")
    expect(page.locator("h1")).to_have_text("Done")
    assert _kept(page) == []


DRAFTS = "indexedDB.databases().then(all => all.map(one => one.name))"
KEEP = """new Promise(done => { const open = indexedDB.open("drafts", 1);
open.onsuccess = () => { open.result.close(); done(); }; })"""


def test_page_clears_itself_when_its_session_ends_but_for_what_was_typed_and_not_sent(
    page: Page, address: str
) -> None:
    page.clock.install()
    page.goto(f"{address}/session")
    page.evaluate(KEEP)
    page.fill("[name=name]", "Visit on Monday")
    page.context.set_offline(True)

    page.clock.run_for(59_000)
    expect(page.locator("h1")).to_have_text("Nawa, 14 years")
    page.clock.run_for(2_000)

    expect(page.get_by_role("link", name="Session ended. Sign in")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("Nawa")
    expect(page.locator("[name=name]")).to_have_value("Visit on Monday")
    expect(page.locator("[name=other]")).to_have_count(0)
    assert page.title() == "Session ended. Sign in"
    assert page.evaluate(DRAFTS) == ["drafts"], "chosen to be kept on a phone of one's own"
    page.context.set_offline(False)


def test_on_a_shared_phone_nothing_stays_when_the_session_ends(page: Page, address: str) -> None:
    page.clock.install()
    page.goto(f"{address}/session?shared=1")
    page.evaluate(KEEP)
    page.fill("[name=name]", "Visit on Monday")

    page.clock.run_for(61_000)

    expect(page.locator("form")).to_have_count(0)
    page.wait_for_function(f"{DRAFTS}.then(all => !all.length)")


def test_use_of_a_page_moves_its_end_until_the_session_must_end(page: Page, address: str) -> None:
    page.clock.install()
    page.goto(f"{address}/session?most=100")
    for _ in range(2):
        page.clock.run_for(40_000)
        page.fill("[name=many]", str(page.evaluate("Date.now()")))
        with page.expect_response("**/draft"):
            page.clock.run_for(2_000)
        expect(page.locator("#save-state")).to_contain_text("Saved")
        page.locator("#save-state span").evaluate("one => one.textContent = '-'")

    expect(page.locator("h1")).to_have_text("Nawa, 14 years")
    page.clock.run_for(20_000)
    expect(page.locator("h1")).to_have_count(0)
    expect(page.locator("[name=many]")).to_have_count(0)


def test_pages_of_one_browser_end_together(page: Page, address: str) -> None:
    page.goto(f"{address}/session")
    other = page.context.new_page()
    other.goto(f"{address}/session")
    expect(page.locator("h1")).to_have_text("Nawa, 14 years")

    other.click("#out button")

    expect(page.get_by_role("link", name="Session ended. Sign in")).to_be_visible()
    expect(page.locator("h1")).to_have_count(0)
