"""The scores of a run as kept bytes, and its risks as columns that are filtered."""

import zlib
from uuid import UUID

import numpy as np
import pytest

from supply_chain.graph.columns import LinkColumns, NodeColumns
from supply_chain.graph.graph import ValueChain
from supply_chain.reference.release import load_reference
from supply_chain.risk.assessment import Assessment, assess
from supply_chain.risk.evidence import STATES, Evidence, State, States
from supply_chain.risk.heat_map import heat_cells
from supply_chain.risk.register import (
    AT_ONCE,
    ISSUES,
    Register,
    RiskFilter,
    register_of,
    without_ranges,
)
from supply_chain.risk.scoring import RISK_BANDS, SEVERITY_BANDS
from supply_chain.risk.stored_scores import (
    CHAIN_SCORES,
    LAYOUT,
    SCORES,
    UnreadableScoresError,
    pack,
    records_of,
    unpack,
)
from supply_chain.vocabulary import Issue, RiskBand, SeverityBand

KEYS = [UUID(int=number) for number in (7, 1 << 120, 256, 3)]
COCOA = "cocoa"


def assessed() -> Assessment:
    """An own business in France, a trader and two farms in Ivory Coast, one of them closed."""
    nodes = NodeColumns.build(
        ["brand", "closed", "farm", "trader"],
        country=["FR", "CI", "CI", None],
        sector=["manufacturing", "agriculture", "agriculture", "trade"],
        own_operation=[True, False, False, False],
        closed=[False, True, False, False],
    )
    links = LinkColumns.build(nodes, buyer=["brand", "trader"], supplier=["trader", "farm"])
    return assess(
        ValueChain.build(nodes=nodes, links=links),
        Evidence(states=confirmed()),
        reference=load_reference(),
        as_of=load_reference().as_of,
    )


def confirmed() -> States:
    """Child labour was confirmed on the farm."""
    return States(
        node=np.array([2]),
        issue=np.array([ISSUES.index(Issue.CL)]),
        state=np.array([STATES.index(State.CONFIRMED)]),
        found_by=np.array([-1]),
        months=np.array([np.nan]),
    )


@pytest.fixture(scope="module")
def result() -> Assessment:
    return assessed()


@pytest.fixture(scope="module")
def register(result: Assessment) -> Register:
    return register_of(result, KEYS)


def test_kept_scores_are_read_as_they_were_to_the_last_bit(result: Assessment) -> None:
    in_remedy = np.zeros(result.scored.shape, dtype=np.bool_)
    in_remedy[2, 0] = True
    count = len(result.chain)
    kept = unpack(pack(records_of(result, in_remedy, 0, count)))
    for name in SCORES:
        np.testing.assert_array_equal(kept[name], getattr(result.scores, name))
    for name in CHAIN_SCORES:
        np.testing.assert_array_equal(kept[name], getattr(result, name))
    np.testing.assert_array_equal(kept["contributions"], result.contributions)
    np.testing.assert_array_equal(kept["salience_rank"], result.salience_rank)
    np.testing.assert_array_equal(kept["residual_band"], result.scores.residual_band)
    applies = result.scores.group_applies
    np.testing.assert_array_equal(np.isnan(kept["group_scores"]), ~applies)
    np.testing.assert_array_equal(kept["in_remedy"], in_remedy)


def test_a_part_of_a_map_is_kept_as_in_the_whole(result: Assessment) -> None:
    in_remedy = np.zeros(result.scored.shape, dtype=np.bool_)
    whole = pack(records_of(result, in_remedy, 0, len(result.chain)))
    assert pack(records_of(result, in_remedy, 1, 3)) == whole[1:3]


def test_a_closed_place_is_kept_without_a_rank_and_without_a_cell(result: Assessment) -> None:
    in_remedy = np.zeros(result.scored.shape, dtype=np.bool_)
    (kept,) = unpack(pack(records_of(result, in_remedy, 1, 2)))
    assert set(kept["salience_rank"].tolist()) == {-1}
    assert set(kept["heat_cell"].tolist()) == {0}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (LAYOUT + b"no deflated bytes", "damaged"),
        (LAYOUT + zlib.compress(b"too short"), "layout 1"),
        (b"\x02" + zlib.compress(b""), "assess the map again"),
    ],
)
def test_bytes_of_another_layout_are_refused_with_a_way_out(content: bytes, says: str) -> None:
    with pytest.raises(UnreadableScoresError, match=says):
        unpack([content])


def test_no_scores_are_no_records() -> None:
    assert len(unpack([])) == 0


def test_the_register_has_every_scored_pair_in_salience_order(
    result: Assessment, register: Register
) -> None:
    ranks = result.salience_rank[register.place, register.issue]
    assert ranks.tolist() == list(range(1, len(register) + 1))
    assert len(register) == int(result.scored.sum())


@pytest.mark.parametrize(
    "wanted",
    [
        RiskFilter(),
        RiskFilter(issue=Issue.FL),
        RiskFilter(severity=SeverityBand.SEVERE),
        RiskFilter(residual=RiskBand.MEDIUM),
        RiskFilter(country="CI"),
        RiskFilter(country="CI", issue=Issue.CL),
        RiskFilter(tier=1),
        RiskFilter(insufficient=True),
        RiskFilter(cell=55),
        RiskFilter(country="XX"),
    ],
)
def test_a_filter_finds_what_a_loop_over_the_scores_finds(
    result: Assessment, register: Register, wanted: RiskFilter
) -> None:
    cells = heat_cells(result.scores.severity, result.scores.residual_likelihood)
    expected = []
    for at, (place, column) in enumerate(zip(register.place, register.issue, strict=True)):
        facts = {
            "issue": ISSUES[column],
            "severity": SEVERITY_BANDS[result.severity_band[place, column]],
            "residual": RISK_BANDS[result.scores.residual_band[place, column]],
            "country": result.chain.nodes.country[place],
            "tier": int(result.chain.tiers[place]),
            "cell": int(cells[place, column]),
            "insufficient": bool(result.scores.insufficient_evidence[place, column]),
        }
        asked = {name: value for name, value in vars(wanted).items() if value not in (None, "")}
        if not asked["insufficient"]:
            del asked["insufficient"]
        if all(facts[name] == value for name, value in asked.items()):
            expected.append(at)
    found = register.matching(wanted)
    assert found.tolist() == expected
    assert wanted.is_empty == (len(expected) == len(register))
    sites = {place for place in register.place[found].tolist() if place < len(KEYS)}
    assert register.count_sites(found) == len(sites)


@pytest.mark.parametrize("share", [1.0, 0.5, 0.01, 0.0])
def test_sites_of_very_many_risks_are_each_counted_once(share: float) -> None:
    chance, nodes, places = np.random.default_rng(5), 30_000, 50_000  # the rest unknown origins
    place = chance.integers(0, places, size=3 * AT_ONCE + 7).astype(np.int32)
    column = np.zeros(len(place), dtype=np.int8)
    register = Register(
        place=place,
        issue=column,
        severity_band=column,
        residual_band=column,
        heat_cell=column,
        insufficient=column > 0,
        **without_ranges(len(place)),
        country=np.full(places, "CI"),
        tier=np.zeros(places, dtype=np.int16),
        highest_index=np.zeros(places),
        key=np.zeros((nodes, 16), dtype=np.uint8),
    )
    found = np.flatnonzero(chance.random(len(place)) < share)
    stood_at = set(place[found].tolist())
    assert register.count_sites(found) == sum(1 for one in stood_at if one < nodes)


def test_bands_by_place_are_those_of_the_scores(result: Assessment, register: Register) -> None:
    scored, bands = result.scored, result.scores.residual_band
    for column, issue in enumerate(ISSUES):
        expected = np.where(scored[:, column], bands[:, column], -1)
        np.testing.assert_array_equal(register.bands_of(issue), expected)
    np.testing.assert_array_equal(register.highest_bands(), np.where(scored, bands, -1).max(axis=1))
    worst = np.where(scored, result.scores.residual_index, -1).max(axis=1)
    np.testing.assert_array_equal(np.nan_to_num(register.highest_index, nan=-1), worst)


def test_a_register_is_read_as_it_was_written(register: Register) -> None:
    again = Register.unpack(register.pack())
    for name, column in vars(register).items():
        np.testing.assert_array_equal(getattr(again, name), column)
        assert getattr(again, name).dtype == column.dtype
    assert again.keys() == KEYS


def test_each_node_is_new_beside_the_register_of_a_map_without_places(register: Register) -> None:
    nodes = NodeColumns.build([], country=[], sector=[])
    links = LinkColumns.build(nodes, buyer=[], supplier=[])
    nothing = assess(
        ValueChain.build(nodes=nodes, links=links),
        Evidence(),
        reference=load_reference(),
        as_of=load_reference().as_of,
    )

    before = register_of(nothing, [])

    assert before.rows_of(register.key.tobytes()).tolist() == [-1] * len(KEYS)
    assert register.rows_of(register.key.tobytes()).tolist() == list(range(len(KEYS)))


def test_a_cell_rounds_severity_half_up_and_takes_the_upper_end_of_a_step() -> None:
    cells = heat_cells(np.array([2.5, 2.49, 5.0, 1.0]), np.array([0.2, 0.2000001, 1.0, 0.0]))
    assert cells.tolist() == [31, 21, 55, 11]
