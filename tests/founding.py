"""An organisation founded in the browser, step by step, for tests."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from ddplatform.accounts.organisations.models import Invitation, Organisation, OrganisationKind
from ddplatform.accounts.organisations.services import invitations
from ddplatform.config import SignUp
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.tenancy import across_tenants, acting_in
from tests.answering import mails
from tests.factories import PASSWORD, csrf_token

EMAIL = "ama@cacao.example"
LINK = re.compile(r"/found/[\w-]+")
ORGANISATION = {"name": "Maison Cacao", "country": "FR", "sector_ref": "food_processing"}
FOUNDER = {**ORGANISATION, "person": "Ama Mensah", "password": PASSWORD, "again": PASSWORD}


def let(app: Flask, policy: SignUp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set who may found an organisation."""
    settings = replace(app.extensions["settings"], sign_up=policy)
    monkeypatch.setitem(app.extensions, "settings", settings)


def sign_up(client: FlaskClient, email: str = EMAIL, **more: str) -> str:
    """The answer to an address on the sign-up page, without the token of its menu."""
    form = {"email": email, "csrf_token": csrf_token(client, "/sign-up"), **more}
    answer = client.post("/sign-up", data=form)
    assert answer.status_code == 200, answer.text
    return answer.text


def send_mails(app: Flask) -> list[str]:
    """Send what waits, and give the links for founding of all mails so far."""
    with app.app_context():
        with across_tenants():
            waiting = db.session.execute(
                select(Invitation.id, Invitation.organisation_id).where(
                    Invitation.token_hash.is_(None), Invitation.used_at.is_(None)
                )
            ).all()
        for invitation_id, organisation_id in waiting:
            with unit_of_work(), acting_in(organisation_id):
                invitations.send(invitation_id, at=datetime.now(UTC))
        return LINK.findall("\n".join(mails()))


def link_for(app: Flask, email: str = EMAIL) -> str:
    """A link for founding, by the sign-up page and the mail."""
    sign_up(app.test_client(), email)
    return send_mails(app)[-1]


def found(client: FlaskClient, link: str, **changes: str) -> tuple[int, str]:
    """Send the page behind a link; status and where it leads, or the page."""
    form = {**FOUNDER, **changes, "csrf_token": csrf_token(client, link)}
    answer = client.post(link, data=form)
    return answer.status_code, answer.headers.get("Location", answer.text)


def companies(app: Flask) -> list[Organisation]:
    with app.app_context():
        statement = select(Organisation).where(Organisation.kind == OrganisationKind.COMPANY)
        return list(db.session.scalars(statement.order_by(Organisation.created_at)))
