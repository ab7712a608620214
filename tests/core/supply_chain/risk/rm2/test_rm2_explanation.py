"""Every line of a score with what stands behind it, and what would change it (RM-2.0)."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply_chain.graph.columns import NodeColumns
from supply_chain.reference.release import load_reference
from supply_chain.risk.evidence import STATES, Evidence, State, observations_from
from supply_chain.risk.rm2.explanation import explain
from supply_chain.risk.rm2.map_events import EventRows
from supply_chain.risk.rm2.method import METHOD
from supply_chain.risk.rm2.possible_changes import How, Look, changes_of
from supply_chain.risk.rm2.scoring import score_pairs
from supply_chain.risk.rm2.subject import Subject, subject_of
from supply_chain.vocabulary import Issue, RiskBand
from tests.risk_evidence import controls, ints, states
from tests.rm2_cases import control, factor, linked, score, seen
from tests.sampling import examples

REFERENCE = load_reference()
NODES = NodeColumns.build(
    ["O", "F", "X", "S"],
    country=["PK", "CI", None, "CD"],
    sector=["garments", "cocoa_farming", None, None],
    commodities=[(), ("cocoa",), (), ("cobalt",)],
)
MILL, FARM, UNKNOWN, MINE = range(4)


def subject(row=MILL, issue=Issue.CL, **known) -> Subject:
    return subject_of(NODES, Evidence(**known), row, issue, reference=REFERENCE)


def explained(row=MILL, issue=Issue.CL, **known):
    return explain(subject(row, issue, **known), reference=REFERENCE)


def observed(*rows):
    """Rows (factor, s, source type, months) of the mill."""
    return observations_from([(MILL, *row, None, None) for row in rows])


def test_lines_of_a_place_of_which_nothing_is_known_are_those_of_the_worked_example():
    found = explained(FARM)
    case = score(country="CI", sector="cocoa_farming", commodity="cocoa")
    lines = {part["line"]: part["points"] for part in case["contributions"]}

    assert (found.base, found.country, found.activity, found.listing) == (
        lines["base"], lines["country"], lines["activity"], lines["listing"],
    )  # fmt: skip
    assert found.items == () and found.controls == ()
    assert found.severity == pytest.approx(lines["severity"])
    assert found.figures.residual_index == case["residual_index"]
    assert (found.figures.band.value, found.figures.grade) == (case["band"], case["grade"])


def test_the_listed_good_of_the_worked_example_is_named():
    found = explained(MINE)  # EX-14: artisanal cobalt
    assert found.listing == 10
    assert [(one.good, "child_labour" in one.kinds) for one in found.listed] == [("cobalt", True)]
    assert found.classes and found.country_known and found.activity_known


def test_indicators_say_what_is_estimated_and_weigh_most_first():
    found = explained(MILL)
    weights = [one.weight for one in found.indicators]
    assert weights == sorted(weights, reverse=True) and len(weights) == 5
    for one in found.indicators:
        assert one.low <= one.score <= one.high
        assert one.is_observed == (one.low == one.high)
    mean = sum(one.weight * one.score for one in found.indicators) / sum(weights)
    assert mean == pytest.approx(found.vulnerability)


def test_traits_are_those_of_the_activity_and_give_its_exposure():
    found = explained(MILL)
    total = sum(one.weight * one.score for one in found.traits)
    assert total / sum(one.weight for one in found.traits) == pytest.approx(found.exposure)
    assert found.classes == ("Garment and accessories making",)


def test_a_place_without_country_and_activity_says_so():
    found = explained(UNKNOWN)
    assert not found.country_known and not found.activity_known
    assert found.classes == () and found.listed == ()
    assert found.figures.grade == "E"


def test_each_answer_and_visit_is_a_line_with_what_was_said_and_when():
    found = explained(
        observations=observed(
            ("WRK-09", 0.9, "admission", 4.0),
            ("WRK-01", 0.1, "audit", 3.0),
            ("WRK-01", 0.2, "supplier_answer", 1.0),
        )
    )
    assert [item.factor for item in found.items] == ["WRK-09", "WRK-01"]
    assert found.items[0].points > 0 > found.items[1].points
    assert [(said.source_type, said.value, said.age_months) for said in found.items[1].statements]\
        == [("supplier_answer", 0.2, 1.0), ("audit", 0.1, 3.0)]  # fmt: skip


def test_an_event_around_the_place_is_a_line_until_it_has_faded():
    around = EventRows(
        node=ints(MILL, MILL),
        event=ints(METHOD.event_index["EVT-06"], METHOD.event_index["EVT-03"]),
        source_type=ints(*[METHOD.source_index["official"]] * 2),
        months_since_start=np.array([3.0, 60.0]),
        months_at_full=np.full(2, np.nan),
    )
    found = explain(
        subject_of(NODES, Evidence(events=around), MILL, Issue.CL, reference=REFERENCE),
        reference=REFERENCE,
    )
    assert [(one.event, one.place, one.months_since_start) for one in found.events] == [
        ("EVT-06", 0, 3.0)
    ]
    assert found.events[0].points == pytest.approx(8 * 0.9)
    assert found.total == pytest.approx(found.figures.residual_index)


def test_an_open_case_and_its_controls_stand_on_their_own_lines():
    found = explained(
        states=states((MILL, 0, State.CONFIRMED)), controls=controls((MILL, "CTL-02", 1, 0.5, 1))
    )
    assert found.figures.points == 100 == found.figures.residual_points
    assert found.fact > 0
    assert found.controls[0].points < 0
    assert found.controls_limit == pytest.approx(-found.controls[0].points)
    assert found.total == pytest.approx(found.figures.residual_index)


FACTORS = sorted(ref for ref in METHOD.factors if ref[:3] in ("WRK", "COM"))
SEEN = st.tuples(
    st.sampled_from(FACTORS), st.floats(0, 1), st.sampled_from(sorted(METHOD.source_types)),
    st.floats(0, 60),
)  # fmt: skip
CONTROL = st.tuples(
    st.sampled_from(METHOD.controls), st.floats(0, 1), st.sampled_from([0.25, 0.5, 0.75, 0.9])
)


@given(
    issue=st.sampled_from(Issue),
    row=st.integers(0, 3),
    rows=st.lists(SEEN, max_size=8),
    put=st.lists(CONTROL, max_size=4, unique_by=lambda one: one[0]),
    facts=st.lists(st.sampled_from(STATES[:3]), max_size=2),
)
@examples(100)
def test_lines_add_up_and_no_measure_raises_a_score_or_step_widens_its_range(
    issue, row, rows, put, facts
):
    found = subject(
        row,
        issue,
        observations=observations_from([(row, *one, None, None) for one in rows]),
        controls=controls(*[(row, *one, 1.0) for one in put]),
        states=states(*[(row, list(Issue).index(issue), fact) for fact in facts]),
    )
    lines = explain(found, reference=REFERENCE)
    assert lines.total == pytest.approx(lines.figures.residual_index, abs=1e-9)
    assert lines.figures.low <= lines.figures.residual_index <= lines.figures.high
    changes = changes_of(found)
    for measure in changes.measures:
        assert measure.after.residual_index <= lines.figures.residual_index + 1e-9
    for step in changes.steps:
        assert step.after.low <= step.after.residual_index <= step.after.high
        assert step.narrower >= 0 and step.factors > 0


def test_a_measure_promises_what_the_method_gives_once_it_is_there():
    lower = {(one.how, one.ref): one for one in changes_of(subject()).measures}
    known = {"country": "PK", "sector": "garments", "commodity": "garments"}

    begun = lower[How.BEGIN, "CTL-05"]
    there = score(controls=[control("CTL-05", 0.5, 0.75)], **known)

    assert begun.after.residual_index == there["residual_index"]
    assert begun.by == pytest.approx(score(**known)["residual_index"] - there["residual_index"])


def test_records_alone_ask_for_monitoring_and_monitoring_for_all_people():
    lower = {
        one.ref: one
        for one in changes_of(
            subject(
                controls=controls((MILL, "CTL-02", 0.8, 0.5, 1), (MILL, "CTL-05", 0.4, 0.75, 1))
            )
        ).measures
    }
    assert (lower["CTL-02"].how, lower["CTL-05"].how) == (How.SHOW, How.EXTEND)
    assert lower["CTL-02"].by > 0 and lower["CTL-05"].by > 0


def test_an_admitted_problem_put_right_lowers_by_what_it_added_and_earns_its_credit():
    admitted = subject(observations=observed(("WRK-09", 1.0, "admission", 0.0)))
    right = next(one for one in changes_of(admitted).measures if one.how is How.PUT_RIGHT)
    evidence = [factor("WRK-09", seen(0.0, "supplier_evidence"))]

    assert right.ref == "WRK-09"
    then = score(country="PK", sector="garments", commodity="garments", factors=evidence)
    assert right.after.residual_index == pytest.approx(then["residual_index"])


def test_a_blank_asks_for_an_answer_which_lowers_and_tells_more():
    nothing = subject()
    blank = nothing.inputs.factors.blank.copy()
    blank[0, METHOD.factor_index["WRK-01"]] = True
    inputs = replace(nothing.inputs, factors=replace(nothing.inputs.factors, blank=blank))
    asked = replace(nothing, inputs=inputs, scores=score_pairs(inputs))
    found, lines = changes_of(asked), explain(asked, reference=REFERENCE)

    assert [(one.factor, one.score) for one in lines.items] == [("WRK-01", None)]
    assert lines.total == pytest.approx(lines.figures.residual_index)
    answer = next(one for one in found.measures if one.how is How.ANSWER)
    assert answer.ref == "WRK-01" and answer.by > lines.items[0].points
    tell = {one.look: one.narrower for one in found.steps}
    assert tell[Look.ANSWERS] > next(
        one.narrower for one in changes_of(nothing).steps if one.look is Look.ANSWERS
    )


def test_no_measure_asks_to_send_migrant_seasonal_or_home_workers_away():
    found = changes_of(
        subject(
            observations=observed(
                *[(ref, 1.0, "audit", 1.0) for ref in ("WRK-04", "WRK-08", "WRK-11", "COM-03")],
                ("WRK-05", 1.0, "audit", 1.0),
            ),
            issue=Issue.FL,
        )
    )
    assert [one.ref for one in found.measures if one.how is How.PUT_RIGHT] == ["WRK-05"]


def test_a_visit_tells_more_than_an_audit_and_an_audit_more_than_answers():
    steps = {one.look: one for one in changes_of(subject()).steps}
    widths = [steps[look].narrower for look in (Look.VISIT, Look.AUDIT, Look.ANSWERS)]

    assert widths == sorted(widths, reverse=True) and widths[-1] > 0
    assert [steps[look].after.grade for look in (Look.VISIT, Look.AUDIT)] == ["A", "B"]
    assert steps[Look.VISIT].factors == len(linked("ISS-CL"))


def test_figures_of_the_region_narrow_the_range_and_move_no_score():
    region = next(one for one in changes_of(subject()).steps if one.look is Look.REGION)
    assert region.narrower > 0
    assert region.after.residual_index == pytest.approx(explained().figures.residual_index)


def test_what_was_visited_is_not_asked_again():
    every = [(ref, 0.0, "site_work", 0.0) for ref in linked("ISS-CL")]
    steps = {one.look for one in changes_of(subject(observations=observed(*every))).steps}
    assert steps == {Look.REGION}


def test_a_confirmed_case_stays_at_its_height_whatever_is_promised():
    closed = subject(states=states((MILL, 0, State.CONFIRMED)))
    changes = changes_of(closed)
    of_remedy = [one for one in changes.measures if one.by > 0]
    assert {one.ref for one in of_remedy} <= {"CTL-07"}  # better remedy eases severity alone
    assert explain(closed, reference=REFERENCE).figures.band is RiskBand.CRITICAL
