"""Suppliers of suppliers: named without their name, asked in turn, put on the map by the buyer."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select, update

from ddplatform.accounts.organisations.models import User
from ddplatform.audit.models import AuditEvent
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid, NotFound, TooMany
from ddplatform.supplier_engagement.cascade.models import (
    AskedState,
    ChainProposal,
    OwnSupplier,
    ProposalState,
    ShareBand,
)
from ddplatform.supplier_engagement.cascade.queries import (
    get_proposal,
    list_above,
    list_asking,
    list_own_suppliers,
    list_proposals,
)
from ddplatform.supplier_engagement.cascade.services import cascade
from ddplatform.supplier_engagement.cascade.services import review as cascade_review
from ddplatform.supplier_engagement.cascade.services.cascade import OwnSupplierFields
from ddplatform.supplier_engagement.library.queries import get_assignment
from ddplatform.supplier_engagement.requests.services import requests as questionnaires
from ddplatform.supplier_engagement.responses.queries.responses import get_request
from ddplatform.value_chain.mapping.models import SupplyLink, ValueChainNode
from tests.answering import (
    EMAIL,
    Asked,
    Supplier,
    acting,
    ask_again,
    come_in,
    fill,
    mails,
    receive_now,
    saq_version,
)
from tests.conftest import NOW
from tests.factories import PASSWORD, Tenant, csrf_token, signed_in_client

SECRET = "Ferme du Soleil"
FARM_EMAIL = "awa@ferme.example"


def _name(supplier: Supplier, name: str = SECRET, **more: object) -> UUID:
    wanted = OwnSupplierFields(
        name=name,
        country="CI",
        share_band=ShareBand.FROM_25_TO_50,
        **more,  # type: ignore[arg-type]
    )
    with acting(supplier.id):
        return cascade.name_supplier(wanted, act=Act(supplier.identity, NOW)).id


def _propose(supplier: Supplier, own_id: UUID, *, with_name: bool = False) -> UUID:
    with acting(supplier.id):
        one = supplier.asked.assignment_id
        return cascade.propose(own_id, one, with_name=with_name, act=Act(supplier.identity, NOW)).id


def _forward(supplier: Supplier, own_id: UUID, email: str = FARM_EMAIL) -> Asked:
    """Forward the questions; what comes back is asked by the supplier, in its own tenant."""
    with acting(supplier.id):
        made = cascade.forward(own_id, saq_version(), email=email, act=Act(supplier.identity, NOW))
        home = Tenant(supplier.id, supplier.slug, {RoleId.ANALYST: supplier.identity})
        node = db.session.get_one(ValueChainNode, made.node_id)
        return Asked(home, node.chain_id, node.id, made.id)


def _buyer_rows(supplier: Supplier) -> str:
    """Everything the buyer's tenant holds of proposals, nodes, links and its log, as text."""
    with acting(supplier.asked.tenant.id):
        rows: list[object] = [*db.session.scalars(select(ChainProposal))]
        rows += [
            *db.session.scalars(select(ValueChainNode)),
            *db.session.scalars(select(SupplyLink)),
        ]
        rows += [*db.session.scalars(select(OwnSupplier)), *db.session.scalars(select(AuditEvent))]
        return " ".join(str(vars(row)) for row in rows)


def test_a_buyer_reads_country_kind_and_share_and_never_a_kept_name(
    context: Flask, supplier: Supplier
):
    _propose(supplier, _name(supplier, email=FARM_EMAIL))

    assert SECRET not in _buyer_rows(supplier)
    assert FARM_EMAIL not in _buyer_rows(supplier)
    with acting(supplier.asked.tenant.id):
        (one,) = list_proposals()
        assert one.title == "Supplier 1 of SCOOP Espoir (name withheld)"
        assert one.proposal.share_band is ShareBand.FROM_25_TO_50
        assert db.session.scalars(select(OwnSupplier)).all() == []


def test_an_accepted_supplier_stands_on_the_map_with_its_link_and_history(
    context: Flask, supplier: Supplier
):
    proposal_id, buyer = _propose(supplier, _name(supplier)), supplier.asked.tenant
    with acting(buyer.id):
        link = cascade_review.accept(proposal_id, act=Act(buyer.analyst, NOW))
        assert (link.buyer_id, link.share) == (supplier.asked.node_id, 0.375)
        with pytest.raises(Conflict):
            cascade_review.accept(proposal_id, act=Act(buyer.analyst, NOW))
        events = db.session.scalars(select(AuditEvent.action)).all()
        assert {"node:add", "link:add", "cascade:accept"} <= set(events)
    assert SECRET not in _buyer_rows(supplier)


def test_kept_names_of_two_questionnaires_of_one_node_are_told_apart_by_their_number(
    context: Flask, supplier: Supplier, tenant: Tenant
):
    first = supplier.asked
    again = come_in(ask_again(tenant, first.chain_id, first.node_id, ref="AGR"))
    _propose(supplier, _name(supplier))
    _propose(again, _name(supplier, "Second"))

    with acting(tenant.id):
        names = {one.title for one in list_proposals()}

    assert names == {
        "Supplier 1 of SCOOP Espoir (name withheld)",
        "Supplier 2 of SCOOP Espoir (name withheld)",
    }


def test_a_name_that_is_released_later_is_put_on_the_map(context: Flask, supplier: Supplier):
    proposal_id, buyer = _propose(supplier, _name(supplier)), supplier.asked.tenant
    with acting(buyer.id):
        cascade_review.accept(proposal_id, act=Act(buyer.analyst, NOW))
        with pytest.raises(Conflict):
            cascade_review.put_name(proposal_id, act=Act(buyer.analyst, NOW))
    with acting(supplier.id):
        cascade.release_name(proposal_id, act=Act(supplier.identity, NOW))
    with acting(buyer.id):
        assert cascade_review.put_name(proposal_id, act=Act(buyer.analyst, NOW)).name == SECRET


def test_a_buyer_says_no_with_a_reason(context: Flask, supplier: Supplier):
    proposal_id, buyer = _propose(supplier, _name(supplier)), supplier.asked.tenant
    with acting(buyer.id):
        with pytest.raises(Invalid):
            cascade_review.decline(proposal_id, reason=" ", act=Act(buyer.analyst, NOW))
        cascade_review.decline(proposal_id, reason="Not for us.", act=Act(buyer.analyst, NOW))
    with acting(supplier.id):
        with pytest.raises(Conflict):
            cascade.withdraw_proposal(proposal_id, act=Act(supplier.identity, NOW))
        assert db.session.get_one(ChainProposal, proposal_id).decline_reason == "Not for us."


def test_two_people_who_decide_at_once_put_one_supplier_on_the_map(
    context: Flask, supplier: Supplier
):
    proposal_id = _propose(supplier, _name(supplier))
    buyer = supplier.asked.tenant
    with acting(buyer.id):
        read_before = get_proposal(proposal_id)
        db.session.execute(
            update(ChainProposal)
            .values(state=ProposalState.ACCEPTED)
            .execution_options(synchronize_session=False)
        )
        assert read_before.proposal.state is ProposalState.PROPOSED
        with pytest.raises(Conflict, match="decided already"):
            cascade_review.accept(proposal_id, act=Act(buyer.manager, NOW))
    with acting(supplier.id), pytest.raises(Conflict, match="decided on this already"):
        cascade.withdraw_proposal(proposal_id, act=Act(supplier.identity, NOW))


def test_what_was_told_is_taken_back_with_its_name(context: Flask, supplier: Supplier):
    own_id = _name(supplier)
    proposal_id = _propose(supplier, own_id, with_name=True)
    assert SECRET in _buyer_rows(supplier)
    with pytest.raises(Conflict):
        _propose(supplier, own_id)
    with acting(supplier.id):
        cascade.withdraw_proposal(proposal_id, act=Act(supplier.identity, NOW))
    with acting(supplier.asked.tenant.id):
        assert list_proposals() == []
        assert get_proposal(proposal_id).proposal.name is None
    _propose(supplier, own_id)


def test_a_supplier_taken_off_the_list_is_taken_back_where_nobody_decided(
    context: Flask, supplier: Supplier
):
    own_id = _name(supplier)
    _propose(supplier, own_id, with_name=True)
    with acting(supplier.id):
        cascade.remove_supplier(own_id, act=Act(supplier.identity, NOW))
        with pytest.raises(NotFound):
            cascade.remove_supplier(own_id, act=Act(supplier.identity, NOW))
    with acting(supplier.asked.tenant.id):
        assert list_proposals() == []
    assert SECRET not in _buyer_rows(supplier)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"name": " "}, "name"), ({"country": "XX"}, "country"), ({"email": "no"}, "email")],
)
def test_a_supplier_is_named_by_business_country_and_address(
    context: Flask, supplier: Supplier, changes: dict[str, str], field: str
):
    wanted = OwnSupplierFields(**{"name": SECRET, "country": "CI", **changes})  # type: ignore[arg-type]
    with acting(supplier.id), pytest.raises(Invalid) as caught:
        cascade.name_supplier(wanted, act=Act(supplier.identity, NOW))
    assert field in caught.value.fields


def test_the_same_name_stands_once_and_the_list_has_an_end(
    context: Flask, supplier: Supplier, monkeypatch: pytest.MonkeyPatch
):
    _name(supplier)
    with pytest.raises(Conflict):
        _name(supplier, SECRET.upper())
    monkeypatch.setattr(cascade, "MOST_NAMED", 1)
    with pytest.raises(Conflict):
        _name(supplier, "Another")


def test_forwarded_questions_are_answered_to_who_forwarded_and_the_buyer_sees_how_far(
    context: Flask, supplier: Supplier
):
    own_id = _name(supplier)
    proposal_id = _propose(supplier, own_id)
    asked = _forward(supplier, own_id)
    assert _state(supplier, proposal_id) is AskedState.ASKED

    farm = come_in(asked)
    _refresh(supplier)
    assert _state(supplier, proposal_id) is AskedState.ANSWERING
    fill(farm)
    receive_now(farm)
    _refresh(supplier)
    assert _state(supplier, proposal_id) is AskedState.ANSWERED
    assert f"/o/{supplier.slug}/cascade/{own_id}/answers" in mails()[-1]
    with acting(supplier.asked.tenant.id), pytest.raises(NotFound):
        get_assignment(asked.assignment_id)
    assert SECRET not in _buyer_rows(supplier)


def _refresh(supplier: Supplier) -> int:
    with acting(supplier.id):
        return cascade.refresh_states()


def test_states_of_a_long_list_are_renewed_in_as_many_statements_as_those_of_a_short_one(
    context: Flask, supplier: Supplier
):
    def asked() -> int:
        seen: list[str] = []

        def note(*call: object) -> None:
            seen.append(str(call[2]))

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            _refresh(supplier)
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    _propose(supplier, _name(supplier))
    short = asked()
    for number in range(4):
        _propose(supplier, _name(supplier, f"Ferme {number}"))

    assert asked() == short


def _state(supplier: Supplier, proposal_id: UUID) -> AskedState:
    with acting(supplier.asked.tenant.id):
        return get_proposal(proposal_id).proposal.asked_state


def test_the_buyer_sees_depth_answers_and_dead_ends_below_as_counts(
    context: Flask, supplier: Supplier
):
    own_id = _name(supplier)
    proposal_id = _propose(supplier, own_id)
    farm = come_in(_forward(supplier, own_id))
    deep = _name(farm, "Hidden pickers")
    _propose(farm, deep)
    _forward(farm, deep, "team@pickers.example")
    with acting(farm.id):
        own = db.session.get_one(OwnSupplier, deep)
        last = get_assignment(own.forwarded_id or UUID(int=0))
        questionnaires.withdraw(last, reason="no answer", act=Act(farm.identity, NOW))
    assert (_refresh(farm), _refresh(supplier), _refresh(supplier)) == (1, 1, 0)

    with acting(supplier.asked.tenant.id):
        below = get_proposal(proposal_id).proposal.below
    assert below == {"depth": 1, "named": 1, "answered": 0, "dead_ends": 1}
    assert "Hidden pickers" not in _buyer_rows(supplier)


def test_who_asks_a_supplier_is_none_of_its_own_suppliers_and_that_is_told(
    context: Flask, supplier: Supplier
):
    farm = come_in(_forward(supplier, _name(supplier)))
    own_id = _name(farm, "Some trader")
    for address in (EMAIL, FARM_EMAIL):
        with pytest.raises(Conflict, match="or to one that asks you"):
            _forward(farm, own_id, address)
    with pytest.raises(Conflict, match="or one that asks you"):
        _propose(farm, _name(farm, "SCOOP Espoir"))
    assert _forward(farm, own_id, "new@trader.example")


def test_who_stands_further_up_cannot_be_told_from_a_stranger(
    context: Flask, supplier: Supplier, tenant: Tenant
):
    """Neither a name nor an address tells a supplier who asks its buyer."""
    farm = come_in(_forward(supplier, _name(supplier)))
    with acting(farm.id):
        assert set(list_asking()) == {farm.id, supplier.id}
        assert list_above() == {farm.id, supplier.id, tenant.id}

    for name, address in (("Acme", _manager_email(tenant)), ("Nobody", "no@stranger.example")):
        own_id = _name(farm, name)
        assert _propose(farm, own_id, with_name=True)
        assert _forward(farm, own_id, address)


def test_a_circle_of_suppliers_does_not_count_itself_for_ever(context: Flask, supplier: Supplier):
    """The farm names and asks a trader, who names and asks the supplier of the farm."""
    farm = come_in(_forward(supplier, _name(supplier)))
    trader = come_in(_forward(farm, _told(farm, "Trader"), "t@trader.example"))
    circle = come_in(_forward(trader, _told(trader, "Round again"), EMAIL))
    assert circle.id == supplier.id
    with acting(circle.id):
        own_id = list_own_suppliers()[0].id
        told = cascade.propose(
            own_id,
            circle.asked.assignment_id,
            with_name=False,
            act=Act(circle.identity, NOW),
        ).id

    for _hour in range(3):
        for one in (supplier, farm, trader):
            _refresh(one)

    with acting(trader.id):
        assert get_proposal(told).proposal.below["named"] <= 2
    assert [_refresh(one) for one in (supplier, farm, trader)] == [0, 0, 0]


def _told(supplier: Supplier, name: str) -> UUID:
    own_id = _name(supplier, name)
    _propose(supplier, own_id)
    return own_id


def test_a_released_name_that_stands_on_the_map_is_shown_to_the_buyer(
    app: Flask, context: Flask, supplier: Supplier, tenant: Tenant
):
    _propose(supplier, _name(supplier, "Maison Cacao"), with_name=True)
    _propose(supplier, _name(supplier, "Ferme"), with_name=True)

    desk = signed_in_client(app, tenant, RoleId.ANALYST)
    page = desk.get("/o/acme/cascade/proposals").text

    assert page.count("This name is on your map already") == 1


def test_a_kept_name_is_not_given_away_by_the_map(app: Flask, supplier: Supplier, tenant: Tenant):
    with app.app_context():
        _propose(supplier, _name(supplier, "Maison Cacao"))

    desk = signed_in_client(app, tenant, RoleId.ANALYST)

    assert "is on your map already" not in desk.get("/o/acme/cascade/proposals").text


def _manager_email(tenant: Tenant) -> str:
    return db.session.get_one(User, tenant.manager.user_id).email


def test_the_same_supplier_is_not_asked_again_within_a_month(context: Flask, supplier: Supplier):
    own_id = _name(supplier)
    _forward(supplier, own_id)
    with pytest.raises(Conflict, match="was asked on 25 November 2026"):
        _forward(supplier, own_id)
    later = NOW + cascade.AGAIN_AFTER + timedelta(days=1)
    with acting(supplier.id):
        own = db.session.get_one(OwnSupplier, own_id)
        last = get_assignment(own.forwarded_id or UUID(int=0))
        questionnaires.withdraw(last, reason="no answer", act=Act(supplier.identity, later))
        again = cascade.forward(own_id, saq_version(), email="", act=Act(supplier.identity, later))
        assert again.node_id == last.node_id


def test_no_more_than_so_many_are_asked_in_a_day(
    context: Flask, supplier: Supplier, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(
        cascade, "INVITATIONS", cascade.rate_limits.Limit("cascade invitation", 1, 86_400)
    )
    first, second = _name(supplier), _name(supplier, "Second")
    _forward(supplier, first)
    with pytest.raises(TooMany):
        _forward(supplier, second, "second@farm.example")


def test_addresses_are_not_tried_at_will_for_whose_they_are(
    context: Flask, supplier: Supplier, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(
        cascade, "INVITATIONS", cascade.rate_limits.Limit("cascade invitation", 2, 86_400)
    )
    own_id = _name(supplier)
    for _try in range(2):
        with pytest.raises(Conflict, match="one that asks you"):
            _forward(supplier, own_id, EMAIL)
        cascade.rate_limits.settle_tries(kept=False)  # as at the end of a refused request
    with pytest.raises(TooMany):
        _forward(supplier, own_id, EMAIL)


def test_a_buyer_is_not_told_at_will_to_find_out_whose_an_address_is(
    context: Flask, supplier: Supplier, monkeypatch: pytest.MonkeyPatch
):
    limit = cascade.rate_limits.Limit("cascade proposal", 2, 86_400)
    monkeypatch.setattr(cascade, "PROPOSALS", limit, raising=False)
    own_id, without = _name(supplier, email=EMAIL), _name(supplier, "Without an address")
    for _try in range(2):
        with pytest.raises(Conflict, match="one that asks you"):
            _propose(supplier, own_id)
        cascade.rate_limits.settle_tries(kept=False)  # as at the end of a refused request
    with pytest.raises(TooMany):
        _propose(supplier, own_id)
    assert _propose(supplier, without)


def test_nobody_is_asked_without_an_address(context: Flask, supplier: Supplier):
    with pytest.raises(Invalid):
        _forward(supplier, _name(supplier), "")


def test_another_organisation_finds_neither_list_nor_proposal(
    context: Flask, supplier: Supplier, other_tenant: Tenant
):
    own_id = _name(supplier)
    proposal_id = _propose(supplier, own_id)
    with acting(other_tenant.id):
        with pytest.raises(NotFound):
            get_proposal(proposal_id)
        with pytest.raises(NotFound):
            cascade.release_name(proposal_id, act=Act(other_tenant.manager, NOW))
    with acting(supplier.asked.tenant.id), pytest.raises(NotFound):
        cascade.release_name(proposal_id, act=Act(supplier.asked.tenant.manager, NOW))
    with acting(supplier.id), pytest.raises(NotFound):
        cascade_review.accept(proposal_id, act=Act(supplier.identity, NOW))


@given(band=st.sampled_from(list(ShareBand)))
def test_the_share_of_a_link_lies_within_its_band(band: ShareBand):
    ends = {
        ShareBand.UNDER_5: (0, 0.05),
        ShareBand.FROM_5_TO_25: (0.05, 0.25),
        ShareBand.FROM_25_TO_50: (0.25, 0.5),
        ShareBand.OVER_50: (0.5, 1),
    }
    share = cascade.SHARES[band]
    if band is ShareBand.NOT_KNOWN:
        assert share is None
    else:
        low, high = ends[band]
        assert share is not None
        assert low < share < high


@pytest.fixture
def phone(app: Flask, supplier: Supplier) -> FlaskClient:
    client = app.test_client()
    token = csrf_token(client, "/sign-in")
    client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD, "csrf_token": token})
    return client


def test_a_supplier_is_named_told_and_asked_on_the_pages_and_the_buyer_decides(
    app: Flask, phone: FlaskClient, supplier: Supplier, tenant: Tenant
):
    base = f"/o/{supplier.slug}/cascade/"
    token = csrf_token(phone, base)
    wrong = phone.post(base, data={"csrf_token": token, "name": "", "country": "CI"})
    assert wrong.status_code == 422
    data = {"csrf_token": token, "name": SECRET, "country": "CI", "kind": "site",
            "share_band": "over_50"}  # fmt: skip
    own = phone.post(base, data=data).location
    assert "No buyer knows of it" in phone.get(own).text
    one = str(supplier.asked.assignment_id)
    tell = {"csrf_token": token, "assignment": one, "with_name": "no"}
    assert phone.post(f"{own}tell", data=tell).status_code == 302
    assert phone.post(f"{own}tell", data={**tell, "assignment": "x"}).status_code == 404
    assert "not the name" in phone.get(own).text
    with app.app_context(), acting(supplier.id):
        version = str(get_request(supplier.asked.assignment_id).assignment.version_id)
    ask_them = {"csrf_token": token, "version": version, "email": FARM_EMAIL}
    assert phone.post(f"{own}forward", data={**ask_them, "email": "x"}).status_code == 422
    assert phone.post(f"{own}forward", data={**ask_them, "email": EMAIL}).status_code == 409
    assert phone.post(f"{own}forward", data=ask_them).status_code == 302
    assert phone.get(f"{own}answers").status_code == 404

    desk = signed_in_client(app, tenant, RoleId.ANALYST)
    page = desk.get("/o/acme/cascade/proposals")
    assert "Supplier 1 of SCOOP Espoir (name withheld)" in page.text
    assert SECRET not in page.text
    with app.app_context(), acting(tenant.id):
        proposal_id = list_proposals()[0].proposal.id
    decide = f"/o/acme/cascade/proposals/{proposal_id}"
    token = csrf_token(desk, "/o/acme/cascade/proposals")
    assert desk.post(decide, data={"csrf_token": token, "reason": ""}).status_code == 422
    assert desk.post(decide, data={"csrf_token": token, "accept": "1"}).status_code == 302
    assert "on the map" in desk.get("/o/acme/cascade/proposals").text
    phone_token = csrf_token(phone, base)
    told = f"/o/{supplier.slug}/cascade/told/{proposal_id}"
    phone.post(told, data={"csrf_token": phone_token, "name": "1"})
    assert "Rename the site to the released name" in desk.get("/o/acme/cascade/proposals").text
    desk.post(decide, data={"csrf_token": token, "name": "1"})
    assert SECRET in desk.get("/o/acme/cascade/proposals").text
    phone.post(f"{own}remove", data={"csrf_token": phone_token})
    assert SECRET not in phone.get(base).text


def test_answers_of_an_own_supplier_are_read_by_who_asked(
    app: Flask, phone: FlaskClient, supplier: Supplier
):
    with app.app_context():
        own_id = _name(supplier)
        farm = come_in(_forward(supplier, own_id))
        fill(farm)
        receive_now(farm)
        _refresh(supplier)
    page = phone.get(f"/o/{supplier.slug}/cascade/{own_id}/answers")
    assert f"Answers of {SECRET}" in page.text
    assert "Read their answers" in phone.get(f"/o/{supplier.slug}/cascade/{own_id}/").text


def test_the_question_for_own_suppliers_and_the_list_of_them_lead_to_each_other(
    phone: FlaskClient, supplier: Supplier
):
    home, one = f"/o/{supplier.slug}", supplier.asked.assignment_id
    section, listed = f"{home}/responses/{one}/N", f"{home}/cascade/"

    asking, other = (phone.get(f"{home}/responses/{one}/{name}").text for name in "NC")
    assert asking.count(f'href="{listed}"') == other.count(f'href="{listed}"') + 1
    assert "there you decide which buyer learns what" in asking
    assert f'href="{section}"' in phone.get(listed).text


def test_the_list_leads_to_no_question_that_is_sent_already(
    app: Flask, phone: FlaskClient, supplier: Supplier
):
    with app.app_context():
        fill(supplier)
        receive_now(supplier)

    assert "Answer there" not in phone.get(f"/o/{supplier.slug}/cascade/").text


def test_what_was_typed_stays_when_the_address_is_that_of_a_buyer_and_another_language_is_chosen(
    app: Flask, phone: FlaskClient, supplier: Supplier
):
    own, ask_them = _own_on_the_pages(app, phone, supplier)

    refused = phone.post(f"{own}forward", data={**ask_them, "email": EMAIL, "message": "Dear Ama"})
    turned = phone.get(f"{own}forward?lang=fr")

    assert refused.status_code == 409
    assert "one that asks you" in refused.text
    assert "Dear Ama" in refused.text
    assert turned.location == own
    assert '<html lang="fr"' in phone.get(own).text


def test_a_name_that_stands_on_the_list_is_refused_above_the_form_that_keeps_it(
    app: Flask, phone: FlaskClient, supplier: Supplier
):
    _own_on_the_pages(app, phone, supplier)
    base = f"/o/{supplier.slug}/cascade/"
    token = csrf_token(phone, base)
    data = {"csrf_token": token, "name": SECRET, "country": "CI", "kind": "site",
            "share_band": "over_50"}  # fmt: skip

    page = phone.post(f"{base}?lang=fr", data=data)

    assert page.status_code == 409
    assert f'value="{SECRET}"' in page.text
    assert "This cannot be done now" not in page.text


def test_a_buyer_who_knows_already_and_too_many_mails_are_told_above_the_form(
    app: Flask, phone: FlaskClient, supplier: Supplier, monkeypatch: pytest.MonkeyPatch
):
    own, ask_them = _own_on_the_pages(app, phone, supplier)
    one = str(supplier.asked.assignment_id)
    tell = {"csrf_token": ask_them["csrf_token"], "assignment": one, "with_name": "no"}
    phone.post(f"{own}tell", data=tell)
    monkeypatch.setattr(cascade, "INVITATIONS", cascade.rate_limits.Limit("cascade", 0, 86_400))

    again = phone.post(f"{own}tell", data=tell)
    many = phone.post(f"{own}forward", data={**ask_them, "message": "Dear Ama"})

    assert again.status_code == 409
    assert "already" in again.text and "Ask them in turn" in again.text
    assert many.status_code == 429
    assert "Dear Ama" in many.text


def _own_on_the_pages(
    app: Flask, phone: FlaskClient, supplier: Supplier
) -> tuple[str, dict[str, str]]:
    """One own supplier named on the page; its address, and what its form sends."""
    base = f"/o/{supplier.slug}/cascade/"
    token = csrf_token(phone, base)
    data = {"csrf_token": token, "name": SECRET, "country": "CI", "kind": "site",
            "share_band": "over_50"}  # fmt: skip
    own = phone.post(base, data=data).location
    with app.app_context(), acting(supplier.id):
        version = str(get_request(supplier.asked.assignment_id).assignment.version_id)
    return own, {"csrf_token": token, "version": version, "email": FARM_EMAIL}
