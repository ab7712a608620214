"""Figures of suppliers: the supplier reads them first, the buyer later, nobody else ever."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta, tzinfo
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import undefer

from ddplatform.accounts.organisations.models import User
from ddplatform.infrastructure import gate
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, NotFound
from ddplatform.infrastructure.jobs.models import Job
from ddplatform.infrastructure.tenancy import insert_rows
from ddplatform.risk.facts.services.facts import add_fact
from ddplatform.risk.reassessment.models import ReviewTask
from ddplatform.risk.runs.models import FactKind, ScoreChange, SeverityJudgement
from ddplatform.risk.supplier_figures.models import FigureQuestion, SupplierFigures
from ddplatform.risk.supplier_figures.queries import find_measured, load_measures
from ddplatform.risk.supplier_figures.services import figures as supplier_figures
from ddplatform.risk.supplier_figures.services import questions as figure_questions
from ddplatform.supplier_engagement.library.queries import get_assignment
from ddplatform.supplier_engagement.responses.models import RiskSignal
from ddplatform.value_chain.mapping.models import ValueChainNode
from ddplatform.value_chain.mapping.services import nodes as value_chain
from supply_chain.risk.rm2.response import ConductFlag, Label
from supply_chain.vocabulary import Issue, NodeKind
from tests.answering import (
    DUE,
    Asked,
    Supplier,
    acting,
    add_node,
    ask,
    ask_again,
    come_in,
    fill,
    mails,
    phone_of,
    receive_now,
)
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.risk.response.test_conduct import flag
from tests.stored_worlds import stored_world

TODAY = NOW.date()
DAY = timedelta(days=1)
OTHER_EMAIL = "other@firm.example"


def renew(asked: Asked, *, at: datetime = NOW) -> dict[str, int]:
    """New figures of the map, as the job makes them."""

    @contextmanager
    def unit() -> Iterator[None]:
        with acting(asked.tenant.id):
            yield

    by = system_identity(asked.tenant.id)
    return supplier_figures.renew(asked.chain_id, act=Act(by, at), look=unit, unit=unit)


@stored_world
def asked(context: Flask, tenant: Tenant) -> Asked:
    return ask(tenant)


@stored_world
def answered(asked: Asked) -> Supplier:
    supplier = come_in(asked)
    fill(supplier)
    receive_now(supplier)
    renew(asked)
    return supplier


def apart(browser: FlaskClient) -> FlaskClient:
    """A browser whose requests see nothing of those before them, as in a process of its own."""
    open_ = browser.open

    def anew(*args: Any, **kwargs: Any) -> Any:
        for name in list(g):
            g.pop(name)
        return open_(*args, **kwargs)

    browser.open = anew  # type: ignore[method-assign]
    return browser


class DayAfter(datetime):
    """The clock of pages, a day after the figures were made: the supplier's seven days go on."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        return (NOW + DAY).astimezone(tz)


@pytest.fixture(autouse=True)
def pages_of_the_day_after(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "datetime", DayAfter)


@pytest.fixture
def phone(app: Flask, answered: Supplier) -> FlaskClient:
    return apart(phone_of(app))


@pytest.fixture
def manager(app: Flask, tenant: Tenant, answered: Supplier) -> FlaskClient:
    return apart(signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER))


def figures_of(asked: Asked) -> SupplierFigures:
    found = db.session.scalar(
        select(SupplierFigures)
        .where(SupplierFigures.node_id == asked.node_id)
        .options(undefer(SupplierFigures.response), undefer(SupplierFigures.issues))
    )
    assert found is not None
    return found


def page_address(answered: Supplier) -> str:
    with acting(answered.id):
        return f"/o/{answered.slug}/responses/figures/{figures_of(answered.asked).id}"


def page_of(phone: FlaskClient, answered: Supplier, query: str = "") -> str:
    answer = phone.get(page_address(answered) + query)
    assert answer.status_code == 200
    return main_of(answer.text)


def main_of(text: str) -> str:
    """What a page shows of its own, without the tokens of its frame."""
    return text.split("<main", 1)[1].split("</main>", 1)[0]


def words(text: str) -> str:
    """What stands between the tags of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


# ---- the supplier ---------------------------------------------------------------------------


def test_the_supplier_reads_how_its_figure_adds_up_and_how_it_responds(
    phone: FlaskClient, answered: Supplier
) -> None:
    text = page_of(phone, answered)

    points = [
        float(shown.replace("−", "-"))
        for shown in re.findall(r"<td>([+−]?\d+\.\d)</td>", text.split("</table>", 1)[0])
    ]
    assert 4 <= len(points) <= 7
    assert sum(points[:-1]) == pytest.approx(points[-1])
    read = words(text)
    assert "need for attention" in read and "Critical" not in read
    assert "You see these figures first. Acme sees how you respond on" in read
    for sentence in (
        "It is no mark for your company",
        "Your starting value is",
        "What we know from your site changed it by",
        "We are not certain",
        "a blank never helps",
    ):
        assert sentence in read
    assert "How do you check age before someone starts work?" in read
    assert "your answer, trust: low, November 2026" in read


def test_its_pages_bring_one_script_which_clears_them_and_stay_light(
    phone: FlaskClient, answered: Supplier
) -> None:
    text = page_of(phone, answered)

    scripts = re.findall(r"<script [^>]*", phone.get(page_address(answered)).text)
    assert len(scripts) == 1 and "js/session.js" in scripts[0]
    assert len(text.encode()) < 60_000


def test_its_places_stand_in_a_list_that_its_other_pages_lead_to(
    phone: FlaskClient, answered: Supplier
) -> None:
    home = phone.get(f"/o/{answered.slug}/responses/").text
    listed = phone.get(f"/o/{answered.slug}/responses/figures/").text

    assert f'href="/o/{answered.slug}/responses/figures/"' in home
    assert page_address(answered) in listed and "SCOOP Espoir" in listed and "of 100" in listed


def test_each_of_the_first_issues_has_its_lines(phone: FlaskClient, answered: Supplier) -> None:
    with acting(answered.id):
        issues = [one["issue"] for one in figures_of(answered.asked).issues]

    titles = set()
    for issue in issues:
        found = re.search(r"<h1>([^<]+)</h1>", page_of(phone, answered, f"?issue={issue}"))
        assert found
        titles.add(found.group(1))
    assert len(titles) == len(issues) == 3


def test_another_supplier_and_people_of_the_buyer_find_nothing_there(
    app: Flask, answered: Supplier, manager: FlaskClient
) -> None:
    asked = answered.asked
    node = add_node(asked.tenant, asked.chain_id, "Other firm")
    other = come_in(ask_again(asked.tenant, asked.chain_id, node, ref="SAQ", email=OTHER_EMAIL))
    renew(asked)
    address = page_address(answered).replace(f"/o/{answered.slug}/", f"/o/{other.slug}/")
    browser = apart(phone_of(app, OTHER_EMAIL))

    assert browser.get(address).status_code == 404
    assert browser.get(f"{address}/question").status_code == 404
    assert "SCOOP Espoir" not in browser.get(f"/o/{other.slug}/responses/figures/").text
    assert manager.get(page_address(answered)).status_code in (403, 404)
    with acting(other.id), pytest.raises(NotFound):
        key = UUID(address.rpartition("/")[2])
        figure_questions.ask(key, "told", "x", "why", act=Act(other.identity, NOW))


def confide(asked: Asked) -> None:
    """What was told or decided in confidence: cases, an allegation, a worker, judgements."""
    for kind in (FactKind.CONFIRMED, FactKind.CREDIBLE, FactKind.RED_FLAG):
        add_fact(asked.node_id, Issue.CL, kind, cause_type="case", cause_id=uuid4(), since=NOW)
    for factor in ("WRK-01", "WRK-16"):
        db.session.add(
            RiskSignal(
                node_id=asked.node_id,
                factor=factor,
                value=1.0,
                quality=0.8,
                source_type="worker_voice",
                causes=[],
                observed_at=NOW,
            )
        )
    by = asked.tenant.manager.user_id
    db.session.add(
        SeverityJudgement(
            node_id=asked.node_id,
            issue=Issue.CL,
            scale=5,
            scope=5,
            irremediability=5,
            vulnerable=True,
            reasons={"scale": "A child was hurt."},
            created_at=NOW,
            created_by_id=by,
        )
    )
    db.session.add(
        ScoreChange(
            node_id=asked.node_id,
            issue=Issue.CL,
            is_raise=True,
            points=20.0,
            note="Raised after a talk.",
            created_at=NOW,
            created_by_id=by,
        )
    )


def test_a_case_a_workers_voice_or_a_judgement_changes_nothing_that_the_supplier_reads(
    phone: FlaskClient, answered: Supplier
) -> None:
    before = {query: page_of(phone, answered, query) for query in ("", "?issue=ISS-FL")}
    listed = main_of(phone.get(f"/o/{answered.slug}/responses/figures/").text)
    with acting(answered.asked.tenant.id):
        confide(answered.asked)

    assert renew(answered.asked)["changed"] == 0

    assert {query: page_of(phone, answered, query) for query in before} == before
    assert main_of(phone.get(f"/o/{answered.slug}/responses/figures/").text) == listed


def test_a_report_of_others_is_named_by_kind_and_month_alone(
    phone: FlaskClient, answered: Supplier
) -> None:
    with acting(answered.asked.tenant.id):
        for source in ("media_ngo", "site_work"):
            db.session.add(
                RiskSignal(
                    node_id=answered.asked.node_id,
                    factor="WRK-09",
                    value=1.0,
                    quality=0.8,
                    source_type=source,
                    causes=[{"question": "AUD-09", "answer": "seen", "w": 1, "r": 1}],
                    observed_at=NOW - 40 * DAY,
                )
            )
    renew(answered.asked, at=NOW + DAY)

    read = words(page_of(phone, answered))
    assert "a report from others, October 2026" in read and "a visit, October 2026" in read
    assert "AUD-09" not in read and "media" not in read.lower()


# ---- first the supplier, then the buyer ------------------------------------------------------


def test_the_buyer_reads_the_measure_seven_days_after_the_supplier(
    asked: Asked, answered: Supplier
) -> None:
    with acting(asked.tenant.id):
        early = find_measured(asked.node_id, TODAY + 6 * DAY)
        later = find_measured(asked.node_id, TODAY + 7 * DAY)

    assert early is not None and later is not None
    assert (early.measure, early.coming_on) == (None, TODAY + 7 * DAY)
    assert later.measure is not None and later.coming_on is None


def test_until_then_the_buyer_goes_on_reading_the_figure_before(
    asked: Asked, answered: Supplier
) -> None:
    with acting(asked.tenant.id):
        found = find_measured(asked.node_id, TODAY + 10 * DAY)
        row = figures_of(asked)
        row.measure, row.label = 12.0, Label.UNRESPONSIVE
        row.response = {**row.response, "value": 12.0, "label": "unresponsive"}
    renew(asked, at=NOW + 10 * DAY)

    with acting(asked.tenant.id):
        now = find_measured(asked.node_id, TODAY + 10 * DAY)
        then = find_measured(asked.node_id, TODAY + 17 * DAY)
    assert found is not None and now is not None and then is not None
    assert (now.measure, now.label) == (12.0, Label.UNRESPONSIVE)
    assert now.coming_on == TODAY + 17 * DAY
    assert (then.measure, then.coming_on) == (found.measure, None)


def test_who_never_came_in_has_its_blanks_shown_at_once(asked: Asked) -> None:
    renew(asked, at=NOW)
    with acting(asked.tenant.id):
        waiting = find_measured(asked.node_id, TODAY)
    renew(asked, at=datetime.combine(DUE + DAY, NOW.timetz()))
    with acting(asked.tenant.id):
        found = find_measured(asked.node_id, DUE + DAY)

    assert waiting is not None and (waiting.measure, waiting.coming_on) == (None, None)
    assert found is not None and (found.measure, found.label) == (0.0, Label.UNRESPONSIVE)


def test_figures_that_read_the_same_are_not_written_again_and_tell_nobody(
    asked: Asked, answered: Supplier
) -> None:
    assert renew(asked) == {"places": 1, "changed": 0}


def test_lines_are_made_again_only_where_what_they_rest_on_changed(
    asked: Asked, answered: Supplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    whole = supplier_figures.lines_for_supplier
    monkeypatch.setattr(
        supplier_figures,
        "lines_for_supplier",
        lambda *args, **more: made.append(1) or whole(*args, **more),
    )

    renew(asked, at=NOW + DAY)
    assert made == []
    with acting(asked.tenant.id):
        told = {"source_type": "media_ngo", "quality": 0.6, "causes": [], "observed_at": NOW}
        db.session.add(RiskSignal(node_id=asked.node_id, factor="WRK-09", value=1.0, **told))
    renew(asked, at=NOW + DAY)
    assert made == [1]


def test_each_day_figures_are_asked_for_of_maps_with_a_supplier_who_was_asked(
    asked: Asked, answered: Supplier
) -> None:
    with acting(asked.tenant.id):
        value_chain.create_chain(
            "Sugar",
            own_business="Maison Sucre",
            act=Act(asked.tenant.analyst, NOW),
        )
        by = system_identity(asked.tenant.id)
        assert supplier_figures.ask_renewals(act=Act(by, NOW + DAY)) == {"maps": 1}
        queued = select(Job.payload).where(Job.name == supplier_figures.RENEW)
        assert db.session.scalars(queued).all() == [{"chain_id": str(asked.chain_id)}]


def test_the_supplier_is_told_once_in_its_language(
    app: Flask, asked: Asked, answered: Supplier
) -> None:
    with acting(asked.tenant.id):
        figure_questions.tell_new(figures_of(asked).id)

    (mail,) = [one for one in mails() if "New figures about SCOOP Espoir" in one]
    assert "You read it first" in mail and "of 100" not in mail
    assert page_address(answered) in mail


# ---- the buyer ------------------------------------------------------------------------------


def show_now(asked: Asked) -> None:
    """The days of the supplier are over."""
    with acting(asked.tenant.id):
        for row in db.session.scalars(select(SupplierFigures)):
            row.shown_from = date(2026, 1, 1)


def test_the_page_of_the_place_shows_the_measure_with_its_parts_apart_from_risk(
    manager: FlaskClient, asked: Asked, answered: Supplier
) -> None:
    address = f"/o/acme/value-chain/nodes/{asked.node_id}"
    assert "New figures are with the supplier until" in manager.get(address).text
    show_now(asked)

    text = manager.get(address).text
    card = text.split('id="node-response"', 1)[1].split("</section>", 1)[0]
    for part in (
        "Answers on time",
        "Evidence shown",
        "Own checks",
        "Actions on",
        "Effect verified",
    ):
        assert part in card
    assert "band" not in card


def test_a_place_that_was_never_asked_says_so_and_shows_no_zero(
    manager: FlaskClient, asked: Asked
) -> None:
    node = add_node(asked.tenant, asked.chain_id, "Never asked")

    text = manager.get(f"/o/acme/value-chain/nodes/{node}").text
    card = text.split('id="node-response"', 1)[1].split("</section>", 1)[0]
    assert "Not asked yet." in card and "of 100" not in card
    assert manager.get(f"/o/acme/risk/response/{node}").status_code == 404


def test_details_name_every_questionnaire_check_and_action(
    manager: FlaskClient, asked: Asked, answered: Supplier
) -> None:
    address = f"/o/acme/risk/response/{asked.node_id}"
    hidden = words(manager.get(address).text)
    assert "How your organisation respects" not in hidden
    show_now(asked)

    read = words(manager.get(address).text)
    assert "How your organisation respects children" in read
    assert "Own suppliers named SAQ-N02" in read and "not shown" in read
    assert "No action was agreed" in read


def test_a_report_of_retaliation_is_the_buyers_at_once_and_never_the_suppliers(
    manager: FlaskClient, phone: FlaskClient, asked: Asked, answered: Supplier
) -> None:
    show_now(asked)
    before = page_of(phone, answered)
    flag(asked, ConductFlag.RETALIATION.value)
    with acting(asked.tenant.id):
        get_assignment(asked.assignment_id).answered_by = "assessor"  # type: ignore[assignment]
        db.session.flush()
        found = find_measured(asked.node_id, TODAY)
        assert load_measures(TODAY).values == [0.0]

    assert found is not None and (found.measure, found.label) == (0.0, Label.UNRESPONSIVE)
    told = "An open report of retaliation: the measure is 0 until it is cleared."
    assert told in manager.get(f"/o/acme/risk/response/{asked.node_id}").text
    read = page_of(phone, answered)
    assert read == before and told not in read


def test_the_list_is_searched_filtered_and_exported(
    manager: FlaskClient, asked: Asked, answered: Supplier
) -> None:
    show_now(asked)
    root = "/o/acme/risk/response/"
    with acting(asked.tenant.id):
        label = figures_of(asked).label

    assert "SCOOP Espoir" in manager.get(root).text
    assert "SCOOP Espoir" in manager.get(f"{root}?q=espoir&label={label}").text
    assert "SCOOP Espoir" not in manager.get(f"{root}?q=nobody").text
    other = "weak" if label != "weak" else "strong"
    assert "SCOOP Espoir" not in manager.get(f"{root}?label={other}").text
    assert manager.get(f"{root}?label=zzz&chain=zzz&page=99").status_code == 302
    token = csrf_token(manager, root)
    for form in ("csv", "xlsx"):
        made = manager.post(f"{root}export", data={"csrf_token": token, "form": form})
        assert made.status_code == 200 and len(made.data) > 400
    assert manager.post(f"{root}export", data={"csrf_token": token, "form": "x"}).status_code == 404


# ---- questions ------------------------------------------------------------------------------


def test_a_questioned_line_reaches_the_buyer_as_a_task_and_the_answer_stands_at_the_supplier(
    manager: FlaskClient, phone: FlaskClient, asked: Asked, answered: Supplier
) -> None:
    address = page_address(answered)
    form = {
        "csrf_token": csrf_token(phone, f"{address}/question"),
        "line": "told",
        "reason": "We answered this in July.",
    }
    assert phone.post(f"{address}/question", data=form).status_code == 302
    assert "Not answered yet." in page_of(phone, answered)

    by = system_identity(asked.tenant.id)
    with acting(asked.tenant.id):
        question = db.session.scalars(select(FigureQuestion)).one()
        for _ in range(2):
            figure_questions.take_up(question.id, act=Act(by, NOW))
        assert len(db.session.scalars(select(ReviewTask)).all()) == 1
        key = question.id
    assert sum("questions a line of its figures" in mail for mail in mails()) == 1

    show = manager.get(f"/o/acme/risk/response/{asked.node_id}").text
    assert "We answered this in July." in show
    page = f"/o/acme/risk/response/questions/{key}"
    sent = {"csrf_token": csrf_token(manager, page), "answer": "You are right, we will look."}
    assert manager.post(page, data=sent).status_code == 302
    assert "You are right, we will look." in page_of(phone, answered)
    with acting(asked.tenant.id), pytest.raises(Conflict):
        figure_questions.answer(key, "Again", act=Act(asked.tenant.manager, NOW))


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("", "Write what is wrong."),
        ("   ", "Write what is wrong."),
        ("Ask Kofi on +225 07 07 12 34 56.", "anything that leads to a person"),
    ],
)
def test_a_line_is_questioned_only_with_a_reason_that_leads_to_nobody(
    phone: FlaskClient, answered: Supplier, reason: str, told: str
) -> None:
    address = f"{page_address(answered)}/question"
    form = {"csrf_token": csrf_token(phone, address), "line": "told", "reason": reason}

    refused = phone.post(address, data=form)
    assert refused.status_code == 422 and told in main_of(refused.text)
    assert "Not answered yet." not in page_of(phone, answered)


def question_of(answered: Supplier) -> UUID:
    """The supplier questions a line."""
    with acting(answered.id):
        figures = figures_of(answered.asked).id
        told = "Told by you: +2.0", "We answered this in July."
        return figure_questions.ask(figures, "told", *told, act=Act(answered.identity, NOW)).id


def answer_now(answered: Supplier, question: UUID) -> None:
    tenant = answered.asked.tenant
    with acting(tenant.id):
        figure_questions.answer(question, "We will look.", act=Act(tenant.manager, NOW))


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("   ", "Enter an answer."),
        ("Amina K. told us, amina@scoop.example.", "anything that leads to a person"),
    ],
)
def test_an_answer_that_says_nothing_or_leads_to_a_person_never_reaches_the_supplier(
    manager: FlaskClient, phone: FlaskClient, answered: Supplier, answer: str, told: str
) -> None:
    page = f"/o/acme/risk/response/questions/{question_of(answered)}"

    form = {"csrf_token": csrf_token(manager, page), "answer": answer}
    refused = manager.post(page, data=form)
    assert refused.status_code == 422 and told in main_of(refused.text)
    assert "Not answered yet." in page_of(phone, answered)


def test_the_supplier_learns_by_mail_that_its_question_is_answered(
    app: Flask, answered: Supplier
) -> None:
    question = question_of(answered)
    answer_now(answered, question)
    with acting(answered.asked.tenant.id):
        figure_questions.tell_answer(question)

    (mail,) = [one for one in mails() if "Acme answers your question" in one]
    assert page_address(answered) in mail and "We will look." not in mail


def test_a_question_to_a_person_who_left_is_a_task_without_a_mail(
    asked: Asked, answered: Supplier
) -> None:
    question, before = question_of(answered), len(mails())
    with acting(asked.tenant.id):
        db.session.get_one(User, asked.tenant.manager.user_id).is_active = False
    with acting(asked.tenant.id):
        figure_questions.take_up(question, act=Act(system_identity(asked.tenant.id), NOW))
        assert [task.node_id for task in db.session.scalars(select(ReviewTask))] == [asked.node_id]
    assert len(mails()) == before


def test_who_is_asked_in_place_of_a_supplier_gets_no_mail_about_its_figures(
    asked: Asked, answered: Supplier
) -> None:
    question = question_of(answered)
    answer_now(answered, question)
    tenant = asked.tenant
    newer = ask_again(tenant, asked.chain_id, asked.node_id, ref="AGR", email=OTHER_EMAIL)
    with acting(tenant.id):
        get_assignment(newer.assignment_id).sent_at = NOW + DAY
    renew(asked, at=NOW + DAY)
    before = len(mails())
    with acting(tenant.id):
        figure_questions.tell_new(figures_of(asked).id)
        figure_questions.tell_answer(question)
    assert len(mails()) == before


# ---- many places ----------------------------------------------------------------------------


def statements_of(app: Flask, browser: FlaskClient, address: str) -> int:
    seen: list[str] = []

    def hear(_connection, _cursor, statement, *_rest) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", hear)
        assert browser.get(address).status_code == 200
        event.remove(db.engine, "before_cursor_execute", hear)
    return len(seen)


def add_places(asked: Asked, numbers: range) -> None:
    """So many more places with a measure."""
    with acting(asked.tenant.id):
        row = figures_of(asked)
        places = {number: uuid4() for number in numbers}
        insert_rows(
            ValueChainNode,
            [
                {
                    **{name: None for name in ("country", "sector_ref")},
                    "id": key,
                    "chain_id": asked.chain_id,
                    "external_ref": f"place-{number}",
                    "kind": NodeKind.SITE,
                    "created_at": NOW,
                    "name": f"Place {number:04}",
                }
                for number, key in places.items()
            ],
        )
        insert_rows(
            SupplierFigures,
            [
                {
                    "id": uuid4(),
                    "node_id": key,
                    "node_name": f"Place {number:04}",
                    "assignment_id": row.assignment_id,
                    "as_of": TODAY,
                    "method_version": "RM-2.0",
                    "measure": float(number % 100),
                    "label": Label.WEAK,
                    "response": row.response,
                    "shown_from": TODAY - DAY,
                    "shown_response": {},
                    "issues": [],
                    "basis": "",
                    "written_at": NOW,
                }
                for number, key in places.items()
            ],
        )


@pytest.mark.parametrize("address", ["risk/response/", "value-chain/nodes/{node}"])
def test_pages_of_the_buyer_ask_as_often_at_a_thousand_places_as_at_ten(
    app: Flask, manager: FlaskClient, asked: Asked, answered: Supplier, address: str
) -> None:
    show_now(asked)
    page = f"/o/acme/{address.format(node=asked.node_id)}"
    add_places(asked, range(9))
    manager.get(page)
    ten = statements_of(app, manager, page)
    add_places(asked, range(9, 999))

    assert statements_of(app, manager, page) == ten
    if address.startswith("risk"):
        assert ten <= 8
