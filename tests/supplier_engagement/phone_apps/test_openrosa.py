"""OpenRosa: the steps that ODK Collect and Enketo take, and who is let in by which address."""

import base64
import json
import re
import zlib
from datetime import timedelta
from html import unescape
from io import BytesIO
from xml.etree.ElementTree import fromstring

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from ddplatform.accounts.limits import services as rate_limits
from ddplatform.accounts.organisation_factors.services import require_factor_of
from ddplatform.accounts.organisations.models import Membership, User
from ddplatform.accounts.organisations.queries import get_organisation
from ddplatform.audit.models import AuditEvent, AuditValue
from ddplatform.infrastructure.access.declared import access_of
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.errors import Conflict
from ddplatform.infrastructure.tenancy import across_tenants
from ddplatform.supplier_engagement.offline.models import AnswerIntake, AppLink, IntakeStatus
from ddplatform.supplier_engagement.offline.services.intake import put_aside
from ddplatform.supplier_engagement.offline.views import app_square, collect_settings
from ddplatform.supplier_engagement.phone_apps.services import forms as answer_phone_forms
from ddplatform.supplier_engagement.phone_apps.services import links as app_links
from ddplatform.supplier_engagement.phone_apps.services.links import MOST_LINKS, make_link
from ddplatform.supplier_engagement.phone_apps.views import hash_of_form
from ddplatform.supplier_engagement.responses.queries.responses import (
    find_response,
    list_answers,
    list_files,
)
from ddplatform.supplier_engagement.responses.services import responses
from questionnaires.form.xform import form_from_xform
from tests.answering import Supplier, acting, fill, phone_of, send, typed
from tests.conftest import NOW
from tests.factories import csrf_token
from tests.phone_submissions import instance_xml
from tests.second_factors import kept_in, let_minutes_pass, send_confirmation, set_up

C01 = "/data/C/SAQ_C01"
LIST = "{http://openrosa.org/xforms/xformsList}"


@pytest.fixture
def browser(app: Flask, supplier: Supplier) -> FlaskClient:
    return phone_of(app)


@pytest.fixture
def address(browser: FlaskClient, supplier: Supplier) -> str:
    """The address of a phone, as the page shows it once, without the host."""
    page = _make(browser, supplier).text
    found = re.search(r"/openrosa/[\w-]+", page)
    assert found is not None
    return found[0]


@pytest.fixture
def phone(app: Flask) -> FlaskClient:
    """An app: it has no cookies."""
    return app.test_client(use_cookies=False)


def _ways(supplier: Supplier) -> str:
    return f"/o/{supplier.slug}/responses/{supplier.asked.assignment_id}/ways"


def _make(browser: FlaskClient, supplier: Supplier, name: str = "Field team") -> TestResponse:
    token = csrf_token(browser, _ways(supplier))
    return browser.post(f"{_ways(supplier)}/apps", data={"csrf_token": token, "name": name})


def _send(
    phone: FlaskClient, address: str, content: bytes, **files: tuple[bytes, str]
) -> TestResponse:
    data: dict[str, object] = {"xml_submission_file": (BytesIO(content), "submission.xml")}
    data |= {name: (BytesIO(part), filename) for name, (part, filename) in files.items()}
    headers = {"X-OpenRosa-Version": "1.0", "User-Agent": "org.odk.collect.android/v2024.3"}
    return phone.post(f"{address}/submission", data=data, headers=headers)


def _kept(app: Flask, supplier: Supplier) -> dict[str, str]:
    with app.app_context(), acting(supplier.id):
        row = find_response(supplier.asked.assignment_id)
        assert row is not None
        return {answer.path: answer.raw for answer in list_answers(row.id)}


def _path(address: str) -> str:
    return "/" + address.split("/", 3)[3]


def _said(answer: TestResponse) -> str:
    return fromstring(answer.data)[0].text or ""


def test_app_lists_the_form_gets_it_and_sends_answers(
    app: Flask, supplier: Supplier, phone: FlaskClient, address: str
):
    listed = phone.get(f"{address}/formList", headers={"X-OpenRosa-Version": "1.0"})
    one = fromstring(listed.data)[0]
    form = phone.get(_path(one.findtext(f"{LIST}downloadUrl") or ""))
    media = phone.get(_path(one.findtext(f"{LIST}manifestUrl") or ""))
    asked = phone.head(f"{address}/submission")
    sent = _send(phone, address, instance_xml({"C/SAQ_C01": "40"}))

    assert one.findtext(f"{LIST}formID") == "SAQ"
    assert (one.findtext(f"{LIST}hash") or "").startswith("md5:")
    field = form_from_xform(form.text).question("/data/dd_assignment")
    assert field.default == str(supplier.asked.assignment_id)
    assert len(fromstring(media.data)) == 0
    assert (asked.status_code, sent.status_code) == (204, 201)
    assert asked.headers["Location"].endswith(f"{address}/submission")
    assert _kept(app, supplier)[C01] == "40"
    for answer in (listed, form, media, asked, sent):
        assert answer.headers["X-OpenRosa-Version"] == "1.0"
        assert answer.headers["X-OpenRosa-Accept-Content-Length"].isdigit()
        assert answer.headers["Date"].endswith("GMT")
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("content", "name", "declared"),
    [
        (b'[{"C/SAQ_C01": "40"}]', "submission.xml", "text/xml"),
        (instance_xml({"C/SAQ_C01": "40"}), "submission.csv", "text/xml"),
        (instance_xml({"C/SAQ_C01": "40"}), "submission.xml", "image/png"),
    ],
)
def test_submission_whose_name_type_and_content_differ_stays_on_the_phone_with_the_reason(
    app: Flask,
    supplier: Supplier,
    phone: FlaskClient,
    address: str,
    content: bytes,
    name: str,
    declared: str,
):
    before = _kept(app, supplier)
    answer = phone.post(
        f"{address}/submission",
        data={"xml_submission_file": (BytesIO(content), name, declared)},
    )

    assert answer.status_code == 422
    assert f"The content of {name} is not what its name says." in _said(answer)
    assert _kept(app, supplier) == before


def test_submission_of_an_app_that_gives_it_no_ending_is_taken_as_xml(
    app: Flask, supplier: Supplier, phone: FlaskClient, address: str
):
    part = (BytesIO(instance_xml({"C/SAQ_C01": "40"})), "xml_submission_file", "text/xml")

    answer = phone.post(f"{address}/submission", data={"xml_submission_file": part})

    assert answer.status_code == 201
    assert _kept(app, supplier)[C01] == "40"


def test_form_list_and_form_are_of_one_form_that_is_made_once(phone: FlaskClient, address: str):
    answer_phone_forms._kept.clear()

    listed = [fromstring(phone.get(f"{address}/formList").data)[0] for _ in range(2)]
    form = phone.get(f"{address}/form.xml")

    assert len(answer_phone_forms._kept) == 1
    assert {one.findtext(f"{LIST}hash") for one in listed} == {hash_of_form(form.data)}


def test_same_submission_is_acknowledged_again_and_counts_once(
    app: Flask, supplier: Supplier, phone: FlaskClient, address: str
):
    content = instance_xml({"C/SAQ_C01": "40"})

    assert [_send(phone, address, content).status_code for _ in range(2)] == [201, 201]
    with app.app_context(), acting(supplier.id):
        assert db.session.query(AnswerIntake).one().taken_count == 1


def test_attachments_that_come_by_and_by_are_kept(
    app: Flask, supplier: Supplier, phone: FlaskClient, address: str
):
    content = instance_xml({"C/SAQ_C01_evidence": "a.png", "C/SAQ_C02_evidence": "b.png"})
    target = BytesIO()
    Image.new("RGB", (8, 8)).save(target, "PNG")
    for name in ("a.png", "b.png", "b.png"):
        part = {name: (target.getvalue(), name)}
        assert _send(phone, address, content, **part).status_code == 201

    with app.app_context(), acting(supplier.id):
        row = find_response(supplier.asked.assignment_id)
        files = {p: [f.filename for f in found] for p, found in list_files(row.id).items()}
    assert files == {
        "/data/C/SAQ_C01_evidence": ["a.png"],
        "/data/C/SAQ_C02_evidence": ["b.png"],
    }


def test_answers_that_stand_otherwise_on_the_page_wait_there(
    app: Flask, supplier: Supplier, phone: FlaskClient, address: str
):
    with app.app_context(), acting(supplier.id):
        responses.save_draft(
            supplier.asked.assignment_id,
            typed({C01: "10"}),
            act=Act(supplier.identity, NOW),
        )
    sent = _send(phone, address, instance_xml({"C/SAQ_C01": "40", "D/SAQ_D01": "3"}))

    assert "1 of them stands otherwise on the page" in _said(sent)
    kept = _kept(app, supplier)
    assert (kept[C01], kept["/data/D/SAQ_D01"]) == ("10", "3")
    with app.app_context(), acting(supplier.id):
        assert db.session.query(AnswerIntake).one().status is IntakeStatus.WAITING


def test_what_a_person_put_aside_brings_no_attachments_later(
    app: Flask, supplier: Supplier, phone: FlaskClient, address: str
):
    one = supplier.asked.assignment_id
    with app.app_context(), acting(supplier.id):
        responses.save_draft(one, typed({C01: "10"}), act=Act(supplier.identity, NOW))
    content = instance_xml({"C/SAQ_C01": "40", "C/SAQ_C01_evidence": "a.png"})
    _send(phone, address, content)
    with app.app_context(), acting(supplier.id):
        intake_id = db.session.query(AnswerIntake).one().id
        put_aside(one, intake_id, act=Act(supplier.identity, NOW))
    target = BytesIO()
    Image.new("RGB", (8, 8)).save(target, "PNG")

    again = _send(phone, address, content, **{"a.png": (target.getvalue(), "a.png")})

    assert again.status_code == 201
    with app.app_context(), acting(supplier.id):
        assert list_files(find_response(one).id) == {}
        assert [kept["name"] for kept in db.session.query(AnswerIntake).one().attachments] == [
            "a.png"
        ]


def test_app_is_told_in_words_what_cannot_be_taken(phone: FlaskClient, address: str):
    broken = _send(phone, address, b"<data>")
    nothing = phone.post(f"{address}/submission", data={})

    assert (broken.status_code, nothing.status_code) == (422, 422)
    assert "may be cut off" in _said(broken)
    assert "no submission in what the app sent" in _said(nothing)


@pytest.mark.parametrize("names_questions", [False, True])
def test_submission_of_another_form_is_refused_though_its_questions_have_the_same_names(
    app: Flask, supplier: Supplier, phone: FlaskClient, address: str, names_questions: bool
):
    reference = str(supplier.asked.assignment_id) if names_questions else ""
    other = instance_xml({"C/SAQ_C01": "40"}, form_id="hostels", reference=reference)

    answer = _send(phone, address, other)

    assert (answer.status_code, answer.headers["X-OpenRosa-Version"]) == (404, "1.0")
    assert _said(answer) == (
        "This submission belongs to the form “hostels”, not to “SAQ”."
        " Get the form of this address in the app, and send your answers with it."
    )
    assert _kept(app, supplier).get(C01) != "40"
    with app.app_context(), acting(supplier.id):
        assert db.session.query(AnswerIntake).count() == 0


def test_app_hears_a_refusal_in_the_language_of_who_made_its_address(
    app: Flask, supplier: Supplier, phone: FlaskClient, address: str
):
    with app.app_context(), across_tenants():
        account = db.session.get_one(User, supplier.identity.user_id)
        account.language = "fr"
        db.session.commit()

    told = _said(_send(phone, address, b"<data>"))

    assert told.startswith("submission.xml: ")
    assert "cut off" not in told
    assert "tronqué" in told


def test_form_speaks_every_language_it_is_translated_into_and_opens_in_that_of_the_supplier(
    app: Flask, supplier: Supplier, phone: FlaskClient, address: str
):
    with app.app_context(), acting(supplier.id):
        row = find_response(supplier.asked.assignment_id)
        assert row is not None
        row.language = "ar"
        db.session.commit()

    form = form_from_xform(phone.get(f"{address}/form.xml").text)

    assert form.default_language == "Arabic (ar)"
    assert len(form.languages) == 8
    asked = form.question(C01).label
    texts = {asked.plain(language) for language in form.languages}
    assert len(texts) == 8


def test_questions_that_are_sent_take_nothing_more(
    app: Flask, supplier: Supplier, phone: FlaskClient, address: str
):
    with app.app_context():
        fill(supplier)
        send(supplier)

    answer = _send(phone, address, instance_xml({"C/SAQ_C01": "40"}))

    assert answer.status_code == 409
    assert "cannot be changed now" in _said(answer)


def test_unknown_address_is_told_so_and_counted(phone: FlaskClient):
    answers = [_send(phone, "/openrosa/guess", b"<data/>").status_code for _ in range(32)]

    assert answers[0] == 404
    assert answers[-1] == 429
    assert phone.get("/openrosa/guess/formList").status_code == 404


def test_submission_beyond_the_limit_of_an_hour_is_not_even_unpacked(
    phone: FlaskClient, address: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(rate_limits, "UPLOAD", rate_limits.Limit("upload", 1, 3600))
    assert _send(phone, address, instance_xml({"C/SAQ_C01": "40"})).status_code == 201
    monkeypatch.setattr(app_links, "find_again", None)  # a call fails

    assert _send(phone, address, instance_xml({"C/SAQ_C01": "40"})).status_code == 429


def test_revoked_address_ends_at_once(
    app: Flask, supplier: Supplier, browser: FlaskClient, phone: FlaskClient, address: str
):
    page = browser.get(_ways(supplier)).text
    found = re.search(r'action="([^"]+/revoke)"', page)
    assert found is not None
    for _ in range(2):
        token = csrf_token(browser, _ways(supplier))
        answer = browser.post(unescape(found[1]), data={"csrf_token": token})
        assert answer.status_code == 302

    assert phone.get(f"{address}/formList").status_code == 404
    assert "Field team" not in browser.get(_ways(supplier)).text


@pytest.mark.parametrize("what", ["expired", "maker left", "maker has another role"])
def test_address_ends_by_itself_and_with_its_maker(
    app: Flask, supplier: Supplier, phone: FlaskClient, address: str, what: str
):
    with app.app_context(), acting(supplier.id):
        link = db.session.query(AppLink).one()
        if what == "expired":
            link.expires_at = link.created_at - timedelta(days=1)
        elif what == "maker left":
            db.session.get_one(User, link.created_by_id).is_active = False
        else:
            db.session.query(Membership).one().role = RoleId.ANALYST

    assert phone.get(f"{address}/formList").status_code == 404


def test_address_is_kept_as_a_hash_and_shown_once(
    app: Flask, supplier: Supplier, browser: FlaskClient, address: str
):
    token = address.rpartition("/")[2]

    assert token not in browser.get(_ways(supplier)).text
    with app.app_context(), acting(supplier.id):
        assert token not in db.session.query(AppLink).one().token_hash


def test_address_that_was_never_made_cannot_be_revoked(browser: FlaskClient, supplier: Supplier):
    token = csrf_token(browser, _ways(supplier))
    absent = "00000000-0000-4000-8000-000000000000"
    answer = browser.post(f"{_ways(supplier)}/apps/{absent}/revoke", data={"csrf_token": token})

    assert answer.status_code == 404


def test_address_without_a_name_is_asked_for_one(browser: FlaskClient, supplier: Supplier):
    answer = _make(browser, supplier, name=" ")

    assert answer.status_code == 422
    assert "Say whose phone it is" in unescape(answer.text)


def test_square_holds_the_settings_of_the_app():
    packed = base64.b64decode(collect_settings("https://example.org/openrosa/abc", "咖啡" * 40))

    settings = json.loads(zlib.decompress(packed))
    assert settings == {
        "general": {
            "protocol": "odk_default",
            "server_url": "https://example.org/openrosa/abc",
            "form_update_mode": "match_exactly",
            "autosend": "wifi_and_cellular",
        },
        "admin": {},
        "project": {"name": "咖啡" * 30},
    }


def test_square_shrinks_as_a_whole_where_the_screen_is_narrower_than_it():
    drawn = fromstring(app_square("https://example.org/openrosa/abc", "Maison Cacao: SAQ"))

    _, _, wide, high = map(int, drawn.get("viewBox", "0 0 0 0").split())
    assert wide == high == int(drawn.get("width", "0")) > 200
    assert drawn.get("height") is None  # its height follows its width


def test_user_name_and_password_of_an_app_are_passed_over_and_never_asked_for(
    app: Flask, supplier: Supplier, phone: FlaskClient, address: str
):
    known = ("Amina", "a password typed into the app")
    listed = phone.get(f"{address}/formList", auth=known)
    asked = phone.head(f"{address}/submission?deviceID=collect%3Aabc", auth=known)
    stranger = phone.get("/openrosa/guess/formList", auth=known)

    assert (listed.status_code, asked.status_code, stranger.status_code) == (200, 204, 404)
    assert "WWW-Authenticate" not in {*listed.headers.keys(), *stranger.headers.keys()}
    assert asked.headers["Location"].endswith(f"{address}/submission")


def test_only_addresses_with_a_secret_are_spared_the_form_token(app: Flask):
    spared = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if (access := access_of(app, rule.endpoint)) and access.by_token and access.kind != "token"
    }
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint in spared]

    assert {endpoint.partition(".")[0] for endpoint in spared} == {"openrosa"}
    assert all("<token>" in rule.rule for rule in rules)


def test_session_of_a_browser_gives_no_access_and_is_not_touched(
    browser: FlaskClient, supplier: Supplier
):
    answer = browser.get("/openrosa/guess/formList?lang=fr")

    assert answer.status_code == 404
    assert "Set-Cookie" not in answer.headers


def test_as_many_phones_as_may_be_have_an_address_until_one_is_revoked(
    app: Flask, supplier: Supplier, browser: FlaskClient
):
    answers = [_make(browser, supplier, f"Phone {number}") for number in range(MOST_LINKS)]
    assert {answer.status_code for answer in answers} == {200}

    refused = _make(browser, supplier, "One more")
    assert refused.status_code == 422
    assert "Revoke one that is not used any more" in unescape(refused.text)
    found = re.search(r'action="([^"]+/revoke)"', browser.get(_ways(supplier)).text)
    assert found is not None
    token = csrf_token(browser, _ways(supplier))
    browser.post(unescape(found[1]), data={"csrf_token": token})

    assert _make(browser, supplier, "One more").status_code == 200


def test_log_and_page_say_which_phone_sent_an_answer(
    app: Flask, supplier: Supplier, browser: FlaskClient, phone: FlaskClient, address: str
):
    _send(phone, address, instance_xml({"C/SAQ_C01": "40"}))

    assert "Field team" in browser.get(_ways(supplier)).text.split("What came back")[1]
    with app.app_context(), acting(supplier.id):
        told = db.session.execute(
            select(AuditEvent.action, AuditValue.value)
            .join(AuditValue, AuditValue.event_id == AuditEvent.id)
            .where(AuditValue.name == "brought_by")
        ).all()
    assert {action for action, value in told if "Field team" in str(value)} == {
        "answers:bring",
        "answers:take",
    }


def test_document_that_a_person_removed_stays_away_when_the_app_sends_again(
    app: Flask, supplier: Supplier, phone: FlaskClient, address: str
):
    content = instance_xml({"C/SAQ_C01_evidence": "a.txt, b.txt"})
    assert _send(phone, address, content, **{"a.txt": (b"a", "a.txt")}).status_code == 201
    one = supplier.asked.assignment_id
    with app.app_context(), acting(supplier.id):
        (link,) = list_files(find_response(one).id)["/data/C/SAQ_C01_evidence"]
        responses.detach(one, link.link_id, act=Act(supplier.identity, NOW))

    for name in ("a.txt", "b.txt"):
        assert _send(phone, address, content, **{name: (b"x", name)}).status_code == 201

    with app.app_context(), acting(supplier.id):
        files = list_files(find_response(one).id)["/data/C/SAQ_C01_evidence"]
        assert [file.filename for file in files] == ["b.txt"]


def test_submission_that_is_sent_again_after_the_answers_were_sent_is_acknowledged(
    app: Flask, supplier: Supplier, phone: FlaskClient, address: str
):
    content = instance_xml({"C/SAQ_C01": "40"})
    other = content.replace(b">40<", b">41<")
    assert _send(phone, address, content).status_code == 201
    with app.app_context():
        fill(supplier)
        send(supplier)
    before = _kept(app, supplier)

    assert _send(phone, address, content).status_code == 201
    assert _send(phone, address, other).status_code == 422
    assert _send(phone, address, b"<data/>").status_code == 409
    assert _kept(app, supplier) == before


def test_app_is_told_in_its_own_protocol_that_it_sent_too_much(
    app: Flask, phone: FlaskClient, address: str
):
    app.config["MAX_CONTENT_LENGTH"] = 2_000

    sent = _send(phone, address, instance_xml({"C/SAQ_C01": "40"}), a=(b"0" * 3_000, "a.txt"))

    assert (sent.status_code, sent.mimetype) == (413, "text/xml")
    assert "nothing" in _said(sent)


def test_making_an_address_asks_who_it_is_and_goes_on_with_the_name(
    app: Flask, browser: FlaskClient, supplier: Supplier
):
    """The address acts for its maker: an open session alone makes none."""
    token = csrf_token(browser, _ways(supplier))
    let_minutes_pass(app, 16)

    asked = browser.post(
        f"{_ways(supplier)}/apps", data={"csrf_token": token, "name": "Field team"}
    )
    none_yet = browser.get(_ways(supplier))
    confirmed = send_confirmation(browser, **kept_in(asked.text))
    again = dict(re.findall(r'name="([^":]+)" value="([^"]*)"', confirmed.text))
    made = browser.post(f"{_ways(supplier)}/apps", data=again)

    assert asked.status_code == 401 and "/openrosa/" not in asked.text
    assert none_yet.status_code == 200 and "Field team" not in none_yet.text
    assert made.status_code == 200
    assert "/openrosa/" in made.text and "<bdi>Field team</bdi>" in made.text


def test_address_opens_nothing_while_its_maker_lacks_the_second_factor_that_is_asked_for(
    app: Flask, browser: FlaskClient, supplier: Supplier, phone: FlaskClient, address: str
):
    assert phone.get(f"{address}/formList").status_code == 200
    with app.app_context(), acting(supplier.id), unit_of_work():
        act = Act(supplier.identity, NOW)
        require_factor_of(get_organisation(supplier.id), [supplier.identity.role_id], act=act)

    assert phone.get(f"{address}/formList").status_code == 404
    with app.app_context(), acting(supplier.id), pytest.raises(Conflict, match="second factor"):
        make_link(supplier.asked.assignment_id, name="Field team", act=act)
    set_up(browser)
    assert phone.get(f"{address}/formList").status_code == 200
