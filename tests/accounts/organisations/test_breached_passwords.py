"""A password that was published after a breach is refused wherever one is set."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.adapters import installed
from ddplatform.infrastructure.adapters.breached_passwords import BreachedPasswords
from ddplatform.infrastructure.adapters.installed import adapters
from tests.accounts.organisations.test_links import (
    ask_for_reset,
    do_all_jobs,
    invite_analyst,
    last_mail,
    link_in,
)
from tests.factories import Tenant, csrf_token

BREACHED, OTHER = "quilted marmot anvil choir", "velvet harbour lantern moss"
PUBLISHED = "published after a breach"


@pytest.fixture(autouse=True)
def file(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator's file holds one password that withstands guessing by itself."""
    path = tmp_path / "breached.txt"
    digest = hashlib.sha1(BREACHED.encode(), usedforsecurity=False).hexdigest().upper()
    path.write_text(f"{digest}:3\n", encoding="utf-8")
    changed = replace(adapters(), breached=BreachedPasswords(path))
    monkeypatch.setattr(installed, "_installed", [changed])


@pytest.mark.parametrize("way", ["join", "reset"])
def test_a_breached_password_is_refused_on_every_page_that_sets_one(
    app: Flask, tenant: Tenant, way: str
):
    if way == "join":
        link = invite_analyst(app, tenant)
    else:
        ask_for_reset(app, tenant.email(RoleId.ANALYST))
        do_all_jobs(app)
        link = link_in(last_mail(app))
    client = app.test_client()

    def answer(password: str) -> tuple[int, bool]:
        form = {"name": "New Person", "password": password, "again": password}
        sent = client.post(link, data={**form, "csrf_token": csrf_token(client, link)})
        return sent.status_code, PUBLISHED in sent.text

    assert answer(BREACHED) == (422, True)
    assert answer(OTHER) == (302, False)
