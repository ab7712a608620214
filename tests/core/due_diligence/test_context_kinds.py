"""Kinds of events in the surroundings, and the triggers of a new assessment."""

from math import isinf

import pytest

from ddplatform.core.due_diligence.context_kinds import context_kinds
from ddplatform.core.due_diligence.reassessment import (
    SeenBy,
    has_changed_much,
    trigger_seen_by,
    triggers,
)
from ddplatform.core.due_diligence.tracking import tracking_words
from supply_chain.risk.method import METHOD
from supply_chain.risk.rm2.method import METHOD as RM2


def test_each_kind_shows_only_factors_of_the_method_about_community_and_context():
    named = {factor for kind in context_kinds().values() for factor in kind.factors}

    assert named <= set(METHOD.factor_index)
    assert all(factor.startswith("COM-") for factor in named)


def test_conflict_and_disaster_show_the_factors_that_the_call_names():
    kinds = context_kinds()

    assert (kinds["conflict"].factors, kinds["conflict"].action) == (("COM-03",), "ICAT-A7")
    assert (kinds["drought"].factors, kinds["drought"].action) == (("COM-05",), "ICAT-A8")
    assert kinds["disaster"].counts_months_after == 24


def test_a_harvest_asks_people_to_look_and_moves_no_score():
    assert context_kinds()["harvest"].factors == ()
    assert context_kinds()["harvest"].trigger == "TRG-08"


def test_events_of_rm_2_0_are_known_and_what_lasts_has_no_months():
    events = {kind.ref: kind.event for kind in context_kinds().values() if kind.event}

    assert set(events.values()) <= set(RM2.event_index)
    lasting = {
        ref for ref, event in events.items() if isinf(RM2.event_months[RM2.event_index[event]])
    }
    assert lasting == {"harvest", "school_closure"}


def test_each_kind_sets_off_a_trigger_that_events_may_set_off():
    for kind in context_kinds().values():
        assert SeenBy.CONTEXT_EVENT in triggers()[kind.trigger].seen_by


def test_every_trigger_has_a_rule_and_a_title():
    assert set(triggers()) == set(tracking_words().triggers)
    assert all(one.due_days > 0 and one.seen_by and one.title for one in triggers().values())


def test_owners_have_fourteen_days_after_an_event():
    assert triggers()["TRG-05"].due_days == 14


def test_what_only_people_can_know_is_told_with_a_form():
    assert triggers()["TRG-11"].seen_by == (SeenBy.PERSON,)


def test_a_new_owner_is_seen_on_the_map_and_a_new_management_told_with_a_form():
    assert triggers()["TRG-03"].seen_by == (SeenBy.NEW_OPERATOR, SeenBy.PERSON)


def test_the_trigger_of_time_is_twelve_months():
    assert trigger_seen_by(SeenBy.MONTHS_PASSED).months == 12


@pytest.mark.parametrize(
    ("before", "after", "much"),
    [(0.5, 0.6, False), (0.5, 0.61, True), (0.5, 0.39, True), (0.5, 0.4, False), (0.0, 0.1, True)],
)
def test_a_share_has_changed_much_when_it_moved_by_more_than_a_fifth(before, after, much):
    assert has_changed_much(before, after, above=0.20) is much
