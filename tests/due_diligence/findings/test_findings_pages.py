"""The pages of findings: shown, filled in, refused with everything that was typed."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from ddplatform.core.due_diligence.vocabulary import Harm
from ddplatform.due_diligence.findings.models import Finding
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from tests.factories import csrf_token, signed_in_client
from tests.finding_worlds import World, acting, finding_now, graded, planned, recorded


@pytest.fixture
def browser(app: Flask, world: World) -> FlaskClient:
    return signed_in_client(app, world.tenant, RoleId.SUSTAINABILITY_MANAGER)


def at(world: World, path: str = "") -> str:
    return f"/o/{world.tenant.slug}/findings/{path}"


def send(browser: FlaskClient, page: str, **data: object):
    return browser.post(page, data={"csrf_token": csrf_token(browser, page), **data})


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """The statements on tables that run inside, without those of the session."""
    seen: list[str] = []

    def note(_connection, _cursor, statement: str, *_rest: object) -> None:
        if statement.startswith(("SELECT", "WITH")):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_list_shows_findings_with_site_severity_and_status(
    app: Flask, world: World, finding_id: UUID, browser: FlaskClient
):
    page = browser.get(at(world))

    assert page.status_code == 200
    for words in ("Heavy loads", "Espoir farm group", "Identified", "Not assessed"):
        assert words in page.text


def test_empty_list_does_not_call_it_good_news(app: Flask, world: World, browser: FlaskClient):
    assert "does not mean that there is no risk" in browser.get(at(world)).text
    assert "No finding matches" in browser.get(at(world, "?q=nothing&status=assessed")).text


@pytest.mark.parametrize(
    "page",
    ["", "words", "severity", "involvement", "owner", "harm", "leverage", "plan", "step/assessed"],
)
def test_every_page_of_a_finding_opens(
    world: World, finding_id: UUID, browser: FlaskClient, page: str
):
    answer = browser.get(at(world, f"{finding_id}/{page}" if page else str(finding_id)))

    assert answer.status_code == 200
    assert "Heavy loads" in answer.text


def test_finding_is_recorded_at_a_site_that_was_searched_for(
    app: Flask, world: World, browser: FlaskClient
):
    assert "Espoir farm group" in browser.get(at(world, "record?q=espoir")).text
    assert "No site of this name" in browser.get(at(world, "record?q=zzz")).text
    page = at(world, f"record?node={world.node_id}")

    answer = send(
        browser,
        page,
        issue="ISS-HZ",
        title="Open blades",
        description="Used at harvest.",
        harm="alleged",
        source="audit",
        found_by_control="",
    )

    assert answer.status_code == 302
    with app.app_context(), acting(world.tenant):
        kept = db.session.scalar(select(Finding))
        assert kept is not None
        assert (kept.title, kept.source.value, kept.is_actual) == ("Open blades", "audit", True)
    shown = browser.get(answer.location).text
    assert "harm alleged" in shown
    assert "Make sure that the child gets help." in shown


def test_refused_finding_keeps_everything_that_was_typed(world: World, browser: FlaskClient):
    page = at(world, f"record?node={world.node_id}")
    answer = send(
        browser,
        page,
        issue="ISS-HZ",
        title="Open blades",
        description="Call +225 07 08 09 10 11",
        source="audit",
    )

    assert answer.status_code == 422
    for words in ("Open blades", "+225 07 08 09 10 11", "Choose what is known."):
        assert words in answer.text


def test_rule_of_a_service_is_shown_at_its_field_with_what_was_typed(
    world: World, browser: FlaskClient
):
    page = at(world, f"record?node={world.node_id}")
    answer = send(
        browser,
        page,
        issue="ISS-HZ",
        title="Open blades",
        description="Call +225 07 08 09 10 11",
        harm="potential",
        source="audit",
    )

    assert answer.status_code == 422
    assert "Leave out the phone number" in answer.text
    assert "Open blades" in answer.text


def test_words_severity_involvement_and_owner_are_changed_on_their_pages(
    app: Flask, world: World, finding_id: UUID, browser: FlaskClient
):
    reasons = {
        f"{trait}_reason": f"Why {trait}." for trait in ("scale", "scope", "irremediability")
    }
    changes: dict[str, dict[str, object]] = {
        "words": {"title": "Heavy sacks", "description": "At harvest."},
        "severity": {
            **{"scale": "5", "scope": "4", "irremediability": "4", "vulnerable": "y"},
            **{"is_emergency": "no", "delay_harms": "yes", **reasons},
        },
        "involvement": {"inv_1": "no", "inv_1_reason": "No.", "inv_2": "yes", "inv_2_reason": "Y"},
        "owner": {"owner_id": str(world.tenant.analyst.user_id)},
    }
    for name, typed in changes.items():
        version = _version(app, world, finding_id)
        answer = send(browser, at(world, f"{finding_id}/{name}"), version=version, **typed)
        assert answer.status_code == 302, answer.text

    page = browser.get(at(world, str(finding_id))).text
    for words in ("Heavy sacks", "Very severe", "Why scope.", "Contribute", "Analyst of acme"):
        assert words in page or words.lower() in page


def _version(app: Flask, world: World, finding_id: UUID) -> int:
    with app.app_context():
        return finding_now(world, finding_id).row_version


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("words", {"title": "Mail me@home.example", "description": "x"}, "Leave out the e-mail"),
        ("severity", {"scale": "5", "scale_reason": "Blades."}, "Choose a level."),
        ("involvement", {"inv_1": "no", "inv_1_reason": "Own no farm."}, "Answer with yes or no."),
        (
            "involvement",
            {"inv_1": "no", "inv_1_reason": "Own no farm.", "inv_2": "yes"},
            "Give the reason for this answer.",
        ),
        (
            "involvement",
            {"inv_1": "yes", "inv_1_reason": "Says me@home.example"},
            "Leave out the e-mail",
        ),
        ("harm", {"harm": "confirmed", "found_by_control": ""}, ""),
        ("leverage", {"reason": "Small buyer."}, "Answer with yes or no."),
    ],
)
def test_faulty_input_comes_back_with_what_was_typed(
    app: Flask,
    world: World,
    finding_id: UUID,
    browser: FlaskClient,
    name: str,
    typed: dict[str, str],
    words: str,
):
    version = _version(app, world, finding_id)
    answer = send(browser, at(world, f"{finding_id}/{name}"), version=version, **typed)

    assert answer.status_code == (422 if words else 302)
    assert words in answer.text
    for value in typed.values() if words else ():
        assert value in answer.text


def test_severity_without_a_reason_names_the_reason_field(
    app: Flask, world: World, finding_id: UUID, browser: FlaskClient
):
    answer = send(
        browser,
        at(world, f"{finding_id}/severity"),
        version=_version(app, world, finding_id),
        scale="5",
        scope="4",
        irremediability="4",
        is_emergency="no",
        scale_reason="Blades.",
    )

    assert answer.status_code == 422
    assert "Enter the reason for this level." in answer.text
    assert "Blades." in answer.text


def test_change_begun_on_an_older_version_answers_409_with_both_versions(
    app: Flask, world: World, finding_id: UUID, browser: FlaskClient
):
    with app.app_context():
        graded(world, finding_id)
    answer = send(
        browser,
        at(world, f"{finding_id}/words"),
        version="1",
        title="Mine",
        description="My words.",
    )

    assert answer.status_code == 409
    assert '<bdi>Mine</bdi></td><td data-label="The newer one"><bdi>Heavy loads' in answer.text
    assert "My words.</textarea>" in answer.text


def test_stale_form_sent_again_goes_on_from_the_newer_version_and_replaces_it(
    app: Flask, world: World, finding_id: UUID, browser: FlaskClient
):
    with app.app_context():
        graded(world, finding_id)
    page = at(world, f"{finding_id}/words")
    typed = {"title": "Mine", "description": "My words."}
    shown = send(browser, page, version="1", **typed)
    newer = re.search(r'name="version" type="hidden" value="(\d+)"', shown.text)
    again = send(browser, page, version=newer[1] if newer else "", **typed)

    assert "Somebody else changed this meanwhile" in shown.text
    assert again.status_code == 302
    assert "<h1>Mine</h1>" in browser.get(at(world, str(finding_id))).text


def test_harm_is_refuted_only_by_somebody_who_did_not_record_it(
    app: Flask, world: World, browser: FlaskClient
):
    with app.app_context():
        finding_id = recorded(world, harm=Harm.ALLEGED)
    page = at(world, f"{finding_id}/refute")
    assert send(browser, page, reason="").status_code == 422
    assert send(browser, page, reason="Mail a@b.example").status_code == 422
    assert send(browser, page, reason="Checked at three visits.").status_code == 302


def test_harm_said_to_be_found_by_a_control_that_cannot_is_refused_at_its_field(
    world: World, finding_id: UUID, browser: FlaskClient
):
    answer = send(
        browser, at(world, f"{finding_id}/harm"), harm="confirmed", found_by_control="CTL-20"
    )

    assert answer.status_code == 422
    assert "detects" in answer.text


def test_leverage_is_decided_by_the_table(
    app: Flask, world: World, finding_id: UUID, browser: FlaskClient
):
    answers = {"is_grave_danger": "no", "has_leverage": "no", "is_crucial": "yes"}
    version = _version(app, world, finding_id)
    faulty = send(
        browser,
        at(world, f"{finding_id}/leverage"),
        **{**answers, "can_be_raised": "no", "version": version, "reason": "Mail a@b.example"},
    )
    answer = send(
        browser,
        at(world, f"{finding_id}/leverage"),
        **{**answers, "can_be_raised": "no", "version": version, "reason": "One of 900 buyers."},
    )

    assert faulty.status_code == 422
    assert answer.status_code == 302
    assert "Stay and mitigate" in browser.get(at(world, str(finding_id))).text


def test_step_that_is_not_open_says_what_is_missing_and_stays(
    app: Flask, world: World, finding_id: UUID, browser: FlaskClient
):
    page = at(world, f"{finding_id}/step/assessed")
    answer = send(browser, page, version=_version(app, world, finding_id))

    assert answer.status_code == 409
    assert "Set the severity" in answer.text
    shown = browser.get(at(world, str(finding_id))).text
    assert "Set the severity" in shown


def test_step_that_does_not_lead_on_from_here_leads_back_to_the_finding_and_says_so(
    world: World, finding_id: UUID, browser: FlaskClient
):
    answer = browser.get(at(world, f"{finding_id}/step/controlled"))

    assert answer.status_code == 302
    assert "not available in the current state" in browser.get(answer.location).text


def test_step_sent_although_the_finding_has_moved_on_shows_both_states(
    app: Flask, world: World, finding_id: UUID, browser: FlaskClient
):
    token = csrf_token(browser, at(world, f"{finding_id}/words"))
    page = at(world, f"{finding_id}/step/controlled")
    typed = {"csrf_token": token, "outcome": "Done."}
    answer = browser.post(page, data={**typed, "version": 0})
    newest = _version(app, world, finding_id)
    again = browser.post(page, data={**typed, "version": newest})

    assert answer.status_code == 409
    assert "Identified" in answer.text
    assert again.status_code == 409
    assert "this step does not lead on from there" in again.text


def test_step_of_no_name_does_not_exist_and_an_analyst_cannot_review(
    app: Flask, world: World, finding_id: UUID, browser: FlaskClient
):
    analyst = signed_in_client(app, world.tenant, RoleId.ANALYST)

    assert browser.get(at(world, f"{finding_id}/step/accepted")).status_code == 404
    for to in ("controlled", "deferred"):
        assert analyst.get(at(world, f"{finding_id}/step/{to}")).status_code == 403


def test_auditor_reads_findings_and_changes_nothing(app: Flask, world: World, finding_id: UUID):
    auditor = signed_in_client(app, world.tenant, RoleId.AUDITOR)

    page = auditor.get(at(world, str(finding_id)))
    assert page.status_code == 200
    assert "Assess severity" not in page.text
    assert auditor.get(at(world, "record")).status_code == 403
    assert auditor.get(at(world, f"{finding_id}/severity")).status_code == 403


def without_secrets(page: str) -> str:
    """A page without what is new in each answer: nonces and the tokens of its forms."""
    return re.sub(r'(nonce|name="csrf_token" value)="[^"]+"', "", page)


def test_finding_of_another_company_answers_like_one_that_does_not_exist(
    app: Flask, world: World, finding_id: UUID
):
    stranger = signed_in_client(app, world.supplier, RoleId.SUSTAINABILITY_MANAGER)
    foreign = stranger.get(f"/o/{world.supplier.slug}/findings/{finding_id}")
    absent = stranger.get(f"/o/{world.supplier.slug}/findings/{UUID(int=1)}")

    assert (foreign.status_code, absent.status_code) == (404, 404)
    assert without_secrets(foreign.text) == without_secrets(absent.text)


def test_list_takes_few_statements_however_many_findings_there_are(
    app: Flask, world: World, browser: FlaskClient
):
    with app.app_context():
        for number in range(8):
            planned(world, recorded(world, title=f"Finding {number}"))
    with statements(app) as seen:
        assert browser.get(at(world)).status_code == 200

    about = [one for one in seen if "finding" in one]
    assert len(about) <= 2, about


def test_page_of_a_finding_takes_few_statements(
    app: Flask, world: World, finding_id: UUID, browser: FlaskClient
):
    with app.app_context():
        for _ in range(3):
            planned(world, finding_id)
    with statements(app) as seen:
        assert browser.get(at(world, str(finding_id))).status_code == 200

    ours = [one for one in seen if "user_session" not in one and "membership" not in one]
    assert len(ours) <= 9, ours


def test_older_findings_follow_on_the_next_page(app: Flask, world: World, browser: FlaskClient):
    with app.app_context():
        for number in range(52):
            recorded(world, title=f"Finding {number}")
    first = browser.get(at(world)).text
    older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = browser.get(older).text

    assert "52 findings" in first
    assert second.count("Finding ") >= 2
    assert "Newest" in second
    assert browser.get(at(world, "?before=nonsense")).status_code == 200
