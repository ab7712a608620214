"""The public door: a concern is sent without account, cookie or script, and followed by its code."""

import gzip
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from ddplatform.accounts.limits.services import DAY_S, Limit
from ddplatform.accounts.organisations.models import Membership, UserSession
from ddplatform.core.due_diligence.vocabulary import GrievanceState
from ddplatform.due_diligence.concern_handling.services import door as doors
from ddplatform.due_diligence.concern_handling.services import steps
from ddplatform.due_diligence.concern_handling.services.steps import Said
from ddplatform.due_diligence.concerns.models import Concern
from ddplatform.due_diligence.concerns.queries import get_concern, list_messages
from ddplatform.due_diligence.concerns.services import receiving, thread
from ddplatform.due_diligence.concerns.services.codes import WAIT, Code, code_for
from ddplatform.due_diligence.concerns.services.mails import TELL, send_news
from ddplatform.infrastructure import gate
from ddplatform.infrastructure.access.declared import access_of
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.jobs.models import Job
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.languages import LANGUAGES
from tests.answering import mails
from tests.conftest import NOW
from tests.factories import Tenant, signed_in_client
from tests.fixtures import DayOfTheTests

TEXT = "The foreman keeps the papers of the workers. Some of them look about 13."
NONCE = "0123456789abcdef0123456789abcdef"
STATIC = Path(__file__).resolve().parents[3] / "static"
CODE = re.compile(r"\b\d{4}(?: \d{4}){4}\b")

pytestmark = pytest.mark.usefixtures("pages_of_that_day")


@pytest.fixture
def door(app: Flask, tenant: Tenant) -> str:
    """The address of an open door."""
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        made = doors.open_door(act=Act(tenant[RoleId.SAFEGUARDING_OFFICER], NOW))
        return f"/concern/{tenant.slug}-{made.address_part}"


@pytest.fixture
def stranger(app: Flask) -> FlaskClient:
    """A browser of somebody without an account."""
    return app.test_client()


def send(client: FlaskClient, door: str, **fields: str) -> TestResponse:
    return client.post(f"{door}/en/", data={"text": TEXT, "nonce": NONCE, **fields})


def code_in(answer: TestResponse) -> str:
    found = CODE.search(answer.text)
    assert found is not None, answer.text
    return found.group()


def sent(client: FlaskClient, door: str, **fields: str) -> str:
    answer = send(client, door, **fields)
    assert answer.status_code == 200
    return code_in(answer)


def open_thread(client: FlaskClient, door: str, code: str, **fields: str) -> TestResponse:
    return client.post(f"{door}/en/code", data={"code": code, **fields})


def concerns(tenant: Tenant) -> list[Concern]:
    return list(db.session.scalars(select(Concern)).all())


def test_concern_is_kept_and_read_again_with_the_code_alone(
    app: Flask, stranger: FlaskClient, door: str
):
    code = sent(stranger, door)
    answer = open_thread(app.test_client(), door, code)

    assert answer.status_code == 200
    assert TEXT in answer.text
    assert "Received. Nobody has answered yet." in answer.text
    assert "An officer answers by 27 November 2026." in answer.text
    assert "takes no right away from you" in answer.text


def test_code_is_read_in_other_digits_and_with_other_signs_between(
    stranger: FlaskClient, door: str
):
    code = sent(stranger, door)
    arabic = code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")).replace(" ", "-")

    assert TEXT in open_thread(stranger, door, arabic).text


def test_form_sent_twice_gives_one_concern_and_the_same_code(
    context: Flask, tenant: Tenant, stranger: FlaskClient, door: str
):
    first, second = sent(stranger, door), sent(stranger, door)

    assert first == second
    with acting_in(tenant.id):
        assert len(concerns(tenant)) == 1


def test_database_holds_neither_the_text_nor_what_proves_the_code(
    context: Flask, tenant: Tenant, stranger: FlaskClient, door: str
):
    code = Code(sent(stranger, door).replace(" ", ""))
    with acting_in(tenant.id):
        (kept,) = concerns(tenant)
        (message,) = list_messages(kept.id)

        assert kept.locator == code.locator
        assert code.proof not in kept.proof_hash
        assert kept.proof_hash.startswith("$argon2id$")
        assert b"foreman" not in message.row.sealed_text
        assert thread.text_of(kept, message.row) == TEXT


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("Call me at +90 532 123 45 67", "+90 532 123 45 67"),
        ("The child was born on 12.03.2013", "12.03.2013"),
        ("It is at 5.35221, -4.02456", "5.35221, -4.02456"),
        ("Write to ana@example.org", "ana@example.org"),
    ],
)
def test_text_that_leads_to_a_person_is_shown_again_with_a_way_to_rephrase_and_not_kept(
    context: Flask, tenant: Tenant, stranger: FlaskClient, door: str, text: str, quoted: str
):
    answer = send(stranger, door, text=text)

    assert answer.status_code == 422
    assert f"“{quoted}”" in answer.text.replace("&#34;", '"')
    assert "may lead to a person" in answer.text
    with acting_in(tenant.id):
        assert concerns(tenant) == []


def test_name_is_caught_in_the_field_of_the_place_too_and_can_be_confirmed_as_none(
    stranger: FlaskClient, door: str
):
    refused = send(stranger, door, place="Maria Gonzalez")
    kept = send(stranger, door, place="Maria Gonzalez", not_names="Maria Gonzalez")

    assert refused.status_code == 422
    assert 'name="not_names"' in refused.text
    assert kept.status_code == 200


def test_words_of_danger_show_who_helps_now_before_anything_is_sent(
    context: Flask, tenant: Tenant, stranger: FlaskClient, door: str
):
    text = "The children are locked in at night"
    first = send(stranger, door, text=text, country="KE")
    with acting_in(tenant.id):
        assert concerns(tenant) == []
    second = send(stranger, door, text=text, country="KE", seen_help="1")

    assert "Child Helpline 116" in first.text
    assert first.text.index("Child Helpline 116") < first.text.index("<form")
    assert "has not been sent yet" in first.text
    assert text in first.text
    assert CODE.search(second.text)


def test_who_says_that_somebody_is_in_danger_is_shown_help_first(stranger: FlaskClient, door: str):
    assert "First: help now" in send(stranger, door, in_danger="yes").text


def test_pictures_of_abuse_are_never_taken_and_the_lawful_body_is_named(
    context: Flask, tenant: Tenant, stranger: FlaskClient, door: str
):
    told = send(stranger, door, text="He has nude photos of the girls")
    with_file = stranger.post(
        f"{door}/en/", data={"text": TEXT, "nonce": NONCE, "file": (b"\x89PNG", "a.png")}
    )

    assert "inhope.org" in told.text
    assert with_file.status_code in (200, 422)
    with acting_in(tenant.id):
        assert all(b"PNG" not in one.sealed_facts for one in concerns(tenant))


def test_no_page_of_the_door_sets_a_cookie_or_holds_a_script(stranger: FlaskClient, door: str):
    code = sent(stranger, door)
    pages = [
        stranger.get(f"{door}/"),
        stranger.get(f"{door}/en/?lang=fr"),
        stranger.get(f"{door}/en/code"),
        send(stranger, door, text=""),
        open_thread(stranger, door, code),
        open_thread(stranger, door, code, act="write", message="Thank you", nonce="a" * 32),
        stranger.get("/concern/acme-wrong/en/"),
    ]

    assert [page.headers.getlist("Set-Cookie") for page in pages] == [[]] * len(pages)
    assert all("<script" not in page.text for page in pages)
    assert {page.headers["Cache-Control"] for page in pages} == {"no-store"}


def test_visit_of_somebody_who_is_signed_in_elsewhere_changes_nothing_of_the_session(
    app: Flask, tenant: Tenant, door: str
):
    browser = signed_in_client(app, tenant, RoleId.ANALYST)

    def seen() -> list[object]:
        with app.app_context():
            return list(db.session.execute(select(UserSession.last_seen_at, UserSession.data)))

    before = seen()
    sent(browser, door)
    browser.get(f"{door}/en/?lang=tr")

    assert seen() == before


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_is_small_and_whole_in_its_language(
    stranger: FlaskClient, door: str, language: str
):
    answer = stranger.get(f"{door}/{language}/")
    styles = re.findall(r'href="/static/~\w+/(css/\w+\.css)"', answer.text)
    bytes_sent = sum(len(gzip.compress((STATIC / one).read_bytes())) for one in styles)

    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.text
    assert len(styles) == 2
    assert len(gzip.compress(answer.data)) + bytes_sent < 20_000


def test_language_of_the_address_wins_over_that_of_the_browser(stranger: FlaskClient, door: str):
    answer = stranger.get(f"{door}/en/", headers={"Accept-Language": "tr"})

    assert "Tell us about a concern" in answer.text
    assert stranger.get(f"{door}/", headers={"Accept-Language": "sw"}).location.endswith("/sw/")


@pytest.mark.parametrize("address", ["/concern/acme-aaaaaaaaaa/en/", "/concern/nobody-x/en/"])
def test_wrong_address_and_closed_door_answer_alike(
    app: Flask, tenant: Tenant, stranger: FlaskClient, door: str, address: str
):
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        doors.close_door(act=Act(tenant[RoleId.SAFEGUARDING_OFFICER], NOW))
    wrong, closed = stranger.get(address), stranger.get(f"{door}/en/")

    assert (wrong.status_code, closed.status_code) == (404, 404)
    nonce = re.compile(r'nonce="[^"]*"')
    assert nonce.sub("", wrong.text) == nonce.sub("", closed.text)


def test_wrong_code_opens_nothing_and_says_what_can_be_done(stranger: FlaskClient, door: str):
    code = sent(stranger, door)
    last = "0" if code[-1] != "0" else "1"
    answer = open_thread(stranger, door, code[:-1] + last)

    assert answer.status_code == 422
    assert "No concern opens with this code" in answer.text
    assert TEXT not in answer.text
    assert open_thread(stranger, door, "1234").status_code == 422


def test_after_five_wrong_codes_the_right_one_waits_and_the_wait_doubles(
    stranger: FlaskClient, door: str, monkeypatch: pytest.MonkeyPatch
):
    code = sent(stranger, door)
    wrong = code[:-4] + ("0000" if code[-4:] != "0000" else "1111")

    def at(moment: timedelta) -> None:
        class Later(DayOfTheTests):
            @classmethod
            def now(cls, tz=None):
                return (NOW + moment).astimezone(tz)

        monkeypatch.setattr(gate, "datetime", Later)

    assert [open_thread(stranger, door, wrong).status_code for _ in range(6)] == [422] * 5 + [429]
    waits = open_thread(stranger, door, code)
    assert (waits.status_code, waits.headers["Retry-After"]) == (429, "900")
    at(WAIT)
    again = [open_thread(stranger, door, wrong).status_code for _ in range(6)]
    assert again == [422] * 5 + [429]
    at(WAIT * 3 - timedelta(seconds=1))
    assert open_thread(stranger, door, code).status_code == 429
    at(WAIT * 3)
    assert TEXT in open_thread(stranger, door, code).text


def test_guessing_at_a_code_that_does_not_exist_is_slowed_down_alike(
    stranger: FlaskClient, door: str
):
    tries = [open_thread(stranger, door, "9" * 20) for _ in range(6)]

    assert [one.status_code for one in tries] == [422] * 5 + [429]


def test_codes_of_other_forms_organisations_and_turns_have_nothing_in_common(
    context: Flask, tenant: Tenant, other_tenant: Tenant
):
    with acting_in(tenant.id):
        made = {code_for(NONCE, 0), code_for(NONCE, 1), code_for("f" * 32, 0)}
    with acting_in(other_tenant.id):
        made.add(code_for(NONCE, 0))

    assert len({code.locator for code in made}) == 4
    assert all(len(code.digits) == 20 for code in made)


def test_message_of_the_complainant_is_added_once_and_tells_the_officers_without_content(
    context: Flask, tenant: Tenant, stranger: FlaskClient, door: str
):
    code = sent(stranger, door)
    for _ in range(2):
        answer = open_thread(
            stranger, door, code, act="write", message="It goes on.", nonce="b" * 32
        )
    with acting_in(tenant.id):
        waiting = list(db.session.scalars(select(Job).where(Job.name == TELL)))
        officer = str(tenant[RoleId.SAFEGUARDING_OFFICER].user_id)
        assert [job.payload for job in waiting] == [{"user_id": officer}]
        assert waiting[0].run_after == datetime(2026, 11, 26, 5, 0, tzinfo=UTC)
        send_news(waiting[0].payload)

    assert answer.text.count("It goes on.") == 1
    assert "Your message was sent." in answer.text
    (told,) = mails()
    assert "/o/acme/concerns/" in told
    assert "foreman" not in told and "goes on" not in told


def moved(tenant: Tenant, to: GrievanceState, **said: object) -> None:
    officer = tenant[RoleId.SAFEGUARDING_OFFICER]
    with acting_in(tenant.id), unit_of_work():
        (row,) = concerns(tenant)
        concern = get_concern(row.id, for_change=True)
        told = Said(reprisal="no", **said)
        steps.move(concern, to, told, version=concern.row_version, act=Act(officer, NOW))


def test_withdrawal_does_not_close_what_may_still_be_unsafe(
    context: Flask, tenant: Tenant, stranger: FlaskClient, door: str
):
    code = sent(stranger, door)
    answer = open_thread(stranger, door, code, act="withdraw", reprisal="no")

    assert "the officers go on with that part" in answer.text
    with acting_in(tenant.id):
        (kept,) = concerns(tenant)
        assert kept.status is GrievanceState.RECEIVED
        assert kept.withdrawal_asked_on == NOW.date()


def test_withdrawal_closes_a_concern_in_which_everybody_is_safe(
    context: Flask, tenant: Tenant, stranger: FlaskClient, door: str
):
    code = sent(stranger, door)
    moved(tenant, GrievanceState.ACKNOWLEDGED)
    screened = frozenset({"danger_screened"})
    moved(tenant, GrievanceState.SCREENED, stated=screened, is_safety_open=False)
    refused = open_thread(stranger, door, code, act="withdraw")
    answer = open_thread(stranger, door, code, act="withdraw", reprisal="no")

    assert "Choose yes or no." in refused.text
    assert "You withdrew it." in answer.text
    with acting_in(tenant.id):
        (kept,) = concerns(tenant)
        assert (kept.status, kept.closed_on) == (GrievanceState.WITHDRAWN, NOW.date())


def test_appeal_is_offered_once_there_was_no_agreement_and_not_before(
    context: Flask, tenant: Tenant, stranger: FlaskClient, door: str
):
    code = sent(stranger, door)
    assert "Send the appeal" not in open_thread(stranger, door, code).text
    moved(tenant, GrievanceState.ACKNOWLEDGED)
    screened = frozenset({"danger_screened"})
    moved(tenant, GrievanceState.SCREENED, stated=screened, is_safety_open=True)
    moved(tenant, GrievanceState.IN_DIALOGUE)
    moved(tenant, GrievanceState.REMEDY_PROPOSED, message="The firm gives the papers back.")
    moved(tenant, GrievanceState.NOT_AGREED, stated=frozenset({"complainant_answered"}))

    page = open_thread(stranger, door, code)
    assert "The firm gives the papers back." in page.text
    assert "Send the appeal" in page.text
    answer = open_thread(stranger, door, code, act="appeal", reprisal="yes")
    assert "You appealed. Somebody else looks at it again." in answer.text


def test_door_without_an_officer_takes_nothing_and_names_the_bodies_outside(
    context: Flask, tenant: Tenant, stranger: FlaskClient, door: str
):
    with acting_in(tenant.id), unit_of_work():
        for row in db.session.scalars(select(Membership)):
            if row.role is RoleId.SAFEGUARDING_OFFICER:
                row.access_until = NOW.date() - timedelta(days=1)
    page, answer = stranger.get(f"{door}/en/"), send(stranger, door)

    assert page.status_code == 409
    assert "National human rights institutions" in page.text
    assert answer.status_code == 422
    with acting_in(tenant.id):
        assert concerns(tenant) == []


def test_flood_is_held_off_by_the_day_and_what_was_typed_stays_on_the_page(
    stranger: FlaskClient, door: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(receiving, "AT_THE_DOOR", Limit("concerns at a door", 2, DAY_S))
    tries = [send(stranger, door, nonce=f"{number:032x}") for number in range(3)]
    again = send(stranger, door, nonce=f"{0:032x}")

    assert [one.status_code for one in tries] == [200, 200, 429]
    assert TEXT in tries[-1].text
    assert again.status_code == 200, "what was kept already gives its code again"


def test_only_the_door_begins_no_session_and_is_spared_the_form_token(app: Flask):
    spared = {
        rule.endpoint: rule.rule
        for rule in app.url_map.iter_rules()
        if (access := access_of(app, rule.endpoint)) and access.leaves_no_trace
    }

    assert {endpoint.partition(".")[0] for endpoint in spared} == {"concern_door"}
    assert all(rule.startswith("/concern/<token>/") for rule in spared.values())
