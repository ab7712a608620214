"""A list comes again a year later: what was merged is recognised, and asked again where it changed."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import func, select

from ddplatform.audit.models import AuditEvent
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.value_chain.import_steps.services import undo as map_undo
from ddplatform.value_chain.imports.services.reading import read_files
from ddplatform.value_chain.map_files.services.intake import plan_intake, take_in
from ddplatform.value_chain.mapping.models import (
    ImportStatus,
    MapImport,
    SupplyLink,
    ValueChainNode,
)
from ddplatform.value_chain.mapping.queries.maps import find_chain, get_node
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.matching.models import DuplicatePair, PairState
from ddplatform.value_chain.matching.queries.pairs import PairFilter, list_open_of, list_pairs
from ddplatform.value_chain.matching.queries.records import get_pair
from ddplatform.value_chain.matching.services import search as match_search
from ddplatform.value_chain.merging.queries.merges import find_merge_of
from ddplatform.value_chain.merging.services import decisions as matching
from ddplatform.value_chain.merging.services import many as matching_many
from ddplatform.value_chain.merging.services.merge import merge_nodes
from supply_chain.intake.drafts import Mapping, NamedBytes
from tests.conftest import NOW
from tests.factories import Tenant
from tests.finding_worlds import acting
from tests.stored_worlds import stored_world

FIRST = """id,name,country,address
a,Usine Soleil S.A.,CI,12 rue du Port
b,Usine Soleil,CI,12 rue du Port
farm,Green Valley Cooperative,GH,Hill 3
"""
MOVED = FIRST.replace("b,Usine Soleil,CI,12 rue du Port", "b,Soleil Mills,CI,7 avenue Nogues")


class Years:
    """A map whose record b was merged into a after the first list; another one before, if asked."""

    def __init__(
        self, tenant: Tenant, *, is_searched: bool = False, merged_first: str | None = None
    ) -> None:
        self.tenant, self.brought = tenant, 0
        self.bring(FIRST)
        with acting(tenant):
            self.chain_id = find_chain("Oil").id
        if is_searched:
            self.search()
        for absorbed in filter(None, (merged_first, "b")):
            with acting(tenant):
                merge_nodes(self.key("a"), self.key(absorbed), act=Act(tenant.manager, NOW))

    def bring(self, text: str) -> dict[str, Any]:
        with acting(self.tenant):
            plan = plan_intake("Oil", [NamedBytes("mills.csv", text.encode())], Mapping())
            reading, by = read_files(plan), self.tenant.manager
            at, self.brought = NOW + timedelta(days=365 * self.brought), self.brought + 1
            return take_in("Oil", plan, reading, skip_faulty=False, act=Act(by, at)).answer

    def take_back(self) -> None:
        """Undo the newest list that is still applied."""
        applied = select(MapImport).where(MapImport.status == ImportStatus.APPLIED)
        with acting(self.tenant):
            last = db.session.scalars(applied.order_by(MapImport.created_at.desc())).first()
            map_undo.undo_import(last.id, act=Act(self.tenant.manager, NOW))

    def key(self, ref: str) -> UUID:
        named = ValueChainNode.external_ref == ref
        return db.session.scalars(select(ValueChainNode.id).where(named)).one()

    def node(self, ref: str) -> ValueChainNode:
        named = select(ValueChainNode).where(ValueChainNode.external_ref == ref)
        return db.session.scalars(named.execution_options(populate_existing=True)).one()

    def search(self) -> None:
        with acting(self.tenant):
            run_id = match_search.request_search(
                self.chain_id, act=Act(self.tenant.manager, NOW)
            ).id
        unit = lambda: acting(self.tenant)  # noqa: E731
        match_search.search(run_id, unit=unit, progress=lambda *_: None, at=NOW)

    def questions(self) -> list[Any]:
        with acting(self.tenant):
            return list(list_pairs(self.chain_id, PairFilter()))

    def answer(self, state: PairState) -> None:
        (asked,) = self.questions()
        with acting(self.tenant):
            version, by = get_pair(asked.id).row_version, self.tenant.manager
            matching.decide(asked.id, state, version=version, act=Act(by, NOW))

    def standing(self) -> set[str]:
        stands = ValueChainNode.archived_at.is_(None)
        with acting(self.tenant):
            return set(db.session.scalars(select(ValueChainNode.external_ref).where(stands)))


@stored_world
def years(context: Flask, tenant: Tenant) -> Years:
    return Years(tenant)


def test_the_same_list_again_changes_and_asks_nothing(years: Years):
    again = years.bring(FIRST)

    assert (again["new"], again["changed"], again["possible_duplicates"]) == (0, 0, [])
    assert years.standing() == {"a", "farm"}
    assert years.questions() == []


def test_a_merged_record_that_says_something_else_is_asked_again_and_kept_as_the_list_says(
    years: Years,
):
    again = years.bring(MOVED)

    assert (again["new"], again["changed"]) == (0, 1)
    assert years.standing() == {"a", "farm"}
    (asked,) = years.questions()
    assert {asked.left.external_ref, asked.right.external_ref} == {"a", "b"}
    assert asked.reasons[0].endswith("its list says something else now (name, address)")
    with acting(years.tenant):
        assert (years.node("b").name, years.node("b").address) == (
            "Soleil Mills",
            "7 avenue Nogues",
        )
        assert [pair.id for pair in list_open_of(get_node(years.key("a")))] == [asked.id]


def test_a_record_that_is_only_written_in_another_way_is_no_question(years: Years):
    years.bring(FIRST.replace("b,Usine Soleil,", "b,USINE  SOLEIL,"))

    assert years.questions() == []
    with acting(years.tenant):
        assert years.node("b").name == "USINE SOLEIL"


def test_the_question_waits_through_searches_and_merges_of_many(years: Years):
    years.bring(MOVED)
    years.search()

    assert len(years.questions()) == 1
    with acting(years.tenant):
        assert matching_many.count_above(years.chain_id, 0.0) == 0


def test_said_to_be_the_same_again_they_stay_one_and_the_third_year_asks_nothing(years: Years):
    years.bring(MOVED)
    years.answer(PairState.LATER)
    years.answer(PairState.SAME)
    again = years.bring(MOVED)

    assert (again["new"], again["changed"]) == (0, 0)
    assert years.standing() == {"a", "farm"}
    assert years.questions() == []
    with acting(years.tenant):
        actions = db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.sequence)).all()
        assert actions.count("duplicate_pair:decide") == 2
        assert actions.count("node:merge") == 1


def test_said_to_be_another_supplier_it_stands_by_itself_as_the_list_says(years: Years):
    years.bring(MOVED)
    years.answer(PairState.DIFFERENT)
    years.search()
    again = years.bring(MOVED)

    assert (again["new"], again["changed"]) == (0, 0)
    assert years.standing() == {"a", "b", "farm"}
    assert years.questions() == []
    with acting(years.tenant):
        assert years.node("b").name == "Soleil Mills"
        assert find_merge_of(years.key("b")) is None


def test_a_merged_record_that_its_list_calls_an_origin_is_none_when_it_stands_by_itself(
    years: Years,
):
    years.bring(
        MOVED.replace("address\n", "address,origin\n").replace("avenue Nogues", "avenue Nogues,yes")
    )
    years.answer(PairState.DIFFERENT)

    assert "b" in years.standing()
    with acting(years.tenant):
        assert years.node("b").name == "Soleil Mills"
        assert years.node("b").is_origin is None


def test_the_first_words_again_close_the_question(years: Years):
    years.bring(MOVED)
    years.bring(FIRST)

    assert years.questions() == []
    with acting(years.tenant):
        assert years.node("b").name == "Usine Soleil"


def test_a_list_that_is_taken_back_takes_its_question_back(years: Years):
    years.bring(MOVED)
    years.take_back()

    assert years.questions() == []
    with acting(years.tenant):
        assert years.node("b").name == "Usine Soleil"
        assert db.session.scalars(select(DuplicatePair.state)).all() == [PairState.SAME]


def test_a_list_that_is_taken_back_leaves_the_question_of_an_earlier_one_open(years: Years):
    years.bring(MOVED)
    (asked,) = years.questions()
    years.bring(MOVED.replace("7 avenue Nogues", "9 quai Nord"))
    years.take_back()

    assert [one.id for one in years.questions()] == [asked.id]
    years.answer(PairState.SAME)
    years.bring(MOVED)
    assert years.questions() == [], "what was answered is what stands"


def test_a_list_that_is_taken_back_leaves_an_answer_that_was_given_as_it_is(years: Years):
    years.bring(MOVED)
    years.answer(PairState.SAME)
    years.take_back()

    assert years.questions() == []
    assert years.standing() == {"a", "farm"}
    with acting(years.tenant):
        assert db.session.scalars(select(DuplicatePair.state)).all() == [PairState.SAME]


def test_an_answered_question_does_not_come_back_when_only_a_figure_changes(years: Years):
    years.bring(MOVED)
    years.answer(PairState.SAME)
    moved = MOVED.replace("a,Usine Soleil S.A.,CI,12 rue du Port", "a,Usine Soleil S.A.,CI,1 quai")
    years.bring(moved)
    head, *rows = moved.splitlines()
    figures = [f"{head},workers", *(f"{row},250" for row in rows)]
    again = years.bring("\n".join(figures))

    assert (again["new"], again["changed"]) == (0, 3)
    assert years.questions() == []


def test_a_pair_that_the_merge_answered_by_itself_becomes_the_question(
    context: Flask, tenant: Tenant
):
    years = Years(tenant, is_searched=True)
    years.bring(MOVED)

    (asked,) = years.questions()
    with acting(tenant):
        assert db.session.scalars(select(DuplicatePair.id)).all() == [asked.id]


def test_a_question_stays_open_while_a_newer_merge_is_split(years: Years):
    with acting(years.tenant):
        merge = merge_nodes(years.key("farm"), years.key("a"), act=Act(years.tenant.manager, NOW))
        merge_id = merge.id
    years.bring(MOVED)
    (asked,) = years.questions()
    with acting(years.tenant):
        matching.split(merge_id, ask_again=False, act=Act(years.tenant.manager, NOW))

    assert [one.id for one in years.questions()] == [asked.id]


def test_a_question_stays_open_while_an_older_merge_is_split_and_its_own_is_made_again(
    context: Flask, tenant: Tenant
):
    years = Years(tenant, merged_first="farm")
    years.bring(MOVED)
    (asked,) = years.questions()
    with acting(tenant):
        older = find_merge_of(years.key("farm")).id
        matching.split(older, ask_again=False, act=Act(tenant.manager, NOW))

    assert [one.id for one in years.questions()] == [asked.id]
    assert years.standing() == {"a", "farm"}


def test_a_pair_that_is_asked_again_after_a_split_outlives_searches_that_do_not_find_it(
    years: Years,
):
    years.bring(MOVED)
    (asked,) = years.questions()
    with acting(years.tenant):
        merge_id = find_merge_of(years.key("b")).id
        matching.split(merge_id, ask_again=True, act=Act(years.tenant.manager, NOW))

    years.search()
    years.search()

    assert [one.id for one in years.questions()] == [asked.id]
    assert years.standing() == {"a", "b", "farm"}


def test_a_new_row_that_is_like_a_merged_record_is_asked_about_its_supplier(years: Years):
    years.bring(MOVED)
    years.answer(PairState.SAME)
    new = "new,Soleil Mills Ltd,CI,7 avenue Nogues\n"

    again = years.bring(MOVED + new)

    (double,) = again["possible_duplicates"]
    assert (double["left_id"], double["right_id"]) == ("a", "new")
    assert double["reasons"][0] == "like “Soleil Mills”, which was merged into it"
    years.search()
    (asked,) = years.questions()
    assert {asked.left.external_ref, asked.right.external_ref} == {"a", "new"}
    assert asked.reasons[0] == double["reasons"][0]
    years.answer(PairState.DIFFERENT)
    years.search()
    assert years.questions() == []


def test_a_supplier_that_left_the_map_comes_back_when_a_list_names_its_merged_record(
    years: Years,
):
    again = "id,name,country,address,buyer\nb,Usine Soleil,CI,12 rue du Port,farm\n" + (
        "farm,Green Valley Cooperative,GH,Hill 3,\n"
    )
    with acting(years.tenant):
        value_chain.archive_node(years.key("a"), act=Act(years.tenant.manager, NOW))

    years.bring(again)
    years.bring(again)

    assert years.standing() == {"a", "farm"}
    with acting(years.tenant):
        assert years.node("a").name == "Usine Soleil"
        assert db.session.scalar(select(func.count()).select_from(SupplyLink)) == 1


def test_a_row_without_its_old_id_is_known_by_what_the_merged_record_says_now(years: Years):
    years.bring(MOVED)
    again = years.bring(MOVED.replace("b,Soleil", "other-id,Soleil"))

    assert (again["new"], again["possible_duplicates"]) == (0, [])
    assert years.standing() == {"a", "farm"}
