"""What a person does with a list before and after it comes in: mends, compares, answers, stops."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from ddplatform.due_diligence.findings.models import Finding, FindingSource
from ddplatform.evidence.uploads.models import Evidence, EvidenceLink
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid, NotFound
from ddplatform.infrastructure.web.filters import day
from ddplatform.value_chain.bulk_changes.models import BulkVerb
from ddplatform.value_chain.bulk_changes.queries import Wish
from ddplatform.value_chain.bulk_changes.services import changes as bulk_changes
from ddplatform.value_chain.import_corrections.services import corrections as mending
from ddplatform.value_chain.import_corrections.services.workbook import problem_workbook
from ddplatform.value_chain.import_gone import services as import_gone
from ddplatform.value_chain.import_steps.queries.dependents import list_dependents
from ddplatform.value_chain.import_steps.services import apply as map_apply
from ddplatform.value_chain.import_steps.services import undo as map_undo
from ddplatform.value_chain.imports.models import GoneAnswer, ImportFaultRow, ImportGone
from ddplatform.value_chain.imports.queries import (
    count_gone,
    get_fault,
    get_import,
    list_faults,
    list_gone,
    list_guessed_values,
    list_rows_of_fault,
    load_page,
)
from ddplatform.value_chain.imports.services import reading as map_import
from ddplatform.value_chain.imports.services import requests as import_requests
from ddplatform.value_chain.mapping.models import ImportStatus, SupplyLink, ValueChainNode
from ddplatform.value_chain.mapping.queries import maps as queries
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.merging.queries.references import Leads
from ddplatform.value_chain.merging.services.merge import merge_nodes
from supply_chain.errors import FileRefused
from supply_chain.intake.drafts import NamedBytes
from supply_chain.intake.value_chain_json import FORMAT
from supply_chain.vocabulary import Issue
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token
from tests.stored_worlds import stored_world
from tests.value_chain.imports.test_map_import import (
    _apply,
    _csv,
    _import,
    _names,
    _stage,
    _work,
    acting,
)

LISTS = Path(__file__).parents[2] / "data" / "supplier_lists"
LATER = NOW + timedelta(minutes=5)
HEAD = "Supplier name,Country,Address,Workers\n"
FAULTY = (
    HEAD
    + "".join(f"Mill {n:03},Vietnamm,{n} Mill Road,10\n" for n in range(60))
    + "Odd,Atlantis,1 Sea Road,10\n,VN,2 Hill Road,10\nSound,VN,3 Hill Road,10\n"
)
BASE = "/o/acme/value-chain"


@stored_world
def chain_id(context: Flask, tenant: Tenant) -> UUID:
    with acting(tenant):
        return value_chain.create_chain(
            "Knitwear",
            own_business="Maison",
            act=Act(tenant.analyst, NOW),
        ).id


def _faulty(tenant: Tenant, chain_id: UUID, text: str = FAULTY) -> UUID:
    staged = _stage(tenant, chain_id, _csv(text, "mills.csv"))
    _work()
    return staged


def _problems(staged: UUID, kind: str | None = None) -> list[tuple[str | None, int]]:
    found = list_faults(staged, is_problem=True, kind=kind, number=1)
    return [(fault.value, fault.row_count) for fault in found]


def _mend(tenant: Tenant, staged: UUID, value: str, put: str) -> None:
    with acting(tenant):
        (fault,) = [
            one
            for one in list_faults(staged, is_problem=True, kind=None, number=1)
            if one.value == value
        ]
        mending.correct_values(staged, {fault.id: put}, act=Act(tenant.analyst, NOW))
    _work()


# ---- problems ----------------------------------------------------------------------------------


def test_problems_are_kept_once_a_value_with_how_many_rows_share_them(
    tenant: Tenant, chain_id: UUID
):
    staged = _faulty(tenant, chain_id)

    with acting(tenant):
        assert _problems(staged) == [("Vietnamm", 60), ("Atlantis", 1), (None, 1)]
        assert _problems(staged, "name") == [(None, 1)]
        kinds = get_import(staged).counts["kinds"]["problems"]
        assert kinds == {"country": [2, 61], "name": [1, 1]}
        first = list_faults(staged, is_problem=True, kind=None, number=1)[0]
        assert (first.suggestion, first.can_correct) == ("VN", True)
        assert first.first_rows[:2] == (2, 3)
        rows = list_rows_of_fault(first.id, after=51)
        assert [row.row for row in rows] == list(range(52, 62))
        assert rows[0].cells == ("Mill 050", "Vietnamm", "50 Mill Road", "10")
        with pytest.raises(NotFound):
            get_fault(staged, uuid4())


def test_value_is_mended_once_for_all_rows_and_for_the_next_list_too(
    tenant: Tenant, chain_id: UUID
):
    staged = _faulty(tenant, chain_id)
    _mend(tenant, staged, "Vietnamm", "VN")

    with acting(tenant):
        row = get_import(staged)
        assert (row.counts["new"], row.counts["skipped"]) == (61, 2)
        assert _names(chain_id) == ["Maison"]
    _mend(tenant, staged, "Atlantis", "Greecee")
    _mend(tenant, staged, "Greecee", "GR")
    _apply(tenant, staged, skip_faulty=True)

    again = _faulty(tenant, chain_id, HEAD + "Another,Vietnamm,9 Sea Road,3\n")
    with acting(tenant):
        row = get_import(again)
        assert (row.counts["problems"], row.counts["new"]) == (0, 1)
        assert row.remembered is not None
        assert row.remembered["files"] == ["mills.csv"]
        mending.undo_correction(again, 0, act=Act(tenant.analyst, NOW))
    _work()
    with acting(tenant):
        assert get_import(again).counts["problems"] == 1


def test_nothing_typed_too_much_or_a_list_that_is_in_is_refused(tenant: Tenant, chain_id: UUID):
    staged = _faulty(tenant, chain_id)
    with acting(tenant):
        vietnam, _, nameless = list_faults(staged, is_problem=True, kind=None, number=1)
        for puts in ({}, {vietnam.id: " "}, {nameless.id: "Name"}, {vietnam.id: "Vietnamm"}):
            with pytest.raises(Invalid, match="at least one"):
                mending.correct_values(staged, puts, act=Act(tenant.analyst, NOW))
        with pytest.raises(Invalid, match="At most"):
            mending.correct_values(staged, {vietnam.id: "x" * 301}, act=Act(tenant.analyst, NOW))
        with pytest.raises(Conflict, match="no longer exists"):
            mending.undo_correction(staged, 0, act=Act(tenant.analyst, NOW))
        with pytest.raises(Invalid):
            big = NamedBytes("big.xlsx", b"x" * (map_import.MAX_BYTES + 1))
            mending.add_corrections(staged, big, act=Act(tenant.analyst, NOW))
        with pytest.raises(FileRefused):
            mending.add_corrections(staged, _csv("a,b\n"), act=Act(tenant.analyst, NOW))
    _apply(tenant, staged, skip_faulty=True)
    with acting(tenant), pytest.raises(Conflict, match="applied already"):
        mending.correct_values(staged, {vietnam.id: "VN"}, act=Act(tenant.analyst, NOW))


def test_workbook_of_problems_comes_back_corrected(tenant: Tenant, chain_id: UUID):
    staged = _faulty(tenant, chain_id)
    with acting(tenant):
        book = openpyxl.load_workbook(io.BytesIO(problem_workbook(staged)))
    sheet = book["Rows 1"]
    assert sheet["C2"].comment.text.startswith("The country “Vietnamm” is not known.")
    assert sheet.max_row == 63
    for row in sheet.iter_rows(min_row=2):
        row[2].value = "VN"
        row[1].value = row[1].value or "Found its name"
    sent = io.BytesIO()
    book.save(sent)
    with acting(tenant):
        workbook = NamedBytes("problems.xlsx", sent.getvalue())
        mending.add_corrections(staged, workbook, act=Act(tenant.analyst, NOW))
    _work()

    with acting(tenant):
        row = get_import(staged)
        assert (row.counts["new"], row.counts["problems"]) == (63, 0)
        assert db.session.scalar(select(func.count()).select_from(ImportFaultRow)) == 0
    _apply(tenant, staged)
    with acting(tenant):
        assert {"Odd", "Found its name"} <= set(_names(chain_id))


def test_no_cell_of_people_is_kept_shown_or_sent_with_the_rows_that_have_problems(
    tenant: Tenant, chain_id: UUID, analyst: FlaskClient
):
    head = "Supplier name,Country,Contact person,Line\n"
    text = f"{head}Odd,Atlantis,Maria E.,+86 769 8888 0000\nWide,VN,Eva,+86 769 8888 0001,e@w.example\n"
    staged = _stage(tenant, chain_id, _csv(text))
    _work()
    with acting(tenant):
        rows = db.session.scalars(select(ImportFaultRow).order_by(ImportFaultRow.row)).all()
        assert [row.cells for row in rows] == [["Odd", "Atlantis", "", ""], ["Wide", "VN"]]
        faults = list_faults(staged, is_problem=True, kind=None, number=1)
        book = openpyxl.load_workbook(io.BytesIO(problem_workbook(staged)))
    pages = [analyst.get(f"{BASE}/imports/{staged}/problems/{fault.id}").text for fault in faults]
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    for told in ("Maria E.", "769 8888", "e@w.example"):
        assert not any(told in text for text in (*pages, *cells)), told


def test_problems_of_a_file_without_columns_are_told_but_mended_in_the_file(
    tenant: Tenant, chain_id: UUID
):
    text = f'{{"format": "{FORMAT}", "nodes": [{{"id": "a", "name": "A", "country": "XX"}}]}}'
    staged = _stage(tenant, chain_id, NamedBytes("map.json", text.encode()))
    _work()

    with acting(tenant):
        (fault,) = list_faults(staged, is_problem=True, kind=None, number=1)
        assert (fault.kind, fault.can_correct) == ("country", False)
        assert list_rows_of_fault(fault.id, after=0) == []


def test_value_that_was_read_by_a_guess_is_shown_and_corrected(tenant: Tenant, chain_id: UUID):
    text = 'Supplier name,Country\nMill,"Hangzhou Road 5, China"\n'
    staged = _faulty(tenant, chain_id, text)
    with acting(tenant):
        (guess,) = list_guessed_values(staged, ("country",), limit=10)
        assert guess.value == "Hangzhou Road 5, China"
        mending.correct_values(staged, {guess.id: "TW"}, act=Act(tenant.analyst, NOW))
    _work()

    with acting(tenant):
        assert load_page(staged, "new", 1)[0]["country"] == "TW"


def test_list_of_headings_alone_is_refused_in_words(tenant: Tenant, chain_id: UUID):
    staged = _faulty(tenant, chain_id, HEAD)

    with acting(tenant):
        row = get_import(staged)
        assert row.status is ImportStatus.REFUSED
        assert row.refusal is not None
        assert row.refusal["code"] == "no_rows"


def test_sheet_that_is_no_list_stays_unread_when_the_columns_are_remembered(
    tenant: Tenant, chain_id: UUID
):
    stream = io.BytesIO()
    book = openpyxl.Workbook()
    legend, sites = book.active, book.create_sheet("Sites")
    assert legend is not None
    for row in (["Legend", "Meaning"], ["x", "closed"]):
        legend.append(row)
    for row in (["Supplier name", "Country"], ["Mill", "VN"]):
        sites.append(row)
    book.save(stream)
    file = NamedBytes("mills.xlsx", stream.getvalue())
    _import(tenant, chain_id, file)
    again = _stage(tenant, chain_id, file)
    _work()

    with acting(tenant):
        assert get_import(again).remembered is not None
        assert list(get_import(again).mapping["nodes"]) == ["Sites"]


# ---- next year's list --------------------------------------------------------------------------

FIRST = HEAD + (
    "Alpha Knits,VN,1 Old Road Hanoi,10\nBeta Knits,VN,2 Old Road Hanoi,20\n"
    "Gamma Knits,BD,3 Old Road Dhaka,30\nDelta Knits,BD,4 Old Road Dhaka,40\n"
)
SECOND = "Supplier name,Country,Address,Workers,Note\n" + (
    "Alpha Knits,VN,99 New Street Hue,10,\nBeta Knitwear,VN,2 Old Road Hanoi,20,\n"
    "Epsilon Knits,IN,5 Old Road Pune,50,\n"
)


def _two_years(tenant: Tenant, chain_id: UUID) -> tuple[UUID, UUID]:
    with acting(tenant):
        value_chain.add_node(
            chain_id,
            value_chain.NodeFields(name="Added by hand", country="TR"),
            act=Act(tenant.analyst, NOW),
        )
    first = _import(tenant, chain_id, _csv(FIRST, "2025.csv"), linked=True)
    second = _stage(tenant, chain_id, _csv(SECOND, "2026.csv"), linked=True)
    _work()
    return first, second


def test_next_list_shows_who_is_new_moved_renamed_and_gone(tenant: Tenant, chain_id: UUID):
    first, second = _two_years(tenant, chain_id)

    with acting(tenant):
        row = get_import(second)
        counted = [row.counts[name] for name in ("new", "moved", "renamed", "changed", "gone")]
        assert (row.follows_id, counted) == (first, [1, 1, 1, 2, 2])
        (moved,) = load_page(second, "moved", 1)
        assert moved["by"] == "the same name in the same country"
        assert [field["field"] for field in moved["fields"]] == ["address"]
        (renamed,) = load_page(second, "renamed", 1)
        assert renamed["fields"][0]["after"] == "Beta Knitwear"
        gone = list_gone(second, number=1)
        assert [one.name for one in gone] == ["Delta Knits", "Gamma Knits"]
        assert {one.choice for one in gone} == {GoneAnswer.ASK}
    _apply(tenant, second)
    with acting(tenant):
        names = ["Added by hand", "Alpha Knits", "Beta Knitwear", "Delta Knits", "Epsilon Knits"]
        assert sorted(_names(chain_id)) == [*names, "Gamma Knits", "Maison"]


def test_same_list_after_a_move_is_recognised_and_changes_nothing(tenant: Tenant, chain_id: UUID):
    _, second = _two_years(tenant, chain_id)
    _apply(tenant, second)
    third = _stage(tenant, chain_id, _csv(SECOND, "again.csv"), linked=True)
    _work()

    with acting(tenant):
        counts = get_import(third).counts
        named = ("new", "changed", "gone", "links_new", "links_gone")
        assert [counts[name] for name in named] == [0, 0, 0, 0, 0]


def test_who_is_named_by_a_merged_name_is_neither_gone_nor_taken_for_another(
    tenant: Tenant, chain_id: UUID
):
    head, known = "Supplier name,Country,Address\n", "Alfa Tekstil,TR,9 Old Street Izmir\n"
    _import(tenant, chain_id, _csv(f"{head}Alpha Knits,TR,12 Mill Road Izmir\n{known}", "1.csv"))
    with acting(tenant):
        nodes = {node.name: node.id for node in db.session.scalars(select(ValueChainNode))}
        merge_nodes(nodes["Alpha Knits"], nodes["Alfa Tekstil"], act=Act(tenant.manager, NOW))
    other = "Omega Spinning,TR,12 Mill Road Izmir\n"

    second = _import(tenant, chain_id, _csv(f"{head}{known}{other}", "2.csv"))
    third = _stage(tenant, chain_id, _csv(f"{head}{other}", "3.csv"))
    _work()

    with acting(tenant):
        counts = [get_import(one).counts for one in (second, third)]
        assert [(one["new"], one["renamed"], one["gone"]) for one in counts] == [
            (1, 0, 0),
            (0, 0, 1),
        ]
        assert [one.name for one in list_gone(third, number=1)] == ["Alpha Knits"]


def test_two_that_a_person_tells_apart_are_new_and_gone(tenant: Tenant, chain_id: UUID):
    _, second = _two_years(tenant, chain_id)
    with acting(tenant):
        (moved,) = load_page(second, "moved", 1)
        mending.tell_apart(second, moved["id"], moved["drafted"], act=Act(tenant.analyst, NOW))
    _work()

    with acting(tenant):
        counts = get_import(second).counts
        assert [counts[name] for name in ("new", "moved", "gone")] == [2, 0, 3]


def test_list_is_compared_with_the_whole_map_when_it_follows_none(tenant: Tenant, chain_id: UUID):
    first, second = _two_years(tenant, chain_id)
    with acting(tenant):
        mending.follow(second, None, act=Act(tenant.analyst, NOW))
    _work()
    with acting(tenant):
        assert list_gone(second, number=1)[0].name == "Added by hand"
        assert get_import(second).counts["moved"] == 0
        with pytest.raises(NotFound):
            mending.follow(second, second, act=Act(tenant.analyst, NOW))
        mending.follow(second, first, act=Act(tenant.analyst, NOW))
    _work()
    with acting(tenant):
        assert get_import(second).counts["moved"] == 1


def test_answers_on_who_is_gone_wait_for_the_list_and_survive_reading_it_again(
    tenant: Tenant, chain_id: UUID
):
    _, second = _two_years(tenant, chain_id)
    with acting(tenant):
        delta, gamma = list_gone(second, number=1)
        answers = {delta.id: GoneAnswer.ARCHIVE, gamma.id: GoneAnswer.ASK}
        assert import_gone.answer_gone(second, answers, act=Act(tenant.analyst, NOW)) == 1
        assert import_gone.answer_gone(second, answers, act=Act(tenant.analyst, NOW)) == 0
        keep = GoneAnswer.KEEP
        assert import_gone.answer_all_open(second, keep, act=Act(tenant.analyst, NOW)) == 1
        assert import_gone.answer_all_open(second, keep, act=Act(tenant.analyst, NOW)) == 0
        mending.follow(second, get_import(second).follows_id, act=Act(tenant.analyst, NOW))
    with acting(tenant), pytest.raises(Conflict, match="does not take decisions"):
        import_gone.answer_all_open(second, GoneAnswer.KEEP, act=Act(tenant.analyst, NOW))
    _work()
    _apply(tenant, second)

    with acting(tenant):
        counted = count_gone(second)
        assert [counted[answer] for answer in GoneAnswer] == [0, 1, 1]
        assert "Gamma Knits" in _names(chain_id)
        assert "Delta Knits" not in _names(chain_id)
        assert get_import(second).counts["applied"]["links_gone"] == 1
        map_undo.undo_import(second, act=Act(tenant.analyst, LATER))
    with acting(tenant):
        assert {"Delta Knits", "Alpha Knits", "Beta Knits"} <= set(_names(chain_id))


def test_question_left_open_is_answered_after_the_list_came_in(tenant: Tenant, chain_id: UUID):
    _, second = _two_years(tenant, chain_id)
    _apply(tenant, second)
    with acting(tenant):
        version = queries.get_chain(chain_id).version
        delta, gamma = list_gone(second, number=1)
        archive = {delta.id: GoneAnswer.ARCHIVE}
        import_gone.answer_gone(second, archive, act=Act(tenant.analyst, LATER))
        keep = {gamma.id: GoneAnswer.KEEP}
        import_gone.answer_gone(second, keep, act=Act(tenant.analyst, LATER))
        assert queries.get_chain(chain_id).version == version + 1
    with acting(tenant):
        assert "Delta Knits" not in _names(chain_id)
        back = {delta.id: GoneAnswer.KEEP}
        with pytest.raises(Conflict, match="archived already"):
            import_gone.answer_gone(second, back, act=Act(tenant.analyst, LATER))


def test_two_years_of_a_published_list_are_one_list(tenant: Tenant, chain_id: UUID):
    for name in ("nike_2021.csv", "nike_2023.csv"):
        staged = _stage(
            tenant, chain_id, NamedBytes(name, (LISTS / name).read_bytes()), linked=True
        )
        _work()
        with acting(tenant):
            counts = get_import(staged).counts
        _apply(tenant, staged, skip_faulty=True)

    assert counts["moved"] > 0
    assert counts["changed"] + counts["new"] + counts["unchanged"] == counts["rows"]
    with acting(tenant):
        asked = db.session.scalar(select(func.count()).select_from(ImportGone))
        assert asked == counts["gone"]
        assert len(_names(chain_id)) >= counts["rows"] + counts["gone"]


# ---- stopping and taking back --------------------------------------------------------------------


def test_list_that_is_stopped_before_its_commit_leaves_nothing(tenant: Tenant, chain_id: UUID):
    staged = _faulty(tenant, chain_id, FIRST)
    with acting(tenant):
        with pytest.raises(Conflict, match="not being applied"):
            import_requests.cancel_apply(staged, act=Act(tenant.analyst, NOW))
        import_requests.request_apply(
            staged,
            skip_faulty=False,
            archive_links=False,
            act=Act(tenant.analyst, NOW),
        )
    with acting(tenant):
        import_requests.cancel_apply(staged, act=Act(tenant.analyst, NOW))
    _work()
    with acting(tenant):
        assert get_import(staged).status is ImportStatus.PREVIEWED
        assert _names(chain_id) == ["Maison"]
    _apply(tenant, staged)
    with acting(tenant):
        assert len(_names(chain_id)) == 5
        with pytest.raises(Conflict, match="before the import could be stopped"):
            import_requests.cancel_apply(staged, act=Act(tenant.analyst, NOW))


def test_change_of_the_map_while_a_list_comes_in_is_not_lost(tenant: Tenant, chain_id: UUID):
    staged = _faulty(tenant, chain_id, FIRST)
    with acting(tenant):
        import_requests.request_apply(
            staged,
            skip_faulty=False,
            archive_links=False,
            act=Act(tenant.analyst, NOW),
        )
    with acting(tenant):
        plan = map_import.plan_reading(staged, tenant.analyst)
        reading = map_import.read_files(plan)
        compared = map_apply.compare_import(staged, reading)
        assert compared is not None
    with acting(tenant):
        alpha = compared.draft.nodes[0]
        fields = value_chain.NodeFields(name=alpha.name, country=alpha.country)
        node = value_chain.add_node(chain_id, fields, act=Act(tenant.analyst, NOW))
        node.external_ref = alpha.id
    with acting(tenant):
        done = map_apply.apply_import(staged, reading, compared, act=Act(tenant.analyst, LATER))

    assert (done["nodes_new"], done["nodes_changed"]) == (3, 1)
    with acting(tenant):
        assert map_apply.compare_import(staged, reading) is None


def _applied(tenant: Tenant, chain_id: UUID) -> tuple[UUID, ValueChainNode]:
    staged = _import(tenant, chain_id, _csv(FIRST, "2025.csv"), linked=True)
    with acting(tenant):
        alpha = select(ValueChainNode).where(ValueChainNode.name == "Alpha Knits")
        return staged, db.session.scalars(alpha).one()


def _dependents(import_id: UUID) -> list[tuple[str, int, Leads]]:
    return [(one.one, one.count, one.leads) for one in list_dependents(get_import(import_id))]


def test_change_elsewhere_in_the_map_does_not_keep_an_import_from_being_undone(
    tenant: Tenant, chain_id: UUID
):
    staged, _ = _applied(tenant, chain_id)
    with acting(tenant):
        fields = value_chain.NodeFields(name="Elsewhere", country="TR")
        value_chain.add_node(chain_id, fields, act=Act(tenant.analyst, LATER))
    with acting(tenant):
        assert _dependents(staged) == []
        map_undo.undo_import(staged, act=Act(tenant.analyst, LATER))
        assert sorted(_names(chain_id)) == ["Elsewhere", "Maison"]


def test_what_depends_on_an_import_is_named_with_where_it_stands(tenant: Tenant, chain_id: UUID):
    staged, node = _applied(tenant, chain_id)
    with acting(tenant):
        finding = _finding(tenant, node.id)
        finding_id = finding.id
        db.session.add(finding)
        link = db.session.scalars(select(SupplyLink).where(SupplyLink.supplier_id == node.id)).one()
        document = _document(tenant)
        db.session.add(document)
        db.session.flush()
        db.session.add(
            EvidenceLink(
                evidence_id=document.id,
                target_type="supply_link",
                target_id=link.id,
                created_at=NOW,
                is_released=True,
            )
        )
        fields = value_chain.NodeFields(name="Alpha Knits Ltd", country="VN")
        value_chain.change_node(
            node.id,
            fields,
            row_version=node.row_version,
            act=Act(tenant.analyst, LATER),
        )
    later = _import(tenant, chain_id, _csv(HEAD + "Zeta,TR,1 Road,1\n", "zeta.csv"))

    with acting(tenant):
        assert _dependents(staged) == [
            ("later import", 1, Leads.IMPORT),
            ("finding", 1, Leads.FINDING),
            ("site with evidence", 1, Leads.NODE),
            ("site changed by hand", 1, Leads.NODE),
        ]
        items = [one.items for one in list_dependents(get_import(staged))]
        assert items[0] == ((later, "zeta.csv"),)
        assert items[1][0][0] == finding_id
        with pytest.raises(Conflict, match="1 later import, 1 finding"):
            map_undo.undo_import(staged, act=Act(tenant.analyst, LATER))


def test_sites_changed_with_many_since_keep_an_import_until_that_is_taken_back(
    tenant: Tenant, chain_id: UUID
):
    staged, node = _applied(tenant, chain_id)
    with acting(tenant):
        wish, keys = Wish(BulkVerb.GROUP, "East"), [node.id]
        since, seen = _later_than(staged), bulk_changes.mark_of(keys)
        change = bulk_changes.request_change(
            chain_id,
            wish,
            keys,
            seen=seen,
            act=Act(tenant.analyst, since),
        )
    with acting(tenant):
        assert _dependents(staged) == [("site changed by hand", 1, Leads.NODE)]
        with pytest.raises(Conflict, match="1 site changed by hand"):
            map_undo.undo_import(staged, act=Act(tenant.analyst, LATER))
    with acting(tenant):
        bulk_changes.undo(change.id, act=Act(tenant.analyst, since))
    with acting(tenant):
        assert _dependents(staged) == []


def _later_than(import_id: UUID) -> datetime:
    applied_at = get_import(import_id).applied_at
    assert applied_at is not None
    return applied_at + timedelta(hours=1)


def _finding(tenant: Tenant, node_id: UUID) -> Finding:
    return Finding(
        id=uuid4(),
        node_id=node_id,
        issue=Issue.CL,
        title="Children seen in the sewing room",
        description="",
        is_actual=True,
        source=FindingSource.AUDIT,
        created_at=NOW,
    )


def _document(tenant: Tenant) -> Evidence:
    return Evidence(
        id=uuid4(),
        sha256="0" * 64,
        storage_organisation_id=tenant.id,
        filename="invoice.pdf",
        media_type="application/pdf",
        size_bytes=10,
        created_at=NOW,
        is_released=True,
    )


# ---- pages -------------------------------------------------------------------------------------


@contextmanager
def _counted() -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def _post(client: FlaskClient, page: str, to: str, data: dict[str, Any]) -> Any:
    token = csrf_token(client, page)
    return client.post(to, data={**data, "csrf_token": token})


def test_page_of_problems_filters_by_kind_mends_and_tells_what_was_mended(
    tenant: Tenant, chain_id: UUID, analyst: FlaskClient
):
    staged = _faulty(tenant, chain_id)
    page = f"{BASE}/imports/{staged}"
    shown = analyst.get(page).text
    assert "60 rows" in shown
    assert 'value="VN"' in shown
    names = analyst.get(f"{page}?tab=problems&kind=name").text
    assert "The row has no name" in names
    assert "Vietnamm" not in names
    with acting(tenant):
        first = list_faults(staged, is_problem=True, kind=None, number=1)[0]
    rows = analyst.get(f"{page}/problems/{first.id}")
    assert "Mill 000" in rows.text
    assert "Mill 059" in analyst.get(f"{page}/problems/{first.id}?after=51").text
    assert "after=51" in rows.text

    sent = _post(analyst, page, f"{page}/mend", {f"put-{first.id}": "VN", "put-odd": "x"})
    assert sent.location.endswith("tab=problems")
    _work()
    mended = analyst.get(page).text
    assert "Corrected values" in mended
    assert "60 rows" not in mended
    back = _post(analyst, page, f"{page}/mends/0/take-back", {})
    assert back.status_code == 302
    _work()
    assert "60 rows" in analyst.get(page).text
    _post(analyst, page, f"{page}/mend", {})
    assert "Enter the replacement value" in analyst.get(page).text


def test_page_takes_the_mended_workbook_and_refuses_another_file(
    tenant: Tenant, chain_id: UUID, analyst: FlaskClient
):
    staged = _faulty(tenant, chain_id)
    page = f"{BASE}/imports/{staged}"
    book = analyst.get(f"{page}/problems.xlsx")
    assert book.mimetype.endswith("spreadsheetml.sheet")
    to = f"{page}/corrections"
    wrong = _post(analyst, to, to, {"file": (io.BytesIO(b"a,b\n"), "list.csv")})
    assert wrong.status_code == 422
    assert "is not the workbook" in wrong.text
    assert _post(analyst, to, to, {}).status_code == 422
    sent = _post(analyst, to, to, {"file": (io.BytesIO(book.data), "problems.xlsx")})
    assert sent.location == page


def test_pages_of_the_next_list_compare_answer_and_tell_apart(
    tenant: Tenant, chain_id: UUID, analyst: FlaskClient
):
    first, second = _two_years(tenant, chain_id)
    page = f"{BASE}/imports/{second}"
    moved = analyst.get(f"{page}?tab=moved").text
    assert "the same name in the same country" in moved
    with acting(tenant):
        imported = day(get_import(first).applied_at)
    assert f"2025.csv, {imported}" in moved
    assert "Beta Knitwear" in analyst.get(f"{page}?tab=renamed").text
    gone = analyst.get(f"{page}?tab=gone").text
    assert "All 2 sites without a decision" in gone
    with acting(tenant):
        delta, gamma = list_gone(second, number=1)
        (entry,) = load_page(second, "moved", 1)
    answers = {f"gone-{delta.id}": "archive", f"gone-{gamma.id}": "odd", "gone-x": "keep"}
    assert "tab=gone" in _post(analyst, page, f"{page}/gone", answers).location
    assert "Archive: 1" in analyst.get(f"{page}?tab=gone").text
    _post(analyst, page, f"{page}/gone", {"every": "keep"})
    assert "Keep: 1" in analyst.get(f"{page}?tab=gone").text
    both = {"known": entry["id"], "drafted": entry["drafted"]}
    _post(analyst, page, f"{page}/apart", both)
    _work()
    assert "Moved" not in analyst.get(page).text
    _post(analyst, page, f"{page}/follows", {"follows": ""})
    _work()
    assert "counts as missing" in analyst.get(page).text
    _post(analyst, page, f"{page}/follows", {"follows": str(first)})
    _work()
    assert "Only sites that the previous list named" in analyst.get(page).text
    _apply(tenant, second)
    assert "No longer in the list" in analyst.get(page).text


def test_columns_say_from_which_list_they_are_remembered(
    tenant: Tenant, chain_id: UUID, analyst: FlaskClient
):
    _import(tenant, chain_id, _csv(FIRST, "2025.csv"))
    text = FIRST.replace("Alpha Knits,VN", 'Alpha Knits,"Hangzhou Road 5, China"')
    again = _stage(tenant, chain_id, _csv(text, "2026.csv"))
    _work()
    page = f"{BASE}/imports/{again}"
    assert "taken over from <bdi>2025.csv</bdi>" in analyst.get(page).text
    columns = analyst.get(f"{page}/columns").text
    assert "Column mapping taken over from 2025.csv" in columns
    assert "Approximate matches" in columns
    assert "Alpha Knits · Beta Knits · Gamma Knits" in columns


def test_list_on_its_way_in_is_stopped_on_its_page(
    tenant: Tenant, chain_id: UUID, analyst: FlaskClient
):
    staged = _faulty(tenant, chain_id, FIRST)
    page = f"{BASE}/imports/{staged}"
    _post(analyst, page, f"{page}/apply", {})
    assert "Stop the import" in analyst.get(page).text
    _post(analyst, page, f"{page}/cancel", {})
    _work()
    stopped = analyst.get(page).text
    assert "The import was stopped. Nothing was changed" in stopped
    assert "Preview of changes" in stopped


def test_import_with_dependents_names_them_with_links_and_offers_no_undo(
    tenant: Tenant, chain_id: UUID, analyst: FlaskClient
):
    staged, node = _applied(tenant, chain_id)
    with acting(tenant):
        finding = _finding(tenant, node.id)
        finding_id = finding.id
        db.session.add(finding)
    page = f"{BASE}/imports/{staged}"
    shown = analyst.get(page).text
    assert "Why this import cannot be undone" in shown
    assert f"/findings/{finding_id}" in shown
    assert "Children seen in the sewing room" in shown
    assert "Undo this import" not in shown
    assert "Undo later imports first" not in shown
    undo = analyst.get(f"{page}/undo")
    assert undo.status_code == 409
    assert f"/findings/{finding_id}" in undo.text


def test_import_with_a_later_one_says_to_undo_that_first(
    tenant: Tenant, chain_id: UUID, analyst: FlaskClient
):
    staged, _ = _applied(tenant, chain_id)
    _import(tenant, chain_id, _csv(HEAD + "Zeta,TR,1 Road,1\n", "zeta.csv"))
    assert "Undo later imports first" in analyst.get(f"{BASE}/imports/{staged}").text


def test_page_of_a_long_list_asks_the_database_as_often_as_that_of_a_short_one(
    app: Flask, tenant: Tenant, chain_id: UUID, analyst: FlaskClient
):
    counts = []
    for size in (3, 400):
        rows = "".join(f"Mill {size}-{n},Vietnamm,{n} Road,1\n" for n in range(size))
        sound = "".join(f"Sound {size}-{n},VN,{n} Road,1\n" for n in range(size))
        staged = _faulty(tenant, chain_id, HEAD + rows + sound)
        for tab in ("problems", "new&page=2"):
            analyst.get(f"{BASE}/imports/{staged}?tab={tab}")
            with _counted() as statements:
                assert analyst.get(f"{BASE}/imports/{staged}?tab={tab}").status_code == 200
            counts.append(len(statements))

    assert counts[:2] == counts[2:]
