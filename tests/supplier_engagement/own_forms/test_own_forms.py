"""Forms of one's own: brought in, tried out, changed, published, sent, retired."""

import re
from contextlib import contextmanager
from html import unescape
from io import BytesIO
from uuid import uuid4
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook
from pyxform.xls2xform import convert
from sqlalchemy import select

from ddplatform.audit.models import AuditEvent
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid, NotFound
from ddplatform.supplier_engagement.library import queries as library
from ddplatform.supplier_engagement.library.queries import get_version, list_library, load_plan
from ddplatform.supplier_engagement.library.services import publish_shipped
from ddplatform.supplier_engagement.own_forms.queries import forms as queries
from ddplatform.supplier_engagement.own_forms.services import forms as own_forms
from ddplatform.supplier_engagement.responses.models import RiskSignal
from ddplatform.supplier_engagement.responses.services.responses import save_section
from questionnaires import check_form, list_shipped
from tests import answering
from tests.conftest import NOW
from tests.factories import csrf_token, make_tenant, signed_in_client
from tests.forms import table
from tests.phone_submissions import claiming

HOME = "/o/acme/questionnaires/own"
FORM = (
    table(
        "survey",
        "type | name | label | relevant | constraint | constraint_message | calculation | "
        "bind::dd:factor | bind::dd:value_rule",
        "select_one yn | has | Is there a hostel? | | | | | | ",
        "integer | beds | How many beds? | ${has} = 'yes' | . > 0 | At least one. | | WRK-10 | 10:0;inf:1",
        "begin repeat | room | Room | | | | | | ",
        "text | who | Who? | | | | | | ",
        "end repeat | | | | | | | | ",
        "calculate | double | | | | | ${beds} * 2 | | ",
    )
    + table("choices", "list_name | name | label", "yn | yes | Yes", "yn | no | No")
    + table("settings", "form_title | form_id", "Hostels | hostels")
).encode()
FAULTY = table("survey", "type | name | label | relevant", "texte | a | A | ${b} > ").encode()


@contextmanager
def acting(tenant):
    with answering.acting(tenant.id):
        yield tenant.analyst


@pytest.fixture
def client(app, tenant):
    return signed_in_client(app, tenant, RoleId.ANALYST)


def upload(client, content=FORM, name="hostels.csv", page=HOME):
    data = {"csrf_token": csrf_token(client, HOME), "file": (BytesIO(content), name)}
    return client.post(page, data=data)


@pytest.fixture
def form_page(client):
    """The address of a form just brought in."""
    answer = upload(client)
    assert answer.status_code == 302
    return answer.location


def press(client, page, **data):
    return client.post(page, data={**data, "csrf_token": csrf_token(client, page)})


def bring(tenant, content=FORM):
    with acting(tenant) as by:
        form = own_forms.bring_in("hostels.csv", content, act=Act(by, NOW)).form
        assert form is not None
        return form.id


def kept_in(page):
    """The answers that travel with a page."""
    return unescape(page.split('name="kept" value="')[1].split('"')[0])


def test_a_form_without_errors_is_kept_as_a_draft_and_listed(client, form_page):
    page = client.get(form_page).text

    assert "Hostels" in page and "How many beds?" in page
    assert "${has} = &#39;yes&#39;" in page and "factor WRK-10" in page
    assert "not yet visible outside Acme" in page
    assert "Draft" in client.get(HOME).text and "Hostels" in client.get(HOME).text


def test_every_fault_of_an_upload_is_told_and_nothing_is_kept(client):
    answer = upload(client, FAULTY)

    assert answer.status_code == 422
    assert "The type &#39;texte&#39; is not known." in answer.text
    assert "There is no question &#39;b&#39;." in answer.text
    assert "survey, row 2" in answer.text
    assert "No form of your own yet" in client.get(HOME).text


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (FORM, "hostels.xlsm", "holds macros"),
        (b"PK..vbaProject.bin..", "hostels.xlsx", "holds macros"),
        (FORM, "hostels.docx", "Choose a form as"),
        (b"", "hostels.csv", "empty"),
    ],
)
def test_a_file_that_is_no_form_is_refused_in_words(client, content, name, words):
    answer = upload(client, content, name)

    assert answer.status_code == 422 and words in answer.text


def test_a_form_that_is_too_large_is_refused(context, tenant):
    with acting(tenant) as by, pytest.raises(Invalid) as refused:
        own_forms.bring_in("a.csv", b"x" * (own_forms.MAX_BYTES + 1), act=Act(by, NOW))

    assert "larger than 10 MB" in refused.value.fields["file"]


def workbook_of(rows):
    book = Workbook(write_only=True)
    sheet = book.create_sheet("survey")
    for _ in range(rows):
        sheet.append(["text"])
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def written_otherwise(content):
    """The same sheet with a prefix, in UTF-16 and in another folder."""
    target = BytesIO()
    with ZipFile(BytesIO(content)) as book, ZipFile(target, "w", ZIP_DEFLATED) as other:
        for part in book.infolist():
            text = book.read(part).decode()
            if "worksheets/" in part.filename:
                text = text.split("?>", 1)[-1]
                text = re.sub("<(/?)(?=[a-z])", r"<\1x:", text).replace("xmlns=", "xmlns:x=")
                other.writestr("xl/sheets/one.xml", text.encode("utf-16"))
            else:
                other.writestr(part.filename, text.replace("worksheets/sheet1", "sheets/one"))
    return target.getvalue()


def test_a_workbook_written_otherwise_is_read_all_the_same():
    plain = workbook_of(3)

    reports = [check_form(one, ".xlsx", name="") for one in (plain, written_otherwise(plain))]

    assert reports[0].faults == reports[1].faults
    assert "file-unreadable" not in {fault.code for fault in reports[0].faults}


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (written_otherwise(workbook_of(own_forms.MOST_ROWS + 1)), "odd.xlsx"),
        (b"survey\n" + b",text,a,A\n" * own_forms.MOST_ROWS, "long.csv"),
        (workbook_of(own_forms.MOST_ROWS + 1), "long.xlsx"),
    ],
)
def test_a_form_with_too_many_rows_is_refused_before_it_is_read(context, tenant, content, name):
    with acting(tenant) as by, pytest.raises(Invalid) as refused:
        own_forms.bring_in(name, content, act=Act(by, NOW))

    assert "more than 20,000 rows" in refused.value.fields["file"]


def test_a_workbook_that_unpacks_to_too_much_is_refused(context, tenant, monkeypatch):
    monkeypatch.setattr(own_forms, "MOST_UNPACKED", 100)
    with acting(tenant) as by, pytest.raises(Invalid):
        own_forms.bring_in("bomb.xlsx", workbook_of(3), act=Act(by, NOW))


def repacked(content, way):
    target = BytesIO()
    with ZipFile(BytesIO(content)) as book, ZipFile(target, "w", way) as other:
        for name in book.namelist():
            other.writestr(name, book.read(name))
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (repacked(workbook_of(3), ZIP_BZIP2), "packed in a way that is not read here"),
        (claiming(10, b" " * 3_000_000, "xl/workbook.xml"), "cannot be opened"),
    ],
)
def test_a_workbook_that_no_limit_would_bound_is_refused(context, tenant, content, words):
    with acting(tenant) as by, pytest.raises(Invalid) as refused:
        own_forms.bring_in("bomb.xlsx", content, act=Act(by, NOW))

    assert words in refused.value.fields["file"]


def test_a_workbook_with_a_program_is_refused_in_words(client):
    content = BytesIO(workbook_of(1))
    with ZipFile(content, "a") as archive:
        archive.writestr("xl/activeX/activeX1.bin", b"program")

    answer = upload(client, content.getvalue(), "hostels.xlsx")

    assert answer.status_code == 422
    assert "hostels.xlsx holds a control or a program" in answer.text


def test_answers_are_tried_beside_the_reason_of_each_state(client, form_page):
    page = f"{form_page}/try"
    empty = client.get(page).text
    assert "Hidden, because this does not hold" in empty and "has</code> is" in empty

    typed = {"kept": kept_in(empty), "/data/has": "yes", "/data/beds": "-3"}
    answer = press(client, page, **typed).text

    assert "Rule for the answer: <code>. &gt; 0</code>" in answer
    assert "At least one." in answer
    assert "Calculated as" in answer and "<strong>-6</strong>" in answer


def test_an_entry_is_added_and_removed_while_trying(client, form_page):
    page = f"{form_page}/try"

    more = press(client, page, section="room", add="/data/room")
    kept = kept_in(more.text)
    fewer = press(client, page, section="room", kept=kept, remove="/data/room[1]")

    assert "2 entries" in more.text and "1 entry" in fewer.text
    again = press(client, page, section="room", kept=kept, remove="/data/room[9]")
    assert "2 entries" in again.text


def test_the_page_of_a_respondent_shows_only_what_is_asked(client, form_page):
    page = client.get(f"{form_page}/try?view=respondent").text

    assert "Is there a hostel?" in page and "Preview: nothing is saved" in page
    assert "Hidden, because" not in page


@pytest.mark.parametrize("kept", ["{", "[]", "x" * 2_000_001, '{"/data/has": 3, "/data/z": "1"}'])
def test_what_a_page_carries_is_not_trusted(client, form_page, kept):
    assert press(client, f"{form_page}/try", kept=kept).status_code == 200


def test_other_words_are_another_draft_and_a_stale_page_is_a_conflict(client, form_page):
    page = f"{form_page}/questions/beds"
    assert "How many beds?" in client.get(page).text

    changed = press(client, page, draft="1", **{"text:label": "Beds?", "text:required": "yes"})
    stale = press(client, page, draft="1", **{"text:label": "Other"})

    assert changed.status_code == 302 and stale.status_code == 409
    shown = client.get(form_page).text
    assert "Beds?" in shown and "required</span>" in shown and "Changed beds" in shown
    assert client.get(f"{form_page}/questions/nothing").status_code == 404


def test_words_that_break_the_form_are_refused_with_the_fault(client, form_page):
    page = f"{form_page}/questions/beds"

    answer = press(client, page, draft="1", **{"text:label": "Beds of ${nobody}?"})

    assert answer.status_code == 422
    assert "nobody" in answer.text and "Beds of ${nobody}?" in answer.text


def test_a_question_is_moved_and_the_first_stays_first(client, form_page):
    moved = press_on(client, form_page, "questions/beds/move", draft="1", to="up")
    stays = press_on(client, form_page, "questions/beds/move", draft="2", to="up")

    assert moved.status_code == 302 and stays.status_code == 409
    page = client.get(form_page).text
    assert page.index("How many beds?") < page.index("Is there a hostel?")


def press_on(client, form_page, what, **data):
    token = csrf_token(client, form_page)
    return client.post(f"{form_page}/{what}", data={**data, "csrf_token": token})


def test_another_upload_is_another_draft_and_all_can_be_downloaded(client, form_page):
    assert upload(client, page=f"{form_page}/drafts").status_code == 302
    assert upload(client, FAULTY, page=f"{form_page}/drafts").status_code == 422
    assert upload(client, b"", page=f"{form_page}/drafts").status_code == 422

    for number in (1, 2):
        workbook = client.get(f"{form_page}/drafts/{number}/form.xlsx")
        warnings: list[str] = []
        assert convert(xlsform=workbook.data, warnings=warnings, file_type=".xlsx").xform
        assert warnings == []
    assert client.get(f"{form_page}/drafts/3/form.xlsx").status_code == 404


def test_a_published_form_is_in_the_library_can_be_sent_and_is_retired(app, client, form_page):
    published = press(client, f"{form_page}/publish", draft="1")

    assert published.status_code == 302
    assert "Hostels" in client.get("/o/acme/questionnaires/library").text
    assert client.get(published.location).status_code == 200
    workbook = client.get(f"{published.location}/form.xlsx")
    assert convert(xlsform=workbook.data, file_type=".xlsx").xform
    assert press(client, f"{form_page}/publish", draft="1").status_code == 409

    assert press(client, f"{form_page}/retire").status_code == 302
    assert "Hostels" not in client.get("/o/acme/questionnaires/library").text
    assert "Retired" in client.get(HOME).text
    assert press(client, f"{form_page}/retire").status_code == 409
    assert press(client, f"{form_page}/publish", draft="1").status_code == 302
    assert "Hostels" in client.get("/o/acme/questionnaires/library").text


def test_an_auditor_reads_and_tries_but_changes_nothing(app, tenant, form_page):
    auditor = signed_in_client(app, tenant, RoleId.AUDITOR)

    assert auditor.get(form_page).status_code == 200
    assert auditor.get(f"{form_page}/try").status_code == 200
    assert auditor.get(f"{form_page}/publish").status_code == 403
    assert "Upload a form" not in auditor.get(HOME).text


def test_another_organisation_sees_neither_the_form_nor_its_version(context, tenant):
    form_id = bring(tenant)
    with acting(tenant) as by:
        version_id = own_forms.publish(form_id, number=1, act=Act(by, NOW)).id
    other = make_tenant("other", at=NOW)

    with acting(other):
        assert queries.list_own_forms() == []
        assert all(row.title != "Hostels" for row in list_library())
        for look in (lambda: get_version(version_id), lambda: queries.get_own_form(form_id)):
            with pytest.raises(NotFound):
                look()
    with acting(tenant):
        assert load_plan(version_id).form.title == "Hostels"


def test_each_change_leaves_one_event(context, tenant):
    form_id = bring(tenant)
    with acting(tenant) as by:
        own_forms.change_question(form_id, "beds", {"label": "Beds"}, number=1, act=Act(by, NOW))
        own_forms.move_question(form_id, "beds", up=True, number=2, act=Act(by, NOW))
        own_forms.publish(form_id, number=3, act=Act(by, NOW))
        own_forms.retire(form_id, act=Act(by, NOW))
        told = db.session.scalars(
            select(AuditEvent.action)
            .where(AuditEvent.action.startswith("own_form"))
            .order_by(AuditEvent.sequence)
        ).all()

    assert told == [
        "own_form:upload",
        "own_form:edit",
        "own_form:edit",
        "own_form:publish",
        "own_form:retire",
    ]


def test_a_second_version_counts_on_and_keeps_the_questionnaire(context, tenant):
    form_id = bring(tenant)
    with acting(tenant) as by:
        first = own_forms.publish(form_id, number=1, act=Act(by, NOW))
        own_forms.change_question(form_id, "beds", {"label": "Beds"}, number=1, act=Act(by, NOW))
        second = own_forms.publish(form_id, number=2, act=Act(by, NOW))

        assert (first.version, second.version) == ("1", "2")
        assert first.questionnaire_id == second.questionnaire_id
        row = next(row for row in list_library() if row.title == "Hostels")
        assert row.version_id == second.id and row.is_own


def test_a_form_that_is_not_there_cannot_be_changed(context, tenant):
    with acting(tenant) as by, pytest.raises(NotFound):
        own_forms.publish(uuid4(), number=1, act=Act(by, NOW))


def test_a_question_that_is_gone_cannot_be_moved(context, tenant):
    form_id = bring(tenant)
    with acting(tenant) as by, pytest.raises(Conflict, match="no question"):
        own_forms.move_question(form_id, "gone", up=True, number=1, act=Act(by, NOW))


def test_a_shipped_questionnaire_is_published_though_somebody_keeps_the_same_bytes(context, tenant):
    with acting(tenant):
        assert publish_shipped(NOW) == len(list_shipped())


def test_planned_forms_are_kept_up_to_a_limit(context, tenant, monkeypatch):
    monkeypatch.setattr(library, "MOST_PLANS", 1)
    monkeypatch.setattr(library, "_plans", {})
    bring(tenant)
    bring(tenant, FORM.replace(b"Hostels", b"Canteens"))

    assert [plan.form.title for plan in library._plans.values()] == ["Canteens"]


def test_a_published_form_is_answered_by_a_supplier_and_scored(context, tenant):
    form_id = bring(tenant)
    with acting(tenant) as by:
        version = own_forms.publish(form_id, number=1, act=Act(by, NOW))
        ref = next(row.ref for row in list_library() if row.version_id == version.id)
    supplier = answering.come_in(answering.ask(tenant, ref=ref))

    with answering.acting(supplier.id):
        assert load_plan(version.id).form.title == "Hostels"
        assert all(row.title != "Hostels" for row in list_library())
    answers = answering.typed({"/data/has": "yes", "/data/beds": "4"}, seen=99)
    with answering.acting(supplier.id):
        for section in ("has", "room"):
            save_section(
                supplier.asked.assignment_id,
                section,
                answers,
                act=Act(supplier.identity, NOW),
            )
    answering.receive_now(supplier)

    with acting(tenant):
        told = db.session.execute(select(RiskSignal.factor, RiskSignal.value)).all()
    assert [(factor, score) for factor, score in told] == [("WRK-10", 0.0)]


def test_a_form_that_could_not_be_scored_is_not_taken(client):
    answer = upload(client, FORM.replace(b"10:0;inf:1", b""))

    assert answer.status_code == 422
    assert "but no answer set" in answer.text and "survey, row 3" in answer.text
