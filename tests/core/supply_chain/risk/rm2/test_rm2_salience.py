"""RM-2.0 section 12: the order of risks and the find-out list."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply_chain.risk.rm2.ranges import GRADES
from supply_chain.risk.rm2.salience import OpenRisks, find_out_ranks, salience, salience_ranks
from supply_chain.risk.salience import INVOLVEMENTS, places
from tests.sampling import examples


def risks(*rows):
    """Rows (node, issue, RI_res, S, RI_high[, what else]); else emergency, delay, involvement."""
    others = [row[5] if len(row) > 5 else "linked" for row in rows]
    involved = [other if other in INVOLVEMENTS else "linked" for other in others]
    return OpenRisks(
        node=places([row[0] for row in rows]),
        issue=places([row[1] for row in rows]),
        emergency=np.array([other == "emergency" for other in others], bool),
        delay=np.array([other == "delay" for other in others], bool),
        residual_index=np.array([row[2] for row in rows], float),
        severity=np.array([row[3] for row in rows], float),
        index_high=np.array([row[4] for row in rows], float),
        involvement=np.array([INVOLVEMENTS.index(one) for one in involved], np.int64),
    )


def in_order(*rows):
    ranks = salience_ranks(risks(*rows))
    assert sorted(ranks) == list(range(1, len(rows) + 1))
    return [f"{rows[at][0]} {rows[at][1]}" for at in np.argsort(ranks)]


ROWS = [
    ("n1", "CL", 66, 3.7333, 80), ("n1", "FL", 66, 4.6, 78), ("n2", "YW", 70, 2.8667, 75),
    ("n3", "CT", 62, 4.6, 79, "delay"), ("n4", "FF", 30, 2.8667, 60, "emergency"),
    ("n0", "CL", 66, 3.7333, 81), ("n5", "CL", 66, 3.7333, 80, "cause"), ("n5", "HZ", 97, 4.0, 100),
]  # fmt: skip


def test_ex_49_every_key_in_its_turn():
    expected = ["n4 FF", "n5 HZ", "n2 YW", "n3 CT", "n1 FL", "n0 CL", "n5 CL", "n1 CL"]

    assert in_order(*ROWS) == expected
    assert in_order(*reversed(ROWS)) == expected


def test_delay_that_makes_harm_irremediable_adds_five_points():
    assert salience(risks(*ROWS))[[2, 3]] == pytest.approx([70, 67])


def test_contributing_comes_between_cause_and_linked():
    rows = [("n", issue, 50, 3, 60, kind)
            for issue, kind in zip("abc", ["linked", "contribute", "cause"], strict=True)]  # fmt: skip

    assert in_order(*rows) == ["n c", "n b", "n a"]


def test_ties_fall_to_node_then_issue_by_code_point():
    rows = [
        ("b", "CL", 50, 3, 60),
        ("a", "HZ", 50, 3, 60),
        ("a", "CL", 50, 3, 60),
        ("B", "CL", 50, 3, 60),
    ]

    assert in_order(*rows) == ["B CL", "a CL", "a HZ", "b CL"]


def test_differences_below_six_decimals_are_ties():
    assert in_order(("b", "CL", 50.0000001, 3, 60), ("a", "CL", 50, 3, 60)) == ["a CL", "b CL"]


def test_the_find_out_list_has_the_highest_possible_index_first_among_weak_grades():
    grades = np.array([GRADES.index(grade) for grade in "CABEDDEB"])
    ranks = find_out_ranks(risks(*ROWS), grades, salience_ranks(risks(*ROWS)))

    # n0 CL 81, then n5 CL and n1 CL 80 in their salience order, n3 CT 79, n4 FF 60.
    assert ranks.tolist() == [3, 0, 0, 4, 5, 1, 2, 0]


def test_no_risks_have_no_ranks():
    assert salience_ranks(risks()).tolist() == []
    none = np.zeros(0, dtype=np.int64)
    assert find_out_ranks(risks(), none, none).tolist() == []


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "c"]), st.sampled_from(["CL", "FL", "YW"]),
            st.sampled_from([0.0, 41.9, 41.9000001, 66.0, 100.0]), st.sampled_from([1.0, 4.6, 5.0]),
            st.sampled_from([0.0, 66.0, 99.9999999, 100.0]),
            st.sampled_from(["linked", "cause", "emergency", "delay"]),
        ),
        unique_by=lambda row: row[:2],
    )
)  # fmt: skip
@examples(200)
def test_the_order_is_that_of_the_keys_one_after_the_other(rows):
    def keys(row):
        node, issue, index, severity, high, other = row
        sal = round(index, 6) + 5 * (other == "delay")
        involved = INVOLVEMENTS.index(other if other in INVOLVEMENTS else "linked")
        return (other != "emergency", -round(sal, 6), -severity, -round(high, 6), involved,
                node, issue)  # fmt: skip

    expected = [f"{row[0]} {row[1]}" for row in sorted(rows, key=keys)]
    assert in_order(*rows) == expected
