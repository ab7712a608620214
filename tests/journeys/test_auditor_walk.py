"""The way of an auditor: from a report to what its figures rest on, and the proof of it all."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.journeys.running import Running, Visitor, visitor

pytestmark = [pytest.mark.journey, pytest.mark.long]
HOME = "/o/maison-cacao"
ENDINGS = {"pdf": b"%PDF-", "xlsx": b"PK\x03\x04", "json": b"{"}


def test_an_auditor_follows_figures_to_their_sources_and_checks_the_files(
    running: Running, browser: Browser, tmp_path: Path
) -> None:
    with visitor(running, browser) as auditor:
        _sign_in_with_an_end(auditor)
        report = _read_report(auditor)
        _follow_a_figure(auditor, report)
        _follow_an_action(auditor, report)
        files = _download(auditor, report, tmp_path)
    for file in files.values():
        _prove(running, file)
    tampered = tmp_path / "tampered.json"
    tampered.write_bytes(files["json"].read_bytes().replace(b"Maison", b"Mansion", 1))
    assert not json.loads(_verify(running, tampered, fails=True))["sound"]
    log = json.loads(running.flask("audit", "verify", "--organisation", "maison-cacao", "--json"))
    assert log["sound"] is True


def _sign_in_with_an_end(auditor: Visitor) -> None:
    """Read-only, until a day that every page shows."""
    page = auditor.sign_in(auditor.running.sign_in("ruth."))
    strip = page.get_by_role("region", name="Your access")
    expect(strip).to_contain_text(re.compile(r"until.*20\d\d"))
    refused = auditor.context.request.get(
        f"{auditor.running.address}{HOME}/value-chain/new", max_redirects=0
    )
    assert refused.status == 403


def _read_report(auditor: Visitor) -> str:
    page = auditor.open(f"{HOME}/reports/")
    page.click("tr:has-text('Auditor') a")
    page.wait_for_url(re.compile(r"/reports/[0-9a-f-]{36}"))
    expect(page.locator("h1")).to_have_text("Child-rights due-diligence report")
    expect(page.locator("article")).to_contain_text("What is missing")
    return page.url


def _follow_a_figure(auditor: Visitor, report: str) -> None:
    """Report, ranked risk, factor with source and year, answers, document."""
    page = auditor.open(report)
    page.click("article a[href*='/risk/nodes/'] >> nth=0")
    page.wait_for_url(re.compile(r"/risk/explained/"))
    expect(page.locator("main")).to_contain_text("method RM-2.0")
    _add_up(page.locator("table.wf"))
    expect(page.locator("table.wf")).to_contain_text("Supplier, without evidence")
    sources = page.locator("#sources")
    expect(sources).to_contain_text("World Bank")
    expect(sources).to_contain_text(re.compile(r"\b20(1\d|2\d)\b"))
    source = sources.locator("a[href*='/reference/']").first.get_attribute("href")
    page.click("a:has-text('Self-assessment'):has-text('the answers of')")
    page.wait_for_url(re.compile(r"/review$"))
    expect(page.locator("h1")).to_contain_text("Coopérative Espoir de Soubré")
    page.click("a:has-text('canteen-contract.pdf')")
    page.wait_for_url(re.compile(r"/evidence/"))
    expect(page.locator("main")).to_contain_text(re.compile(r"[0-9a-f]{8}"))
    assert source
    expect(auditor.open(source).locator("main")).to_contain_text("World Bank")


def _add_up(lines: Locator) -> None:
    """The printed lines add up to the printed score, but for what is rounded and folded away."""
    printed = lines.locator("tbody tr:not(.part):not(.sum):not(.end) td.n").all_inner_texts()
    total = float(lines.locator("tr.end td.n").inner_text())
    points = [float(text.replace("−", "-").replace("+", "")) for text in printed if text.strip()]
    assert len(points) >= 5
    assert abs(sum(points) - total) <= len(points)


def _follow_an_action(auditor: Visitor, report: str) -> None:
    page = auditor.open(report)
    page.click("tr:has-text('Age check of every casual worker') a[href*='/actions/'] >> nth=0")
    page.wait_for_url(re.compile(r"/actions/"))
    main = page.locator("main")
    expect(main).to_contain_text("Sat at the gate for two nights")
    expect(main).to_contain_text("Tomas Verbeke")
    before, now = re.findall(r"Residual risk \w+\s+[A-Za-z]+\s+(\d+\.\d)", main.inner_text())
    assert float(now) < float(before)


def _download(auditor: Visitor, report: str, folder: Path) -> dict[str, Path]:
    """The files, each as sealed: the checksums stand on the page."""
    files = {}
    page = auditor.open(report)
    for form, begins in ENDINGS.items():
        with page.expect_download() as waiting:
            page.click(f"form[action$='/files/{form}'] button")
        files[form] = folder / f"report.{form}"
        waiting.value.save_as(files[form])
        assert files[form].read_bytes().startswith(begins)
    digest = hashlib.sha256(files["pdf"].read_bytes()).hexdigest()
    expect(page.locator("main")).to_contain_text(digest)
    page.click("a:has-text('Check it now')")
    expect(page.locator("main")).to_contain_text("Everything agrees")
    return files


def _prove(running: Running, file: Path) -> None:
    assert json.loads(_verify(running, file))["sound"] is True, file


def _verify(running: Running, file: Path, *, fails: bool = False) -> str:
    return running.flask("audit", "verify-report", str(file), "--json", refused=fails)
