"""The way of a sustainability manager, from a published list to a residual risk that fell."""

import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, expect

from ddplatform.config import ROOT
from tests.journeys.answering import answer_all, answers_of, declare_and_send, join, search_nodes
from tests.journeys.running import WAIT_S, Running, Visitor, visitor

pytestmark = [pytest.mark.journey, pytest.mark.long]
LIST = ROOT / "tests/data/supplier_lists/ferrero_2020.csv"
MAP = "Palm oil of the spread"
MILL = "ADIMULIA PALMO LESTARI"
CONTACT = "office@palmo-lestari.example"
PASSWORD = "quiet river green lamp"
ISSUE = "ISS-CL"


def test_the_way_from_a_published_list_to_a_residual_risk_that_fell(
    running: Running, browser: Browser
) -> None:
    jeanne, tomas = running.sign_in("jeanne."), running.sign_in("tomas.")
    with visitor(running, browser) as manager:
        manager.sign_in(jeanne)
        node = _map_from_list(manager)
        before = _likelihood(manager, node)
        _send_questionnaire(manager)
        with visitor(running, browser, width=390, height=844) as supplier:
            questions = join(supplier, CONTACT, name="Ratna", password=PASSWORD)
            answer_all(supplier, questions, answers_of("giresun"))
            declare_and_send(supplier, questions)
            _see_the_risk_change(manager, node, before)
            finding = _record_finding(manager, node)
            action = _plan_action(manager, finding)
            _report_done(supplier, questions)
        with visitor(running, browser) as other:
            other.sign_in(tomas)
            _verify(other, action)
        _see_the_residual_risk_fall(manager, action)


def _map_from_list(manager: Visitor) -> str:
    """A map, a list, its columns, its faulty rows; the address of one node in the end."""
    page = manager.open("/o/maison-cacao/value-chain/new")
    page.fill("[name=name]", MAP)
    page.fill("[name=own_business]", "Maison Cacao spreads")
    page.select_option("[name=country]", "BE")
    page.click("button:has-text('Create the map')")
    page.click("a[href$='/imports/new'] >> nth=0")
    page.set_input_files("input[type=file]", LIST)
    page.click("button:has-text('Read the list')")
    expect(page.get_by_text("Preview of changes")).to_be_visible(timeout=30_000)

    page.click("a:has-text('Check the columns')")
    operator = page.locator("tr:has(label:text-is('Operated by')) input")
    expect(operator).to_have_value("Company Name")
    operator.fill("Parent Company Name")
    page.click("button:has-text('Read the list again')")
    expect(page.get_by_text("Preview of changes")).to_be_visible(timeout=30_000)

    page.click("a:has-text('Problems')")
    faulty = page.locator("table:has(caption:text-is('Problems')) tbody tr")
    expect(faulty).to_have_count(2)
    expect(faulty.filter(has_text="out of range")).to_contain_text("53")
    for row in faulty.all():
        advice = row.locator("td[data-label=Problem] .muted")
        assert advice.inner_text().strip(), "each row says what to do"
    page.check("[name=skip_faulty]")
    page.click("button:has-text('Import the list')")
    expect(page.get_by_text("List imported")).to_be_visible(timeout=30_000)

    page.click("a:has-text('Open the map')")
    expect(page.locator("svg").first).to_be_visible()
    page.goto(page.url.split("?")[0] + "table?q=palmo")
    page.click(f"a:has-text('{MILL}') >> nth=0")
    page.wait_for_url(re.compile(r"/nodes/|focus="))
    return page.url


def _likelihood(manager: Visitor, node: str) -> str:
    """What the risk page says of the risk, with its lines; the register ranks it."""
    page = manager.open(f"/o/maison-cacao/risk/nodes/{node.rsplit('/', 1)[1]}/{ISSUE}")
    expect(page.locator("h1")).to_contain_text(MILL)
    said = page.locator(".hero").inner_text()
    expect(page.locator("table.wf")).to_contain_text("Country: Indonesia")
    expect(page.get_by_text(re.compile(r"position \d+ of"))).to_be_visible()
    page.click("nav >> a:text-is('Risks')")
    page.click("a:has-text('All risks')")
    expect(page.locator("table.reg tbody tr").first).to_be_visible()
    return said


def _send_questionnaire(manager: Visitor) -> None:
    page = manager.open("/o/maison-cacao/questionnaires/library")
    page.click("a:has-text('Send questionnaire') >> nth=0")
    page.select_option("[name=chain]", label=MAP)
    search_nodes(page, MILL)
    page.check(f"tr:has-text('{MILL}') input[name=node]")
    page.click("button:has-text('Continue with selected')")
    page.fill("[name=due_on]", _in_days(21))
    page.check("[name=length][value=full]")
    page.fill("[name^=email-]", CONTACT)
    page.click("button:has-text('Send 1 questionnaire')")
    expect(page.locator("body")).to_contain_text(MILL)


def _see_the_risk_change(manager: Visitor, node: str, before: str) -> None:
    """The answers were received behind the pages; the risk page tells what they changed."""
    address = f"/o/maison-cacao/risk/nodes/{node.rsplit('/', 1)[1]}/{ISSUE}"
    end = time.monotonic() + WAIT_S
    while "answers" not in manager.open(address).locator("section:has(#risk-history)").inner_text():
        assert time.monotonic() < end, "No assessment followed the answers."
        time.sleep(0.5)
    assert manager.page.locator(".hero").inner_text() != before
    expect(manager.page.locator("main")).to_contain_text(re.compile("supplier", re.I))


def _record_finding(manager: Visitor, node: str) -> str:
    page = manager.open(f"/o/maison-cacao/findings/record?node={node.rsplit('/', 1)[1]}")
    page.select_option("[name=issue]", ISSUE)
    page.fill("[name=title]", "Nobody checks age before the harvest")
    page.fill("[name=description]", "The mill told us that ages are guessed in the season.")
    page.check("[name=harm][value=potential]")
    page.click("button:has-text('Record the finding')")
    page.wait_for_url(re.compile(r"/findings/[0-9a-f-]{36}"))
    return page.url


def _plan_action(manager: Visitor, finding: str) -> str:
    page = manager.open(finding)
    page.click("a:has-text('Plan an action')")
    page.fill("[name=title]", "Trained age check before the season")
    page.fill(
        "[name=description]", "Two people of the mill are trained; who has no papers is heard."
    )
    page.check("[name=carrier][value=supplier]")
    page.select_option("[name=control]", "CTL-02")
    page.fill("[name=success_measure]", "Every casual worker is checked before the first day.")
    page.fill("[name=due_on]", _in_days(60))
    page.click("main form button.btn >> nth=-1")
    page.wait_for_url(re.compile(r"/actions/[0-9a-f-]{36}"))
    return page.url


def _report_done(supplier: Visitor, questions: str) -> None:
    home = questions.split("/responses/")[0]
    page = supplier.open(f"{home}/findings/my-actions")
    page.click("a:has-text('Trained age check before the season')")
    page.click("button:has-text('Start')")
    page.fill(
        "[name=note]", "Two people were trained by the partner; the list of checks is attached."
    )
    page.set_input_files("input[type=file]", ROOT / "demo/documents/age-checks-season.pdf")
    page.click("button:has-text('Report it done')")
    expect(page.locator("main")).to_contain_text("checks what you sent")


def _verify(other: Visitor, action: str) -> None:
    page = other.open(action)
    page.click("a.btn:text-is('Verify')")
    page.fill("[name=coverage]", "80")
    page.check("[name=evidence_level][value='0.75']")
    page.fill("[name=note]", "Compared the list with the crews on two mornings.")
    page.click("main form button.btn >> nth=-1")
    expect(page.locator("main")).to_contain_text("Verified")


def _see_the_residual_risk_fall(manager: Visitor, action: str) -> None:
    """Before and after stand beside each other once the new assessment is there."""
    end = time.monotonic() + WAIT_S
    found: list[str] = []
    while len(found) < 2:
        assert time.monotonic() < end, "No assessment followed the verification."
        card = manager.open(action).locator("section:has(#h-work)")
        found = re.findall(r"Residual risk \w+\s+[A-Za-z]+\s+(\d+\.\d)", card.inner_text())
        time.sleep(0.5)
    assert float(found[1]) < float(found[0])


def _in_days(days: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=days)).isoformat()
