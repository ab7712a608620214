"""Releases of official lists: by command and page, what is new and gone, what no longer holds."""

import csv
import json
from datetime import date, timedelta
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from sqlalchemy import func, select

from ddplatform.audit.models import AuditEvent
from ddplatform.core.due_diligence.vocabulary import Harm
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.screening_folder import MAX_BYTES
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Invalid
from ddplatform.risk.reassessment.queries.changes import see_list_entries
from ddplatform.value_chain.screening.models import MatchAnswer, ScreeningList
from ddplatform.value_chain.screening.queries.lists import (
    MatchFilter,
    count_new_matches,
    get_list,
    is_screened,
    list_lists,
    list_matches,
)
from ddplatform.value_chain.screening.services import lists as screening_lists
from ddplatform.value_chain.screening.services import matches as screening
from ddplatform.value_chain.screening.services.lists import official_fields
from tests.conftest import NOW
from tests.factories import csrf_token, signed_in_client
from tests.risk_maps import acting, make_cocoa_map

FILES = Path(__file__).parents[2] / "data" / "screening_lists"
UFLPA = (FILES / "uflpa_page_excerpt.html").read_bytes()
HOME = "/o/acme/screening/"
DAY = date(2026, 11, 1)


def orders(*rows):
    """A file of orders; a row is a name and a status."""
    lines = [f"{name},CI,{status}" for name, status in rows]
    return "\n".join(["Entity,Country,Status", *lines]).encode()


FIRST = orders(("Lagune Export SARL", "Active"), ("Old Works", "Active"))
SECOND = orders(
    *(("LAGUNE EXPORT SARL", "Inactive"), ("Espoir farm group", "Active"), ("New Works", "Active"))
)


def take_in(tenant, content, *, kind="cbp-wro", edition_on=DAY, at=NOW, **more):
    with acting(tenant):
        return screening_lists.add_list(
            official_fields(kind, edition_on=edition_on),
            *("orders.csv", content),
            **more,
            act=Act(tenant.manager, at),
        )


def screen(tenant):
    return screening.screen(act=Act(tenant.manager, NOW), unit=lambda: acting(tenant))


def shown(tenant, **wanted):
    with acting(tenant):
        return [row.matched_name for row in list_matches(MatchFilter(**wanted))[0]]


def test_a_release_says_what_is_new_gone_and_no_longer_in_force(tenant, context):
    first = take_in(tenant, FIRST)
    second = take_in(tenant, SECOND, edition_on=DAY + timedelta(days=9))

    assert first.changes is None
    with acting(tenant):
        made = get_list(second.release.id)
        assert made.changes == {"new": 2, "gone": 1, "ended": 1, "resumed": 0}
        assert made.replaces_id == first.release.id and made.kind == "cbp-wro"
        assert [(row.entries, row.changes.get("new")) for row in list_lists()] == [
            (3, 2),
            (2, None),
        ]


def test_a_file_that_says_the_same_changes_nothing_even_with_other_bytes(tenant, context):
    first = take_in(tenant, FIRST)

    for again in (
        take_in(tenant, FIRST),
        take_in(tenant, FIRST.replace(b"Old Works", b"Old  Works")),
    ):
        assert not again.is_new and again.release.id == first.release.id
    with acting(tenant):
        assert db.session.scalar(select(func.count()).select_from(ScreeningList)) == 1
        adds = select(func.count()).where(AuditEvent.action == "screening_list:add")
        assert db.session.scalar(adds) == 1


def test_half_of_a_list_goes_only_when_it_is_confirmed(tenant, context):
    whole = orders(*((f"Works {number}", "Active") for number in range(10)))
    half = orders(*((f"Works {number}", "Active") for number in range(4)))
    take_in(tenant, whole)

    with pytest.raises(Invalid) as error:
        take_in(tenant, half)
    assert "6 of 10 entries are gone" in error.value.fields["confirm"]
    with acting(tenant):
        [row] = list_lists()
        assert row.entries == 10 and row.superseded_at is None

    assert take_in(tenant, half, confirmed=True).is_new


def test_an_older_edition_replaces_a_newer_one_only_when_it_is_confirmed(tenant, context):
    take_in(tenant, FIRST)

    with pytest.raises(Invalid) as error:
        take_in(tenant, SECOND, edition_on=DAY - timedelta(days=1))
    assert "The edition in use is of 1 November 2026" in error.value.fields["confirm"]


def test_the_page_states_its_day_and_must_be_that_of_the_list(tenant, context):
    with pytest.raises(Invalid) as error:
        take_in(tenant, UFLPA, kind="cbp-wro", edition_on=None)
    assert "UFLPA Entity List" in error.value.fields["kind"]
    with pytest.raises(Invalid) as error:
        take_in(tenant, FIRST, edition_on=None)
    assert set(error.value.fields) == {"edition_on"}

    taken = take_in(tenant, UFLPA, kind="uflpa", edition_on=None)

    assert (taken.release.edition_on, taken.release.entries) == (date(2025, 1, 14), 6)


def test_a_page_that_states_a_day_to_come_is_not_taken_in(tenant, context):
    with pytest.raises(Invalid) as error:
        take_in(tenant, UFLPA.replace(b"01/14/2025", b"01/14/2027"), kind="uflpa", edition_on=None)

    assert "14 January 2027, which is in the future" in error.value.fields["edition_on"]
    with acting(tenant):
        assert list_lists() == []


def test_an_order_that_no_longer_holds_is_no_hit_like_one_in_force(tenant, cocoa):
    take_in(tenant, FIRST)
    screen(tenant)
    assert shown(tenant) == ["Lagune Export SARL"]

    take_in(tenant, SECOND, edition_on=DAY + timedelta(days=9))
    screen(tenant)

    assert shown(tenant, node_id=cocoa.exporter) == []
    assert shown(tenant, answer=None, in_force=False) == ["LAGUNE EXPORT SARL"]
    with acting(tenant):
        assert list_lists()[0].open == 1  # Espoir farm group alone


def test_a_confirmed_order_that_ended_asks_for_no_reassessment_and_no_allegation(tenant, cocoa):
    take_in(tenant, FIRST)
    screen(tenant)
    with acting(tenant):
        [row] = list_matches(MatchFilter())[0]
        screening.decide(row.id, MatchAnswer.SAME, "Same number.", act=Act(tenant.analyst, NOW))
    with acting(tenant):
        assert len(list(see_list_entries())) == 1

    take_in(tenant, SECOND.replace(b"LAGUNE EXPORT", b"Lagune Export"))
    screen(tenant)

    with acting(tenant):
        assert list(see_list_entries()) == []
        [row] = list_matches(MatchFilter(answer=None, in_force=False))[0]
        assert row.answer is MatchAnswer.SAME  # what was said stays said


def test_harm_is_not_alleged_from_an_order_that_ended(tenant, cocoa):
    take_in(tenant, orders(("Lagune Export SARL", "Revoked/Inactive")))
    screen(tenant)

    with acting(tenant):
        [row] = list_matches(MatchFilter(in_force=False))[0]
        with pytest.raises(Invalid) as error:
            screening.decide(
                row.id,
                MatchAnswer.SAME,
                "x",
                harm=Harm.ALLEGED,
                act=Act(tenant.analyst, NOW),
            )
    assert set(error.value.fields) == {"harm"}


def test_the_job_screens_again_and_only_what_is_newly_matched_counts_as_new(tenant, cocoa):
    first = take_in(tenant, FIRST)
    screen(tenant)
    both = orders(("Lagune Export SARL", "Active"), ("Espoir farm group", "Active"))
    second = take_in(tenant, both)
    with acting(tenant):
        assert not is_screened(get_list(second.release.id))

    assert screen(tenant)["compared"] == 1

    with acting(tenant):
        assert is_screened(get_list(second.release.id))
        assert count_new_matches(second.release.id) == 1
    assert shown(tenant, is_new=True) == ["Espoir farm group"]
    assert len(shown(tenant)) == 2 and first.is_new


def test_a_saved_page_in_the_folder_of_the_operator_needs_only_the_name_of_its_list(tenant, cocoa):
    folder = adapters().screening._folder
    folder.mkdir(exist_ok=True)
    (folder / "uflpa.html").write_bytes(UFLPA)
    (folder / "uflpa.yaml").write_text("list: uflpa\n")

    assert screen(tenant)["refused"] == []

    with acting(tenant):
        [row] = list_lists()
        assert (row.name, row.edition_on) == ("UFLPA Entity List", date(2025, 1, 14))


# The command


def run(app, *arguments):
    return app.test_cli_runner().invoke(args=["screening", "import", *map(str, arguments)])


ACME = ("--organisation", "acme")


def test_the_command_imports_a_page_and_tells_the_changes_as_words_json_and_file(
    app, tenant, tmp_path
):
    page, out = tmp_path / "uflpa.html", tmp_path / "changes.csv"
    page.write_bytes(UFLPA)
    first = run(app, page, *ACME, "--list", "uflpa", "--json")
    page.write_bytes(UFLPA.replace(b"Baoding LYSZD", b"=Baoding").replace(b"01/14", b"01/15"))
    second = run(app, page, *ACME, "--list", "uflpa", "--changes", out)
    third = run(app, page, *ACME, "--list", "uflpa", "--json")

    assert (first.exit_code, second.exit_code, third.exit_code) == (0, 0, 0), second.output
    told = json.loads(first.stdout)
    assert (told["entries"], told["edition_on"], told["changes"]) == (6, "2025-01-14", {})
    assert (
        "15 January 2025: 6 entries; against the previous edition: 1 new, 1 gone" in second.output
    )
    assert json.loads(third.stdout)["is_new"] is False
    rows = list(csv.DictReader(StringIO(out.read_text("utf-8-sig"))))
    assert [(row["Change"], row["Name"][:9]) for row in rows] == [
        ("new", "'=Baoding"),  # no spreadsheet runs it
        ("gone", "Baoding L"),
    ]


def test_the_command_says_that_half_is_gone_and_takes_it_in_when_told(app, tenant, tmp_path):
    file = tmp_path / "orders.csv"
    arguments = (file, *ACME, "--list", "cbp-wro", "--edition-on", "2025-01-01", "--json")
    file.write_bytes(orders(*((f"Works {number}", "Active") for number in range(10))))
    assert run(app, *arguments).exit_code == 0
    file.write_bytes(orders(("Works 1", "Active")))

    refused = run(app, *arguments)

    assert refused.exit_code == 1
    assert "9 of 10 entries are gone" in json.loads(refused.stdout)["error"]["fields"]["confirm"]
    assert run(app, *arguments, "--confirm").exit_code == 0


def test_the_command_names_cells_it_did_not_understand_and_refuses_what_is_no_list(
    app, tenant, tmp_path
):
    file, about = tmp_path / "orders.csv", tmp_path / "about.yaml"
    file.write_bytes(orders(("Alpha", "Perhaps")))
    about.write_text("name: Register\npublisher: M\nedition_on: 2025-01-01\nlicence: Open\n"
                     "source_url: https://m.example\nissue: ISS-FL\n")  # fmt: skip
    done = run(app, file, *ACME, "--about", about)
    assert done.exit_code == 0 and "row 2, column “Status”: “Perhaps”" in done.stderr

    (tmp_path / "deep.html").write_bytes(b"<div>" * 1000)
    refused = run(app, tmp_path / "deep.html", *ACME, "--list", "uflpa", "--json")
    assert refused.exit_code == 1
    assert json.loads(refused.stdout)["error"]["code"] == "too_large"


def test_the_command_refuses_a_file_that_is_too_large_and_says_what_to_do(app, tenant, tmp_path):
    file = tmp_path / "orders.csv"
    with file.open("wb") as orders_file:
        orders_file.write(FIRST)
        orders_file.truncate(MAX_BYTES + 1)

    refused = run(app, file, *ACME, "--list", "cbp-wro", "--edition-on", "2025-01-01", "--json")

    assert refused.exit_code == 1
    told = json.loads(refused.stdout)["error"]
    assert told["message"] == "orders.csv is larger than 25 MB."
    assert told["advice"] == "Split it into several lists."


@pytest.mark.parametrize(
    "arguments",
    [
        ("orders.csv", *ACME),
        ("orders.csv", *ACME, "--list", "uflpa", "--about", "orders.csv"),
        ("missing.csv", *ACME, "--list", "uflpa"),
        ("orders.csv", *ACME, "--list", "ofac"),
    ],
)
def test_wrong_usage_of_the_command_ends_with_2(app, tenant, tmp_path, monkeypatch, arguments):
    (tmp_path / "orders.csv").write_bytes(FIRST)
    monkeypatch.chdir(tmp_path)

    assert run(app, *arguments).exit_code == 2


# The pages


@pytest.fixture
def manager(app, tenant):
    with app.app_context():
        make_cocoa_map(tenant)
    return signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)


def upload(client, content, filename="orders.csv", **data):
    page = f"{HOME}lists/new"
    data = {"kind": "cbp-wro", "edition_on": "2025-01-01", **data}
    data |= {"csrf_token": csrf_token(client, page), "file": (BytesIO(content), filename)}
    return client.post(page, data=data)


def test_the_page_imports_a_known_list_with_a_file_and_shows_the_release(manager):
    done = upload(manager, UFLPA, "uflpa.html", kind="uflpa", edition_on="")

    page = manager.get(done.location).text
    assert "14 January 2025: 6 entries" in page and "Section 2(d)(2)(B)(ii)" in page
    assert "Known official list" in page and "Screening is under way" in page
    assert "Changes since the previous edition" not in page


def test_the_page_of_a_release_shows_what_is_new_and_gone_and_gives_it_as_a_file(
    app, tenant, manager
):
    upload(manager, FIRST)
    done = upload(manager, SECOND)
    with app.app_context():
        screen(tenant)

    page = manager.get(done.location).text
    assert "2 new, 1 gone, 1 no longer in force" in page
    assert "Old Works" in page and "New Works" in page
    assert ">1 open match that the previous edition did not give</a>" in page
    key = done.location.rsplit("/", 1)[1]
    export = f"{HOME}lists/{key}/changes"
    token = csrf_token(manager, f"{HOME}lists/new")
    file = manager.post(export, data={"csrf_token": token})
    assert file.mimetype == "text/csv" and "gone,Old Works" in file.text
    assert "2 new, 1 gone" in manager.get(HOME).text
    new = manager.get(f"{HOME}?list={key}&new=1").text
    assert "Espoir farm group" in new and "Lagune" not in new.split("Matches</caption>")[1][:3000]
    assert "LAGUNE EXPORT SARL" in manager.get(f"{HOME}?view=ended").text


def test_a_first_release_has_no_file_of_changes(manager):
    done = upload(manager, FIRST)
    token = csrf_token(manager, f"{HOME}lists/new")

    assert manager.post(f"{done.location}/changes", data={"csrf_token": token}).status_code == 404


def test_the_page_asks_before_half_of_a_list_is_gone(manager):
    upload(manager, orders(*((f"Works {number}", "Active") for number in range(10))))
    assert 'name="confirm"' not in manager.get(f"{HOME}lists/new").text

    asked = upload(manager, FIRST)

    assert asked.status_code == 422
    assert "10 of 10 entries are gone" in asked.text and 'name="confirm"' in asked.text
    assert upload(manager, FIRST, confirm="y").status_code == 302


def test_the_same_file_twice_is_said_and_hostile_pages_are_refused_at_their_field(manager):
    upload(manager, FIRST)
    assert (
        "Nothing changed: this file was imported before"
        in manager.get(upload(manager, FIRST).location).text
    )

    for content in (b"<div>" * 1000, b"<table><tr><td>" * 1000, b"<html>\0\xff"):
        refused = upload(manager, content, "page.html")
        assert refused.status_code == 422 and "errmsg" in refused.text


def test_another_list_needs_its_origin(manager):
    refused = upload(manager, FIRST, kind="other")

    assert refused.status_code == 422 and "publisher" in refused.text


def test_only_who_may_import_imports_and_only_who_may_export_exports(app, tenant, manager):
    done = upload(manager, FIRST)
    upload(manager, SECOND)
    analyst = signed_in_client(app, tenant, RoleId.ANALYST)
    auditor = signed_in_client(app, tenant, RoleId.AUDITOR)

    assert analyst.get(f"{HOME}lists/new").status_code == 403
    assert auditor.get(done.location).status_code == 200
    token = csrf_token(analyst, "/o/acme/")
    refused = analyst.post(f"{done.location}/changes", data={"csrf_token": token})
    assert refused.status_code == 403
