"""Answers from ODK and KoboToolbox: by file, idempotent, matched by the hidden field."""

import re
from html import unescape
from io import BytesIO
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from ddplatform.accounts.limits import services as rate_limits
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.supplier_engagement.offline.models import AnswerIntake
from ddplatform.supplier_engagement.responses.queries.responses import (
    find_response,
    list_answers,
    list_files,
)
from ddplatform.supplier_engagement.responses.services import responses
from questionnaires.form.xform import form_from_xform
from tests.answering import Supplier, acting, typed
from tests.conftest import NOW
from tests.factories import csrf_token
from tests.phone_submissions import as_book, as_json, instance_xml, zipped

C01 = "/data/C/SAQ_C01"
FORTY = {"C/SAQ_C01": "40"}


def _ways(supplier: Supplier) -> str:
    return f"/o/{supplier.slug}/responses/{supplier.asked.assignment_id}/ways"


def _bring(
    phone: FlaskClient, supplier: Supplier, content: bytes, name: str = "submission.xml"
) -> TestResponse:
    data = {
        "csrf_token": csrf_token(phone, _ways(supplier)),
        "file": (BytesIO(content), name),
    }
    return phone.post(_ways(supplier), data=data)


def _take(phone: FlaskClient, address: str, **more: str) -> TestResponse:
    return phone.post(address, data={"csrf_token": csrf_token(phone, address), **more})


def _kept(app: Flask, supplier: Supplier) -> dict[str, str]:
    with app.app_context(), acting(supplier.id):
        row = find_response(supplier.asked.assignment_id)
        assert row is not None
        return {answer.path: answer.raw for answer in list_answers(row.id)}


def _words(answer: TestResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def _picture() -> bytes:
    target = BytesIO()
    Image.new("RGB", (8, 8), "red").save(target, "PNG")
    return target.getvalue()


def test_form_for_the_app_knows_whose_answers_it_takes(phone: FlaskClient, supplier: Supplier):
    answer = phone.get(f"{_ways(supplier)}/form.xml")

    form = form_from_xform(answer.text)
    field = form.question("/data/dd_assignment")
    assert field.default == str(supplier.asked.assignment_id)
    assert form.form_id == "SAQ"


def test_instance_of_the_app_is_shown_and_taken_over(
    app: Flask, supplier: Supplier, phone: FlaskClient
):
    reference = str(supplier.asked.assignment_id)
    came = _bring(phone, supplier, instance_xml(FORTY, reference=reference))

    assert "1 answer changes." in _words(phone.get(came.location))
    _take(phone, came.location)
    assert _kept(app, supplier)[C01] == "40"


@pytest.mark.parametrize(
    ("name", "declared"),
    [("answers.csv", ""), ("answers.json", ""), ("answers.xml", "image/jpeg")],
)
def test_file_whose_name_or_declared_type_is_another_is_refused_and_what_was_typed_stays(
    app: Flask, supplier: Supplier, phone: FlaskClient, name: str, declared: str
):
    with app.app_context(), acting(supplier.id):
        act = Act(supplier.identity, NOW)
        responses.save_draft(supplier.asked.assignment_id, typed({C01: "12"}), act=act)
    before = _kept(app, supplier)
    data = {
        "csrf_token": csrf_token(phone, _ways(supplier)),
        "file": (BytesIO(instance_xml(FORTY)), name, declared),
    }

    answer = phone.post(_ways(supplier), data=data)

    assert answer.status_code == 422
    assert f"The content of {name} is not what its name says." in _words(answer)
    assert "choose the right ending" in _words(answer)
    assert _kept(app, supplier) == before and before[C01] == "12"
    with app.app_context(), acting(supplier.id):
        assert db.session.query(AnswerIntake).count() == 0


def test_same_submission_twice_is_one(app: Flask, supplier: Supplier, phone: FlaskClient):
    content = instance_xml(FORTY, instance="uuid:1")
    first = _bring(phone, supplier, content)
    _take(phone, first.location)

    again = _bring(phone, supplier, content)

    assert again.location == first.location
    with app.app_context(), acting(supplier.id):
        assert db.session.query(AnswerIntake).count() == 1


def test_later_export_of_the_same_answers_with_another_state_is_the_same_submission(
    app: Flask, supplier: Supplier, phone: FlaskClient
):
    row = {"_uuid": "1", "dd_assignment": str(supplier.asked.assignment_id), "C/SAQ_C01": "40"}
    first = _bring(phone, supplier, as_json([{**row, "_validation_status": "on hold"}]), "e.json")
    assert first.status_code == 302

    again = _bring(phone, supplier, as_json([{**row, "_validation_status": "approved"}]), "e.json")

    assert again.location == first.location
    with app.app_context(), acting(supplier.id):
        assert db.session.query(AnswerIntake).count() == 1


def test_same_number_with_other_answers_is_refused(phone: FlaskClient, supplier: Supplier):
    _bring(phone, supplier, instance_xml(FORTY, instance="uuid:1"))

    answer = _bring(phone, supplier, instance_xml({"C/SAQ_C01": "50"}, instance="uuid:1"))

    assert answer.status_code == 422
    assert "came already, with other answers" in _words(answer)


def test_submission_that_names_other_questions_is_refused(phone: FlaskClient, supplier: Supplier):
    answer = _bring(phone, supplier, instance_xml(FORTY, reference=str(uuid4())))

    assert answer.status_code == 422
    assert "names other questions" in _words(answer)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (instance_xml(FORTY)[:-20], "may be cut off"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><data id="SAQ">&b;</data>', "may be cut off"),
        (b'<data id="SAQ"><C><SAQ_C01>4</SAQ_C01></C></data>', "no instanceID"),
        (instance_xml({"x/y": "1"}, form_id="other"), "belongs to the form “other”"),
        (b"<data>" + b"<a>" * 50 + b"</a>" * 50 + b"</data>", "larger than any filled-in form"),
        (b"{not json", "may be cut off"),
        (b'{"results": 3}', "holds no submissions"),
        (b'{"results": []}', "holds no submission"),
        (zipped({"readme.txt": b"x"}), "holds no submission"),
        (b"PK\x03\x04cut", "may be cut off"),
    ],
)
def test_broken_foreign_or_huge_file_is_refused_in_words(
    app: Flask, phone: FlaskClient, supplier: Supplier, content: bytes, says: str
):
    ending = {b"{": "json", b"P": "zip"}.get(content[:1], "xml")
    answer = _bring(phone, supplier, content, f"answers.{ending}")

    assert answer.status_code == 422
    assert says in _words(answer)
    with app.app_context(), acting(supplier.id):
        assert db.session.query(AnswerIntake).count() == 0


def test_nodes_that_the_questions_do_not_have_are_named(phone: FlaskClient, supplier: Supplier):
    content = instance_xml(FORTY, extra="<__version__>v7</__version__><shoe_size>44</shoe_size>")
    came = _bring(phone, supplier, content)

    words = _words(phone.get(came.location))
    assert "Not part of these questions" in words
    assert "shoe_size : 44" in words and "/data/" not in words


def test_answers_that_stand_otherwise_on_the_page_are_chosen(
    app: Flask, supplier: Supplier, phone: FlaskClient
):
    with app.app_context(), acting(supplier.id):
        responses.save_draft(
            supplier.asked.assignment_id,
            typed({C01: "10"}),
            act=Act(supplier.identity, NOW),
        )
    came = _bring(phone, supplier, instance_xml(FORTY))
    _take(phone, came.location)

    assert _kept(app, supplier)[C01] == "10"


def test_attachment_is_cleaned_and_kept_at_its_answer(
    app: Flask, supplier: Supplier, phone: FlaskClient
):
    submission = instance_xml({"C/SAQ_C01": "40", "C/SAQ_C01_evidence": "staff.png"})
    content = zipped({"a/submission.xml": submission, "a/staff.png": _picture()})
    came = _bring(phone, supplier, content, "answers.zip")
    _take(phone, came.location)

    with app.app_context(), acting(supplier.id):
        row = find_response(supplier.asked.assignment_id)
        files = list_files(row.id)
        assert [f.filename for f in files["/data/C/SAQ_C01_evidence"]] == ["staff.png"]


def test_attachment_that_two_submissions_name_is_checked_once(
    phone: FlaskClient, supplier: Supplier, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(rate_limits, "ATTACHMENT", rate_limits.Limit("attachment", 2, 3600))
    table = "C/SAQ_C01,C/SAQ_C01_evidence,KEY\n40,staff.png,uuid:1\n50,staff.png,uuid:2\n"
    content = zipped({"export.csv": table.encode(), "media/staff.png": _picture()})

    came = _bring(phone, supplier, content, "export.zip")

    words = _words(phone.get(came.location))
    assert "The file holds 2 submissions." in words
    assert "Files that did not come" not in words


def test_one_archive_brings_no_more_attachments_than_an_hour_may(
    app: Flask, phone: FlaskClient, supplier: Supplier, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(rate_limits, "ATTACHMENT", rate_limits.Limit("attachment", 2, 3600))
    answers = {"C/SAQ_C01": "40", "A/SAQ_A06_evidence": "a.png b.png c.png"}
    pictures = {name: _picture() for name in ("a.png", "b.png", "c.png")}

    answer = _bring(phone, supplier, zipped({"s.xml": instance_xml(answers), **pictures}), "s.zip")

    assert answer.status_code == 429
    with app.app_context(), acting(supplier.id):
        assert db.session.scalars(select(AnswerIntake)).all() == []


def test_attachments_that_are_missing_or_refused_are_named(phone: FlaskClient, supplier: Supplier):
    answers = {"C/SAQ_C01_evidence": "staff.png", "C/SAQ_C02_evidence": "list.exe"}
    content = zipped({"submission.xml": instance_xml(answers), "list.exe": b"MZ"})
    came = _bring(phone, supplier, content, "answers.zip")

    words = _words(phone.get(came.location))
    assert "Files that did not come staff.png" in words
    assert "list.exe is of a kind that is not taken" in words


def test_export_of_kobotoolbox_is_read(app: Flask, supplier: Supplier, phone: FlaskClient):
    row = {
        "_id": 7,
        "_uuid": "1234",
        "meta/instanceID": "uuid:1234",
        "_xform_id_string": "aBc123",
        "__version__": "v1",
        "dd_assignment": str(supplier.asked.assignment_id),
        "C/SAQ_C01": "40",
        "B/SAQ_B01": [{"B/SAQ_B01/SAQ_B02": "Gagnoa"}, {"B/SAQ_B01/SAQ_B02": "Daloa"}],
    }
    came = _bring(phone, supplier, as_json({"count": 1, "results": [row]}), "data.json")
    _take(phone, came.location)

    kept = _kept(app, supplier)
    assert (kept[C01], kept["/data/B/SAQ_B01[2]/SAQ_B02"]) == ("40", "Daloa")


def test_workbook_exported_by_kobotoolbox_is_read_as_the_submission_it_is(
    app: Flask, supplier: Supplier, phone: FlaskClient
):
    reference = str(supplier.asked.assignment_id)
    sheets = {
        "Self-assessment": [
            ["C/SAQ_C01", "dd_assignment", "_uuid", "_index"],
            [40, reference, "1234", 1],
            [50, str(uuid4()), "5678", 2],
        ],
        "SAQ_B01": [["SAQ_B02", "_index", "_parent_index"], ["Gagnoa", 1, 2], ["Daloa", 2, 1]],
    }
    came = _bring(phone, supplier, as_book(sheets), "export.xlsx")
    again = _bring(phone, supplier, as_book(sheets), "export.xlsx")
    shown = _words(phone.get(came.location))
    _take(phone, came.location)

    kept = _kept(app, supplier)
    assert (kept[C01], kept["/data/B/SAQ_B01[1]/SAQ_B02"]) == ("40", "Daloa")
    assert again.location == came.location
    assert "Self-assessment, A2" in shown


def test_workbook_that_is_no_export_and_none_of_ours_is_told_so(
    phone: FlaskClient, supplier: Supplier
):
    answer = _bring(phone, supplier, as_book({"Prices": [["a"], [1]]}), "prices.xlsx")

    assert answer.status_code == 422
    assert "This is not a workbook that was downloaded here" in _words(answer)


def test_cell_of_an_export_that_cannot_be_told_is_named_in_the_language_of_the_page(
    phone: FlaskClient, supplier: Supplier
):
    content = as_book({"Data": [["C/SAQ_C01", "_uuid"], ["=1+1", "1"]]})
    token = csrf_token(phone, _ways(supplier))

    said = phone.post(
        f"{_ways(supplier)}?lang=fr",
        data={"csrf_token": token, "file": (BytesIO(content), "export.xlsx")},
    )

    assert "Feuille « Data », ligne 2, colonne A" in _words(said)


def test_export_of_odk_central_is_read(app: Flask, supplier: Supplier, phone: FlaskClient):
    row = {
        "__id": "uuid:9",
        "__system": {"submitterName": "field"},
        "meta": {"instanceID": "uuid:9"},
        "C": {"SAQ_C01": 40},
        "B": {"SAQ_B01": [{"__id": "x", "SAQ_B02": "Gagnoa"}]},
    }
    came = _bring(phone, supplier, as_json({"value": [row]}), "odata.json")
    _take(phone, came.location)

    kept = _kept(app, supplier)
    assert (kept[C01], kept["/data/B/SAQ_B01[1]/SAQ_B02"]) == ("40", "Gagnoa")


def test_zipped_tables_of_odk_central_are_read(app: Flask, supplier: Supplier, phone: FlaskClient):
    main = "SubmissionDate,C-SAQ_C01,meta-instanceID,KEY\n2026-06-15,40,uuid:5,uuid:5\n"
    sites = (
        "SAQ_B02,PARENT_KEY,KEY\n"
        "Gagnoa,uuid:5,uuid:5/B/SAQ_B01[1]\nDaloa,uuid:5,uuid:5/SAQ_B01[2]\n"
    )
    content = zipped({"SAQ.csv": main.encode(), "SAQ-SAQ_B01.csv": sites.encode()})
    came = _bring(phone, supplier, content, "SAQ.csv.zip")
    _take(phone, came.location)

    kept = _kept(app, supplier)
    assert (kept[C01], kept["/data/B/SAQ_B01[2]/SAQ_B02"]) == ("40", "Daloa")


def test_table_of_several_submissions_takes_the_one_that_names_these_questions(
    app: Flask, supplier: Supplier, phone: FlaskClient
):
    mine = supplier.asked.assignment_id
    table = (
        "C/SAQ_C01;dd_assignment;meta/instanceID;_uuid\n"
        f"40;{mine};uuid:1;1\n50;{uuid4()};uuid:2;2\n"
    )
    came = _bring(phone, supplier, table.encode(), "export.csv")
    _take(phone, came.location)

    assert _kept(app, supplier)[C01] == "40"


def test_of_several_submissions_that_name_nothing_a_person_takes_the_one_that_belongs_here(
    app: Flask, supplier: Supplier, phone: FlaskClient
):
    table = "C/SAQ_C01,KEY\n40,uuid:1\n50,uuid:2\n"

    came = _bring(phone, supplier, table.encode(), "export.csv")

    page = phone.get(came.location)
    assert "The file holds 2 submissions." in _words(page)
    ways = re.findall(r'href="([^"]+)"><bdi>export.csv \(2\)<', page.text)
    assert C01 not in _kept(app, supplier)
    _take(phone, ways[0])
    assert _kept(app, supplier)[C01] == "50"


def test_more_submissions_than_a_person_can_look_at_are_refused(
    app: Flask, phone: FlaskClient, supplier: Supplier
):
    rows = "".join(f"{number},uuid:{number}\n" for number in range(21))

    answer = _bring(phone, supplier, f"C/SAQ_C01,KEY\n{rows}".encode(), "export.csv")

    assert answer.status_code == 422
    assert "holds 21 submissions, and none names these questions" in _words(answer)
    with app.app_context(), acting(supplier.id):
        assert db.session.query(AnswerIntake).count() == 0


def test_export_with_labels_and_split_columns_is_the_submission_that_came_before(
    app: Flask, supplier: Supplier, phone: FlaskClient
):
    reference = str(supplier.asked.assignment_id)
    answers = {"A/SAQ_A05": "yes", "A/SAQ_A06": "child_labour hazardous_under_18"}
    first = _bring(phone, supplier, instance_xml(answers, reference=reference, instance="uuid:1"))

    table = (
        '"Is a senior person in charge of children\'s rights, with time and money for it?",'
        "SAQ_A06/hazardous_under_18,SAQ_A06/child_labour,dd_assignment,_uuid\n"
        f"Yes,1,1,{reference},1\n"
    )
    again = _bring(phone, supplier, table.encode(), "export.csv")

    assert again.location == first.location


def test_answer_that_is_not_on_offer_is_named_by_its_question(
    phone: FlaskClient, supplier: Supplier
):
    row = {"_uuid": "1", "SAQ_A05": "perhaps", "A": {"odd": "x"}}
    came = _bring(phone, supplier, as_json([row]), "data.json")

    words = _words(phone.get(came.location))
    assert "Is a senior person in charge of children's rights" in words
    assert "“perhaps” is not one of the answers on offer." in words
    assert "/data/" not in words
    assert "answers change" not in words


def _with_attachments(count: int) -> bytes:
    names = [f"payslip{number:03}.txt" for number in range(count)]
    submission = instance_xml({"C/SAQ_C01": "40", "C/SAQ_C01_evidence": ", ".join(names)})
    return zipped({"submission.xml": submission, **{name: name.encode() for name in names}})


def test_file_with_more_attachments_than_uploads_of_an_hour_is_taken_over_whole(
    app: Flask, supplier: Supplier, phone: FlaskClient
):
    came = _bring(phone, supplier, _with_attachments(70), "answers.zip")
    assert _take(phone, came.location).status_code == 302

    with app.app_context(), acting(supplier.id):
        row = find_response(supplier.asked.assignment_id)
        assert len(list_files(row.id)["/data/C/SAQ_C01_evidence"]) == 70
    assert len(_kept(app, supplier)["/data/C/SAQ_C01_evidence"].split(", ")) == 70


def test_file_with_too_many_attachments_is_refused_whole_with_the_way_out(
    app: Flask, supplier: Supplier, phone: FlaskClient
):
    answer = _bring(phone, supplier, _with_attachments(101), "answers.zip")

    assert answer.status_code == 422
    assert "101 attachments; at most 100" in _words(answer)
    assert "on the page of their section" in _words(answer)
    with app.app_context(), acting(supplier.id):
        assert db.session.query(AnswerIntake).count() == 0


def test_attachment_of_an_entry_that_has_no_other_answer_gets_its_place(
    app: Flask, supplier: Supplier, phone: FlaskClient
):
    content = instance_xml({"B/SAQ_B01/SAQ_B02": "Daloa", "C/SAQ_C01_evidence": "a.txt"})
    came = _bring(phone, supplier, zipped({"s.xml": content, "a.txt": b"a"}), "answers.zip")

    assert _take(phone, came.location).status_code == 302


def test_instance_that_begins_with_a_byte_order_mark_is_read_as_what_it_is(
    app: Flask, supplier: Supplier, phone: FlaskClient
):
    came = _bring(phone, supplier, b"\xef\xbb\xbf" + instance_xml(FORTY), "x.row.xml")

    assert came.status_code == 302
    assert "1 answer changes." in _words(phone.get(came.location))
