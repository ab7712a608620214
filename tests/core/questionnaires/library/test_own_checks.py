"""Own checks of a supplier, by its answers (RM-2.0 section 13, R3)."""

import pytest

from questionnaires import own_check_rules, shipped_form, shown_checks
from questionnaires.form.form import SELECTS
from questionnaires.library.own_checks import CheckShown
from questionnaires.scoring.plan import extra, question_id
from supply_chain.risk.rm2.response import OwnCheck

RULES = [(check, rule) for check, rules in own_check_rules().items() for rule in rules]


def test_the_five_checks_are_those_of_the_method():
    assert set(own_check_rules()) == {check.value for check in OwnCheck}


@pytest.mark.parametrize(("check", "rule"), RULES)
def test_each_line_names_a_question_its_options_and_evidence_it_asks_for(
    check: str, rule: CheckShown
):
    form = shipped_form(rule.item.partition("-")[0])
    found = next(one for one in form.questions() if question_id(one) == rule.item)

    assert found.name == rule.item.replace("-", "_")
    assert bool(rule.any) + (rule.least is not None) + rule.given == 1
    if rule.any:
        assert found.kind in SELECTS
        offered = {choice.name for choice in found.choices}
        assert set(rule.any) <= offered - {"none", "unsure", "no"}
    if rule.evidence:
        assert extra(found, "evidence")


def test_a_check_that_needs_evidence_is_shown_once_the_evidence_is_accepted():
    answers = {"/data/O/SAQ_O02": "yes"}

    assert shown_checks(answers, set()) == {}
    assert shown_checks(answers, {"SAQ-O02"}) == {"unannounced_access": ("SAQ-O02",)}


def test_a_bad_answer_shows_nothing_even_with_evidence():
    assert shown_checks({"/data/O/SAQ_O02": "no", "/data/D/SAQ_D03": "none"}, {"SAQ-O02"}) == {}


def test_complaints_that_came_show_that_the_route_is_used():
    assert shown_checks({"/data/L/SAQ_L03": "0"}, set()) == {}
    assert set(shown_checks({"/data/L/SAQ_L03": "4"}, set())) == {"grievance_route"}


def test_a_supplier_named_in_any_entry_counts():
    answers = {"/data/N/SAQ_N01[1]/SAQ_N02": None}

    assert set(shown_checks(answers, set())) == {"sub_suppliers_named"}


def test_a_question_of_that_name_in_a_form_of_the_buyer_counts_only_where_its_answer_fits():
    of_the_buyer = {"/data/L/SAQ_L03": "yes", "/data/O/SAQ_O02": None}

    assert shown_checks(of_the_buyer, {"SAQ-O02"}) == {}
