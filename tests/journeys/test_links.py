"""Nobody is shown a link, or a field to look something up, that only leads to a refusal."""

import re
from html import unescape
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

import pytest

from tests.journeys.running import Running
from tests.journeys.test_axe import NOT_PAGES, kind_of

pytestmark = pytest.mark.journey
PEOPLE = ("jeanne.", "anouk.", "ruth.", "ilse.", "elif.", "brou.", "heike.")
"""One of each role in each kind of organisation: buyer, auditor, partner, supplier, both at once."""
LINK = re.compile(r'<a [^>]*href="(/[^"#]*)|<form (?![^>]*method="post")[^>]*action="(/[^"#]*)')
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@pytest.mark.parametrize("begins", PEOPLE)
def test_every_kind_of_link_leads_to_a_page(running: Running, begins: str):
    person = running.sign_in(begins)
    browser = _signed_in(running, person)
    waiting, kinds, refused = [(person["start"], "the start")], set[str](), list[str]()
    while waiting:
        path, seen_on = waiting.pop(0)
        try:
            with browser.open(running.address + path) as answer:
                page = answer.read().decode() if "html" in answer.headers["Content-Type"] else ""
        except HTTPError as error:
            refused.append(f"{error.code} at {path}, linked from {seen_on}")
            continue
        for found in LINK.finditer(page):
            link = unescape(found[1] or found[2])
            if kind_of(link) not in kinds and not NOT_PAGES.search(link):
                kinds.add(kind_of(link))
                waiting.append((link, path))
    assert len(kinds) > 10
    assert refused == []


def _signed_in(running: Running, person: dict[str, str]) -> OpenerDirector:
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    address = f"{running.address}/sign-in"
    with browser.open(address) as answer:
        token = TOKEN.search(answer.read().decode())
    assert token
    sent = {"csrf_token": token[1], "email": person["email"], "password": person["password"]}
    browser.open(Request(address, urlencode(sent).encode(), {"Referer": address})).close()
    return browser
