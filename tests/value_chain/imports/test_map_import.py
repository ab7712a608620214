"""A list comes in: read, compared, corrected, applied exactly once, and undone."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from uuid import UUID, uuid4

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import func, select, update

from ddplatform.audit.models import AuditEvent, Outcome
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.errors import Conflict, Invalid, NotFound
from ddplatform.infrastructure.jobs import claims
from ddplatform.infrastructure.jobs.context import JobContext
from ddplatform.infrastructure.jobs.handlers import HANDLERS
from ddplatform.infrastructure.jobs.models import Job, JobState
from ddplatform.infrastructure.jobs.runner import run_job
from ddplatform.infrastructure.tenancy import acting_in, nobody
from ddplatform.risk.runs.models import ControlRecord
from ddplatform.value_chain.graph.queries.drafts import load_drafts
from ddplatform.value_chain.graph.queries.graph import load_value_chain
from ddplatform.value_chain.import_corrections.services.corrections import correct_mapping, follow
from ddplatform.value_chain.import_gone.services import answer_all_open
from ddplatform.value_chain.import_steps.services import apply as map_apply
from ddplatform.value_chain.import_steps.services import undo as map_undo
from ddplatform.value_chain.imports.models import GoneAnswer
from ddplatform.value_chain.imports.queries import (
    get_import,
    get_import_for_change,
    list_faults,
    load_page,
)
from ddplatform.value_chain.imports.services import reading as map_import
from ddplatform.value_chain.imports.services import requests as import_requests
from ddplatform.value_chain.map_files.services import export as map_export
from ddplatform.value_chain.map_files.services.intake import plan_intake, take_in
from ddplatform.value_chain.mapping.models import (
    ColumnMapping,
    ImportStatus,
    MapImport,
    SupplyLink,
    ValueChainNode,
)
from ddplatform.value_chain.mapping.queries import maps as queries
from ddplatform.value_chain.mapping.services import nodes as value_chain
from supply_chain.intake.drafts import Mapping, NamedBytes, TableMapping
from tests.conftest import NOW
from tests.factories import Tenant
from tests.office_packages import table
from tests.risk.scenarios.test_what_if import every_row
from tests.stored_worlds import stored_world

LISTS = Path(__file__).parents[2] / "data" / "supplier_lists"
LATER = NOW + timedelta(minutes=5)
WORDS = '<c r="{}" t="inlineStr"><is><t>{}</t></is></c>'
WITH_A_PROGRAM = table(
    f'{WORDS.format("A1", "id")}{WORDS.format("B1", "name")}</row><row r="2">'
    f"{WORDS.format('A2', 'a')}<c r=\"B2\"><f>cmd|'/c calc'!A0</f><v>1</v></c>"
).packed()
NODES = "id,name,country,workers\nt,Trader,CI,40\nf,Farm,CI,7\n"
LINKS = "supplier,buyer,share\nf,t,0.6\n"


@contextmanager
def acting(tenant: Tenant) -> Iterator[None]:
    with unit_of_work(), acting_in(tenant.id):
        yield


@stored_world
def chain_id(context: Flask, tenant: Tenant) -> UUID:
    with acting(tenant):
        return value_chain.create_chain(
            "Cocoa",
            own_business="Maison Cacao",
            act=Act(tenant.analyst, NOW),
        ).id


def _csv(text: str, name: str = "nodes.csv") -> NamedBytes:
    return NamedBytes(name, text.encode())


def _stage(tenant: Tenant, chain_id: UUID, *files: NamedBytes, linked: bool = False) -> UUID:
    with acting(tenant):
        own = queries.find_own_business(chain_id)
        row = map_import.stage(
            chain_id,
            files,
            link_to_id=own.id if own and linked else None,
            act=Act(tenant.analyst, NOW),
        )
        return row.id


def _work() -> None:
    """Do the queued import jobs as a worker would."""
    with nobody():
        while True:
            with unit_of_work():
                db.session.execute(
                    update(Job)
                    .where(Job.name == "risk:assess")
                    .values(state=JobState.DONE)
                    .execution_options(synchronize_session=False)
                )
            with unit_of_work():
                claim = claims.claim_next("test")
            if claim is None:
                return
            run_job(claim, owner="test")


def _apply(
    tenant: Tenant, import_id: UUID, *, skip_faulty: bool = False, archive_gone: bool = False
) -> None:
    with acting(tenant):
        if archive_gone:
            answer_all_open(import_id, GoneAnswer.ARCHIVE, act=Act(tenant.analyst, NOW))
        import_requests.request_apply(
            import_id,
            skip_faulty=skip_faulty,
            archive_links=archive_gone,
            act=Act(tenant.analyst, NOW),
        )
    _work()


def _import(tenant: Tenant, chain_id: UUID, *files: NamedBytes, linked: bool = False) -> UUID:
    staged = _stage(tenant, chain_id, *files, linked=linked)
    _work()
    _apply(tenant, staged)
    return staged


def _names(chain_id: UUID) -> list[str]:
    return [node.name for node in load_drafts(chain_id).nodes]


def _staged_run(name: str, import_id: UUID, by: Identity, *, die_at: int | None = None) -> None:
    def progress(done: int, _total: int) -> None:
        if done == die_at:
            raise KeyboardInterrupt

    HANDLERS.get(name).run(
        JobContext(payload={"import_id": str(import_id)}, act=Act(by, NOW), progress=progress)
    )


def test_list_is_kept_without_its_author_and_reads_the_same(tenant: Tenant, chain_id: UUID):
    book = openpyxl.Workbook()
    for line in NODES.splitlines():
        book.active.append(line.split(","))
    book.properties.creator = "Ama Mensah"
    sent = BytesIO()
    book.save(sent)

    staged = _import(tenant, chain_id, NamedBytes("suppliers.xlsx", sent.getvalue()))

    with acting(tenant):
        (file,) = get_import(staged).files
        kept = adapters().files.get(tenant.id, file["sha256"])
        assert {"Trader", "Farm"} < set(_names(chain_id))
    assert file["sha256"] == sha256(kept).hexdigest() and file["size_bytes"] == len(kept)
    assert openpyxl.load_workbook(BytesIO(kept)).properties.creator != "Ama Mensah"
    assert openpyxl.load_workbook(sent).properties.creator == "Ama Mensah"


def test_list_is_read_compared_and_shown_before_anything_changes(tenant: Tenant, chain_id: UUID):
    staged = _stage(tenant, chain_id, _csv(NODES), _csv(LINKS, "links.csv"))
    _work()

    with acting(tenant):
        row = get_import(staged, with_preview=True)
        assert row.status is ImportStatus.PREVIEWED
        assert row.counts["new"] == 2
        assert (row.counts["links_new"], row.counts["gone"]) == (1, 0)  # own business stays
        assert [node["name"] for node in load_page(staged, "new", 1)] == ["Trader", "Farm"]
        assert load_page(staged, "new", 2) == []
        assert row.mapping["nodes"]["nodes.csv"]["columns"]["name"] == "name"
        assert row.preview["columns"]["nodes.csv"][0]["samples"] == ["t", "f"]
        assert _names(chain_id) == ["Maison Cacao"]


def test_applied_list_stands_in_the_map_with_one_event_and_the_next_version(
    tenant: Tenant, chain_id: UUID
):
    staged = _import(tenant, chain_id, _csv(NODES), _csv(LINKS, "links.csv"))

    with acting(tenant):
        row = get_import(staged)
        assert (row.status, row.chain_version) == (ImportStatus.APPLIED, 2)
        assert _names(chain_id) == ["Farm", "Maison Cacao", "Trader"]
        events = db.session.scalars(
            select(AuditEvent.action).where(AuditEvent.action.startswith("map_import"))
        ).all()
        assert sorted(events) == ["map_import:apply", "map_import:stage"]


def test_list_of_suppliers_is_linked_to_the_own_business_when_asked(tenant: Tenant, chain_id: UUID):
    _import(tenant, chain_id, _csv(NODES), linked=True)

    with acting(tenant):
        graph = load_value_chain(chain_id)
        assert sorted(graph.tiers.tolist()) == [0, 1, 1]


def test_file_with_a_business_of_its_own_is_not_linked_to_ours(tenant: Tenant, chain_id: UUID):
    document = {
        "format": "value-chain/1",
        "nodes": [
            {"id": "us", "name": "Us", "own_operation": True},
            {"id": "s", "name": "Supplier"},
        ],
        "links": [{"supplier": "s", "buyer": "us"}],
    }
    _import(tenant, chain_id, NamedBytes("map.json", json.dumps(document).encode()), linked=True)

    with acting(tenant):
        assert [(link.supplier, link.buyer) for link in load_drafts(chain_id).links] == [
            ("s", "us")
        ]


def test_same_list_again_changes_nothing(tenant: Tenant, chain_id: UUID):
    files = (_csv(NODES), _csv(LINKS, "links.csv"))
    _import(tenant, chain_id, *files)
    again = _import(tenant, chain_id, *files)

    with acting(tenant):
        row = get_import(again)
        assert (row.counts["new"], row.counts["changed"], row.counts["unchanged"]) == (0, 0, 2)
        assert row.counts["links_unchanged"] == 1
        assert queries.get_chain(chain_id).version == 2


def test_second_list_shows_new_changed_unchanged_and_gone_and_archives_only_when_asked(
    tenant: Tenant, chain_id: UUID
):
    _import(tenant, chain_id, _csv(NODES), _csv(LINKS, "links.csv"))
    staged = _stage(tenant, chain_id, _csv("id,name,country\nt,Trader SA,CI\nm,Mill,GH\n"))
    _work()
    with acting(tenant):
        row = get_import(staged, with_preview=True)
        counts = [row.counts[name] for name in ("new", "changed", "unchanged", "gone")]
        assert counts == [1, 1, 0, 1]
        assert load_page(staged, "changed", 1)[0]["fields"] == [
            {"field": "name", "before": "Trader", "after": "Trader SA"}
        ]
    _apply(tenant, staged, archive_gone=True)

    with acting(tenant):
        assert _names(chain_id) == ["Mill", "Maison Cacao", "Trader SA"]
        assert load_drafts(chain_id).links == ()


def test_faulty_rows_stop_the_import_until_the_person_leaves_them_out(
    tenant: Tenant, chain_id: UUID
):
    staged = _stage(tenant, chain_id, _csv("name,country\nTrader,CI\nOther,Atlantis\n"))
    _work()
    with acting(tenant):
        (problem,) = list_faults(staged, is_problem=True, kind=None, number=1)
        assert (problem.first_rows, problem.column, problem.value) == ((3,), "country", "Atlantis")
        assert problem.advice
    with acting(tenant), pytest.raises(Invalid):
        import_requests.request_apply(
            staged,
            skip_faulty=False,
            archive_links=False,
            act=Act(tenant.analyst, NOW),
        )
    _apply(tenant, staged, skip_faulty=True)

    with acting(tenant):
        assert "Trader" in _names(chain_id)
        assert "Other" not in _names(chain_id)


def test_refused_file_is_kept_as_a_refusal_in_words(tenant: Tenant, chain_id: UUID):
    staged = _stage(tenant, chain_id, NamedBytes("list.xlsx", b"PK\x03\x04 broken"))
    _work()

    with acting(tenant):
        row = get_import(staged)
        assert row.status is ImportStatus.REFUSED
        assert row.refusal is not None
        assert row.refusal["advice"]
        with pytest.raises(Conflict):
            import_requests.request_apply(
                staged,
                skip_faulty=True,
                archive_links=False,
                act=Act(tenant.analyst, NOW),
            )


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("list.xlsx", b"PK\x03\x04 broken", "broken_workbook"),
        ("list.csv", b"id,name\na,Alpha\nb,B\0\n", "nul_byte"),
        ("list.csv", b"id,name\na,Alpha\n" + b"x," * 5_000, "too_large"),
        ("list.csv", b"id,name,country\n", "no_rows"),
        ("list.json", b'{"format": "value-chain/1", "nodes": [', "broken_json"),
        ("list.xlsx", WITH_A_PROGRAM, "dde"),
    ],
)
def test_a_refused_file_leaves_nothing_in_the_map_nor_in_any_preview(
    tenant: Tenant, chain_id: UUID, name: str, content: bytes, code: str
):
    told_of_it = {"map_import", "job", "audit_event", "audit_head", "audit_value", "rate_count"}
    with acting(tenant):
        before = every_row()
    staged = _stage(tenant, chain_id, NamedBytes(name, content))
    _work()

    with acting(tenant):
        assert get_import(staged).refusal["code"] == code
        after = every_row()
    changed = {table for table in after if after[table] != before[table]}
    assert changed <= told_of_it, changed


def test_killed_apply_leaves_nothing_and_its_repetition_exactly_one_import(
    tenant: Tenant, chain_id: UUID
):
    staged = _stage(tenant, chain_id, _csv(NODES), _csv(LINKS, "links.csv"))
    _work()
    with acting(tenant):
        import_requests.request_apply(
            staged,
            skip_faulty=False,
            archive_links=False,
            act=Act(tenant.analyst, NOW),
        )
    for die_at in (1, 2, 3):
        with pytest.raises(KeyboardInterrupt):
            _staged_run(map_import.APPLY, staged, tenant.analyst, die_at=die_at)
    with acting(tenant):
        assert _names(chain_id) == ["Maison Cacao"]
    for _ in range(3):
        _staged_run(map_import.APPLY, staged, tenant.analyst)

    with acting(tenant):
        assert len(_names(chain_id)) == 3
        assert db.session.scalar(select(func.count()).select_from(SupplyLink)) == 1
        assert queries.get_chain(chain_id).version == 2
        applied = select(AuditEvent).where(AuditEvent.action == "map_import:apply")
        assert len(db.session.scalars(applied).all()) == 1


def test_apply_that_breaks_half_way_keeps_nothing(
    tenant: Tenant, chain_id: UUID, monkeypatch: pytest.MonkeyPatch
):
    staged = _stage(tenant, chain_id, _csv(NODES), _csv(LINKS, "links.csv"))
    _work()

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr(map_apply, "finish_import", broken)
    _apply(tenant, staged)

    with acting(tenant):
        assert _names(chain_id) == ["Maison Cacao"]
        assert get_import(staged).status is ImportStatus.APPLYING
        job = db.session.get(Job, get_import(staged).job_id)
        assert job is not None
        assert "RuntimeError" in (job.last_error or "")


def test_corrected_mapping_is_read_again_and_remembered_for_the_next_list(
    tenant: Tenant, chain_id: UUID
):
    text = "Firma,Land,Extra\nTrader,CI,Farm\n"
    staged = _stage(tenant, chain_id, _csv(text, "q1.csv"))
    _work()
    corrected = Mapping({"q1.csv": TableMapping(1, {"name": "Extra", "country": "Land"})})
    with acting(tenant):
        correct_mapping(staged, corrected, act=Act(tenant.analyst, NOW))
    _work()
    with acting(tenant):
        shown = load_page(staged, "new", 1)
        assert [node["name"] for node in shown] == ["Farm"]
    _apply(tenant, staged)
    with acting(tenant), pytest.raises(Conflict):
        correct_mapping(staged, corrected, act=Act(tenant.analyst, NOW))

    second = _import(tenant, chain_id, _csv(text.replace("Farm", "Mill"), "q2.csv"))
    with acting(tenant):
        assert get_import(second).mapping["nodes"]["q2.csv"]["columns"]["name"] == "Extra"
        assert _names(chain_id).count("Mill") == 1
        assert len(db.session.scalars(select(ColumnMapping)).all()) == 1


def test_undone_import_leaves_the_map_as_it_was(tenant: Tenant, chain_id: UUID):
    _import(tenant, chain_id, _csv(NODES), _csv(LINKS, "links.csv"))
    _import(tenant, chain_id, _csv("id,name,country\ng,Left out later,GH\n"))
    with acting(tenant):
        before = load_drafts(chain_id)
    staged = _stage(
        tenant,
        chain_id,
        _csv("id,name,country\nt,Trader SA,CI\nm,Mill,GH\n"),
        _csv("supplier,buyer,share\nm,t,0.2\nf,t,0.5\n", "links.csv"),
    )
    _work()
    with acting(tenant):
        assert get_import(staged).counts["gone"] == 0  # it is taken for the first list's next year
        follow(staged, None, act=Act(tenant.analyst, NOW))
    _work()
    _apply(tenant, staged, archive_gone=True)
    with acting(tenant):
        assert get_import(staged).counts["applied"]["nodes_gone"] == 1
        assert map_undo.obstacle_to_undo(get_import(staged)) is None
        map_undo.undo_import(staged, act=Act(tenant.analyst, LATER))

    with acting(tenant):
        after = load_drafts(chain_id)
        assert (after.nodes, after.links) == (before.nodes, before.links)
        assert get_import(staged).status is ImportStatus.UNDONE
        with pytest.raises(Conflict, match="not applied"):
            map_undo.undo_import(staged, act=Act(tenant.analyst, LATER))


def test_archived_nodes_come_back_with_the_next_list_and_go_again_when_it_is_undone(
    tenant: Tenant, chain_id: UUID
):
    first = _import(tenant, chain_id, _csv(NODES), _csv(LINKS, "links.csv"))
    with acting(tenant):
        map_undo.undo_import(first, act=Act(tenant.analyst, LATER))
    second = _import(tenant, chain_id, _csv(NODES), _csv(LINKS, "links.csv"))
    with acting(tenant):
        assert _names(chain_id) == ["Farm", "Maison Cacao", "Trader"]
        map_undo.undo_import(second, act=Act(tenant.analyst, LATER))

    with acting(tenant):
        assert _names(chain_id) == ["Maison Cacao"]
        assert load_drafts(chain_id).links == ()


def test_a_site_that_comes_back_with_a_list_without_tags_keeps_its_own(
    tenant: Tenant, chain_id: UUID
):
    _import(tenant, chain_id, _csv(NODES))
    with acting(tenant):
        farm = queries.get_node_by_ref(chain_id, "f")
        assert farm is not None
        farm.tags, farm.group_name = ["high volume"], "East"
        value_chain.archive_node(farm.id, act=Act(tenant.analyst, LATER))
    _import(tenant, chain_id, _csv(NODES))
    with acting(tenant):
        farm = queries.get_node_by_ref(chain_id, "f")
        assert farm is not None
        assert (farm.archived_at, farm.tags, farm.group_name) == (None, ["high volume"], "East")


def test_import_cannot_be_undone_once_something_rests_on_it_or_the_map_moved_on(
    tenant: Tenant, chain_id: UUID
):
    staged = _import(tenant, chain_id, _csv(NODES))
    with acting(tenant):
        farm = queries.get_node_by_ref(chain_id, "f")
        assert farm is not None
        control = ControlRecord(
            id=uuid4(),
            node_id=farm.id,
            control="CTL-01",
            coverage=0.5,
            evidence=0.5,
            cause_type="review",
            reason="seen",
            created_at=NOW,
        )
        db.session.add(control)
    with acting(tenant), pytest.raises(Conflict, match="1 site with controls"):
        map_undo.undo_import(staged, act=Act(tenant.analyst, LATER))
    with acting(tenant):
        farm = queries.get_node_by_ref(chain_id, "f")
        assert farm is not None
        value_chain.archive_node(farm.id, act=Act(tenant.analyst, LATER))
    with acting(tenant), pytest.raises(Conflict, match="1 site changed by hand"):
        map_undo.undo_import(staged, act=Act(tenant.analyst, LATER))


def test_files_are_checked_for_number_and_size(tenant: Tenant, chain_id: UUID):
    with acting(tenant):
        for files in (
            [],
            [_csv("name\nA\n")] * 11,
            [NamedBytes("big.csv", b"x" * (map_import.MAX_BYTES + 1))],
        ):
            with pytest.raises(Invalid):
                map_import.stage(chain_id, files, link_to_id=None, act=Act(tenant.analyst, NOW))


def test_operators_in_the_file_are_kept_whatever_the_order_of_rows(tenant: Tenant, chain_id: UUID):
    text = "id,name,kind,country,operated_by\ns,Site,site,CI,c\nc,Company,business_entity,CI,\n"
    _import(tenant, chain_id, _csv(text))

    with acting(tenant):
        operators = {node.name: node.operated_by for node in load_drafts(chain_id).nodes}
        assert operators == {"Site": "c", "Company": None, "Maison Cacao": None}


@pytest.mark.both_databases
@pytest.mark.parametrize("path", sorted(LISTS.glob("*.csv")), ids=lambda path: path.stem)
def test_published_supplier_list_comes_in_and_the_same_list_again_changes_nothing(
    tenant: Tenant, chain_id: UUID, path: Path
):
    file = NamedBytes(path.name, path.read_bytes())
    counted = []
    for _ in range(2):
        with acting(tenant):
            plan = plan_intake("Cocoa", [file], Mapping())
            reading = map_import.read_files(plan)
            done = take_in("Cocoa", plan, reading, skip_faulty=True, act=Act(tenant.analyst, NOW))
            counted.append(done.answer)

    first, second = counted
    assert first["new"] > 0
    assert (second["new"], second["changed"], second["links_new"]) == (0, 0, 0)
    assert second["unchanged"] == first["new"] + first["unchanged"]


@pytest.mark.parametrize("form", ["json", "csv", "xlsx"])
def test_exported_map_read_into_another_organisation_gives_the_same_map(
    tenant: Tenant, other_tenant: Tenant, chain_id: UUID, form: str
):
    _import(tenant, chain_id, _csv(NODES), _csv(LINKS, "links.csv"), linked=True)
    with acting(tenant):
        made = map_export.export_chain(chain_id, form, act=Act(tenant.manager, NOW))  # type: ignore[arg-type]
        mine = load_drafts(chain_id)
    with acting(other_tenant):
        plan = plan_intake("Cocoa", made.files, Mapping())
        done = take_in(
            "Cocoa",
            plan,
            map_import.read_files(plan),
            skip_faulty=False,
            act=Act(other_tenant.analyst, NOW),
        )
        assert done.answer["applied"], done.answer
        copied = queries.find_chain("Cocoa")
        assert copied is not None
        theirs = load_drafts(copied.id)

    assert (theirs.nodes, theirs.links) == (mine.nodes, mine.links)


def test_export_is_an_event_and_a_day_that_cannot_be_told_is_refused(
    tenant: Tenant, chain_id: UUID
):
    _import(tenant, chain_id, _csv(NODES))
    with acting(tenant):
        today = NOW.date()
        made = map_export.export_chain(chain_id, "json", act=Act(tenant.manager, LATER))
        assert len(json.loads(made.content)["nodes"]) == 3
        event = db.session.scalars(
            select(AuditEvent).where(AuditEvent.action == "value_chain:export")
        ).first()
        assert event is not None
        assert made.name.startswith("cocoa-2026-11-25")
        tomorrow = today + timedelta(days=1)
        with pytest.raises(Invalid) as refused:
            map_export.export_chain(
                chain_id, "json", act=Act(tenant.manager, LATER), as_of=tomorrow
            )
        assert "in the future" in refused.value.fields["as_of"]


def test_failed_apply_of_faulty_rows_is_told_on_the_import(tenant: Tenant, chain_id: UUID):
    staged = _stage(tenant, chain_id, _csv("name,country\nTrader,CI\nOther,Atlantis\n"))
    _work()
    with acting(tenant):
        row = get_import(staged)
        row.status = ImportStatus.APPLYING
    with acting(tenant):
        plan = map_import.plan_reading(staged, tenant.analyst)
        reading = map_import.read_files(plan)
        assert map_apply.apply_import(staged, reading, None, act=Act(tenant.analyst, NOW)) == {}
        db.session.flush()
        map_import.keep_preview(staged, reading)
        assert get_import(staged).status is ImportStatus.FAILED
        applied = select(AuditEvent.outcome).where(AuditEvent.action == "map_import:apply")
        assert list(db.session.scalars(applied)) == [Outcome.FAILED]


def test_rows_of_an_import_belong_to_the_organisation_that_imports(
    tenant: Tenant, other_tenant: Tenant, chain_id: UUID
):
    staged = _import(tenant, chain_id, _csv(NODES))

    with acting(other_tenant):
        assert db.session.scalars(select(ValueChainNode)).all() == []
        assert db.session.scalar(select(MapImport).where(MapImport.id == staged)) is None


def test_second_request_to_apply_is_harmless_and_an_absent_import_is_not_found(
    tenant: Tenant, chain_id: UUID
):
    staged = _stage(tenant, chain_id, _csv(NODES))
    _work()
    for _ in range(2):
        with acting(tenant):
            import_requests.request_apply(
                staged,
                skip_faulty=False,
                archive_links=False,
                act=Act(tenant.analyst, NOW),
            )
    with acting(tenant):
        jobs = db.session.scalars(select(Job).where(Job.name == map_import.APPLY)).all()
        assert len(jobs) == 1
        for get in (get_import, get_import_for_change):
            with pytest.raises(NotFound):
                get(uuid4())


def test_changed_lists_and_gaps_are_shown_in_words_and_undone(tenant: Tenant, chain_id: UUID):
    header = "id,name,country,operated_by,commodities\n"
    _import(tenant, chain_id, _csv(header + "c,Company,CI,,\ns,Site,CI,,\n"))
    staged = _stage(tenant, chain_id, _csv(header + "c,Company,CI,,\ns,Site,CI,c,cocoa|coffee\n"))
    _work()
    with acting(tenant):
        changed = load_page(staged, "changed", 1)[0]["fields"]
        assert {"field": "commodities", "before": None, "after": "cocoa, coffee"} in changed
    _apply(tenant, staged)
    with acting(tenant):
        site = queries.get_node_by_ref(chain_id, "s")
        assert site is not None
        assert site.operated_by_id is not None
        map_undo.undo_import(staged, act=Act(tenant.analyst, LATER))
    with acting(tenant):
        site = queries.get_node_by_ref(chain_id, "s")
        assert site is not None
        assert (site.operated_by_id, site.commodity_refs) == (None, [])


def test_import_that_changed_nothing_is_undone_without_a_new_version(
    tenant: Tenant, chain_id: UUID
):
    _import(tenant, chain_id, _csv(NODES))
    again = _import(tenant, chain_id, _csv(NODES))
    with acting(tenant):
        version = queries.get_chain(chain_id).version
        map_undo.undo_import(again, act=Act(tenant.analyst, LATER))

        assert queries.get_chain(chain_id).version == version


def test_change_of_kind_and_of_yes_or_no_is_shown_in_words(tenant: Tenant, chain_id: UUID):
    header = "id,name,country,kind,own_operation\n"
    _import(tenant, chain_id, _csv(header + "s,Site,CI,site,no\n"))
    staged = _stage(tenant, chain_id, _csv(header + "s,Site,CI,labour intermediary,yes\n"))
    _work()

    with acting(tenant):
        changed = load_page(staged, "changed", 1)[0]["fields"]
    assert changed == [
        {"field": "kind", "before": "site", "after": "labour intermediary"},
        {"field": "own_operation", "before": "no", "after": "yes"},
    ]
