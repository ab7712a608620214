"""A phone app and the running server: the recorded steps of ODK Collect, over the network."""

import re
from urllib.parse import urlsplit
from urllib.request import Request, urlopen
from xml.etree.ElementTree import fromstring

import pytest
from playwright.sync_api import Browser

from tests.journeys.running import Running, visitor
from tests.phone_submissions import instance_xml

pytestmark = pytest.mark.journey
LIST = "{http://openrosa.org/xforms/xformsList}"
HEADERS = {"X-OpenRosa-Version": "1.0", "User-Agent": "org.odk.collect.android/v2024.3.4 Dalvik"}
BOUNDARY = "----2c9a1f7e"


def multipart(content: bytes) -> bytes:
    """The body that ODK Collect posts: the submission as a file of its own."""
    head = (
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; "
        'name="xml_submission_file"; filename="SAQ_2026-11-28.xml"\r\n'
        "Content-Type: text/xml; charset=utf-8\r\n\r\n"
    )
    return head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


def call(address: str, *, method: str = "GET", body: bytes | None = None):
    """One request of the app: no cookies, nothing a browser sends."""
    kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"} if body else {}
    request = Request(address, method=method, data=body, headers={**HEADERS, **kind})
    with urlopen(request, timeout=60) as answer:
        assert answer.headers["X-OpenRosa-Version"] == "1.0"
        assert answer.headers["Set-Cookie"] is None
        return answer.status, answer.read(), answer.headers


def test_app_gets_the_form_and_sends_it_filled_in(running: Running, browser: Browser):
    with visitor(running, browser) as supplier:
        page = supplier.sign_in(running.sign_in("elif."))
        page.click(".sp-sec:has-text('Hazelnut gardens') h2 a")
        page.click("text=Answer in Excel or with a phone app")
        page.fill("#name", "Phone of the walk")
        page.click("text=Make an address")
        shown = page.inner_text("#made ~ .mono")
        assert page.locator("figure[role=img] svg").count() == 1
        address = running.address + urlsplit(shown).path

        _, listed, _ = call(f"{address}/formList")
        form = fromstring(listed)[0]
        download = urlsplit(form.findtext(f"{LIST}downloadUrl") or "").path
        status, xform, _ = call(running.address + download)
        assert (status, b"dd_assignment" in xform) == (200, True)
        reference = re.search(rb"<dd_assignment>([^<]+)<", xform)
        assert reference is not None
        assert call(f"{address}/submission", method="HEAD")[0] == 204
        content = instance_xml({"F/SAQ_F02": "none"}, reference=reference[1].decode())
        for _ in range(2):  # the app did not hear the first answer
            status, said, _ = call(
                f"{address}/submission?deviceID=collect%3Awalk",
                method="POST",
                body=multipart(content),
            )
            assert status == 201
        assert "Your answers arrived" in (fromstring(said)[0].text or "")

        page.click("text=How your organisation")
        page.click("text=Answer in Excel or with a phone app")
        assert page.locator("text=taken over").count() == 1
