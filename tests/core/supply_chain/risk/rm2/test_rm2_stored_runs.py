"""What a run under RM-2.0 keeps: its records, its register and its counts tell the same scores."""

import json
from collections import Counter
from uuid import UUID

import numpy as np
import pytest

from supply_chain.graph.columns import LinkColumns, NodeColumns
from supply_chain.graph.graph import ValueChain
from supply_chain.reference.release import load_reference
from supply_chain.risk.evidence import Evidence, State, observations_from
from supply_chain.risk.register import Register, RiskFilter
from supply_chain.risk.rm2.heat_map import STEPS, heat_cells
from supply_chain.risk.rm2.map_answers import ScoredMap, headlines, pair_answers
from supply_chain.risk.rm2.map_assessment import Assessment, assess
from supply_chain.risk.rm2.map_scores import LINES
from supply_chain.risk.rm2.ranges import GRADES
from supply_chain.risk.rm2.severity import RISK_BANDS, SEVERITY_BANDS, index_band, severity_points
from supply_chain.risk.rm2.stored_scores import CHAIN_SCORES, NODE, SCORES
from supply_chain.risk.stored_run import stored_run
from supply_chain.risk.stored_scores import UnreadableScoresError, pack, unpack
from supply_chain.vocabulary import Issue, RiskBand, SeverityBand
from tests.risk_evidence import controls, states

ISSUES = tuple(Issue)
CL = ISSUES.index(Issue.CL)
REFERENCE = load_reference()
KEYS = [UUID(int=number) for number in (7, 1 << 120, 256, 3, 9, 11)]
BRAND, CLOSED, FARM, TRADER, TWIN, VISITED = range(6)
NODES = NodeColumns.build(
    ["brand", "closed", "farm", "trader", "twin", "visited"],
    country=["FR", "CI", "CI", None, "CI", "CI"],
    sector=["retail", *["cocoa_farming"] * 2, None, *["cocoa_farming"] * 2],
    commodities=[(), *[("cocoa",)] * 2, (), *[("cocoa",)] * 2],
    own_operation=[True, *[False] * 5],
    closed=[False, True, *[False] * 4],
)
MAP = ValueChain.build(
    nodes=NODES,
    links=LinkColumns.build(
        NODES,
        buyer=["brand", *["trader"] * 3],
        supplier=["trader", "farm", "twin", "visited"],
        share=[1.0, 0.3, 0.3, 0.3],
    ),
)
EVIDENCE = Evidence(
    observations=observations_from(
        [
            (VISITED, "WRK-01", 0.1, "site_work", 1.0, None, None),
            (VISITED, "WRK-12", 0.9, "admission", 2.0, None, None),
        ]
    ),
    controls=controls((VISITED, "CTL-05", 0.5, 0.75, 4.0)),
    states=states((FARM, CL, State.RED_FLAG)),
)


@pytest.fixture(scope="module")
def result() -> Assessment:
    return assess(MAP, EVIDENCE, reference=REFERENCE, as_of=REFERENCE.as_of)


@pytest.fixture(scope="module")
def register(result: Assessment) -> Register:
    return stored_run(result).register(KEYS)


def in_remedy(result: Assessment) -> np.ndarray:
    marks = np.zeros(result.scored.shape, dtype=np.bool_)
    marks[FARM, CL] = True
    return marks


def test_kept_scores_are_read_as_they_were_to_the_last_bit(result: Assessment) -> None:
    count = len(result.chain)
    kept = unpack(pack(stored_run(result).records(in_remedy(result), 0, count)))

    assert kept.dtype == NODE
    for name in (*SCORES, "grade", "band", "residual_band"):
        np.testing.assert_array_equal(kept[name], result.column(name))
    for name in CHAIN_SCORES:
        np.testing.assert_array_equal(kept[name], getattr(result, name))
    np.testing.assert_array_equal(kept["salience_rank"], result.salience_rank)
    np.testing.assert_array_equal(kept["in_remedy"], in_remedy(result))
    np.testing.assert_array_equal(kept["insufficient_evidence"], result.column("not_enough"))


def test_kept_lines_add_up_to_the_points(result: Assessment) -> None:
    kept = stored_run(result).records(in_remedy(result), 0, len(result.chain))
    scored = result.scored

    assert kept["lines"].shape[2] == len(LINES)
    np.testing.assert_allclose(kept["lines"].sum(axis=2)[scored], kept["points"][scored], atol=1e-9)


def test_a_closed_place_is_kept_without_a_rank_a_grade_and_a_cell(result: Assessment) -> None:
    (kept,) = stored_run(result).records(in_remedy(result), CLOSED, CLOSED + 1)

    for name, nothing in (("salience_rank", -1), ("grade", -1), ("band", -1), ("heat_cell", 0)):
        assert set(kept[name].tolist()) == {nothing}
    assert np.isnan(kept["residual_index"]).all()
    assert not kept["insufficient_evidence"].any()


def test_a_part_of_a_map_is_kept_as_in_the_whole(result: Assessment) -> None:
    run, marks = stored_run(result), in_remedy(result)
    whole = pack(run.records(marks, 0, len(result.chain)))

    assert pack(run.records(marks, 2, 5)) == whole[2:5]


def test_scores_of_two_methods_are_never_read_as_one(result: Assessment) -> None:
    (kept,) = pack(stored_run(result).records(in_remedy(result), 0, 1))

    with pytest.raises(UnreadableScoresError, match="assess the map again"):
        unpack([kept, b"\x01" + kept[1:]])


def test_the_register_stands_in_the_order_of_work_with_grades_and_ranges(
    result: Assessment, register: Register
) -> None:
    place, issue = register.place.astype(int), register.issue.astype(int)
    at = place, issue

    assert len(register) == np.count_nonzero(result.scored)
    np.testing.assert_array_equal(result.salience_rank[at], np.arange(1, len(register) + 1))
    np.testing.assert_array_equal(register.grade, result.column("grade")[at])
    np.testing.assert_allclose(register.index / 1e6, result.column("residual_index")[at], atol=1e-6)
    np.testing.assert_allclose(register.highest / 1e6, result.column("index_high")[at], atol=1e-6)
    assert register.keys() == KEYS


def test_the_find_out_list_of_a_register_is_that_of_the_assessment(
    result: Assessment, register: Register
) -> None:
    asked = register.find_out
    at = register.place[asked].astype(int), register.issue[asked].astype(int)

    np.testing.assert_array_equal(result.find_out_rank[at], np.arange(1, len(asked) + 1))
    assert (result.find_out_rank > 0).sum() == len(asked)


def test_places_of_which_the_same_is_known_tie_and_no_others(
    result: Assessment, register: Register
) -> None:
    pairs = list(zip(register.place.tolist(), register.issue.tolist(), strict=True))
    tie = dict(zip(pairs, register.ties.tolist(), strict=True))

    # Nothing is known of the twin, as of the farm but for its red flag on child labour.
    alike = [(FARM, at) for at in range(len(ISSUES)) if at != CL]
    assert all(tie[pair] == tie[TWIN, pair[1]] for pair in alike)
    assert tie[FARM, CL] != tie[TWIN, CL]
    assert all(tie[VISITED, at] != tie[TWIN, at] for at in (CL,))
    assert register.ties[0] == 0 and (np.diff(register.ties) >= 0).all()


def test_a_register_is_filtered_by_grade(register: Register) -> None:
    for grades in ("C", "DE", "ABC"):
        found = register.matching(RiskFilter(grades=grades))
        letters = {GRADES[at] for at in register.grade[found].tolist()}
        assert letters <= set(grades)
        others = np.setdiff1d(np.arange(len(register)), found)
        assert not {GRADES[at] for at in register.grade[others].tolist()} & set(grades)
    assert len(register.matching(RiskFilter(grades="C")))


def test_cells_of_the_heat_map_add_up_to_the_bands(result: Assessment, register: Register) -> None:
    counts, _ = stored_run(result).counts(len(NODES))
    told = counts.told(["CI", "FR"])
    by_band: Counter[RiskBand] = Counter()
    for cell, count in told["cells"]["all"].items():
        by_band[STEPS[int(cell) % 10 - 1][0]] += count

    assert {band.value: n for band, n in by_band.items()} == told["residual_bands"]
    assert sum(by_band.values()) == told["pairs"] == len(register)
    assert told["coverage"]["nodes"] == len(NODES) - 1  # the closed one is known by nothing
    assert set(told["coverage"]) == {"nodes", *GRADES}


def test_a_cell_tells_severity_and_band_and_what_is_so_by_its_range_alone() -> None:
    severity = np.array([SEVERITY_BANDS.index(SeverityBand.SEVERE)] * 4)
    index = np.array([34.9, 36.0, 59.0, 60.0])
    band = np.array([RISK_BANDS.index(b) for b in (RiskBand.MEDIUM, RiskBand.MEDIUM,
                                                   RiskBand.HIGH, RiskBand.CRITICAL)])  # fmt: skip

    assert index_band(index).tolist() == [0, 1, 2, 3]
    assert heat_cells(severity, band, index).tolist() == [32, 33, 34, 35]
    assert heat_cells(np.array([-1]), np.array([-1]), np.array([np.nan])).tolist() == [0]


def test_equal_scores_have_one_checksum_and_others_another(result: Assessment) -> None:
    again = assess(MAP, EVIDENCE, reference=REFERENCE, as_of=REFERENCE.as_of)
    without = assess(MAP, Evidence(), reference=REFERENCE, as_of=REFERENCE.as_of)

    assert stored_run(again).checksum() == stored_run(result).checksum()
    assert stored_run(without).checksum() != stored_run(result).checksum()


def answers(result: Assessment) -> dict[tuple[str, str], dict]:
    scored = ScoredMap(result, NODES, EVIDENCE, REFERENCE)
    made = json.loads(json.dumps(list(pair_answers(scored)), allow_nan=False))
    return {(one["node"], one["issue"]): one for one in made}


def test_the_answer_for_a_map_has_every_scored_pair_and_lines_that_add_up(
    result: Assessment,
) -> None:
    told = answers(result)

    assert len(told) == np.count_nonzero(result.scored)
    for one in told.values():
        lines = [line["points"] for line in one["contributions"]]
        assert sum(lines) == pytest.approx(one["index"], abs=1e-6)
        assert one["points_low"] <= one["points"] <= one["points_high"]
    visited = told["visited", "ISS-CL"]
    assert [line["line"] for line in visited["contributions"]][4:6] == ["WRK-01", "WRK-12"]
    assert [line["control"] for line in visited["control_contributions"]] == ["CTL-05"]
    assert visited["residual_points"] == pytest.approx(
        visited["points"] + sum(line["points"] for line in visited["control_contributions"])
    )
    origin = told["unknown-origin:trader", "ISS-CL"]
    assert origin["grade"] == "E" and origin["vulnerability"] is None
    assert origin["contributions"][1]["points"] == pytest.approx(
        float(severity_points(np.array(origin["severity"])))
    )


def test_the_headline_of_a_place_is_its_first_risk(result: Assessment) -> None:
    told = answers(result)
    found = {one["id"]: one["headline"] for one in headlines(result)}

    assert found["closed"] is None
    for ref in ("farm", "visited", "unknown-origin:trader"):
        mine = [one for (node, _), one in told.items() if node == ref]
        first = min(mine, key=lambda one: one["salience_rank"])
        assert found[ref]["issue"] == first["issue"]
        assert found[ref]["index"] == first["residual_index"]
        urgent = sum(one["residual_band"] in ("critical", "high") for one in mine)
        assert found[ref]["others_critical_or_high"] == urgent - (
            first["residual_band"] in ("critical", "high")
        )
