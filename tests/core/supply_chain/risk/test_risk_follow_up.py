"""What is under way about risks, as columns beside a register; and who comes first over maps."""

from datetime import date, timedelta
from itertools import chain
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply_chain.risk.follow_up import (
    LONGEST_DAYS,
    NOBODY,
    FollowUpColumns,
    FollowUpFilter,
    OpenStep,
    Said,
    bit_of,
    columns_of,
    is_day_allowed,
    is_too_severe,
)
from supply_chain.risk.register import ISSUES, Register
from supply_chain.risk.rm2.register_order import order_keys
from supply_chain.risk.rm2.salience import DELAY, EMERGENCY, UNITS

PEOPLE = {"ana": 0, "ben": 1}
PLACES = 5
PAIRS = [(place, issue) for place in range(PLACES) for issue in range(len(ISSUES))]


def register_with(pairs: list[tuple[int, int]], **columns: list[int]) -> Register:
    """A register of these (place, issue) in their order; all but the last place are nodes."""
    count = len(pairs)

    def column(name: str, kind: type) -> np.ndarray:
        return np.array(columns.get(name, [0] * count), dtype=kind)

    return Register(
        place=np.array([place for place, _ in pairs], dtype=np.int32),
        issue=np.array([issue for _, issue in pairs], dtype=np.int8),
        severity_band=column("severity_band", np.int8),
        residual_band=column("residual_band", np.int8),
        heat_cell=column("heat_cell", np.int8),
        insufficient=column("insufficient", np.bool_),
        grade=column("grade", np.int8),
        index=column("index", np.uint32),
        highest=column("highest", np.uint32),
        urgency=column("urgency", np.int8),
        country=np.array([""] * PLACES, dtype="U"),
        tier=np.zeros(PLACES, dtype=np.int16),
        highest_index=np.zeros(PLACES),
        key=np.frombuffer(b"".join(map(key_of, range(PLACES - 1))), np.uint8).reshape(-1, 16),
    )


def key_of(place: int) -> bytes:
    return UUID(int=(7919 * (place + 1)) << 64).bytes


pairs_of_a_run = st.lists(st.sampled_from(PAIRS), unique=True)
said_of_places = st.dictionaries(st.integers(0, PLACES), st.sampled_from([0, 1]))
said_of_risks = st.dictionaries(st.sampled_from(PAIRS), st.sampled_from([0, 1]))
steps_of_risks = st.dictionaries(
    st.sampled_from(PAIRS), st.sampled_from([s for s in OpenStep if s is not OpenStep.NONE])
)


def columns(register: Register, of_places, of_risks, steps) -> FollowUpColumns:
    nodes = [key_of(place).hex() for place in of_places]
    risks = [key_of(place).hex() for place, _ in of_risks]
    return columns_of(
        register,
        PEOPLE,
        owners=[
            Said(nodes, list(of_places.values())),
            Said(risks, list(of_risks.values()), [issue for _, issue in of_risks]),
        ],
        steps=[
            Said(
                [key_of(place).hex() for place, _ in steps],
                [bit_of(step) for step in steps.values()],
                [issue for _, issue in steps],
            )
        ],
    )


@given(pairs_of_a_run, said_of_places, said_of_risks, steps_of_risks)
def test_owners_part_the_risks_of_a_list_without_gap_or_overlap(
    pairs, of_places, of_risks, steps
) -> None:
    register = register_with(pairs)
    found = np.arange(len(register))
    of = columns(register, of_places, of_risks, steps)

    parts = [
        of.matching(register, found, FollowUpFilter(owner=one)).tolist()
        for one in (NOBODY, *PEOPLE)
    ]
    assert sorted(chain.from_iterable(parts)) == found.tolist()


@given(pairs_of_a_run, said_of_places, said_of_risks, steps_of_risks)
def test_the_owner_of_a_risk_counts_before_that_of_its_place(
    pairs, of_places, of_risks, steps
) -> None:
    register = register_with(pairs)
    of = columns(register, of_places, of_risks, steps)

    for position, (place, issue) in enumerate(pairs):
        is_node = place < PLACES - 1
        expected = of_risks.get((place, issue), of_places.get(place)) if is_node else None
        assert of.owner[place, issue] == (-1 if expected is None else expected)
        at = np.array([position])
        step = steps.get((place, issue), OpenStep.NONE) if is_node else OpenStep.NONE
        assert len(of.matching(register, at, FollowUpFilter(step=step))) == 1


@given(pairs_of_a_run, steps_of_risks)
def test_no_open_step_and_any_open_step_part_the_risks(pairs, steps) -> None:
    register = register_with(pairs)
    found = np.arange(len(register))
    of = columns(register, {}, {}, steps)

    with_step = [
        set(of.matching(register, found, FollowUpFilter(step=step)).tolist())
        for step in OpenStep
        if step is not OpenStep.NONE
    ]
    without = set(of.matching(register, found, FollowUpFilter(step=OpenStep.NONE)).tolist())
    assert without | set().union(*with_step) == set(found.tolist())
    assert not without & set().union(*with_step)


def test_an_owner_whom_nobody_knows_owns_nothing() -> None:
    register = register_with([(0, 0)])
    of = columns(register, {}, {}, {})

    assert len(of.matching(register, np.arange(1), FollowUpFilter(owner="carl"))) == 0


def test_places_are_found_by_their_keys_and_strangers_are_not() -> None:
    register = register_with([(0, 0)])
    asked = [3, 0, 9, 2]

    found = register.rows_of(b"".join(map(key_of, asked)))

    assert found.tolist() == [3, 0, -1, 2]


def test_positions_of_pairs_are_found_in_the_order_they_are_asked() -> None:
    register = register_with([(2, 1), (0, 3), (0, 1)])
    asked = [ISSUES[3], ISSUES[1], ISSUES[5]]

    assert register.positions_at(np.array([0, 2, 0]), asked) == [1, 0, -1]


@pytest.mark.parametrize(
    ("days", "allowed"), [(-1, False), (0, False), (1, True), (LONGEST_DAYS, True), (367, False)]
)
def test_a_deferral_lasts_twelve_months_at_most(days: int, allowed: bool) -> None:
    today = date(2026, 11, 25)

    assert is_day_allowed(today + timedelta(days=days), today) is allowed


@pytest.mark.parametrize(
    ("severity", "likelihood", "refused"),
    [(4.5, 0.25, True), (4.49, 0.9, False), (5.0, 0.249, False)],
)
def test_a_very_severe_and_likely_risk_is_not_deferred(
    severity: float, likelihood: float, refused: bool
) -> None:
    assert is_too_severe(severity, likelihood) is refused


def test_risks_of_maps_are_ordered_by_danger_then_salience_then_severity_then_range() -> None:
    steps = [
        (40, 0, 50, EMERGENCY),
        (58, 0, 70, DELAY),  # 5 points more count
        (62, 3, 70, 0),
        (62, 2, 90, 0),
        (62, 2, 80, 0),
    ]
    register = register_with(
        [(0, issue) for issue in range(len(steps))],
        index=[index * UNITS for index, *_ in steps],
        severity_band=[band for _, band, *_ in steps],
        highest=[high * UNITS for _, _, high, _ in steps],
        urgency=[urgency for *_, urgency in steps],
    )

    keys = order_keys(register, np.arange(len(steps)), by_high=False).tolist()
    assert keys == sorted(keys) and len(set(keys)) == len(steps)
    by_high = order_keys(register, np.array([3, 4]), by_high=True).tolist()
    assert by_high == sorted(by_high)


@given(st.lists(st.integers(0, 100), min_size=1), st.lists(st.integers(0, 3), min_size=100))
def test_between_maps_no_risk_comes_before_one_that_is_ahead_of_it_in_its_own_map(
    indices, bands
) -> None:
    falling = sorted(indices, reverse=True)
    register = register_with(
        [PAIRS[at % len(PAIRS)] for at in range(len(falling))],
        index=[index * UNITS for index in falling],
        severity_band=(bands * len(falling))[: len(falling)],
        highest=[index * UNITS for index in falling],
    )

    keys = order_keys(register, np.arange(len(falling)), by_high=False)
    assert (np.diff(keys) >= 0).all()
