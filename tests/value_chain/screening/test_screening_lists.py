"""Official lists come in, are compared with maps, and ask people."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from ddplatform.audit.models import AuditEvent
from ddplatform.core.due_diligence.vocabulary import Harm
from ddplatform.due_diligence.findings.models import Finding, FindingSource
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.screening_folder import MAX_BYTES
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid, NotFound
from ddplatform.infrastructure.jobs.context import JobContext
from ddplatform.infrastructure.jobs.handlers import HANDLERS
from ddplatform.infrastructure.jobs.models import Job
from ddplatform.risk.runs.models import RiskFact
from ddplatform.value_chain.mapping.queries.maps import get_node
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from ddplatform.value_chain.screening.models import MatchAnswer, ScreeningList, ScreeningMatch
from ddplatform.value_chain.screening.queries.lists import (
    MatchFilter,
    get_entry,
    get_list,
    get_match,
    list_lists,
    list_matches,
)
from ddplatform.value_chain.screening.services import lists as screening_lists
from ddplatform.value_chain.screening.services import matches as screening
from ddplatform.value_chain.screening.services.lists import SCREEN, ListFields
from supply_chain.errors import FileRefused
from supply_chain.vocabulary import Issue
from tests.conftest import NOW
from tests.risk_maps import acting

FIELDS = ListFields(
    name="Register of employers",
    publisher="Ministry of Labour",
    edition_on=date(2026, 10, 1),
    licence="Open government data",
    source_url="https://labour.example/register",
    issue=Issue.FL,
)
LIST = b"name,country,reason\nLagune Export SARL,CI,inspection 2025\nNobody Mining,CI,\n"


def add(tenant, content=LIST, at=NOW, **changes):
    with acting(tenant):
        return screening_lists.add_list(
            replace(FIELDS, **changes),
            "register.csv",
            content,
            act=Act(tenant.manager, at),
        ).release.id


def screen(tenant, at=NOW):
    return screening.screen(act=Act(tenant.manager, at), unit=lambda: acting(tenant))


def prompts(tenant, answer=MatchAnswer.OPEN, **wanted):
    with acting(tenant):
        return list_matches(MatchFilter(answer=answer, **wanted))[0]


def decide(tenant, match_id, answer, note="", **more):
    with acting(tenant):
        return screening.decide(match_id, answer, note, act=Act(tenant.analyst, NOW), **more)


def count(tenant, model):
    with acting(tenant):
        return db.session.scalar(select(func.count()).select_from(model))


def test_a_site_on_a_list_becomes_a_question_and_changes_nothing(tenant, cocoa):
    add(tenant)

    assert screen(tenant) == {"compared": 1, "found": 1, "refused": []}

    [row] = prompts(tenant)
    assert (row.node_id, row.matched_name) == (cocoa.exporter, "Lagune Export SARL")
    assert row.score > 0.9
    assert (count(tenant, Finding), count(tenant, RiskFact)) == (0, 0)


def test_a_comparison_is_done_once_for_each_version_of_a_map(tenant, cocoa):
    add(tenant)
    screen(tenant)

    assert screen(tenant)["compared"] == 0
    with acting(tenant):
        value_chain.add_node(
            cocoa.chain,
            NodeFields(name="Nobody Mining Ltd", country="CI"),
            act=Act(tenant.analyst, NOW),
        )
    assert screen(tenant) == {"compared": 1, "found": 1, "refused": []}
    assert len(prompts(tenant)) == 2


def test_confirmed_it_is_a_finding_with_the_list_as_its_source(tenant, cocoa):
    add(tenant)
    screen(tenant)

    row = decide(tenant, prompts(tenant)[0].id, MatchAnswer.SAME, "Same register number.")

    with acting(tenant):
        finding = db.session.scalars(select(Finding)).one()
        assert finding.id == row.finding_id
        assert (finding.source, finding.issue, finding.is_actual) == (
            FindingSource.OFFICIAL_LIST,
            Issue.FL,
            False,
        )
        assert "Ministry of Labour" in finding.description
        assert "inspection 2025" in finding.description
        assert "Same register number." in finding.description
    assert count(tenant, RiskFact) == 0
    with pytest.raises(Conflict):
        decide(tenant, row.id, MatchAnswer.NOT_SAME)


def test_alleged_harm_of_a_list_is_a_credible_allegation(tenant, cocoa):
    add(tenant)
    screen(tenant)

    decide(tenant, prompts(tenant)[0].id, MatchAnswer.SAME, "Same number.", harm=Harm.ALLEGED)

    assert count(tenant, RiskFact) == 1


@pytest.mark.parametrize(
    ("answer", "note", "harm", "fields"),
    [
        (MatchAnswer.OPEN, "", Harm.POTENTIAL, {"answer"}),
        (MatchAnswer.SAME, " ", Harm.POTENTIAL, {"note"}),
        (MatchAnswer.SAME, "Seen.", Harm.CONFIRMED, {"harm"}),
    ],
)
def test_an_answer_that_says_too_little_or_too_much_is_refused(
    tenant, cocoa, answer, note, harm, fields
):
    add(tenant)
    screen(tenant)

    with pytest.raises(Invalid) as error:
        decide(tenant, prompts(tenant)[0].id, answer, note, harm=harm)
    assert set(error.value.fields) == fields


def test_what_was_said_of_two_contents_holds_for_the_next_edition(tenant, cocoa):
    add(tenant)
    screen(tenant)
    decide(tenant, prompts(tenant)[0].id, MatchAnswer.NOT_SAME, "Other owner.")

    newer = add(tenant, b"id,name,country\n9,LAGUNE EXPORT SARL,Cote d'Ivoire\n", licence="Open")
    assert screen(tenant) == {"compared": 1, "found": 0, "refused": []}

    assert prompts(tenant) == []
    [row] = prompts(tenant, MatchAnswer.NOT_SAME)
    with acting(tenant):
        assert get_match(row.id).list_id == newer
        assert get_match(row.id).note == "Other owner."
        assert [(one.superseded_at is None, one.open) for one in list_lists()] == [
            (True, 0),
            (False, 0),
        ]


def test_an_answer_can_be_made_up_later(tenant, cocoa):
    add(tenant)
    screen(tenant)
    key = prompts(tenant)[0].id
    decide(tenant, key, MatchAnswer.UNSURE)
    decide(tenant, key, MatchAnswer.NOT_SAME, "Asked them.")

    assert [row.id for row in prompts(tenant, MatchAnswer.NOT_SAME)] == [key]


def test_a_renamed_site_is_asked_about_again_and_has_one_finding(tenant, cocoa):
    add(tenant)
    screen(tenant)
    decide(tenant, prompts(tenant)[0].id, MatchAnswer.SAME, "Same number.")
    with acting(tenant):
        node = get_node(cocoa.exporter)
        value_chain.change_node(
            node.id,
            NodeFields(name="Lagune Export SA", country="CI"),
            row_version=node.row_version,
            act=Act(tenant.analyst, NOW),
        )

    screen(tenant)
    decide(tenant, prompts(tenant)[0].id, MatchAnswer.SAME, "Still.")

    assert count(tenant, Finding) == 1


def test_a_site_that_is_not_alike_any_more_leaves_the_list_of_questions(tenant, cocoa):
    add(tenant)
    screen(tenant)
    with acting(tenant):
        node = get_node(cocoa.exporter)
        value_chain.change_node(
            node.id,
            NodeFields(name="Zebu Trading", country="CI"),
            row_version=node.row_version,
            act=Act(tenant.analyst, NOW),
        )

    screen(tenant)

    assert prompts(tenant) == []
    assert count(tenant, ScreeningMatch) == 1


def test_questions_are_paged_and_filtered_by_list_and_site(tenant, cocoa):
    first = add(tenant, b"name,country\nLagune Export,CI\nEspoir farm group,CI\n")
    screen(tenant)

    with acting(tenant):
        page, onward = list_matches(MatchFilter(list_id=first), limit=1)
        rest, end = list_matches(MatchFilter(list_id=first), after=onward, limit=1)
        at_farms, _ = list_matches(MatchFilter(answer=None, node_id=cocoa.farms))
    assert end is None and {page[0].node_id, rest[0].node_id} == {cocoa.exporter, cocoa.farms}
    assert [row.node_id for row in at_farms] == [cocoa.farms]


def test_a_list_on_natural_persons_leaves_nothing_behind(tenant, cocoa):
    with pytest.raises(FileRefused):
        add(tenant, b"name,date of birth\nSomebody,1990-01-01\n")

    assert count(tenant, ScreeningList) == 0


def test_the_same_file_is_taken_in_once(tenant, cocoa):
    first = add(tenant)

    assert add(tenant) == first
    assert count(tenant, ScreeningList) == 1


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"name": ""}, {"name"}),
        ({"source_url": "register"}, {"source_url"}),
        ({"edition_on": date(2030, 1, 1)}, {"edition_on"}),
        ({"coverage": "x" * 400}, {"coverage"}),
    ],
)
def test_an_edition_without_its_origin_is_refused(tenant, context, changes, fields):
    with pytest.raises(Invalid) as error:
        add(tenant, **changes)

    assert set(error.value.fields) == fields


ABOUT = """
name: Register of employers
publisher: Ministry of Labour
edition_on: 2026-10-01
licence: Open government data
source_url: https://labour.example/register
issue: ISS-FL
"""


def place(tenant, name, content, about=None):
    folder = adapters().screening._folder
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.csv").write_bytes(content)
    if about is not None:
        (folder / f"{name}.yaml").write_bytes(about if isinstance(about, bytes) else about.encode())
    return folder


def test_a_list_in_the_folder_of_the_operator_is_taken_in_once(tenant, cocoa):
    place(tenant, "register", LIST, ABOUT)

    assert screen(tenant) == {"compared": 1, "found": 1, "refused": []}
    assert screen(tenant) == {"compared": 0, "found": 0, "refused": []}
    with acting(tenant):
        assert [row.publisher for row in list_lists()] == ["Ministry of Labour"]


@pytest.mark.parametrize(
    ("content", "about", "told"),
    [
        (LIST, None, "no YAML file beside it"),
        (LIST, "name: [", "no YAML file beside it"),
        (LIST, ABOUT.replace("Ministry", "Ministère").encode("latin-1"), "no YAML file beside it"),
        (LIST, ABOUT.replace("2026-10-01", "2026-02-30"), "no YAML file beside it"),
        (LIST, ABOUT.replace("2026-10-01", "2026-10-01 12:00:00"), "needs edition_on (a day)"),
        (LIST, "name: Register", "needs edition_on"),
        (LIST, ABOUT.replace("https://labour.example/register", "x"), "source_url"),
        (b"name,dob\nA,1\n", ABOUT, "natural persons"),
    ],
)
def test_a_placed_file_that_cannot_be_used_is_told_and_stops_no_other(
    tenant, cocoa, content, about, told
):
    folder = place(tenant, "a-register", content, about)
    place(tenant, "b-register", LIST + b"Third,CI,\n", ABOUT.replace("Register of", "List of"))
    (folder / "link.csv").symlink_to(folder / "b-register.csv")

    result = screen(tenant)

    assert len(result["refused"]) == 1 and told in result["refused"][0]
    assert count(tenant, ScreeningList) == 1


def test_a_placed_file_that_is_too_large_is_told_and_not_read(tenant, cocoa):
    folder = place(tenant, "register", LIST, ABOUT)
    with (folder / "register.csv").open("r+b") as file:
        file.truncate(MAX_BYTES + 1)

    [told] = screen(tenant)["refused"]

    assert told == "register.csv: larger than 25 MB; split it into several lists."


def test_the_worker_compares_each_hour_and_after_an_upload(tenant, cocoa):
    add(tenant)
    with acting(tenant):
        assert len(db.session.scalars(select(Job.id).where(Job.name == SCREEN)).all()) == 1
    assert HANDLERS.get(SCREEN).every_s == 3600

    job = JobContext({}, Act(tenant.manager, NOW + timedelta(hours=1)), lambda done, total: None)
    assert HANDLERS.get(SCREEN).run(job) == {"compared": 1, "found": 1, "refused": []}
    with acting(tenant):
        logged = set(db.session.scalars(select(AuditEvent.action)))
    assert {"screening_list:add", "screening:run"} <= logged


def test_lists_and_questions_are_kept_from_other_organisations(tenant, other_tenant, cocoa):
    edition = add(tenant)
    screen(tenant)
    match = prompts(tenant)[0].id

    with acting(other_tenant):
        for get, key in ((get_list, edition), (get_match, match), (get_entry, uuid4())):
            with pytest.raises(NotFound):
                get(key)
