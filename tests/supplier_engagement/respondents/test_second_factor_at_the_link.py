"""The link of a questionnaire, opened by who has an account with a second factor."""

import re
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import select

from ddplatform.accounts.organisations.models import Invitation
from ddplatform.accounts.organisations.services import invitations
from ddplatform.infrastructure.db import db
from tests.answering import Supplier, acting, ask, mails, phone_of
from tests.factories import PASSWORD, Tenant, csrf_token
from tests.second_factors import CODE
from tests.second_factors import phone_of as app_of


def link_to_questions(app: Flask, tenant: Tenant) -> str:
    """The link of the mail with which another buyer asks the same supplier."""
    now = datetime.now(UTC)
    with app.app_context():
        ask(tenant, name="Scoop")
        with acting(tenant.id):
            invitation = db.session.scalars(select(Invitation)).one()
            invitation.expires_at = now + timedelta(days=14)
            invitations.send(invitation.id, at=now)
        found = re.search(r"/respond/\S+", mails()[-1])
    assert found is not None
    return found[0]


def test_link_and_password_join_nothing_before_the_code(
    app: Flask, supplier: Supplier, other_tenant: Tenant
):
    phone = app_of(app, phone_of(app))
    link, client = link_to_questions(app, other_tenant), app.test_client()

    answer = client.post(link, data={"password": PASSWORD, "csrf_token": csrf_token(client, link)})

    assert answer.location == f"{CODE}?next={link}"
    with app.app_context(), acting(other_tenant.id):
        assert db.session.scalars(select(Invitation)).one().used_at is None

    code = {"code": phone.code(), "csrf_token": csrf_token(client, answer.location)}
    back = client.post(answer.location, data=code)
    joined = client.post(back.location, data={"csrf_token": csrf_token(client, link)})

    assert back.location == link
    assert joined.location.startswith(f"/o/{supplier.slug}/responses/")
    assert client.get(joined.location).status_code == 200
