"""A run of changed nodes alone says, in every reader, what a whole run says."""

from datetime import timedelta
from pathlib import Path
from random import Random
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from ddplatform.audit.models import AuditEvent
from ddplatform.due_diligence.findings.models import Finding
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.jobs.models import Job, JobState
from ddplatform.infrastructure.jobs.runner import run_job
from ddplatform.risk.assessment.services import changes as assessment_changes
from ddplatform.risk.assessment.services import incremental_state as assessment_standing
from ddplatform.risk.assessment.services.maps import assess_chain
from ddplatform.risk.facts.services import facts as risk
from ddplatform.risk.facts.services.fresh import clear_marks
from ddplatform.risk.runs.models import (
    FactKind,
    FreshEvidence,
    RiskAssessment,
    RiskFact,
    WholeBecause,
)
from ddplatform.risk.runs.queries import rows as run_rows
from ddplatform.risk.runs.queries.rows import of_run, records_as_of, settled
from ddplatform.value_chain.mapping.models import ValueChainNode
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from supply_chain.risk.stored_scores import Records
from supply_chain.vocabulary import Issue
from tests.changed_runs import (
    DAY,
    LEARNED,
    Learned,
    a_fact,
    a_finding,
    a_signal,
    all_told,
    assess_new,
    columns_of,
    current_run,
    keys_of,
    looking,
    make_peers_map,
    minutes,
)
from tests.conftest import NOW
from tests.factories import Tenant
from tests.risk.assessment.test_risk_runs import queued_reassessment, row_of
from tests.risk.context_events.test_context_events import add as add_event
from tests.risk_maps import CocoaMap, acting, assess

pytestmark = [pytest.mark.both_databases(one_in=4), pytest.mark.usefixtures("context")]


def learn(tenant: Tenant, chain_id: UUID, random: Random, step: int) -> None:
    """Something new of one to three nodes, each in a unit of work of its own."""
    with acting(tenant):
        keys = keys_of(chain_id)
    for _ in range(random.randint(1, 3)):
        with acting(tenant):
            node_id = random.choice(keys)
            random.choice(LEARNED)(random, node_id, tenant, NOW + minutes(step))


def assert_same(one: object, whole: object, what: str) -> None:
    assert one == whole, what


def records_of_run(run_id: UUID) -> Records:
    """The records of all places of a run, in order."""
    rows = settled(db.session.scalars(select(RiskAssessment).where(of_run(run_id))), "place")
    return records_as_of(run_id, [rows[place] for place in sorted(rows)])


@pytest.mark.rotates(on="postgresql")
@pytest.mark.rotates(on="sqlite")
@pytest.mark.parametrize("seed", range(5))
def test_whatever_comes_to_be_known_every_reader_tells_what_a_whole_run_tells(
    tenant: Tenant, seed: int
) -> None:
    chain_id, random = make_peers_map(tenant), Random(seed)
    first = assess(tenant, chain_id)
    for step in range(1, 4 + seed):
        learn(tenant, chain_id, random, step)
        done = assess_new(tenant, chain_id, NOW + minutes(step))
        assert isinstance(done, UUID), done
        with looking(tenant):
            run = current_run(chain_id)
            assert (run.id, run.base_run_id, run.step) == (done, first, step)
        if (seed + step) % 2:  # another worker does the next one
            assessment_standing._kept.clear()
    with looking(tenant):
        told = all_told(tenant, chain_id)
        own = select(func.count()).where(RiskAssessment.run_id == first, RiskAssessment.step > 0)
        base = select(func.count()).where(RiskAssessment.run_id == first, RiskAssessment.step == 0)
        assert 0 < (db.session.scalar(own) or 0) < (3 + seed) * (db.session.scalar(base) or 0)
        records = records_of_run(done)
    whole = assess(tenant, chain_id, at=NOW + minutes(59))
    assert whole != done
    with looking(tenant):
        expected = all_told(tenant, chain_id)
        assert records.tobytes() == records_of_run(whole).tobytes()
    assert told.keys() == expected.keys()
    for what, value in told.items():
        assert_same(value, expected[what], what)


def test_a_run_takes_the_marks_away_and_a_whole_run_too(tenant: Tenant) -> None:
    def marks() -> int:
        with acting(tenant):
            return db.session.scalar(select(func.count()).select_from(FreshEvidence)) or 0

    chain_id = make_peers_map(tenant)
    assert assess_new(tenant, chain_id, NOW) is WholeBecause.FIRST
    learn(tenant, chain_id, Random(1), 0)
    assert marks() > 0
    assess(tenant, chain_id)
    assert marks() == 0
    assert assess_new(tenant, chain_id, NOW) is WholeBecause.UNMARKED
    learn(tenant, chain_id, Random(2), 1)
    assert marks() > 0
    assert isinstance(assess_new(tenant, chain_id, NOW + minutes(1)), UUID)
    assert marks() == 0


def signal_at(tenant: Tenant, chain_id: UUID, at: int, step: int) -> None:
    """Something new of one node."""
    with acting(tenant):
        a_signal(Random(step), keys_of(chain_id)[at], tenant, NOW + minutes(step))


def flip_a_byte(root: Path) -> None:
    """Damage the numbers of a run on disk."""
    file = next(root.glob("*/*/state-*/small.npy"))
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)


def test_why_a_whole_map_is_assessed_stands_with_its_run(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain_id = make_peers_map(tenant)
    assess(tenant, chain_id)
    signal_at(tenant, chain_id, 3, 1)
    assert assess_new(tenant, chain_id, NOW, "request") is WholeBecause.ASKED
    tomorrow = DAY + timedelta(days=1)
    assert assess_new(tenant, chain_id, NOW, as_of=tomorrow) is WholeBecause.DAY
    with monkeypatch.context() as patch:
        patch.setattr(assessment_changes, "checksum_in_use", lambda: "other data")
        assert assess_new(tenant, chain_id, NOW) is WholeBecause.RELEASE
    with monkeypatch.context() as patch:
        patch.setattr(assessment_changes, "STEPS", 0)
        assert assess_new(tenant, chain_id, NOW) is WholeBecause.STEPS
    for limit in ("MOST", "MOST_ROWS", "MOST_CHANGED"):
        with monkeypatch.context() as patch:
            patch.setattr(assessment_changes, limit, 0)
            assert assess_new(tenant, chain_id, NOW) is WholeBecause.MANY
    with monkeypatch.context() as patch:
        patch.setattr("supply_chain.risk.renewal.MOST", 0)
        assert assess_new(tenant, chain_id, NOW) is WholeBecause.MANY
    flip_a_byte(adapters().snapshots.root / tenant.id.hex)
    assert assess_new(tenant, chain_id, NOW) is WholeBecause.SNAPSHOT
    adapters().snapshots.drop_tenant(tenant.id)
    assert assess_new(tenant, chain_id, NOW) is WholeBecause.SNAPSHOT
    with acting(tenant):
        value_chain.add_node(chain_id, NodeFields(name="New"), act=Act(tenant.analyst, NOW))
    assert assess_new(tenant, chain_id, NOW) is WholeBecause.MAP
    with acting(tenant):
        assert current_run(chain_id).whole_because is WholeBecause.ASKED


def test_what_another_run_scored_in_between_is_scored_once_more(tenant: Tenant) -> None:
    chain_id = make_peers_map(tenant)
    assess(tenant, chain_id)
    with acting(tenant):
        for job in db.session.scalars(select(Job)):
            job.state = JobState.DONE
    between: list[object] = []

    def learn_more(_done: int, _total: int) -> None:
        signal_at(tenant, chain_id, 6, 1)
        between.append(assess_new(tenant, chain_id, NOW + minutes(1)))

    assess_chain(
        chain_id,
        "request",
        as_of=DAY + timedelta(days=1),
        act=Act(tenant.analyst, NOW + minutes(2)),
        unit=lambda: acting(tenant),
        progress=learn_more,
    )
    assert isinstance(between[0], UUID)
    with acting(tenant):
        marked = db.session.scalars(select(FreshEvidence.node_id)).all()
        assert marked == [keys_of(chain_id)[6]]
        waiting = select(Job).where(Job.name == risk.REASSESS, Job.state == JobState.QUEUED)
        assert db.session.scalars(waiting).one().payload["cause"] == "facts"


def test_a_run_that_fell_out_of_memory_is_read_again(tenant: Tenant) -> None:
    chain_id = make_peers_map(tenant)
    assess(tenant, chain_id)
    signal_at(tenant, chain_id, 3, 1)
    done = assess_new(tenant, chain_id, NOW)
    assert isinstance(done, UUID)
    with looking(tenant):
        found = {name: column.tolist() for name, column in columns_of(done).items()}
        run_rows._registers.clear()
        run_rows._contents.clear()
        again = {name: column.tolist() for name, column in columns_of(done).items()}
    assert repr(again) == repr(found)


def test_a_worker_holds_the_numbers_of_few_maps(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assessment_standing, "KEPT", 0)
    chain_id = make_peers_map(tenant)
    assess(tenant, chain_id)
    for step in (1, 2):
        signal_at(tenant, chain_id, 3, step)
        assert isinstance(assess_new(tenant, chain_id, NOW + minutes(step)), UUID)
        assert not assessment_standing._kept


def test_a_map_that_is_not_there_is_not_assessed(tenant: Tenant) -> None:
    with pytest.raises(NotFound):
        assess_new(tenant, uuid4(), NOW)


def test_what_is_new_of_a_node_that_left_the_map_changes_nothing(tenant: Tenant) -> None:
    chain_id = make_peers_map(tenant)
    with acting(tenant):
        left = db.session.get_one(ValueChainNode, keys_of(chain_id)[-1])
        left.archived_at = NOW
    standing = assess(tenant, chain_id)
    signal_at(tenant, chain_id, -1, 1)
    assert assess_new(tenant, chain_id, NOW) == standing


def test_the_job_scores_what_changed_alone_and_tells_the_log(tenant: Tenant) -> None:
    chain_id = make_peers_map(tenant)
    first = queued_reassessment(tenant, chain_id)
    run_job(first, owner="worker")
    signal_at(tenant, chain_id, 5, 1)
    claim = queued_reassessment(tenant, chain_id)
    for _ in range(2):  # the worker may die after the work and before its mark
        run_job(claim, owner="worker")
    with looking(tenant):
        run = current_run(chain_id)
        assert (run.id, run.base_run_id, run.step) == (claim.id, first.id, 1)
        assert run.whole_because is None
        event = db.session.scalars(
            select(AuditEvent).where(AuditEvent.target_id == str(run.id))
        ).one()
        assert event.action == "risk:assess"
    with acting(tenant):
        value_chain.add_node(chain_id, NodeFields(name="New"), act=Act(tenant.analyst, NOW))
    claim = queued_reassessment(tenant, chain_id)
    run_job(claim, owner="worker")
    with looking(tenant):
        run = current_run(chain_id)
        assert (run.id, run.base_run_id, run.whole_because) == (claim.id, None, WholeBecause.MAP)


def test_what_was_never_so_leaves_the_run_as_it_was_before(tenant: Tenant) -> None:
    """A fact that ends again on the same day: the numbers are those of the whole run once more."""
    chain_id = make_peers_map(tenant)
    assess(tenant, chain_id)
    with looking(tenant):
        told = all_told(tenant, chain_id)
    cause = uuid4()
    with acting(tenant):
        node_id = keys_of(chain_id)[4]
        risk.add_fact(
            node_id, Issue.FL, FactKind.CONFIRMED, cause_type="case", cause_id=cause, since=NOW
        )
    assess_new(tenant, chain_id, NOW + minutes(1))
    with looking(tenant):
        assert all_told(tenant, chain_id)["at"] != told["at"]
    with acting(tenant):
        risk.end_fact("case", cause, at=NOW + minutes(2))
    done = assess_new(tenant, chain_id, NOW + minutes(3))
    with looking(tenant):
        assert current_run(chain_id).id == done
        assert all_told(tenant, chain_id) == told


def test_a_site_that_told_of_an_impact_in_remedy_is_shown_as_such_like_in_a_whole_run(
    tenant: Tenant,
) -> None:
    chain_id = make_peers_map(tenant)
    assess(tenant, chain_id)
    with acting(tenant):
        node_id = keys_of(chain_id)[4]
        risk.add_fact(
            node_id,
            Issue.CL,
            FactKind.CONFIRMED,
            cause_type="case",
            cause_id=uuid4(),
            since=NOW,
            self_disclosed=True,
        )
    done = assess_new(tenant, chain_id, NOW + minutes(1))
    with looking(tenant):
        assert current_run(chain_id).id == done
        told = all_told(tenant, chain_id)
    whole = assess(tenant, chain_id, at=NOW + minutes(2))
    with looking(tenant):
        expected = all_told(tenant, chain_id)
        rows = [row_of(run_id, node_id, Issue.CL) for run_id in (done, whole)]
    assert [row.status for row in rows] == ["self_disclosed_in_remedy"] * 2
    assert told == expected


@pytest.mark.parametrize("kind", LEARNED, ids=lambda kind: kind.__name__)
def test_every_kind_of_evidence_marks_its_node_whoever_writes_it(
    tenant: Tenant, kind: Learned
) -> None:
    chain_id = make_peers_map(tenant)
    with acting(tenant):
        node_id = keys_of(chain_id)[2]
    for step in range(2):  # what ends is marked as what begins
        with acting(tenant):
            kind(Random(step), node_id, tenant, NOW + minutes(step))
        with acting(tenant):
            marked = db.session.scalars(select(FreshEvidence)).all()
            assert {row.node_id for row in marked} == {node_id}
            clear_marks([row.id for row in marked])


def test_what_scores_do_not_read_marks_nothing(tenant: Tenant) -> None:
    chain_id = make_peers_map(tenant)
    with acting(tenant):
        a_finding(Random(1), keys_of(chain_id)[2], tenant, NOW)
    with acting(tenant):
        clear_marks(list(db.session.scalars(select(FreshEvidence.id))))
        db.session.scalars(select(Finding)).one().title = "Heavy loads"
    with acting(tenant):
        assert db.session.scalars(select(FreshEvidence)).all() == []


def test_a_row_that_is_taken_away_marks_its_node(tenant: Tenant) -> None:
    chain_id = make_peers_map(tenant)
    with acting(tenant):
        a_fact(Random(1), keys_of(chain_id)[2], tenant, NOW)
    with acting(tenant):
        clear_marks(list(db.session.scalars(select(FreshEvidence.id))))
        db.session.delete(db.session.scalars(select(RiskFact)).one())
    with acting(tenant):
        assert len(db.session.scalars(select(FreshEvidence)).all()) == 1


def test_an_event_marks_the_sites_that_it_reaches(tenant: Tenant, cocoa: CocoaMap) -> None:
    add_event(tenant)
    with acting(tenant):
        marked = set(db.session.scalars(select(FreshEvidence.node_id)))
        assert {cocoa.exporter, cocoa.farms} <= marked
