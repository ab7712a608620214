"""The pages of campaigns: planned, looked at, started, stopped, taken away."""

import csv
import io
from datetime import UTC, datetime
from html import unescape
from urllib.parse import urlsplit
from uuid import UUID
from zipfile import ZipFile

import pandas as pd
import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import func, select

from benchmarks.pages import count_statements
from ddplatform.audit.models import AuditEvent
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.risk.assessment_plan.queries.plans import list_planned_nodes
from ddplatform.risk.assessment_plan.services.plans import Wish, make_plan
from ddplatform.supplier_engagement.campaigns.models import Campaign, CampaignTarget
from ddplatform.supplier_engagement.campaigns.services.campaigns import How
from ddplatform.supplier_engagement.campaigns.views import reminder_words
from ddplatform.value_chain.mapping.models import ValueChainNode
from tests.answering import mails, saq_version
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.risk_maps import CocoaMap, assess
from tests.supplier_engagement.campaigns.test_campaigns import (
    DUE,
    acting,
    lines,
    make_places,
    plan,
    sent,
    start,
    work,
)

pytestmark = pytest.mark.usefixtures("context", "pages_of_that_day")
HERE = "/o/acme/campaigns"
FORM = {
    "name": "Spring 2027",
    "modules": ["SAQ"],
    "by_rule": "y",
    "due_on": DUE.isoformat(),
    "language": "en",
    "length": "by_size",
    "message": "We visit Abidjan in spring.",
    "reminder_days": "-7, 1",
    "most_reminders": "2",
}


def post(client: FlaskClient, page: str, address: str, **data: object):
    return client.post(address, data={"csrf_token": csrf_token(client, page), **data})


def campaign_ids(tenant: Tenant) -> list[UUID]:
    with acting(tenant.id):
        return list(db.session.scalars(select(Campaign.id)))


def test_campaign_is_planned_from_a_filter_of_the_map_and_shown_before_it_is_sent(
    tenant: Tenant, analyst: FlaskClient
):
    chain_id, _ = make_places(tenant, 3)
    page = f"{HERE}/new?chain={chain_id}&q=Farm+00"
    assert "3 suppliers" in analyst.get(page).text

    answer = post(analyst, page, page, **FORM)

    (campaign_id,) = campaign_ids(tenant)
    assert answer.status_code == 302
    html = analyst.get(f"{HERE}/{campaign_id}").text
    assert "Every supplier starts here." in html
    assert "We visit Abidjan in spring." in html
    assert "3 questionnaires will be sent. They go to 3 suppliers." in html
    assert sent(tenant, campaign_id) == []


def test_campaign_is_planned_from_an_assessment_plan(
    tenant: Tenant, analyst: FlaskClient, cocoa: CocoaMap
):
    assess(tenant, cocoa.chain)
    with acting(tenant.id):
        wish = Wish(name="Spring", visits=0, questionnaires=1)
        made = make_plan(cocoa.chain, wish, act=Act(tenant.analyst, NOW))
        plan_id = made.id
    make_library(tenant)

    html = analyst.get(f"{HERE}/new?plan={plan_id}").text

    assert "Questionnaires of the plan “Spring”" in html
    assert "1 supplier" in html


def test_lines_of_a_plan_that_a_campaign_sent_lead_to_what_was_sent(
    tenant: Tenant, analyst: FlaskClient, cocoa: CocoaMap
):
    assess(tenant, cocoa.chain)
    make_library(tenant)
    with acting(tenant.id):
        wish = Wish(name="Spring", visits=0, questionnaires=2)
        plan_id = make_plan(cocoa.chain, wish, act=Act(tenant.analyst, NOW)).id
        keys = list_planned_nodes(cocoa.chain, plan_id)
        for node in db.session.scalars(select(ValueChainNode).where(ValueChainNode.id.in_(keys))):
            node.contact_email = f"{node.id.hex[:8]}@coop.example"
    whom = {"plan_id": plan_id, "by_rule": False, "modules": ["SAQ", "AGR"]}
    campaign_id = plan(tenant, cocoa.chain, list(keys), **whom)
    start(tenant, campaign_id)
    work(tenant, campaign_id)

    page = analyst.get(f"/o/acme/visit-plan/{plan_id}").text

    with acting(tenant.id):
        first = select(CampaignTarget.assignment_id, CampaignTarget.node_id).order_by(
            CampaignTarget.place.desc()
        )
        of_node = {node_id: key for key, node_id in db.session.execute(first)}
        assert list_planned_nodes(cocoa.chain, plan_id) == []
    assert len(of_node) == 2
    assert all(f"/questionnaires/assignments/{key}" in page for key in of_node.values())
    assert "not assigned</span>" not in page


def make_library(tenant: Tenant) -> None:
    with acting(tenant.id):
        saq_version()


def test_mail_of_a_draft_is_shown_in_the_language_in_which_it_goes_out(
    tenant: Tenant, analyst: FlaskClient
):
    chain_id, keys = make_places(tenant, 1)
    how = How(name="Cacao 2026", due_on=DUE, language="fr")
    campaign_id = plan(tenant, chain_id, keys, how)
    shown = unescape(analyst.get(f"{HERE}/{campaign_id}").text)
    start(tenant, campaign_id)
    work(tenant, campaign_id)

    (mail,) = mails()
    subject = mail.partition("\n")[0]
    assert "asks you" not in subject
    assert subject in shown


def test_form_with_faults_comes_back_with_all_that_was_typed(tenant: Tenant, analyst: FlaskClient):
    chain_id, _ = make_places(tenant, 1)
    page = f"{HERE}/new?chain={chain_id}"

    answer = post(analyst, page, page, **{**FORM, "reminder_days": "soon", "modules": []})

    assert answer.status_code == 422
    assert "We visit Abidjan in spring." in answer.text
    assert "Write whole numbers" in answer.text


def test_rule_that_a_campaign_breaks_is_said_at_its_field(tenant: Tenant, analyst: FlaskClient):
    chain_id, _ = make_places(tenant, 1)
    page = f"{HERE}/new?chain={chain_id}"

    answer = post(analyst, page, page, **{**FORM, "modules": ["MIN"]})

    assert answer.status_code == 422
    assert "None of these questionnaires fits" in answer.text


def test_draft_is_changed_and_single_lines_are_left_out(tenant: Tenant, analyst: FlaskClient):
    chain_id, keys = make_places(tenant, 2)
    campaign_id = plan(tenant, chain_id, keys)
    here = f"{HERE}/{campaign_id}"
    changed = {name: value for name, value in FORM.items() if name not in ("modules", "by_rule")}
    assert "Cocoa 2026" in analyst.get(f"{here}/edit").text

    answer = post(analyst, f"{here}/edit", f"{here}/edit", **changed)
    assert answer.status_code == 302
    assert "Spring 2027" in analyst.get(here).text

    with acting(tenant.id):
        first = db.session.scalars(select(CampaignTarget.id)).first()
    post(analyst, f"{here}/suppliers", f"{here}/suppliers", target=[str(first), "none"])
    assert "Left out by hand" in analyst.get(f"{here}/suppliers?view=left_out").text
    for page in (f"{here}/suppliers?view=asked", here):  # a draft shows whom it asks
        shown = analyst.get(page).text
        assert [f">Farm {number:03}<" in shown for number in (0, 1)].count(True) == 1
    assert sum(why is None for why in lines(tenant, campaign_id).values()) == 1


def test_campaign_is_started_stopped_and_gone_on_with(tenant: Tenant, analyst: FlaskClient):
    chain_id, keys = make_places(tenant, 2)
    campaign_id = plan(tenant, chain_id, keys)
    here = f"{HERE}/{campaign_id}"

    post(analyst, here, f"{here}/start")
    assert "Sending" in analyst.get(here).text
    work(tenant, campaign_id, at=datetime.now(UTC))
    html = analyst.get(here).text
    assert "2 questionnaires sent" in html
    assert "Côte" in html
    post(analyst, here, f"{here}/stop")
    assert "Stopped" in analyst.get(here).text
    post(analyst, here, f"{here}/go-on")

    assert "Running" in analyst.get(here).text
    assert "2 of 2" in analyst.get(f"{HERE}/").text


def test_calendar_names_each_day_and_what_goes_out(tenant: Tenant, analyst: FlaskClient):
    chain_id, keys = make_places(tenant, 1)
    campaign_id = plan(tenant, chain_id, keys)
    start(tenant, campaign_id)

    html = analyst.get(f"{HERE}/{campaign_id}/calendar").text

    for words in ("7 days before the due date", "on the due date", "1 day after the due date"):
        assert words in html


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet"])
def test_export_has_a_row_for_each_line_and_leaves_an_event(app: Flask, tenant: Tenant, form: str):
    chain_id, keys = make_places(tenant, 2)
    add = plan(tenant, chain_id, keys)
    start(tenant, add)
    work(tenant, add)
    client = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)

    answer = post(client, f"{HERE}/{add}", f"{HERE}/{add}/export", form=form)

    assert sorted(names_in(answer.data, form)) == ["Farm 000", "Farm 001"]
    with acting(tenant.id):
        told = db.session.scalars(
            select(AuditEvent.action).where(AuditEvent.action == "campaign:export")
        ).all()
    assert told == ["campaign:export"]
    assert post(client, f"{HERE}/{add}", f"{HERE}/{add}/export", form="doc").status_code == 404


def names_in(content: bytes, form: str) -> list[str]:
    if form == "csv":
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    elif form == "parquet":
        return pd.read_parquet(ZipFile(io.BytesIO(content)).open("campaign.parquet"))[
            "supplier"
        ].tolist()
    else:
        sheet = load_workbook(io.BytesIO(content)).active
        rows = [[str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    return [row[0] for row in rows[1:]]


@pytest.mark.parametrize("many", [2, 60])
def test_pages_of_campaigns_ask_the_database_the_same_however_many_are_asked(
    app: Flask, tenant: Tenant, analyst: FlaskClient, many: int
):
    chain_id, keys = make_places(tenant, many)
    campaign_id = plan(tenant, chain_id, keys)
    start(tenant, campaign_id)
    work(tenant, campaign_id)
    here = f"{HERE}/{campaign_id}"

    counts = {
        address: count_statements(analyst, address)
        for address in (f"{HERE}/", here, f"{here}/suppliers", f"{here}/calendar")
    }

    gate = 3  # session, account, standing
    assert all(count - gate <= 8 for count in counts.values()), counts


def test_opening_the_link_of_the_mail_is_counted_once(
    tenant: Tenant, analyst: FlaskClient, client: FlaskClient
):
    chain_id, keys = make_places(tenant, 1)
    campaign_id = plan(tenant, chain_id, keys)
    start(tenant, campaign_id)
    work(tenant, campaign_id)
    assert sent(tenant, campaign_id)[0].link_opened_at is None
    link = mails()[0].split("Open the questions: ")[1].split()[0]

    for _ in range(2):
        assert client.get(urlsplit(link).path).status_code == 200

    assert sent(tenant, campaign_id)[0].link_opened_at is not None
    with acting(tenant.id):
        opened = select(func.count()).where(AuditEvent.action == "questionnaire:open_link")
        assert db.session.scalar(opened) == 1


def test_reminders_of_a_draft_are_told_in_words():
    assert reminder_words((-14, -1, 0, 7)) == (
        "14 days before the due date, 1 day before the due date, on the due date, "
        "7 days after the due date"
    )
    assert reminder_words(()) == "none"
