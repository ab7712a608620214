"""Two people at one row in the same moment: the second is told, and nothing breaks."""

from contextlib import suppress
from threading import Barrier, BrokenBarrierError, Thread

import pytest
from flask import Flask
from sqlalchemy import select, update

from ddplatform.accounts.organisations.models import Membership
from ddplatform.accounts.organisations.queries import count_members_with_role
from ddplatform.accounts.organisations.services import people
from ddplatform.due_diligence.remedy.models import SupportItem, SupportStatus
from ddplatform.due_diligence.remedy.services import cases as remedy
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.errors import Conflict
from ddplatform.infrastructure.tenancy import acting_in, nobody
from tests.conftest import NOW
from tests.due_diligence.remedy.test_remedy import opened
from tests.factories import PASSWORD, Tenant, csrf_token, signed_in_client

pytestmark = pytest.mark.both_databases


def test_second_change_of_a_row_in_the_same_moment_is_a_conflict_in_words(
    app: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    officer = tenant[RoleId.SAFEGUARDING_OFFICER]
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        case = opened(tenant)
        item = remedy.plan_support(
            case,
            "SUP-1",
            payer="us",
            amount=40,
            currency="EUR",
            act=Act(officer, NOW),
        )
        page = f"/o/{tenant.slug}/remedy/{case.code}/support/{item.id}"
    change = remedy.set_support_status

    def too_late(case, item, status, *, act):
        """Somebody else's change is kept after this one was begun."""
        db.session.execute(
            update(SupportItem)
            .where(SupportItem.id == item.id)
            .values(row_version=SupportItem.row_version + 1)
            .execution_options(synchronize_session=False)
        )
        change(case, item, status, act=act)

    monkeypatch.setattr(remedy, "set_support_status", too_late)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    client = signed_in_client(app, tenant, RoleId.SAFEGUARDING_OFFICER)
    data = {"status": "delivered", "csrf_token": csrf_token(client, page)}
    answer = client.post(page, data=data)

    assert answer.status_code == 409
    assert "make your change there" in answer.text
    with app.app_context(), acting_in(tenant.id):
        assert db.session.scalar(select(SupportItem.status)) is SupportStatus.PLANNED


def test_two_administrators_who_take_the_role_from_each_other_leave_one(
    context: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    first = tenant[RoleId.ADMIN]
    both_counted = Barrier(2)

    def count_and_wait(*roles: RoleId) -> int:
        """Whoever could count beside the other does so before either goes on."""
        count = count_members_with_role(*roles)
        with suppress(BrokenBarrierError):
            both_counted.wait(timeout=1)
        return count

    monkeypatch.setattr(people, "count_members_with_role", count_and_wait)
    with acting_in(tenant.id), unit_of_work():
        both = tenant[RoleId.ADMIN_MANAGER].user_id
        member = db.session.scalars(select(Membership).where(Membership.user_id == both)).one()
        member.role = RoleId.ANALYST  # two are left who keep people: the first and the second
        user = people.add_person(
            email="second-admin@acme.example",
            name="Second administrator",
            role=RoleId.ADMIN,
            password=PASSWORD,
            act=Act(first, NOW),
        )
        second = Identity(user.id, tenant.id, RoleId.ADMIN, user.name)
    start, refused = Barrier(2), list[str]()

    def demote(other: Identity, by: Identity) -> None:
        with context.app_context(), nobody():
            start.wait()
            try:
                with unit_of_work(), acting_in(tenant.id):
                    member = db.session.scalars(
                        select(Membership).where(Membership.user_id == other.user_id)
                    ).one()
                    people.change_role(member, role=RoleId.ANALYST, act=Act(by, NOW))
            except Conflict as conflict:
                refused.append(str(conflict))
            finally:
                db.session.remove()

    threads = [Thread(target=demote, args=pair) for pair in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with acting_in(tenant.id):
        assert count_members_with_role(RoleId.ADMIN) == 1
    assert len(refused) == 1
    assert "last administrator" in refused[0]
