"""Names of people in the texts of a case: refused with a way out, or confirmed as none."""

from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from ddplatform.audit.models import AuditEvent, AuditValue
from ddplatform.core.due_diligence.vocabulary import ImpactState
from ddplatform.due_diligence.case_texts.services import MayIdentify, check
from ddplatform.due_diligence.remedy.models import RemediationCase
from ddplatform.due_diligence.remedy.services import cases as remedy
from ddplatform.due_diligence.remedy.services.facts import open_steps
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.value_chain.mapping.models import ValueChainNode
from tests.conftest import NOW
from tests.due_diligence.remedy.test_remedy import alert, make_finding, opened
from tests.factories import Tenant, csrf_token, signed_in_client

NAMES = (
    ("张伟夜里上班", "张伟"),
    ("Koffi needs help", "Koffi"),
    ("the brother of chief Kouamé", "Kouamé"),
    ("Koffi a 12 ans", "Koffi"),
    ("Zeynep'in annesi haber bekliyor", "Zeynep"),
    ("Mvulana anayeitwa Baraka analala hapa", "Baraka"),
    ("شقيق الشيخ منصور يوظف الأطفال", "منصور"),
    ("A irmã de Iracema paga o aluguel", "Iracema"),
    ("El jornalero Cupertino mezcla el veneno", "Cupertino"),
)


@pytest.fixture
def officer(tenant: Tenant) -> Identity:
    return tenant[RoleId.SAFEGUARDING_OFFICER]


def step(case: RemediationCase, officer: Identity, note: str, **confirmed: object) -> None:
    remedy.take_step(case, "REM-02", ticked=[], note=note, act=Act(officer, NOW), **confirmed)


def name_the_site(name: str, **values: object) -> None:
    node = db.session.scalars(select(ValueChainNode)).first()
    node.name = name
    for column, value in values.items():
        setattr(node, column, value)
    db.session.flush()


@pytest.mark.parametrize(("note", "name"), NAMES)
def test_note_with_a_name_is_refused_with_the_name_quoted_and_a_way_to_say_it(
    context: Flask, tenant: Tenant, officer: Identity, note: str, name: str
):
    with acting_in(tenant.id), unit_of_work():
        case = opened(tenant)
        with pytest.raises(MayIdentify) as refused:
            step(case, officer, note)

        assert refused.value.names == (name,)
        assert f"“{name}” may lead to a person." in refused.value.fields["note"]
        assert "the child, the mother, the foreman" in refused.value.fields["note"]
        assert not open_steps(case)


def test_confirmed_words_are_kept_and_the_log_says_so_without_the_words(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        case = opened(tenant)
        step(case, officer, "Delivered by Daniela last week", not_names=["Daniela"])

        assert open_steps(case)[-1].note == "Delivered by Daniela last week"
        events = db.session.scalars(select(AuditEvent).order_by(AuditEvent.sequence)).all()
        assert [event.action for event in events][-2:] == ["case:step", "case:confirm"]
        assert events[-1].is_restricted
        assert "Daniela" not in events[-1].leaf.decode()
        assert not [v for v in db.session.scalars(select(AuditValue)) if "Daniela" in str(v.value)]


def test_confirming_one_word_lets_no_other_name_through(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        case = opened(tenant)
        with pytest.raises(MayIdentify) as refused:
            step(case, officer, "Daniela and Koffi came", not_names=["Daniela"])

        assert refused.value.names == ("Koffi",)


def test_every_text_of_a_case_is_searched_and_takes_the_confirmation(
    context: Flask, tenant: Tenant, officer: Identity
):
    text, said, act = "Told by Daniela", {"not_names": ["Daniela"]}, Act(officer, NOW)
    with acting_in(tenant.id), unit_of_work():
        case = remedy.open_case(make_finding(), alert(note=text), act=act, **said)
        remedy.judge_criterion(case, "CLO-1", is_met=True, basis=text, act=act, **said)
        remedy.move(case, ImpactState.TRIAGED, reason=text, act=act, **said)
        confirmed = select(AuditEvent).where(AuditEvent.action == "case:confirm")
        assert len(db.session.scalars(confirmed).all()) == 3

        with pytest.raises(MayIdentify):
            remedy.open_case(make_finding(), alert(note=text), act=act)
        with pytest.raises(MayIdentify):
            remedy.judge_criterion(case, "CLO-1", is_met=True, basis=text, act=act)
        with pytest.raises(MayIdentify):
            remedy.move(case, ImpactState.IMMEDIATE_PROTECTION, reason=text, act=act)


def test_name_of_a_firm_on_the_own_map_is_no_persons_name(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        opened(tenant)
        assert check("told by Barry Callebaut").names == ("Barry Callebaut",)
        name_the_site("Barry Callebaut")

        assert not check("told by Barry Callebaut").seen


def test_farm_that_is_called_after_who_lives_there_still_names_a_person(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        opened(tenant)
        name_the_site("Koffi Kouassi", is_origin=True)

        assert check("told by Koffi Kouassi").names == ("Koffi Kouassi",)


def test_page_keeps_what_was_typed_and_offers_to_confirm_what_is_no_name(
    app: Flask, tenant: Tenant
):
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        code = opened(tenant).code
    client: FlaskClient = signed_in_client(app, tenant, RoleId.SAFEGUARDING_OFFICER)
    page = f"/o/{tenant.slug}/remedy/{code}/steps/REM-02"
    typed = {"csrf_token": csrf_token(client, page), "note": "Delivered by Daniela last week"}

    refused = client.post(page, data=typed)
    shown = unescape(refused.text)

    assert refused.status_code == 422
    assert "Delivered by Daniela last week</textarea>" in shown
    assert "“Daniela” may lead to a person." in shown
    assert 'name="not_names"' in shown and 'value="Daniela"' in shown
    assert 'name="not_names"' not in client.get(page).text
    assert client.post(page, data={**typed, "not_names": "Daniela"}).status_code == 302
