"""The pages of list screening."""

from io import BytesIO

import pytest

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.value_chain.screening.services import matches as screening
from tests.conftest import NOW
from tests.factories import csrf_token, signed_in_client
from tests.risk_maps import acting, make_cocoa_map

HOME = "/o/acme/screening/"
LIST = b"name,country,reason\nLagune Export SARL,CI,inspection 2025\nEspoir farm group,CI,\n"
FIELDS = {
    "name": "Register of employers",
    "publisher": "Ministry of Labour",
    "edition_on": "2025-10-01",
    "licence": "Open government data",
    "source_url": "https://labour.example/register",
    "issue": "ISS-FL",
    "coverage": "companies only",
}


@pytest.fixture
def manager(app, tenant):
    with app.app_context():
        make_cocoa_map(tenant)
    return signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)


def upload(client, content=LIST, **changes):
    page = f"{HOME}lists/new"
    data = {**FIELDS, **changes, "csrf_token": csrf_token(client, page)}
    return client.post(page, data={**data, "file": (BytesIO(content), "register.csv")})


@pytest.fixture
def match(app, tenant, manager):
    """The address of the first question."""
    assert upload(manager).status_code == 302
    with app.app_context():
        screening.screen(act=Act(tenant.manager, NOW), unit=lambda: acting(tenant))
    return HOME + "matches/" + manager.get(HOME).text.split("/screening/matches/")[1].split('"')[0]


def answer(client, match, **data):
    return client.post(f"{match}/decide", data={**data, "csrf_token": csrf_token(client, match)})


def test_without_a_list_the_page_says_what_to_do(manager):
    page = manager.get(HOME).text

    assert "No list yet" in page and "No match here" not in page
    upload(manager)
    assert "No match here" in manager.get(HOME).text


def test_a_list_is_uploaded_and_shown_with_its_origin(manager):
    answer = upload(manager)

    page = manager.get(answer.location).text
    assert "Lagune Export SARL" in page and "companies only" in page
    assert "Register of employers" in manager.get(HOME).text


def test_a_list_on_natural_persons_is_refused_at_its_field(manager):
    answer = upload(manager, b"name,passport\nA,1\n")

    assert answer.status_code == 422
    assert "natural persons" in answer.text and "Ministry of Labour" in answer.text


def test_a_file_that_is_here_already_is_told(manager):
    upload(manager)

    again = upload(manager)
    assert "Nothing changed" in manager.get(again.location).text
    upload(manager, LIST + b"Other,CI,\n")
    assert "Replaced" in manager.get(HOME).text


def test_both_records_stand_side_by_side(manager, match):
    page = manager.get(match).text

    assert "On the list" in page and "In the map" in page and "Similarity" in page


def test_the_page_of_a_node_asks_those_who_may_answer_until_somebody_did(
    app, tenant, manager, match
):
    node = manager.get(match).text.split("/value-chain/nodes/")[1].split('"')[0]
    page = f"/o/acme/value-chain/nodes/{node}"
    auditor = signed_in_client(app, tenant, RoleId.AUDITOR)

    shown = manager.get(page).text
    assert f'href="{match}">Compare with <bdi>' in shown
    assert "List screening: 1 possible match" in shown
    assert "possible match" not in auditor.get(page).text

    answer(manager, match, answer="not_same", harm="potential")
    assert "possible match" not in manager.get(page).text


def test_a_confirmation_leads_to_its_finding(manager, match):
    done = answer(manager, match, answer="same", harm="potential", note="Same number.")

    assert done.status_code == 302 and "/findings/" in done.location
    assert "Official list" in manager.get(done.location).text
    page = manager.get(match).text
    assert ">Decision<" not in page and "Open the finding" in page
    assert answer_again(manager, match).status_code == 409


def answer_again(client, match):
    token = csrf_token(client, f"{HOME}lists/new")
    return client.post(f"{match}/decide", data={"answer": "unsure", "csrf_token": token})


def test_another_business_is_noted_and_not_asked_again(manager, match):
    done = answer(manager, match, answer="not_same", harm="potential")

    assert done.status_code == 302
    assert match.rsplit("/", 1)[1] not in manager.get(HOME).text
    assert match.rsplit("/", 1)[1] in manager.get(f"{HOME}?view=not_same").text


def test_an_answer_without_a_choice_comes_back(manager, match):
    assert answer(manager, match, note="x").status_code == 422


def test_pages_of_questions_lead_on(manager, match, monkeypatch):
    whole = screening_page(manager, HOME)
    monkeypatch.setattr(
        "ddplatform.value_chain.screening.queries.lists.list_matches.__kwdefaults__",
        {
            "after": None,
            "limit": 1,
        },
    )

    first = manager.get(HOME).text
    further = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = manager.get(further).text

    assert screening_page(manager, HOME) | screening_page(manager, further) == whole
    assert "First page" in second
    assert manager.get(f"{HOME}?after=x&view=y").status_code == 200


def screening_page(client, page):
    return {part.split('"')[0] for part in client.get(page).text.split("/matches/")[1:]}


def test_an_analyst_answers_and_uploads_nothing_and_an_auditor_reads(app, tenant, manager, match):
    analyst = signed_in_client(app, tenant, RoleId.ANALYST)
    auditor = signed_in_client(app, tenant, RoleId.AUDITOR)

    assert ">Decision<" in analyst.get(match).text
    assert analyst.get(f"{HOME}lists/new").status_code == 403
    assert answer(analyst, match, answer="unsure", harm="potential").status_code == 302
    assert ">Decision<" not in auditor.get(match).text
