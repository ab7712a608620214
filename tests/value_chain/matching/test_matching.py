"""Likely duplicates: found, decided once by content, merged many at once, known to imports."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.orm import ORMExecuteState

from ddplatform.audit.models import AuditEvent
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid, NotFound
from ddplatform.infrastructure.jobs.models import Job
from ddplatform.value_chain.graph.queries.drafts import load_drafts
from ddplatform.value_chain.mapping.models import ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import get_node
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from ddplatform.value_chain.matching.models import (
    DuplicatePair,
    MatchDecision,
    MatchRun,
    NodeMerge,
    PairState,
)
from ddplatform.value_chain.matching.queries.pairs import (
    PairFilter,
    count_pairs,
    find_next_pair,
    list_open_of,
    list_pairs,
)
from ddplatform.value_chain.matching.queries.records import (
    get_pair,
    get_run,
    load_decisions,
    load_records,
)
from ddplatform.value_chain.matching.services import search as match_search
from ddplatform.value_chain.matching.services.memory import remember
from ddplatform.value_chain.matching_imports.services.imports import (
    Asked,
    Followed,
    find_doubles,
    follow_merges,
)
from ddplatform.value_chain.merging.queries.merges import (
    get_merge,
    get_merge_with_rows,
    get_node_anew,
)
from ddplatform.value_chain.merging.queries.sides import load_sides
from ddplatform.value_chain.merging.services import decisions as matching
from ddplatform.value_chain.merging.services import many as matching_many
from ddplatform.value_chain.merging.services.merge import merge_nodes
from supply_chain.intake.drafts import LinkDraft, MapDraft, NodeDraft
from supply_chain.matching.pairs import Decision, Pair
from supply_chain.matching.record_content import pair_key
from supply_chain.vocabulary import NodeKind
from tests.conftest import NOW
from tests.factories import Tenant
from tests.finding_worlds import acting
from tests.stored_worlds import stored_world


class World:
    """A map with two spellings of one mill, and a farm that is like nothing else."""

    def __init__(self, tenant: Tenant, app: Flask | None = None) -> None:
        self.tenant, self.app = tenant, app
        with self.unit():
            made = value_chain.create_chain(
                "Oil",
                own_business="Marigold Foods",
                act=Act(tenant.manager, NOW),
            )
            self.chain_id = made.id
        self.one = self.add("Usine Soleil S.A.", address="12 rue du Port", country="CI")
        self.two = self.add("Usine Soleil", later=1, address="12, Rue du Port", country="CI")
        self.farm = self.add("Green Valley Cooperative", address="Hill 3", country="GH")

    def add(self, name: str, *, later: int = 0, **more: Any) -> UUID:
        with self.unit():
            fields, at = NodeFields(name=name, **more), NOW + timedelta(days=later)
            return value_chain.add_node(self.chain_id, fields, act=Act(self.tenant.manager, at)).id

    @contextmanager
    def unit(self) -> Iterator[None]:
        outside = self.app.app_context() if self.app else nullcontext()
        with outside, acting(self.tenant):
            yield

    def search(self) -> dict[str, int]:
        with self.unit():
            run = match_search.request_search(self.chain_id, act=Act(self.tenant.manager, NOW))
            run_id = run.id
        return match_search.search(run_id, unit=self.unit, progress=lambda *_: None, at=NOW)

    def pairs(self, **wanted: Any) -> list[Any]:
        with self.unit():
            return list(list_pairs(self.chain_id, PairFilter(**wanted)))

    def decide(self, state: PairState, **more: Any) -> Any:
        (pair,) = self.pairs()
        with self.unit():
            version = db.session.get(DuplicatePair, pair.id).row_version
            done = matching.decide(
                pair.id, state, version=version, act=Act(self.tenant.manager, NOW), **more
            )
            return done.merge.id if done.merge else None

    def answer(self, one: UUID, other: UUID, state: PairState, **more: Any) -> Any:
        """Decide the pair of two nodes; gives the merge that followed."""
        (pair,) = (p for p in self.pairs() if {p.left.id, p.right.id} == {one, other})
        with self.unit():
            version, by = get_pair(pair.id).row_version, self.tenant.manager
            done = matching.decide(pair.id, state, version=version, act=Act(by, NOW), **more)
            return done.merge.id if done.merge else None

    def asked(self) -> set[tuple[UUID, UUID]]:
        return {(pair.left.id, pair.right.id) for pair in self.pairs()}

    def rename(self, node_id: UUID, name: str) -> None:
        with self.unit():
            db.session.get(ValueChainNode, node_id).name = name


@stored_world
def world(context: Flask, tenant: Tenant) -> World:
    return World(tenant)


def test_a_search_keeps_likely_pairs_with_their_score_and_reasons(world: World):
    counts = world.search()

    (pair,) = world.pairs()
    assert {pair.left.id, pair.right.id} == {world.one, world.two}
    assert pair.score > 0.5
    assert pair.reasons
    assert (pair.state, pair.decided_by) == (PairState.OPEN, None)
    assert (counts["records"], counts["pairs"], counts["new"]) == (4, 1, 1)


def test_a_second_search_finds_nothing_new_and_pairs_that_are_unlike_now_go(world: World):
    world.search()
    assert world.search()["new"] == 0
    world.rename(world.two, "Harbour Ginnery Limited")
    with acting(world.tenant):
        db.session.get(ValueChainNode, world.two).address = "Elsewhere 99"

    assert world.search()["gone"] == 1
    assert world.pairs() == []


def test_a_site_and_the_company_that_runs_it_are_no_pair(world: World):
    with acting(world.tenant):
        db.session.get(ValueChainNode, world.two).operated_by_id = world.one

    assert world.search()["pairs"] == 0


def test_what_was_merged_into_a_site_is_no_pair_with_the_company_that_runs_it(world: World):
    company = world.add("Usine Soleil", address="12 rue du Port", country="CI")
    with acting(world.tenant):
        db.session.get(ValueChainNode, world.one).operated_by_id = company
        merge_nodes(world.one, world.two, act=Act(world.tenant.manager, NOW))

    assert world.search()["pairs"] == 0


def test_what_was_merged_into_a_site_that_left_the_map_is_no_question(world: World):
    world.add("Usine Soleil", address="12 rue du Port", country="CI")
    with acting(world.tenant):
        merge_nodes(world.one, world.two, act=Act(world.tenant.manager, NOW))
        value_chain.archive_node(world.one, act=Act(world.tenant.manager, NOW))

    assert world.search()["pairs"] == 0


def test_two_requests_for_a_search_are_one_job(world: World):
    with acting(world.tenant):
        first = match_search.request_search(world.chain_id, act=Act(world.tenant.manager, NOW))
        again = match_search.request_search(world.chain_id, act=Act(world.tenant.manager, NOW))
        assert first.id == again.id
        name = Job.name == match_search.SEARCH
        assert db.session.scalar(select(func.count()).select_from(Job).where(name)) == 1
        assert len(db.session.scalars(select(MatchRun)).all()) == 1


def test_same_merges_the_two_and_the_older_one_stays(world: World):
    world.search()
    merge_id = world.decide(PairState.SAME)

    with acting(world.tenant):
        merge = db.session.get(NodeMerge, merge_id)
        assert (merge.survivor_id, merge.absorbed_id) == (world.one, world.two)
    assert world.pairs() == []
    (decided,) = world.pairs(state=PairState.SAME)
    assert decided.decided_by == world.tenant.manager.name


def test_the_person_may_choose_which_of_the_two_stays(world: World):
    world.search()
    merge_id = world.decide(PairState.SAME, keep_id=world.two)

    with acting(world.tenant):
        assert db.session.get(NodeMerge, merge_id).survivor_id == world.two


def test_different_is_never_asked_again_even_of_new_rows_with_the_same_contents(world: World):
    world.search()
    world.decide(PairState.DIFFERENT)
    assert world.search()["new"] == 0
    with acting(world.tenant):
        value_chain.archive_node(world.two, act=Act(world.tenant.manager, NOW))
    world.add("USINE SOLEIL", address="12 Rue du Port.", country="CI")

    counts = world.search()

    assert (counts["new"], counts["decided_before"]) == (0, 1)
    assert world.pairs() == []


def test_a_decision_ends_when_one_of_the_contents_changes(world: World):
    world.search()
    world.decide(PairState.DIFFERENT)
    world.rename(world.two, "Usine Soleil Mills")

    world.search()

    (pair,) = world.pairs()
    assert (pair.state, pair.decided_at) == (PairState.OPEN, None)
    world.decide(PairState.DIFFERENT)
    world.rename(world.two, "Usine Soleil")
    world.search()
    assert world.pairs() == []


def test_a_decision_is_kept_for_the_contents_as_they_stand_when_it_is_made(world: World):
    world.search()
    world.rename(world.two, "Usine Soleil Mills")
    world.decide(PairState.DIFFERENT)

    world.search()

    assert world.pairs() == []
    with acting(world.tenant):
        assert len(db.session.scalars(select(MatchDecision)).all()) == 2


def test_a_pair_keeps_its_sides_whichever_way_round_it_is_found(world: World):
    with acting(world.tenant):
        _, hashes = load_records(world.chain_id)
        for ends in ((world.one, world.two), (world.two, world.one)):
            pair = Pair(*map(str, ends), 0.9, Decision.SAME, ("by hand",))
            match_search.keep_pairs(world.chain_id, [pair], hashes, at=NOW)
        (kept,) = db.session.scalars(select(DuplicatePair)).all()
        assert (kept.left_id, kept.left_hash) == (world.one, hashes[str(world.one)])
        assert kept.right_hash == hashes[str(world.two)]


def test_what_is_not_there_is_not_found(world: World):
    with acting(world.tenant):
        for find in (get_pair, get_run, get_merge, get_merge_with_rows, get_node_anew):
            with pytest.raises(NotFound):
                find(uuid4())


def test_contents_that_were_said_to_be_one_are_told_so_when_they_come_again(world: World):
    world.search()
    merge_id = world.decide(PairState.SAME)
    with acting(world.tenant):
        matching.split(merge_id, ask_again=True, act=Act(world.tenant.manager, NOW))
        key = db.session.scalars(select(DuplicatePair)).one()
        db.session.add(
            MatchDecision(
                low_hash=min(key.left_hash, key.right_hash),
                high_hash=max(key.left_hash, key.right_hash),
                is_same=True,
                decided_at=NOW,
            )
        )

    world.search()

    (pair,) = world.pairs()
    assert pair.reasons[0] == match_search.SAID_BEFORE


@contextmanager
def held_in_order() -> Iterator[list[str]]:
    """The tables of which rows are held for a change, in the order in which they are asked for."""
    found: list[str] = []

    def note(state: ORMExecuteState) -> None:
        if state.is_select and state.statement._for_update_arg is not None:
            found.append(state.statement.get_final_froms()[0].name)

    event.listen(db.session, "do_orm_execute", note)
    try:
        yield found
    finally:
        event.remove(db.session, "do_orm_execute", note)


@pytest.mark.both_databases
def test_whoever_changes_pairs_holds_their_map_first_so_that_nobody_waits_in_a_circle(world: World):
    world.search()
    (pair,) = world.pairs()
    with held_in_order() as of_search:
        world.search()
    with held_in_order() as of_decision:
        world.decide(PairState.LATER)
    with held_in_order() as of_taking_back, world.unit():
        version = get_pair(pair.id).row_version
        matching.take_decision_back(pair.id, version=version, act=Act(world.tenant.manager, NOW))
    with held_in_order() as of_merge:
        world.decide(PairState.SAME)

    assert of_search == ["value_chain", "match_run"]
    for held in (of_decision, of_taking_back, of_merge):
        assert held[:2] == ["value_chain", "duplicate_pair"]


def test_later_stays_in_the_list_and_can_be_opened_again(world: World):
    world.search()
    world.decide(PairState.LATER)

    (pair,) = world.pairs()
    assert pair.state is PairState.LATER
    with acting(world.tenant):
        matching.take_decision_back(pair.id, version=2, act=Act(world.tenant.manager, NOW))
        with pytest.raises(Conflict, match="no decision"):
            matching.take_decision_back(pair.id, version=3, act=Act(world.tenant.manager, NOW))
    assert world.pairs()[0].state is PairState.OPEN


@pytest.mark.both_databases
def test_two_people_at_the_same_pair_see_both_decisions(world: World):
    world.search()
    (pair,) = world.pairs()
    world.decide(PairState.DIFFERENT)
    with acting(world.tenant), pytest.raises(Conflict) as refused:
        matching.decide(pair.id, PairState.SAME, version=1, act=Act(world.tenant.analyst, NOW))

    assert refused.value.theirs == {"Decision": "different"}
    assert refused.value.mine == {"Decision": "the same"}


def test_a_merged_pair_cannot_be_decided_again(world: World):
    world.search()
    (pair,) = world.pairs()
    world.decide(PairState.SAME)
    with acting(world.tenant):
        version = db.session.get(DuplicatePair, pair.id).row_version
        with pytest.raises(Conflict, match="merged already"):
            matching.decide(
                pair.id,
                PairState.LATER,
                version=version,
                act=Act(world.tenant.manager, NOW),
            )


@pytest.mark.parametrize("ask_again", [True, False])
def test_a_split_makes_the_pair_different_or_opens_it_again(world: World, ask_again: bool):
    world.search()
    merge_id = world.decide(PairState.SAME)
    with acting(world.tenant):
        matching.split(merge_id, ask_again=ask_again, act=Act(world.tenant.manager, NOW))
    world.search()

    assert len(world.pairs()) == (1 if ask_again else 0)
    assert len(world.pairs(state=PairState.DIFFERENT)) == (0 if ask_again else 1)


def test_a_merge_without_a_pair_is_split_and_remembered_too(world: World):
    with acting(world.tenant):
        merge = merge_nodes(world.one, world.two, act=Act(world.tenant.manager, NOW))
        matching.split(merge.id, ask_again=False, act=Act(world.tenant.manager, NOW))

    assert world.search()["decided_before"] == 1


def test_each_decision_is_one_event(world: World):
    world.search()
    world.decide(PairState.LATER)
    merge_id = world.decide(PairState.SAME)
    with acting(world.tenant):
        matching.split(merge_id, ask_again=False, act=Act(world.tenant.manager, NOW))
        actions = db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.sequence))
        assert list(actions)[-3:] == ["duplicate_pair:decide", "node:merge", "node:split"]


def test_lists_are_filtered_paged_and_counted(world: World):
    world.add("Usine Soleil SA", address="12 rue du Port", country="TG")
    world.search()

    assert len(world.pairs()) == 3
    assert len(world.pairs(country="TG")) == 2
    assert len(world.pairs(q="SOLEIL SA")) == 2
    assert world.pairs(least=1.0) == [pair for pair in world.pairs() if pair.score == 1]
    with acting(world.tenant):
        wanted = PairFilter()
        first = list_pairs(world.chain_id, wanted, limit=2)
        rest = list_pairs(world.chain_id, wanted, after=(first[-1].score, first[-1].id))
        assert len({row.id for row in (*first, *rest)}) == 3
        assert count_pairs(world.chain_id, wanted) == 3
        assert find_next_pair(world.chain_id, but=first[0].id) == first[1].id
        assert len(list_open_of(get_node(world.one))) == 2
        assert list_open_of(get_node(world.farm)) == []


def test_records_leave_out_what_is_archived_and_unknown_origins(world: World):
    world.add("Unknown origin", kind=NodeKind.UNKNOWN_ORIGIN)
    with acting(world.tenant):
        value_chain.archive_node(world.farm, act=Act(world.tenant.manager, NOW))
        db.session.get(ValueChainNode, world.two).operated_by_id = world.one
        db.session.flush()
        records, hashes = load_records(world.chain_id)

        assert {record.name for record in records} == {
            "Marigold Foods",
            "Usine Soleil S.A.",
            "Usine Soleil",
        }
        assert next(r.company for r in records if r.id == str(world.two)) == "Usine Soleil S.A."
        assert set(hashes) == {record.id for record in records}


def test_the_page_of_a_pair_counts_what_a_merge_would_move(world: World):
    with acting(world.tenant):
        db.session.get(ValueChainNode, world.two).operated_by_id = world.one
        db.session.flush()
        one, two = load_sides((world.one, world.two))
        assert (one.operator, two.operator) == (None, "Usine Soleil S.A.")
        assert (one.suppliers, one.buyers) == (0, 0)
        assert one.rows == {"Questionnaires": 0, "Findings": 0}


# ---- many at once ----------------------------------------------------------------------------


def put_pairs(world: World, count: int) -> list[UUID]:
    """`count` nodes in a row, each likely the same as the one before."""
    nodes = [world.add(f"Mill {n}") for n in range(count + 1)]
    with world.unit():
        _, hashes = load_records(world.chain_id)
        pairs = [
            Pair(str(one), str(other), 0.97, Decision.SAME, ("by hand",))
            for one, other in pairwise(nodes)
        ]
        match_search.keep_pairs(world.chain_id, pairs, hashes, at=NOW)
    return nodes


def run_many(world: World, threshold: float, seen: int) -> tuple[UUID, dict[str, int]]:
    with acting(world.tenant):
        run_id = matching_many.request_merge_above(
            world.chain_id,
            threshold,
            seen=seen,
            act=Act(world.tenant.manager, NOW),
        ).id
    told: list[tuple[int, int]] = []
    counts = matching_many.merge_many(
        run_id,
        unit=world.unit,
        progress=lambda *step: told.append(step),
        act=Act(world.tenant.manager, NOW),
    )
    assert told
    return run_id, counts


def test_all_pairs_above_a_score_are_merged_and_the_whole_is_undone(world: World):
    nodes = put_pairs(world, 3)
    with acting(world.tenant):
        assert matching_many.count_above(world.chain_id, 0.95) == 3

    run_id, counts = run_many(world, 0.95, 3)

    assert counts == {"asked": 3, "merged": 3}
    with acting(world.tenant):
        standing = db.session.scalars(
            select(ValueChainNode.id).where(
                ValueChainNode.id.in_(nodes), ValueChainNode.archived_at.is_(None)
            )
        ).all()
        assert standing == [nodes[0]]
        matching_many.request_undo(run_id, act=Act(world.tenant.manager, NOW))
    matching_many.undo_many(
        run_id,
        unit=world.unit,
        progress=lambda *_: None,
        act=Act(world.tenant.manager, NOW),
    )
    with acting(world.tenant):
        gone = ValueChainNode.archived_at.is_not(None)
        assert db.session.scalars(select(ValueChainNode.id).where(gone)).all() == []
        assert db.session.scalars(select(MatchDecision)).all() == []
    assert sorted((p.left.id, p.right.id) for p in world.pairs()) == sorted(pairwise(nodes))


def test_a_node_that_was_archived_since_stops_no_other_merge_from_being_undone(world: World):
    nodes = [world.add(f"Mill {n}") for n in range(4)]
    with world.unit():
        _, hashes = load_records(world.chain_id)
        pairs = [
            Pair(str(nodes[a]), str(nodes[a + 1]), 0.97, Decision.SAME, ("by hand",))
            for a in (0, 2)
        ]
        match_search.keep_pairs(world.chain_id, pairs, hashes, at=NOW)
    run_id, _ = run_many(world, 0.95, 2)
    by = world.tenant.manager
    with world.unit():
        value_chain.archive_node(nodes[2], act=Act(by, NOW))
        matching_many.request_undo(run_id, act=Act(by, NOW))

    counts = matching_many.undo_many(
        run_id,
        unit=world.unit,
        progress=lambda *_: None,
        act=Act(by, NOW),
    )

    assert counts == {"asked": 2, "merged": 2, "left": 1}
    with world.unit():
        assert get_run(run_id).finished_at == NOW
        assert get_node_anew(nodes[1]).archived_at is None
        assert [get_node_anew(key).archived_at is None for key in nodes[2:]] == [False, False]


@pytest.mark.parametrize("state", [PairState.SAME, PairState.DIFFERENT])
def test_what_was_said_of_a_merged_node_is_not_said_of_the_one_that_was_split_out(
    world: World, state: PairState
):
    one, two, three = put_pairs(world, 2)
    by = world.tenant.manager
    first = world.answer(one, two, PairState.SAME, keep_id=one)
    second = world.answer(one, three, state, keep_id=one)

    with world.unit():
        matching.split(first, ask_again=True, act=Act(by, NOW))
        if second is not None:
            matching.split(second, ask_again=False, act=Act(by, NOW))

    assert world.asked() == {(one, two), (two, three)}
    (said,) = world.pairs(state=PairState.DIFFERENT)
    assert {said.left.id, said.right.id} == {one, three}
    with world.unit():
        _, hashes = load_records(world.chain_id)
        assert load_decisions() == {pair_key(hashes[str(one)], hashes[str(three)]): False}


def test_a_question_that_was_answered_for_these_very_contents_is_not_asked_after_a_split(
    world: World,
):
    one, two, three = put_pairs(world, 2)
    by = world.tenant.manager
    first = world.answer(one, two, PairState.SAME, keep_id=one)
    world.answer(one, three, PairState.DIFFERENT)
    with world.unit():
        _, hashes = load_records(world.chain_id)
        content = get_merge(first).absorbed_hash, hashes[str(three)]
        remember(*content, is_same=False, act=Act(by, NOW))
        matching.split(first, ask_again=True, act=Act(by, NOW))

    assert world.asked() == {(one, two)}


def test_one_merge_can_answer_several_pairs(world: World):
    nodes = [world.add(f"Mill {n}") for n in range(3)]
    with acting(world.tenant):
        _, hashes = load_records(world.chain_id)
        ends = [(0, 1), (1, 2), (0, 2)]
        pairs = [
            Pair(str(nodes[a]), str(nodes[b]), 0.97, Decision.SAME, ("by hand",)) for a, b in ends
        ]
        match_search.keep_pairs(world.chain_id, pairs, hashes, at=NOW)

    run_id, counts = run_many(world, 0.9, 3)

    assert counts == {"asked": 3, "merged": 2}
    assert world.pairs() == []
    with acting(world.tenant):
        matching_many.request_undo(run_id, act=Act(world.tenant.manager, NOW))
    matching_many.undo_many(
        run_id,
        unit=world.unit,
        progress=lambda *_: None,
        act=Act(world.tenant.manager, NOW),
    )
    assert {frozenset((p.left.id, p.right.id)) for p in world.pairs()} == {
        frozenset((nodes[a], nodes[b])) for a, b in ends
    }


def test_many_are_merged_only_as_they_were_shown(world: World):
    put_pairs(world, 1)
    by = world.tenant.manager
    with acting(world.tenant):
        for threshold in (0.2, 1.1):
            with pytest.raises(Invalid):
                matching_many.request_merge_above(
                    world.chain_id, threshold, seen=1, act=Act(by, NOW)
                )
        with pytest.raises(Invalid) as nothing:
            matching_many.request_merge_above(world.chain_id, 0.99, seen=0, act=Act(by, NOW))
        assert "No open pair" in nothing.value.fields["score"]
        with pytest.raises(Conflict) as changed:
            matching_many.request_merge_above(world.chain_id, 0.9, seen=7, act=Act(by, NOW))
        assert changed.value.theirs == {"Pairs of this score": "1"}


def test_an_undo_waits_for_the_end_and_comes_once(world: World):
    put_pairs(world, 1)
    by = world.tenant.manager
    with acting(world.tenant):
        run_id = matching_many.request_merge_above(world.chain_id, 0.9, seen=1, act=Act(by, NOW)).id
        with pytest.raises(Conflict, match="nothing to undo yet"):
            matching_many.request_undo(run_id, act=Act(by, NOW))
    for _ in range(2):  # a job may run twice
        matching_many.merge_many(
            run_id, unit=world.unit, progress=lambda *_: None, act=Act(by, NOW)
        )
    with acting(world.tenant):
        matching_many.request_undo(run_id, act=Act(by, NOW))
    matching_many.undo_many(run_id, unit=world.unit, progress=lambda *_: None, act=Act(by, NOW))
    with acting(world.tenant), pytest.raises(Conflict, match="undone already"):
        matching_many.request_undo(run_id, act=Act(by, NOW))


# ---- imports ---------------------------------------------------------------------------------


def draft_of(*nodes: NodeDraft, links: tuple[LinkDraft, ...] = ()) -> MapDraft:
    return MapDraft(nodes, links)


def test_a_list_with_a_merged_record_is_read_as_the_supplier_that_stands_for_it(world: World):
    with acting(world.tenant):
        merge_nodes(world.one, world.two, act=Act(world.tenant.manager, NOW))
        ref = db.session.get(ValueChainNode, world.one).external_ref
        gone = db.session.get(ValueChainNode, world.two).external_ref
        draft = draft_of(
            NodeDraft(id=ref, name="Usine Soleil S.A."),
            NodeDraft(id=gone, name="Usine Soleil"),
            NodeDraft(id="came-new", name="USINE SOLEIL", address="12, rue du port", country="CI"),
            NodeDraft(id="field", name="Field", operated_by=gone),
            links=(
                LinkDraft(supplier=ref, buyer="us", share=0.25),
                LinkDraft(supplier=gone, buyer="us", share=0.5),
                LinkDraft(supplier="came-new", buyer=ref),
                LinkDraft(supplier="field", buyer=gone),
                LinkDraft(supplier="field", buyer="us"),
            ),
        )

        followed = follow_merges(world.chain_id, draft, known_ids={ref, gone, "us"})

    read = followed.draft
    assert (followed.changes, followed.still) == ((), {ref})
    assert [(node.id, node.operated_by) for node in read.nodes] == [(ref, None), ("field", ref)]
    assert {(link.supplier, link.buyer, link.share) for link in read.links} == {
        (ref, "us", 0.75),
        ("field", ref, None),
        ("field", "us", None),
    }


def test_a_map_without_merges_reads_a_list_as_it_is(world: World):
    draft = draft_of(NodeDraft(id="x", name="X"))
    with acting(world.tenant):
        assert follow_merges(world.chain_id, draft, known_ids=()) == Followed(draft)


def test_rows_of_a_list_that_may_be_known_are_told_unless_they_were_said_to_differ(world: World):
    row = NodeDraft(id="new", name="Usine Soleil", address="12 rue du Port", country="CI")
    ghost = NodeDraft(id="ghost", name="Usine Soleil", kind=NodeKind.UNKNOWN_ORIGIN)

    def known() -> list[tuple[str, bool | None]]:
        with acting(world.tenant):
            nodes = load_drafts(world.chain_id).nodes
            found = find_doubles(Asked((row, ghost), nodes, load_decisions()))
            assert all(pair.new_id == "new" and pair.reasons for pair in found)
            return sorted((pair.known_name, pair.decided) for pair in found)

    assert known() == [("Usine Soleil", None), ("Usine Soleil S.A.", None)]
    world.search()
    world.decide(PairState.DIFFERENT)
    # Its content is that of the second node, which was said to be another than the first.
    assert known() == [("Usine Soleil", None)]


def test_a_row_that_stands_twice_in_a_list_is_told_too():
    rows = [NodeDraft(id=key, name="Usine Soleil", address="12 Port", country="CI") for key in "ab"]

    (pair,) = find_doubles(Asked(tuple(rows), (), {}))

    assert (pair.new_id, pair.known_ref) == ("a", "b")


def test_restoring_a_merged_record_by_hand_is_refused(world: World):
    with acting(world.tenant):
        merge_nodes(world.one, world.two, act=Act(world.tenant.manager, NOW))
        with pytest.raises(Conflict, match="merged into another"):
            value_chain.restore_node(world.two, act=Act(world.tenant.manager, NOW))
