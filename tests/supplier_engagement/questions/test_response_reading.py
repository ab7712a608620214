"""All questions are read before, while and after answering, on a page and on paper."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from io import BytesIO

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

from ddplatform.accounts.organisations.models import Invitation
from ddplatform.accounts.organisations.services import invitations
from ddplatform.infrastructure.db import db
from ddplatform.supplier_engagement.library.queries import load_plan
from ddplatform.supplier_engagement.questions.views import all_questions
from questionnaires import Response, pages
from questionnaires.form.languages import tongue_of
from tests.answering import Asked, acting, ask, come_in, mails, saq_version
from tests.factories import PASSWORD, Tenant, csrf_token
from tests.stored_worlds import stored_world

REAL_NOW = datetime.now(UTC)


@stored_world
def asked(app: Flask, tenant: Tenant) -> Asked:
    with app.app_context():
        return ask(tenant)


def _link(app: Flask, asked: Asked) -> str:
    with app.app_context():
        with acting(asked.tenant.id):
            invitation = db.session.scalars(select(Invitation)).one()
            invitation.expires_at = REAL_NOW + timedelta(days=14)
            invitations.send(invitation.id, at=REAL_NOW)
        found = re.search(r"/respond/\S+", mails()[-1])
    assert found is not None
    return found[0]


def _text(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def test_who_holds_the_link_reads_every_question_before_beginning(
    app: Flask, client: FlaskClient, asked: Asked
):
    link = _link(app, asked)

    page = client.get(f"{link}/questions")

    assert page.status_code == 200
    with app.app_context(), acting(asked.tenant.id):
        hidden_at_first = load_plan(saq_version()).form.question("/data/K/SAQ_K03").label.plain()
    assert hidden_at_first in unescape(page.text)
    assert "Asked only after certain answers." in page.text
    assert f'href="{link}/questions.pdf"' in page.text
    assert f"{link}/questions" in client.get(link).text
    paper = client.get(f"{link}/questions.pdf")
    assert paper.mimetype == "application/pdf"
    assert "SCOOP Espoir" in _text(paper.data)


def test_page_and_paper_say_that_no_speaker_has_reviewed_the_translation(
    app: Flask, client: FlaskClient, asked: Asked
):
    link = _link(app, asked)
    said = "Cette traduction a été faite par une machine."

    assert said in unescape(client.get(f"{link}/questions?lang=fr").text)
    assert said in re.sub(r"\s+", " ", _text(client.get(f"{link}/questions.pdf").data))
    source = unescape(client.get(f"{link}/questions?lang=en").text)
    assert "made by a machine" not in source


def test_a_link_that_ran_out_shows_no_questions(app: Flask, client: FlaskClient, asked: Asked):
    link = _link(app, asked)
    with app.app_context(), acting(asked.tenant.id):
        db.session.scalars(select(Invitation)).one().expires_at = REAL_NOW - timedelta(days=1)

    assert client.get(f"{link}/questions").status_code == 404
    assert client.get(f"{link}/questions.pdf").status_code == 404


def test_page_and_paper_hold_every_question_and_the_page_is_light(app: Flask, asked: Asked):
    with app.app_context():
        supplier = come_in(asked)
        with acting(asked.tenant.id):
            form = load_plan(saq_version()).form
    client = app.test_client()
    token = csrf_token(client, "/sign-in")
    client.post(
        "/sign-in",
        data={"email": "amina@scoop.example", "password": PASSWORD, "csrf_token": token},
    )
    address = f"/o/{supplier.slug}/responses/{asked.assignment_id}/questions"

    page = client.get(address)
    paper = re.sub(r"\s+", "", _text(client.get(f"{address}.pdf").data))

    sections = all_questions(form, tongue_of(form, "en"), light=False)
    labels = [question.label for section in sections for question in section.questions]
    assert len(labels) >= 80
    assert [label for label in labels if label not in unescape(page.text)] == []
    assert [label for label in labels if re.sub(r"\s+", "", label) not in paper] == []
    assert len(brotli.compress(page.data)) <= 18 * 1024


@pytest.mark.parametrize("light", [False, True])
def test_a_question_read_first_has_the_number_in_its_section_under_which_it_is_answered(
    context: Flask, tenant: Tenant, light: bool
):
    with acting(tenant.id):
        plan = load_plan(saq_version())
    answering = pages(Response(plan, None, now=REAL_NOW), light=light)
    answered = {
        item.state.label: item.number.partition(".")[2]
        for page in answering
        for item in page.items
        if item.kind == "question"
    }
    told = [
        q
        for section in all_questions(plan.form, tongue_of(plan.form, "en"), light=light)
        for q in section.questions
    ]
    read = {q.label: q.number.partition(".")[2] for q in told}

    assert {label: read[label] for label in answered} == answered
    assert sum(1 for q in told if q.number) == (35 if light else 71)


def test_the_short_version_and_repeats_are_told_as_such(context: Flask, tenant: Tenant):
    asked = ask(tenant, light=True)
    with acting(asked.tenant.id):
        form = load_plan(saq_version()).form
    short = all_questions(form, tongue_of(form, "en"), light=True)
    whole = all_questions(form, tongue_of(form, "en"), light=False)

    def count(sections: object) -> int:
        return sum(len(section.questions) for section in sections)  # type: ignore[attr-defined]

    assert 0 < count(short) < count(whole)
    read = [question for section in whole for question in section.questions]
    assert any(question.is_repeated for question in read)
    assert any(question.takes_files for question in read)
    assert any(question.is_many for question in read)
