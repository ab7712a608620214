"""Two people at one row in the same moment: the second is told, and nothing breaks."""

import pytest
from flask import Flask
from sqlalchemy import select, update

from ddplatform.access.roles import RoleId
from ddplatform.db import db, unit_of_work
from ddplatform.models.remedy import SupportItem, SupportStatus
from ddplatform.services import remedy
from ddplatform.tenancy import acting_in
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.integration.test_remedy import opened


def test_second_change_of_a_row_in_the_same_moment_is_a_conflict_in_words(
    app: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    officer = tenant[RoleId.SAFEGUARDING_OFFICER]
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        case = opened(tenant)
        item = remedy.plan_support(
            case, "SUP-1", payer="us", amount=40, currency="EUR", by=officer, at=NOW
        )
        page = f"/o/{tenant.slug}/remedy/{case.code}/support/{item.id}"
    change = remedy.set_support_status

    def too_late(case, item, status, *, by, at):
        """Somebody else's change is kept after this one was begun."""
        db.session.execute(
            update(SupportItem)
            .where(SupportItem.id == item.id)
            .values(row_version=SupportItem.row_version + 1)
            .execution_options(synchronize_session=False)
        )
        change(case, item, status, by=by, at=at)

    monkeypatch.setattr(remedy, "set_support_status", too_late)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    client = signed_in_client(app, tenant, RoleId.SAFEGUARDING_OFFICER)
    data = {"status": "delivered", "csrf_token": csrf_token(client, page)}
    answer = client.post(page, data=data)

    assert answer.status_code == 409
    assert "make your change there" in answer.text
    with app.app_context(), acting_in(tenant.id):
        assert db.session.scalar(select(SupportItem.status)) is SupportStatus.PLANNED
