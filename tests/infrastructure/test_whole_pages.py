"""A page speaks one language: English as a whole where the catalogue of its reader lacks a text."""

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from babel.messages.mofile import write_mo
from babel.support import Translations
from flask import Flask, template_rendered
from flask.testing import FlaskClient
from sqlalchemy import func, select

from ddplatform import languages
from ddplatform.accounts.organisations.models import Invitation
from ddplatform.audit.models import AuditEvent
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.tenancy import across_tenants
from ddplatform.languages import ENGLISH, LANGUAGES, gettext, in_one_language, speaking
from ddplatform.supplier_engagement.requests.services.invitations import give_link
from scripts.update_translations import read_catalogue
from tests.answering import Supplier, acting, ask, phone_of
from tests.factories import Tenant, csrf_token, signed_in_client

SENTENCE = "Cette page n’est pas encore disponible en français\N{NO-BREAK SPACE}; elle est affichée en anglais."
Lacks = Callable[..., None]
OTHERS = [code for code in LANGUAGES if code != ENGLISH]


@pytest.fixture
def lacks(monkeypatch: pytest.MonkeyPatch) -> Lacks:
    """Take texts out of the French catalogue."""
    known = languages._catalogue_of

    def take_out(*texts: str) -> None:
        catalogue = read_catalogue("fr")
        for text in texts:
            assert text in catalogue
            catalogue.delete(text)
        file = BytesIO()
        write_mo(file, catalogue)
        file.seek(0)
        french = Translations(file)
        french.add_fallback(languages._Nothing())
        monkeypatch.setattr(
            languages, "_catalogue_of", lambda code: french if code == "fr" else known(code)
        )

    return take_out


@pytest.fixture
def rendered(app: Flask) -> Iterator[list[str]]:
    """Names of the templates that were rendered."""
    names: list[str] = []

    def note(_app: Flask, template: Any, **_more: Any) -> None:
        names.append(template.name)

    with template_rendered.connected_to(note, app):
        yield names


@pytest.fixture
def manager(app: Flask, tenant: Tenant) -> FlaskClient:
    """A sustainability manager who reads French."""
    client = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)
    with client.session_transaction() as held:
        held["lang"] = "fr"
    return client


def shown(page: str) -> str:
    """What a page says, without its menu of languages."""
    return re.sub(r'<details class="menu lang">.*?</details>', "", page, flags=re.DOTALL)


def test_a_page_that_lacks_a_text_is_english_as_a_whole_and_says_so(
    manager: FlaskClient, tenant: Tenant, lacks: Lacks
):
    lacks("Audit trail")

    page = manager.get(f"/o/{tenant.slug}/audit/")

    assert page.status_code == 200
    assert '<html lang="en" dir="ltr"' in page.text
    assert '<div class="notices" lang="fr" dir="ltr"><div class="notice info">' in page.text
    assert SENTENCE in page.text
    assert "Audit trail" in page.text and "Sign out" in page.text
    assert "Se déconnecter" not in page.text
    assert 'lang="fr" hreflang="fr" aria-current="true"' in page.text
    assert page.headers["Content-Language"] == "en"


def test_the_choice_of_the_reader_stays_and_whole_pages_follow_it(
    manager: FlaskClient, lacks: Lacks
):
    lacks("Other browsers")
    english = manager.get("/account").text
    french = manager.get("/nothing").text

    assert '<html lang="en"' in english and SENTENCE in english
    assert '<html lang="fr"' in french and SENTENCE not in french


def test_the_second_time_such_a_page_is_made_once(
    manager: FlaskClient, lacks: Lacks, rendered: list[str]
):
    lacks("Other browsers")

    first = manager.get("/account").text
    tries = rendered.count("accounts/sign_in/account.html")
    second = manager.get("/account").text

    assert tries == 2
    assert rendered.count("accounts/sign_in/account.html") == 3
    assert shown(first).count(SENTENCE) == shown(second).count(SENTENCE) == 1


def test_a_reader_of_another_role_keeps_the_page_that_lacks_nothing(
    app: Flask, tenant: Tenant, manager: FlaskClient, lacks: Lacks
):
    lacks("Audit trail")  # in the navigation of all but suppliers
    manager.get(f"/o/{tenant.slug}/audit/")
    supplier = signed_in_client(app, tenant, RoleId.SUPPLIER)

    page = supplier.get(f"/o/{tenant.slug}/audit/?lang=fr").text

    assert '<html lang="fr"' in page


@pytest.mark.parametrize("language", OTHERS)
def test_a_page_of_a_supplier_stays_in_its_language(app: Flask, supplier: Supplier, language: str):
    client = phone_of(app)
    base = f"/o/{supplier.slug}"
    tellers = ("responses/", f"responses/{supplier.asked.assignment_id}/", "sharing/", "audit/")

    for address in (*tellers, f"responses/{supplier.asked.assignment_id}/C", "people/"):
        page = client.get(f"{base}/{address}?lang={language}")
        assert page.status_code == 200, address
        assert f'<html lang="{language}"' in page.text, address


def count_events(app: Flask) -> int:
    with app.app_context(), across_tenants():
        return db.session.scalar(select(func.count(AuditEvent.id))) or 0


@pytest.mark.usefixtures("pages_of_that_day")
def test_a_page_that_leaves_an_event_leaves_one_though_it_is_made_anew(
    app: Flask, tenant: Tenant, lacks: Lacks, rendered: list[str]
):
    lacks("Your name")
    with app.app_context():
        asked = ask(tenant)
        with acting(tenant.id):
            invitation = db.session.scalar(
                select(Invitation).where(Invitation.assignment_id == asked.assignment_id)
            )
            assert invitation is not None
            link = give_link(invitation)
    before = count_events(app)

    page = app.test_client().get(f"{link[link.index('/respond/') :]}?lang=fr").text

    assert '<html lang="en"' in page and SENTENCE in page
    assert rendered.count("supplier_engagement/respondents/join.html") == 2
    assert count_events(app) == before + 1


def test_a_refused_form_keeps_what_was_typed_and_speaks_one_language(
    app: Flask, supplier: Supplier, lacks: Lacks
):
    client = phone_of(app)
    page = f"/o/{supplier.slug}/people/colleague"
    client.get(f"{page}?lang=fr")
    token = csrf_token(client, page)
    lacks("This is not an e-mail address. Example: name@company.com")

    answer = client.post(page, data={"name": "Esi", "email": "esi", "csrf_token": token})

    assert answer.status_code == 422
    assert 'value="Esi"' in answer.text and 'value="esi"' in answer.text
    assert '<html lang="en"' in answer.text and SENTENCE in answer.text
    assert "This is not an e-mail address" in answer.text
    assert "Se déconnecter" not in answer.text
    again = csrf_token(client, page)
    good = {"name": "Esi", "email": "esi@kanda.example", "csrf_token": again}
    assert client.post(page, data=good).status_code == 302


def sign_out_elsewhere(client: FlaskClient) -> None:
    token = csrf_token(client, "/account")
    client.post("/account/sign-out-everywhere", data={"csrf_token": token})


def test_a_message_speaks_the_language_of_the_page_that_shows_it_and_is_shown_once(
    manager: FlaskClient, lacks: Lacks
):
    lacks("Other browsers")
    sign_out_elsewhere(manager)

    first, second = manager.get("/account").text, manager.get("/account").text

    assert "You are signed out in every other browser." in first
    assert "Vous êtes déconnecté" not in first
    assert "You are signed out in every other browser." not in second


def test_a_message_that_is_lacking_makes_the_page_english_that_shows_it_and_no_other(
    manager: FlaskClient, lacks: Lacks
):
    lacks("You are signed out in every other browser.")
    sign_out_elsewhere(manager)

    first, second = manager.get("/account").text, manager.get("/account").text

    assert '<html lang="en"' in first
    assert first.count("You are signed out in every other browser.") == 1
    assert '<html lang="fr"' in second


def test_a_message_of_a_whole_catalogue_is_said_in_it(manager: FlaskClient):
    sign_out_elsewhere(manager)

    page = manager.get("/account").text

    with manager.application.test_request_context(), speaking("fr"):
        assert gettext("You are signed out in every other browser.") in page


def test_a_part_of_a_page_follows_its_page(manager: FlaskClient):
    part = manager.get("/account", headers={"X-Part": "#main", "X-Page-Language": "en"})

    assert part.headers["Content-Language"] == "en"
    assert '<html lang="en"' in part.text


def test_an_error_page_that_lacks_a_text_is_english_and_the_page_itself_is_not(
    app: Flask, tenant: Tenant, lacks: Lacks
):
    lacks("There is nothing here for you")
    client = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)

    lost = client.get(f"/o/{tenant.slug}/nothing?lang=fr")
    found = client.get("/account")

    assert lost.status_code == 404
    assert '<html lang="en"' in lost.text and "There is nothing here for you" in lost.text
    assert '<html lang="fr"' in found.text


def test_a_mail_that_lacks_a_text_is_english_as_a_whole(app: Flask, lacks: Lacks):
    lacks("Sign out")

    def write() -> tuple[str, str]:
        return gettext("Menu"), gettext("Sign out")

    with app.app_context():
        assert in_one_language("fr", write) == ("Menu", "Sign out")
        assert in_one_language("tr", write)[1] == "Oturumu kapat"
