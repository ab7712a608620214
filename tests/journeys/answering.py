"""Fills the pages of a questionnaire in a browser, as a person would: top to bottom."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Browser, Page, expect

from ddplatform.config import ROOT
from tests.journeys.running import Running, Visitor, visitor

SAVED = re.compile(r"Saved")
SECTIONS = "ABCDEFGHIJKLMNO"


def answers_of(name: str) -> dict[str, str]:
    """Answers by path; of repeats only the first entry, which is there from the start."""
    found: dict[str, str] = json.loads((ROOT / f"demo/answers/{name}.json").read_text("utf-8"))
    return {path: text for path, text in found.items() if not re.search(r"\[(?!1\])\d+\]", path)}


def ask(running: Running, browser: Browser, *, node: str, email: str) -> None:
    """The manager sends the core self-assessment."""
    with visitor(running, browser) as manager:
        page = manager.sign_in(running.sign_in("samira."))
        page.goto(f"{running.address}/o/maison-cacao/questionnaires/library")
        page.click("a:has-text('Send questionnaire') >> nth=0")
        page.select_option("[name=chain]", label="Chocolate and pralines")
        search_nodes(page, node)
        page.check(f"tr:has-text('{node}') input[name=node]")
        page.click("button:has-text('Continue with selected')")
        due = datetime.now(UTC).date() + timedelta(days=28)
        page.fill("[name=due_on]", due.isoformat())
        page.check("[name=length][value=full]")
        page.fill("[name^=email-]", email)
        page.click("button:has-text('Send 1 questionnaire')")
        expect(page.locator("main")).to_contain_text(node)


def search_nodes(page: Page, text: str) -> None:
    """Search a list of sites and wait for what was found.

    A box that is ticked before belongs to the list that goes.
    """
    page.fill("#node-q", text)
    page.press("#node-q", "Enter")
    page.wait_for_url(re.compile(r"[?&]q=[^&]+"))


def fill(page: Page, answers: Mapping[str, str]) -> list[str]:
    """Answer all that is shown on this page, then what these answers have opened.

    Returns the paths that were answered, in that order.
    """
    paths = page.eval_on_selector_all("[data-path]", "all => all.map(one => one.dataset.path)")
    wanted = [path for path in dict.fromkeys(paths) if path in answers]
    done: list[str] = []
    for attempt in range(2):
        for path in [path for path in wanted if path not in done]:
            if page.locator(f'[data-path="{path}"]').first.is_visible():
                answer(page, path, answers[path])
                done.append(path)
        if attempt == 0 and len(done) < len(wanted):
            wait_until_saved(page)
    return done


def answer(page: Page, path: str, text: str) -> None:
    """Give one answer, whatever kind of field it is."""
    fields = page.locator(f'[name="{path}"]:not([type=hidden])')
    kind = fields.first.get_attribute("type") or ""
    if kind in ("radio", "checkbox"):
        for value in text.split() if kind == "checkbox" else [text]:
            page.locator(f'[name="{path}"][value="{value}"]').check()
    else:
        fields.first.fill(text)


def wait_until_saved(page: Page) -> None:
    """Leave the last field, and wait until the page says that the server has everything."""
    page.locator("h1").first.click()
    expect(page.locator("#save-state")).to_have_text(SAVED)
    page.wait_for_timeout(1_500)  # the pause after the last key, and the save itself
    expect(page.locator("#save-state")).to_have_text(SAVED)


def join(supplier: Visitor, email: str, *, name: str, password: str) -> str:
    """Open the link of the mail, choose a password, and return the address of the questions."""
    link = supplier.running.link_in_mail(email, "/respond/")
    # The mail stands in the outbox a moment before the link it holds is committed.
    for _attempt in range(50):
        if supplier.context.request.get(link).ok:
            break
        supplier.page.wait_for_timeout(100)
    page = supplier.open(link)
    page.fill("[name=name]", name)
    page.fill("[name=password]", password)
    page.fill("[name=again]", password)
    page.click("button:has-text('Open the questions')")
    page.wait_for_url(re.compile(r"/responses/"))
    found = re.search(r"/o/[\w-]+/responses/[0-9a-f-]+/", page.url)
    assert found, page.url
    return found[0]


def answer_all(
    supplier: Visitor, questions: str, answers: Mapping[str, str], *, sections: str = SECTIONS
) -> None:
    """Answer section by section with Save and continue."""
    for section in sections:
        page = supplier.open(f"{questions}{section}")
        fill(page, answers)
        page.click("form >> button.btn.wide:has-text('Save and continue')")
        page.wait_for_url(lambda url, here=section: not url.endswith(f"/{here}"))


def declare_and_send(supplier: Visitor, questions: str) -> str:
    """Check the answers, declare, send; returns the number of the receipt."""
    page = supplier.open(f"{questions}check")
    page.check("[name=declared]")
    page.click("button:has-text('Send to')")
    page.wait_for_url(re.compile("/sent$"))
    expect(page.locator("h1")).to_have_text("Your answers have arrived")
    return page.locator(".mono").first.inner_text()
