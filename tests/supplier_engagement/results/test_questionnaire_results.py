"""Results over all respondents: counts, what is withheld, files in every form, documents."""

import csv
import hashlib
import io
import json
import zipfile
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from benchmarks.pages import count_statements
from ddplatform.audit.models import AuditEvent
from ddplatform.core.due_diligence.suppression import SUPPRESSED
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Invalid
from ddplatform.supplier_engagement.campaigns.services.campaigns import How, Whom, plan_campaign
from ddplatform.supplier_engagement.responses.services.responses import attach
from ddplatform.supplier_engagement.results import services as exports
from ddplatform.supplier_engagement.results.queries.results import (
    By,
    QuestionResult,
    Respondent,
    asked_questions,
    concerns_children,
    count_answers,
    groups_of,
    load_respondents,
)
from ddplatform.supplier_engagement.results.views.rows import wide_table
from ddplatform.value_chain.mapping.models import ValueChainNode
from questionnaires import Kind, Question, shipped_form
from questionnaires.scoring.plan import question_id
from tests.answering import (
    acting,
    add_node,
    ask_again,
    come_in,
    fill,
    make_chain,
    receive_now,
    saq_version,
)
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.stored_worlds import stored_world
from tests.supplier_engagement.review.test_review_queue import answered

pytestmark = pytest.mark.usefixtures("context")
ROOT = "/o/acme/questionnaires/results"
A06 = "/data/A/SAQ_A06"


@pytest.fixture
def manager(app: Flask, tenant: Tenant) -> FlaskClient:
    return signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)


@stored_world
def version(tenant: Tenant) -> UUID:
    """The self-assessment, answered by two, one of them with a document."""
    chain_id = make_chain(tenant)
    answered(tenant, chain_id, "First", SAQ_A04="20", SAQ_D01="3")
    node_id = add_node(tenant, chain_id, "Second")
    second = come_in(ask_again(tenant, chain_id, node_id, ref="SAQ", email="s@coop.example"))
    with acting(second.id):
        attach(
            second.asked.assignment_id,
            f"{A06}_evidence",
            filename="=our policy.txt",
            content=b"our policy",
            act=Act(second.identity, NOW),
        )
    fill(second, SAQ_A04="400")
    receive_now(second)
    with acting(tenant.id):
        return saq_version()


def someone(number: int, country: str | None, tier: int | None = 1, **counted: str) -> Respondent:
    paths = {f"/data/{name[4]}/{name}": value for name, value in counted.items()}
    key = UUID(int=number)
    return Respondent(key, key, f"Farm {number}", country, tier, NOW, paths)


def result_of(ref: str, people: list[Respondent], by: By | None = None) -> QuestionResult:
    return next(one for one in count_answers(shipped_form("SAQ"), people, by=by) if one.ref == ref)


def test_choices_are_counted_over_all_and_numbers_by_ranges_with_their_middle():
    people = [someone(n, "CI", SAQ_A04=str(size)) for n, size in enumerate((0, 8, 60, 5_000))]

    found = result_of("SAQ-A04", people)

    assert {one.label: one.shown for one in found.options} == {
        "0": 1,
        "1 to 10": 1,
        "11 to 50": 0,
        "51 to 200": 1,
        "201 to 1,000": 0,
        "more than 1,000": 1,
    }
    assert (found.answered, found.middle, found.concerns_children) == (4, 34.0, False)


def test_small_counts_that_could_lead_to_a_child_are_withheld():
    people = [someone(n, "CI", SAQ_C06="yes" if n < 2 else "no") for n in range(12)]

    found = result_of("SAQ-C06", people)

    shown = {one.label: one.shown for one in found.options}
    assert found.concerns_children
    assert "<5" in shown.values() and 2 not in shown.values()
    assert result_of("SAQ-D01", [someone(1, "CI", SAQ_D01="3")]).middle is None


@pytest.mark.parametrize(
    ("ref", "question", "hidden"),
    [("AUD", "AUD-17", True), ("SAQ", "SAQ-B03", True), ("AUD", "AUD-19", False)],
)
def test_whether_children_are_at_a_site_is_counted_as_what_could_lead_to_a_child(
    ref, question, hidden
):
    asked = next(q for q in shipped_form(ref).questions() if question_id(q) == question)

    assert concerns_children(asked) is hidden


def test_split_by_country_gives_no_small_group_of_children_away():
    people = [someone(n, "CI", SAQ_C06="yes") for n in range(7)]
    people += [someone(20 + n, "GH", SAQ_C06="yes") for n in range(2)]

    found = result_of("SAQ-C06", people, By.COUNTRY)

    yes = next(one for one in found.options if one.shown == 9)
    assert yes.by_group == [SUPPRESSED, SUPPRESSED]


def test_a_campaign_taken_from_all_leaves_no_count_of_a_few():
    campaign = UUID(int=99)
    asked = [
        replace(someone(n, "CI", SAQ_C06="yes" if n < 6 else "no"), campaign_id=campaign)
        for n in range(12)
    ]
    others = [someone(20 + n, "CI", SAQ_C06="yes" if n < 2 else "no") for n in range(8)]
    everyone = [*asked, *others]
    told = result_of("SAQ-C06", everyone)

    alone = next(
        one
        for one in count_answers(shipped_form("SAQ"), asked, everyone=everyone)
        if one.ref == "SAQ-C06"
    )

    assert 8 in [one.shown for one in told.options]  # 8 - 6 would say that 2 others said so
    assert {one.shown for one in alone.options} == {SUPPRESSED}


def test_a_country_of_a_campaign_taken_from_the_country_leaves_no_count_of_a_few():
    campaign = UUID(int=99)
    asked = [replace(someone(n, "CI", SAQ_C06="yes"), campaign_id=campaign) for n in range(6)]
    others = [someone(20 + n, "CI" if n < 2 else "GH", SAQ_C06="yes") for n in range(7)]
    everyone = [*asked, *others]

    whole, split = (
        next(
            one
            for one in count_answers(shipped_form("SAQ"), asked, by=by, everyone=everyone)
            if one.ref == "SAQ-C06"
        )
        for by in (None, By.COUNTRY)
    )

    assert 6 in [one.shown for one in whole.options]  # 13 - 6 are no few
    assert {shown for one in split.options for shown in one.by_group} == {SUPPRESSED}


def test_of_several_choices_only_those_are_withheld_in_a_campaign_that_a_few_others_made():
    campaign = UUID(int=99)
    choices = next(
        q
        for q in shipped_form("SAQ").questions()
        if concerns_children(q) and q.kind is Kind.SELECT_MULTIPLE
    )
    first, second = (choice.name for choice in choices.choices[:2])
    name = choices.name
    asked = [
        replace(someone(n, "CI", **{name: f"{first} {second}"}), campaign_id=campaign)
        for n in range(6)
    ]
    others = [someone(20, "CI", **{name: first})]

    alone = next(
        one
        for one in count_answers(shipped_form("SAQ"), asked, everyone=[*asked, *others])
        if one.label == choices.label.plain()
    )

    assert [one.shown for one in alone.options[:2]] == [SUPPRESSED, 6]


def test_split_adds_up_to_no_count_that_is_not_shown():
    people = [someone(n, "CI", SAQ_C06="no") for n in range(10)]
    people += [someone(10 + n, "GH", SAQ_C06="no") for n in range(10)]
    people += [someone(20 + n, "GH", SAQ_C06="yes") for n in range(3)]

    for option in result_of("SAQ-C06", people, By.COUNTRY).options:
        if option.shown != 0:
            assert isinstance(option.shown, str)
            assert option.by_group == [SUPPRESSED, SUPPRESSED]


def test_a_few_outside_of_the_largest_groups_are_not_the_rest_of_a_sum():
    countries = ("CI", "GH", "CM", "NG", "TG", "BJ")
    people = [
        someone(10 * place + n, country, SAQ_C06="yes")
        for place, country in enumerate(countries)
        for n in range(6)
    ]
    people.append(someone(99, "LR", SAQ_C06="yes"))

    yes = next(one for one in result_of("SAQ-C06", people, By.COUNTRY).options if one.shown)

    assert yes.shown == 37
    assert set(yes.by_group) == {SUPPRESSED}


@pytest.mark.parametrize(("yes", "no"), [(4, 4), (1, 0)])
def test_how_many_answered_tells_no_small_count(yes: int, no: int):
    people = [someone(n, "CI", SAQ_C06="yes" if n < yes else "no") for n in range(yes + no)]

    found = result_of("SAQ-C06", people)

    assert found.answered == yes + no
    assert {one.shown for one in found.options} == {SUPPRESSED}


def test_groups_are_the_largest_countries_and_all_tiers_what_is_not_known_last():
    people = [someone(1, None, None), someone(2, "GH", 2), someone(3, "GH", 0), someone(4, "CI", 2)]

    assert groups_of(people, By.COUNTRY) == ["GH", "CI", None]
    assert groups_of(people, By.TIER) == [0, 2, None]
    assert groups_of(people, None) == ()


def test_answer_that_is_no_number_and_option_that_is_no_more_are_not_counted():
    people = [someone(1, "CI", SAQ_A04="many", SAQ_C06="gone")]

    assert {one.shown for one in result_of("SAQ-A04", people).options} == {0}
    assert {one.shown for one in result_of("SAQ-C06", people).options} == {0}


def test_page_shows_each_question_over_all_by_country_and_by_tier(
    tenant: Tenant, manager: FlaskClient, version: UUID
):
    listed = manager.get(ROOT).text
    assert str(version) in listed
    page = manager.get(f"{ROOT}/{version}").text
    assert "2 respondents" in page and "SAQ-A04" in page
    split = manager.get(f"{ROOT}/{version}?by=country").text
    assert "Côte" in split, [split[split.find("<thead>") :][:400], len(split)]
    assert "No path to the own business" in manager.get(f"{ROOT}/{version}?by=tier").text
    gate = 3  # session, account, standing
    assert count_statements(manager, f"{ROOT}/{version}?by=country") - gate <= 8


def test_one_respondent_counts_once_with_the_newest_answers(tenant: Tenant, version: UUID):
    with acting(tenant.id):
        assert len(load_respondents(version, today=NOW.date())) == 2


def take(client: FlaskClient, version: UUID, door: str = "export", **data: str):
    token = csrf_token(client, f"{ROOT}/{version}")
    return client.post(f"{ROOT}/{version}/{door}", data={"csrf_token": token, **data})


def test_wide_workbook_has_a_row_a_respondent_and_question_ids_as_headings(
    manager: FlaskClient, version: UUID
):
    book = load_workbook(io.BytesIO(take(manager, version, form="xlsx", shape="wide").data))

    head, *rows = book["Answers"].iter_rows(values_only=True)
    assert [row[0] for row in rows] == ["First", "Second"]
    column = head.index("SAQ-A04")
    assert [str(row[column]) for row in rows] == ["20", "400"]
    assert str(rows[0][head.index("SAQ-D01")]) == "<5"
    assert any(str(title).startswith("SAQ-B02[1]") for title in head)
    labels = {row[0]: row[1] for row in book["Questions"].iter_rows(values_only=True)}
    assert "people" in labels["SAQ-A04"].lower()


def test_long_csv_has_a_row_an_answer_with_its_words_beside_the_code(
    manager: FlaskClient, version: UUID
):
    answer = take(manager, version, form="csv", shape="long")

    with zipfile.ZipFile(io.BytesIO(answer.data)) as pack:
        assert sorted(pack.namelist()) == ["answers.csv", "questions.csv"]
        rows = list(csv.DictReader(io.StringIO(pack.read("answers.csv").decode("utf-8-sig"))))
    mine = [row for row in rows if row["Supplier"] == "First"]
    chosen = next(row for row in mine if row["Question id"] == "SAQ-C06")
    assert chosen["Answer"] and chosen["Answer in words"]
    told = [row["Answer"] for row in mine if not row["Answer in words"]]
    assert "20" in told and any(text and not text.isdigit() for text in told)


def test_json_holds_the_same_and_every_export_is_an_event(
    tenant: Tenant, manager: FlaskClient, version: UUID
):
    told = json.loads(take(manager, version, form="json", shape="wide").data)

    assert [row["Supplier"] for row in told["answers"]] == ["First", "Second"]
    assert {"question", "label", "kind"} <= set(told["questions"][0])
    assert take(manager, version, form="doc", shape="wide").status_code == 404
    with acting(tenant.id):
        events = db.session.scalars(select(AuditEvent.action)).all()
    assert events.count("results:export") == 1


def test_documents_go_out_in_one_archive_with_their_sums(
    tenant: Tenant, manager: FlaskClient, version: UUID
):
    answer = take(manager, version, "documents")

    with zipfile.ZipFile(io.BytesIO(answer.data)) as pack:
        text = pack.read("manifest.csv").decode("utf-8-sig")
        (row,) = csv.DictReader(io.StringIO(text))
        content = pack.read(row["path"])
    assert hashlib.sha256(content).hexdigest() == row["sha256"]
    assert (row["supplier"], row["question"]) == ("Second", "SAQ_A06")
    assert row["file"].startswith("'=")
    with acting(tenant.id):
        events = db.session.scalars(select(AuditEvent.action)).all()
    assert events.count("results:export_evidence") == 1


def test_archive_of_nothing_and_one_too_large_are_refused_in_words(
    tenant: Tenant, version: UUID, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(exports, "MOST_BYTES", 3)
    with acting(tenant.id):
        with pytest.raises(Invalid, match="larger than"):
            exports.export_evidence(version, act=Act(tenant.manager, NOW))
        monkeypatch.setattr(exports, "list_evidence", lambda _people, today: [])
        with pytest.raises(Invalid, match="No document"):
            exports.export_evidence(version, act=Act(tenant.manager, NOW))


def test_archive_that_cannot_be_made_is_told_on_the_page_of_the_results(
    manager: FlaskClient, version: UUID, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(exports, "MOST_BYTES", 3)

    answer = take(manager, version, "documents")

    assert answer.status_code == 302
    page = manager.get(answer.location).text
    assert "These documents are larger than" in page and "Export them campaign by campaign." in page
    assert "Export" in page


def test_results_of_one_campaign_hold_its_respondents_alone(
    tenant: Tenant, version: UUID, manager: FlaskClient
):
    with acting(tenant.id):
        keys = list(db.session.scalars(select(ValueChainNode.id)))
        chain_id = db.session.scalars(select(ValueChainNode.chain_id)).first()
        whom = Whom(chain_id=chain_id, keys=keys, modules=["MIN"], by_rule=False)
        how = How(name="Mines", due_on=date(2026, 12, 20))
        campaign_id = plan_campaign(whom, how, act=Act(tenant.analyst, NOW)).id

    assert "0 respondents" in manager.get(f"{ROOT}/{version}?campaign={campaign_id}").text
    told = json.loads(
        take(manager, version, form="json", shape="long", campaign=str(campaign_id)).data
    )
    assert told["answers"] == []


def test_coordinates_do_not_go_out_since_they_may_be_those_of_a_home():
    question = Question("/data/where", "where", Kind.GEOPOINT, extras={"dd:id": "OWN-1"})
    form = replace(shipped_form("SAQ"), children=(question,))
    one = Respondent(UUID(int=1), UUID(int=1), "Farm", "CI", 1, NOW, {"/data/where": None})

    table = wide_table(asked_questions(form), [one], {(UUID(int=1), "/data/where"): "5.35 -4.01"})

    assert table.rows[0][-1] == "(a place)"


@pytest.mark.parametrize("what", ["export", "documents"])
def test_more_than_twenty_exports_in_an_hour_are_refused_until_the_next(
    manager: FlaskClient, version: UUID, what: str
):
    fields = {"form": "json", "shape": "long"} if what == "export" else {}
    answers = [take(manager, version, what, **fields).status_code for _ in range(21)]

    assert answers == [200] * 20 + [429]
