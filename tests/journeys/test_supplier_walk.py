"""The way of a supplier on a phone: with a network that comes and goes, and without scripts."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.journeys.answering import (
    answer,
    answers_of,
    ask,
    declare_and_send,
    fill,
    join,
)
from tests.journeys.running import Running, Visitor, visitor, width_of

pytestmark = [pytest.mark.journey, pytest.mark.long]
PASSWORD = "warm harbour paper kite"
PHONE = {"width": 390, "height": 844}
ACTION = "Keep the lists of age checks for two seasons"


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A large photo, as phones make them."""
    file = tmp_path / "hall.jpg"
    Image.effect_noise((2400, 1800), 40).convert("RGB").save(file, quality=80)
    return file


def test_a_supplier_answers_on_a_phone_and_loses_nothing_without_a_network(
    running: Running, browser: Browser, photo: Path
) -> None:
    email, node = "kvalitet@blechwerk.example", "Blechwerk Lahn"
    ask(running, browser, node=node, email=email)
    with visitor(running, browser, **PHONE) as supplier:
        questions = join(supplier, email, name="Jutta", password=PASSWORD)
        assert width_of(supplier.page) <= 390
        _answer_with_gaps_in_the_network(supplier, questions)
        _attach(supplier, f"{questions}A", "SAQ_A06_evidence", photo)
        receipt = declare_and_send(supplier, questions)
        assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}", receipt)
        _plan_action(running, browser, node)
        _report_action(supplier, questions, photo)


def _answer_with_gaps_in_the_network(supplier: Visitor, questions: str) -> None:
    answers = answers_of("lagune")
    for section in "ABCDEFGHIJKLMNO":
        page = supplier.open(f"{questions}{section}")
        if section == "D":
            _see_branches_open_and_close(page)
        if section == "F":
            _lose_the_network(supplier, page, answers)
        fill(page, answers)
        page.click("form >> button.btn.wide:has-text('Save and continue')")
        page.wait_for_url(lambda url, here=section: not url.endswith(f"/{here}"))


def _see_branches_open_and_close(page: Page) -> None:
    branch = page.locator('[data-path="/data/D/SAQ_D06"]').first
    expect(branch).to_be_hidden()
    answer(page, "/data/D/SAQ_D01", "3")
    expect(branch).to_be_visible()
    answer(page, "/data/D/SAQ_D01", "0")
    expect(branch).to_be_hidden()


def _lose_the_network(supplier: Visitor, page: Page, answers: dict[str, str]) -> None:
    """What is typed without a network stays on the page, and is saved when it is back."""
    supplier.is_offline = True
    supplier.context.set_offline(True)
    answer(page, "/data/F/SAQ_F03", "47")
    answer(page, "/data/F/SAQ_F01", answers["/data/F/SAQ_F01"])
    expect(page.locator("#save-state")).to_contain_text("No signal")
    assert page.locator('[name="/data/F/SAQ_F03"]').input_value() == "47"
    supplier.context.set_offline(False)
    expect(page.locator("#save-state")).to_contain_text("Saved", timeout=20_000)
    supplier.is_offline = False
    page.reload()
    assert page.locator('[name="/data/F/SAQ_F03"]').input_value() == "47"
    chosen = f'[name="/data/F/SAQ_F01"][value="{answers["/data/F/SAQ_F01"]}"]'
    expect(page.locator(chosen)).to_be_checked()


def _attach(supplier: Visitor, section: str, field: str, photo: Path) -> None:
    page = supplier.open(section)
    chooser = page.locator(f"input[type=file][name$='{field}']")
    chooser.locator("xpath=ancestor::details[1]").locator("summary").click()
    chooser.set_input_files(photo)
    page.click("form >> button.btn.wide:has-text('Save and continue')")
    page.wait_for_url(lambda url: not url.endswith("/A"))
    page = supplier.open(section)
    expect(page.locator("main")).to_contain_text("saved")
    expect(page.locator(".sp-file")).to_have_count(1)


def _plan_action(running: Running, browser: Browser, node: str) -> None:
    """The buyer plans an action that the supplier carries out."""
    with visitor(running, browser) as manager:
        page = manager.sign_in(running.sign_in("samira."))
        page.goto(f"{running.address}/o/maison-cacao/findings/record?q={node.split()[0]}")
        page.click(f"a:has-text('{node}') >> nth=-1")
        page.fill("[name=title]", "Lists of age checks are thrown away")
        page.fill("[name=description]", "The works told us that the lists are not kept.")
        page.check("[name=harm][value=potential]")
        page.click("button:has-text('Record the finding')")
        page.click("a:has-text('Plan an action')")
        page.fill("[name=title]", ACTION)
        page.fill("[name=description]", "One folder at the gate, locked, two seasons long.")
        page.check("[name=carrier][value=supplier]")
        page.select_option("[name=control]", "CTL-02")
        page.fill("[name=success_measure]", "The lists of both seasons can be shown.")
        due = datetime.now(UTC).date() + timedelta(days=40)
        page.fill("[name=due_on]", due.isoformat())
        page.click("main form button.btn >> nth=-1")
        page.wait_for_url(re.compile(r"/actions/[0-9a-f-]{36}"))


def _report_action(supplier: Visitor, questions: str, photo: Path) -> None:
    page = supplier.open(f"{questions.split('/responses/')[0]}/findings/my-actions")
    page.click(f"a:has-text('{ACTION}')")
    page.click("button:has-text('Start')")
    page.fill("[name=note]", "The folder stands at the gate. The photo shows it, without people.")
    page.set_input_files("input[type=file]", photo)
    page.click("button:has-text('Report it done')")
    expect(page.locator("main")).to_contain_text("checks what you sent")


def test_a_supplier_answers_with_scripts_off(
    running: Running, browser: Browser, photo: Path
) -> None:
    email, node = "bureau@comoe.example", "Comptoir Cacao de la Comoé"
    ask(running, browser, node=node, email=email)
    with visitor(running, browser, **PHONE, java_script_enabled=False) as supplier:
        questions = join(supplier, email, name="Yao", password=PASSWORD)
        answers = answers_of("lagune")
        for section in "ABCDEFGHIJKLMNO":
            _answer_without_scripts(supplier, f"{questions}{section}", answers)
        _attach_without_scripts(supplier, f"{questions}A", photo)
        receipt = declare_and_send(supplier, questions)
        assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}", receipt)


def _answer_without_scripts(supplier: Visitor, section: str, answers: dict[str, str]) -> None:
    """A branch opens when the page is saved: it is answered in a second round."""
    for _round in range(2):
        page = supplier.open(section)
        for path in _shown(page):
            if path in answers:
                answer(page, path, answers[path])
        page.click("form >> button.btn.wide:has-text('Save and continue')")


def _shown(page: Page) -> list[str]:
    found = []
    for box in page.locator("[data-path]").all():
        path = box.get_attribute("data-path")
        if path and box.is_visible():
            found.append(path)
    return found


def _attach_without_scripts(supplier: Visitor, section: str, photo: Path) -> None:
    page = supplier.open(section)
    chooser = page.locator("input[type=file][name$='SAQ_A06_evidence']")
    chooser.locator("xpath=ancestor::details[1]").locator("summary").click()
    chooser.set_input_files(photo)
    page.click("form >> button.btn.wide:has-text('Save and continue')")
    page = supplier.open(section)
    expect(page.locator(".sp-file")).to_have_count(1)
