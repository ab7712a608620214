"""Mails to suppliers are written in the language that the person chose, else in the one offered."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from ddplatform.accounts.organisations.models import Invitation, User
from ddplatform.accounts.organisations.queries import chosen_languages, language_to_write_in
from ddplatform.accounts.organisations.services import invitations
from ddplatform.accounts.sign_in.services.account import choose_language
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.tenancy import nobody
from ddplatform.supplier_engagement.requests.services.reminders import send_reminder
from ddplatform.supplier_engagement.returned_books.services.mail import notify_returned
from ddplatform.supplier_engagement.review.services.mails import tell_returned
from ddplatform.supplier_engagement.review.services.review import return_answers
from tests.answering import (
    EMAIL,
    Supplier,
    acting,
    add_node,
    ask,
    ask_again,
    come_in,
    fill,
    mails,
    receive_now,
)
from tests.conftest import NOW
from tests.factories import Tenant
from tests.stored_worlds import stored_world
from tests.supplier_engagement.campaigns.test_campaigns import plan, start, work

LATER = NOW + timedelta(days=1)


@stored_world
def turk(context: Flask, tenant: Tenant) -> Supplier:
    """Somebody who was asked in English and chose Turkish."""
    supplier = come_in(ask(tenant))
    with unit_of_work(), nobody():
        choose_language(db.session.get_one(User, supplier.identity.user_id), "tr")
    return supplier


def test_a_language_that_was_chosen_goes_before_the_one_that_was_offered(turk: Supplier):
    assert language_to_write_in(EMAIL.upper(), "en") == "tr"
    assert language_to_write_in("nobody@coop.example", "fr") == "fr"
    assert chosen_languages([EMAIL, "nobody@coop.example"]) == {EMAIL: "tr"}


def test_reminder_and_a_returned_workbook_are_told_in_the_language_that_the_supplier_chose(
    tenant: Tenant, turk: Supplier
):
    with acting(tenant.id):
        send_reminder(turk.asked.assignment_id)
        notify_returned(turk.asked.assignment_id)

    reminder, workbook = mails()[-2:]
    assert "hâlâ" in reminder and "waits" not in reminder
    assert "waits" not in workbook


def test_questions_back_are_told_in_the_language_that_the_supplier_chose(
    tenant: Tenant, turk: Supplier
):
    fill(turk)
    receive_now(turk)
    with acting(tenant.id):
        return_answers(turk.asked.assignment_id, reason="Why?", act=Act(tenant.manager, LATER))
        tell_returned(turk.asked.assignment_id)

    assert "has a question" not in mails()[-1].partition("\n")[0]


def test_who_answered_before_is_asked_again_in_the_language_that_was_chosen(
    tenant: Tenant, turk: Supplier
):
    node_id = add_node(tenant, turk.asked.chain_id, "Another place")
    asked = ask_again(tenant, turk.asked.chain_id, node_id, ref="AGR")
    with acting(tenant.id):
        invitation = db.session.scalars(
            select(Invitation).where(Invitation.assignment_id == asked.assignment_id)
        ).one()
        invitations.send(invitation.id, at=NOW)

    assert "asks you" not in mails()[-1].partition("\n")[0]


def test_mails_of_a_campaign_are_each_in_the_language_that_its_reader_chose(
    tenant: Tenant, turk: Supplier
):
    node_ids = [
        add_node(tenant, turk.asked.chain_id, name, contact_email=email)
        for name, email in (("One more", EMAIL), ("Somebody else", "else@coop.example"))
    ]
    campaign_id = plan(tenant, turk.asked.chain_id, node_ids)
    start(tenant, campaign_id)
    before = len(mails())
    work(tenant, campaign_id)

    subjects = [mail.partition("\n")[0] for mail in mails()[before:]]
    assert sorted("asks you" in subject for subject in subjects) == [False, True]
