"""The pages of actions, for the company and for suppliers."""

from io import BytesIO
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from ddplatform.core.due_diligence.vocabulary import ActionState
from ddplatform.due_diligence.finding_judgements.queries import Effect, ScorePoint
from ddplatform.due_diligence.findings.models import MitigationAction
from ddplatform.due_diligence.findings.views.words import why_effect
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.jobs.models import Job, JobState
from ddplatform.risk.runs.models import FactKind
from supply_chain.vocabulary import RiskBand
from tests.conftest import NOW
from tests.due_diligence.actions.test_actions import move, report
from tests.due_diligence.findings.test_findings_pages import at, send, statements
from tests.factories import csrf_token, signed_in_client
from tests.finding_worlds import IN_A_MONTH, World, action_now, days, planned
from tests.stored_worlds import stored_world
from tests.write_lock import watch_searches

NEVER_PAST = "2099-01-31"


@stored_world
def action_id(app: Flask, world: World, finding_id: UUID) -> UUID:
    with app.app_context():
        return planned(world, finding_id)


@pytest.fixture
def browser(app: Flask, world: World) -> FlaskClient:
    return signed_in_client(app, world.tenant, RoleId.SUSTAINABILITY_MANAGER)


@pytest.fixture
def seller(app: Flask, world: World) -> FlaskClient:
    return signed_in_client(app, world.supplier, RoleId.SUPPLIER)


def mine(world: World, path: str = "") -> str:
    return f"/o/{world.supplier.slug}/findings/my-actions{path}"


def version(app: Flask, world: World, action_id: UUID) -> int:
    with app.app_context():
        return action_now(world, action_id).row_version


def state(app: Flask, world: World, action_id: UUID) -> ActionState:
    with app.app_context():
        return action_now(world, action_id).status


def photo(name: str = "visit.txt", content: bytes = b"Three visits.") -> tuple[BytesIO, str]:
    return BytesIO(content), name


def test_action_is_planned_on_the_page_of_a_finding(
    app: Flask, world: World, finding_id: UUID, browser: FlaskClient
):
    typed = {
        **{"title": "Adult teams", "description": "Adults carry.", "carrier": "us"},
        **{"owner_id": str(world.tenant.analyst.user_id), "control": "CTL-05"},
        **{"indicator": "IND-07", "success_measure": "None seen.", "budget_amount": "100"},
        **{"budget_currency": "EUR", "due_on": NEVER_PAST},
    }
    refused = send(browser, at(world, f"{finding_id}/plan"), **{**typed, "owner_id": ""})
    answer = send(browser, at(world, f"{finding_id}/plan"), **typed)

    assert refused.status_code == 422
    assert "Choose who carries it out." in refused.text
    assert "Adults carry." in refused.text
    assert answer.status_code == 302
    page = browser.get(answer.location).text
    for words in ("Adult teams", "100</span> EUR", "IND-07", "not assessed yet"):
        assert words in page


@pytest.mark.parametrize("view", ["board", "list", "mine", "other"])
def test_every_view_of_the_actions_opens(app: Flask, world: World, action_id: UUID, view: str):
    analyst = signed_in_client(app, world.tenant, RoleId.ANALYST)
    page = analyst.get(at(world, f"actions?view={view}"))

    assert page.status_code == 200
    assert "Labour teams of adults" in page.text
    assert "1 open action" in page.text


def test_late_actions_and_own_practices_are_found_by_the_filter(
    world: World, action_id: UUID, browser: FlaskClient
):
    assert "Labour teams" not in browser.get(at(world, "actions?view=list&own=yes")).text
    for query in ("status=doing&view=list", "late=yes&view=list"):
        assert browser.get(at(world, f"actions?{query}")).status_code == 200


def test_menu_of_a_card_moves_it_or_leads_to_the_page_that_the_step_needs(
    app: Flask, world: World, action_id: UUID, browser: FlaskClient
):
    board = at(world, "actions")

    def choose(to: str, **more: object):
        token = csrf_token(browser, board)
        now = version(app, world, action_id)
        return browser.post(
            at(world, f"actions/{action_id}/move"),
            data={"csrf_token": token, "to": to, "version": now, "next": board, **more},
        )

    assert choose("doing").location == board
    assert state(app, world, action_id) is ActionState.DOING
    assert choose("waiting").location.endswith("/move/waiting")
    assert choose("dropped").location.endswith("/move/dropped")
    assert choose("to_verify").location.endswith("/report")
    assert choose("verified").location.endswith("/verify")
    assert choose("nowhere").status_code == 404
    assert choose("doing", version=1).location.endswith(f"/actions/{action_id}")
    assert "changed by somebody else" in browser.get(at(world, f"actions/{action_id}")).text
    with app.app_context():
        move(world, action_id, ActionState.WAITING, reason="the school term")
    assert choose("doing", version=1).status_code == 409
    away = choose("doing", next="https://elsewhere.example/")
    assert away.location.endswith(f"/actions/{action_id}")
    with app.app_context():
        report(world, action_id)
    assert choose("doing").location.endswith("/send-back")


def test_step_with_a_reason_is_taken_on_its_page(
    app: Flask, world: World, action_id: UUID, browser: FlaskClient
):
    with app.app_context():
        move(world, action_id, ActionState.DOING)
    page = at(world, f"actions/{action_id}/move/waiting")
    now = version(app, world, action_id)
    empty = send(browser, page, version=now, reason="")
    faulty = send(browser, page, version=now, reason="Mail a@b.example")
    done = send(browser, page, version=now, reason="The contract.")

    assert (empty.status_code, faulty.status_code, done.status_code) == (422, 422, 302)
    assert "Mail a@b.example" in faulty.text
    assert "Waits for: The contract." in browser.get(done.location).text
    assert browser.get(at(world, f"actions/{action_id}/move/verified")).status_code == 404
    dropped = send(
        browser,
        at(world, f"actions/{action_id}/move/dropped"),
        version=version(app, world, action_id),
        reason="Covered.",
    )
    assert "This action was dropped" in browser.get(dropped.location).text


def test_extension_and_progress_are_kept_and_faulty_ones_come_back(
    app: Flask, world: World, action_id: UUID, browser: FlaskClient
):
    page = at(world, f"actions/{action_id}/extend")
    now = version(app, world, action_id)
    past = send(browser, page, version=now, due_on="2020-01-01", reason="Rains.")
    done = send(browser, page, version=now, due_on=NEVER_PAST, reason="Rains.")
    assert past.status_code == 422
    assert "from today on" in past.text
    assert "Rains." in past.text
    assert "31 Jan 2099" in browser.get(done.location).text

    home = at(world, f"actions/{action_id}")
    token = csrf_token(browser, home)
    for text, status in (("", 422), ("Mail a@b.example", 422), ("Four of nine.", 302)):
        answer = browser.post(f"{home}/progress", data={"csrf_token": token, "text": text})
        assert answer.status_code == status
        assert text in answer.text or status == 302
    assert "Four of nine." in browser.get(home).text


def test_action_is_reported_verified_and_its_effect_shown(
    app: Flask,
    world: World,
    action_id: UUID,
    browser: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
):
    looked = watch_searches(monkeypatch)
    with app.app_context():
        move(world, action_id, ActionState.DOING)
    analyst = signed_in_client(app, world.tenant, RoleId.ANALYST)
    page = at(world, f"actions/{action_id}/report")
    now = version(app, world, action_id)
    without = send(analyst, page, version=now, note="Done.")
    hostile = send(analyst, page, version=now, note="Done.", files=photo("a.jpg", b"MZ"))
    faulty = send(analyst, page, version=now, note="Mail a@b.example", files=photo())
    done = send(analyst, page, version=now, note="Done.", files=photo())

    assert looked and all(looked)  # others may write while a file is looked at
    assert without.status_code == 422
    assert "Add at least one photo or document" in without.text
    assert "Done." in without.text
    assert hostile.status_code == 422
    assert "not what its name says" in hostile.text
    assert faulty.status_code == 422
    assert done.status_code == 302

    verify = at(world, f"actions/{action_id}/verify")
    now = version(app, world, action_id)
    judged = {"version": now, "coverage": "90", "evidence_level": "0.75", "note": "Seen."}
    assert analyst.get(verify).status_code == 403
    assert send(browser, verify, **{**judged, "coverage": "200"}).status_code == 422
    assert send(browser, verify, **{**judged, "note": "Mail a@b.example"}).status_code == 422
    answer = send(browser, verify, **judged)
    shown = browser.get(answer.location).text
    for words in ("verified", "90% of people", "Running, monitored", "being recalculated"):
        assert words in shown

    # An assessment that changes no number keeps the run: nothing is pending any more.
    with app.app_context(), unit_of_work():
        db.session.execute(update(Job).values(state=JobState.DONE))
    assert "being recalculated" not in browser.get(answer.location).text


def test_whoever_owns_an_action_is_offered_no_verification_and_is_refused_in_words(
    app: Flask, world: World, finding_id: UUID, browser: FlaskClient
):
    manager = world.tenant[RoleId.SUSTAINABILITY_MANAGER]
    with app.app_context():
        own = planned(world, finding_id, owner_id=manager.user_id)
        move(world, own, ActionState.DOING)
        report(world, own)
    page = browser.get(at(world, f"actions/{own}")).text
    now = version(app, world, own)
    judged = {"version": now, "coverage": "90", "evidence_level": "0.75", "note": "All seen."}
    refused = send(browser, at(world, f"actions/{own}/verify"), **judged)

    assert "You own or reported this action, so another person must verify it." in page
    assert "/verify" not in page
    assert refused.status_code == 409
    assert "Have someone other than the owner verify it." in refused.text
    assert "All seen." in refused.text
    assert state(app, world, own) is ActionState.TO_VERIFY


def test_extension_of_an_action_that_somebody_else_extended_shows_both_days_and_the_reason_typed(
    app: Flask, world: World, action_id: UUID, browser: FlaskClient
):
    page = at(world, f"actions/{action_id}/extend")
    now = version(app, world, action_id)
    send(browser, page, version=now, due_on=NEVER_PAST, reason="Rains.")
    stale = send(browser, page, version=now, due_on="2099-02-28", reason="Elections.")

    assert stale.status_code == 409
    for words in ("2099-01-31", "2099-02-28", "Elections.", "Somebody else changed this"):
        assert words in stale.text


@pytest.mark.parametrize(
    ("control", "before", "after", "harm", "words"),
    [
        ("CTL-05", 60.0, None, None, ""),
        (None, 60.0, 40.0, None, "No control was named"),
        ("CTL-05", 60.0, 40.5, None, "It fell by 19.5 points"),
        ("CTL-05", 60.0, 60.0, None, "It has not fallen. “Community-based"),
        ("CTL-05", 60.0, 60.0, FactKind.CONFIRMED, "It has not fallen. Harm is confirmed"),
        ("CTL-05", 60.0, 75.0, FactKind.CREDIBLE, "It rose. Harm is alleged"),
    ],
)
def test_page_says_why_the_residual_risk_moved_or_did_not(
    control: str | None, before: float, after: float | None, harm: FactKind | None, words: str
):
    action = MitigationAction(control=control, coverage=0.9, evidence_level=0.75)
    newest = None if after is None else ScorePoint(NOW, after, RiskBand.HIGH)
    told = why_effect(action, Effect(ScorePoint(NOW, before, RiskBand.HIGH), newest), harm)

    assert words in told
    assert bool(told) is bool(words)


def test_report_is_sent_back_with_the_reason(
    app: Flask, world: World, action_id: UUID, browser: FlaskClient
):
    with app.app_context():
        move(world, action_id, ActionState.DOING)
        report(world, action_id)
    page = at(world, f"actions/{action_id}/send-back")
    now = version(app, world, action_id)
    assert send(browser, page, version=now, reason="Mail a@b.example").status_code == 422
    answer = send(browser, page, version=now, reason="Another site.")

    assert "Sent back: Another site." in browser.get(answer.location).text


def test_more_actions_follow_on_the_next_page(
    app: Flask, world: World, finding_id: UUID, browser: FlaskClient
):
    with app.app_context():
        for number in range(52):
            planned(world, finding_id, title=f"Action {number}")
    with statements(app) as seen:
        first = browser.get(at(world, "actions?view=list")).text
    older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")

    assert len([one for one in seen if "mitigation_action" in one]) <= 3
    assert "First page" in browser.get(older).text
    assert browser.get(at(world, "actions?view=list&after=nonsense")).status_code == 200
    board = browser.get(at(world, "actions")).text
    assert "All 52" in board


# ---- supplier --------------------------------------------------------------------------------


def test_supplier_sees_own_actions_and_nothing_of_findings_or_scores(
    app: Flask, world: World, finding_id: UUID, seller: FlaskClient
):
    assert "Nothing to do now" in seller.get(mine(world)).text
    with app.app_context():
        ours = planned(world, finding_id, title="Buyer's own")
        theirs = planned(world, finding_id, title="Cash advance", by_supplier=True)
    index = seller.get(mine(world)).text
    page = seller.get(mine(world, f"/{theirs}"))

    assert "Cash advance" in index
    assert "Buyer" not in index.replace("buyer", "")
    assert page.status_code == 200
    for hidden in ("Heavy loads", "Very severe", "Residual", "CTL-05", "12,000"):
        assert hidden not in index + page.text
    assert seller.get(mine(world, f"/{ours}")).status_code == 404
    for path in ("", str(finding_id), "actions", f"actions/{theirs}"):
        assert seller.get(f"/o/{world.supplier.slug}/findings/{path}").status_code == 403


def test_supplier_starts_tells_progress_and_reports_with_a_photo(
    app: Flask,
    world: World,
    finding_id: UUID,
    seller: FlaskClient,
    browser: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
):
    with app.app_context():
        theirs = planned(
            world, finding_id, by_supplier=True, owner_id=None, due_on=IN_A_MONTH + days(1)
        )
    home = mine(world, f"/{theirs}")
    token = csrf_token(seller, home)

    def post(path: str, **typed: object):
        return seller.post(home + path, data={"csrf_token": token, **typed})

    assert post("/start").status_code == 302
    assert post("/progress", text="").status_code == 422
    assert post("/progress", text="Mail a@b.example").status_code == 422
    assert post("/progress", text="Teams hired.").status_code == 302
    now = version(app, world, theirs)
    without = post("/report", version=now, note="All done.")
    assert without.status_code == 422
    assert "Add at least one photo or document" in without.text
    assert "All done." in without.text
    looked = watch_searches(monkeypatch)
    named = photo(content=b"Mr Kofi Mensah saw it.")
    sent = post("/report", version=now, note="All done.", files=named)
    assert sent.status_code == 302 and looked == [True]
    after = seller.get(home).text
    assert "You reported it done" in after
    assert "visit.txt" in after
    assert "1 word or number may lead to a person: <bdi>Kofi Mensah</bdi>" in after

    shown = browser.get(at(world, f"actions/{theirs}")).text
    for words in ("Teams hired.", "All done.", "visit.txt", "by the supplier", "Kofi Mensah"):
        assert words in shown
    assert "Verify" in shown
