"""A whole map is assessed by the same core as a single case (RM-1.0)."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from supply_chain.graph.columns import LinkColumns, NodeColumns
from supply_chain.graph.graph import ValueChain
from supply_chain.graph.unknown_origins import KnownFlow
from supply_chain.reference.release import load_reference
from supply_chain.risk import assessment as module
from supply_chain.risk.assessment import assess
from supply_chain.risk.cases import read_cases, score_cases
from supply_chain.risk.evidence import (
    Asked,
    Evidence,
    Judgements,
    NotApplicable,
    Priorities,
    State,
    observations_from,
)
from supply_chain.risk.explanation import explain
from supply_chain.risk.factors import FACTORS, Cells, peer_priors
from supply_chain.risk.method import METHOD
from supply_chain.risk.salience import INVOLVEMENTS, Involvement
from supply_chain.vocabulary import Issue, NodeKind
from tests.risk_evidence import controls, floats, ints, states

REFERENCE = load_reference()
AS_OF = REFERENCE.as_of
CL, FL, OS, YW = (list(Issue).index(i) for i in (Issue.CL, Issue.FL, Issue.OS, Issue.YW))
COMMODITY = next(iter(REFERENCE.commodities))
FINANCE = next(r for r, s in REFERENCE.sectors.items() if s.is_financial)
PRIMARY = next(r for r, s in REFERENCE.sectors.items() if s.is_primary_production)


def chain(ids, links=(), **columns):
    nodes = NodeColumns.build(list(ids), own_operation=[ref == "B" for ref in ids], **columns)
    return ValueChain.build(
        nodes=nodes,
        links=LinkColumns.build(
            nodes,
            buyer=[link[0] for link in links],
            supplier=[link[1] for link in links],
            share=[link[2] if len(link) > 2 else None for link in links],
        ),
    )


MAP = chain("BSF", ["BS", "SF"], country=[None, "CI", None], sector=[None, None, PRIMARY],
            commodities=[(), (COMMODITY,), ()])  # fmt: skip


def assessed(of=MAP, evidence=None, **options):
    return assess(of, evidence or Evidence(), reference=REFERENCE, as_of=AS_OF, **options)


def test_a_map_scores_as_single_cases_do():
    result = assessed()
    cases = [
        {"id": issue.value, "issue": issue.value, "country": "CI", "commodity": COMMODITY}
        for issue in Issue
    ]
    answers = score_cases(read_cases(cases, REFERENCE)[0], REFERENCE)
    for column, answer in enumerate(answers):
        assert result.scores.likelihood[1, column] == answer["likelihood"]
        assert result.scores.index[1, column] == answer["index"]
        assert result.scores.confidence[1, column] == answer["confidence"]
        parts = [part["contribution"] for part in answer["contributions"]]
        assert result.contributions[1, column].tolist() == parts


def test_what_is_not_mapped_becomes_a_ghost_that_is_scored_like_any_node():
    result = assessed(known_flows={"B": KnownFlow(country="CI")})
    assert result.chain.nodes.ids == ("B", "S", "F", "unknown-origin:B", "unknown-origin:S")
    ghost = result.chain.rows["unknown-origin:S"]
    assert result.scores.likelihood[ghost, CL] == pytest.approx(0.7746, abs=1e-4)
    assert result.scores.confidence[3, CL] > 0 == result.scores.confidence[4, CL]
    assert result.exposure[0, CL] > result.scores.residual_likelihood[0, CL]
    assert (result.method_version, result.as_of) == ("RM-1.0", AS_OF)


def test_origins_of_a_pair_sum_to_its_exposure():
    result = assessed()
    parts = result.origins("B", Issue.CL)
    assert sum(part for _, part in parts) == pytest.approx(result.exposure[0, CL])
    assert [part for _, part in parts] == sorted((p for _, p in parts), reverse=True)


def test_ranks_are_one_to_n_over_all_open_risks():
    result = assessed()
    assert sorted(result.salience_rank.ravel()) == list(range(1, 5 * 16 + 1))
    first = np.unravel_index(np.argmin(result.salience_rank), result.salience_rank.shape)
    assert result.scores.severity[first] == 5.0


def test_emergency_delay_and_involvement_move_a_risk_in_the_order():
    given = Priorities(
        ints(2, 1), ints(YW, YW), np.array([True, False]), ints(-1, 1),
        ints(-1, INVOLVEMENTS.index(Involvement.CAUSE)),
    )  # fmt: skip
    plain, moved = assessed(), assessed(evidence=Evidence(priorities=given))
    assert moved.salience_rank[2, YW] == 1
    assert moved.salience_rank[1, YW] < plain.salience_rank[1, YW]


def test_a_closed_node_carries_no_new_risk_but_its_open_impacts_stay():
    of = chain("BS", ["BS"], closed=[False, True])
    result = assessed(of, Evidence(states=states((1, FL, State.CONFIRMED))))
    assert result.scored[1].tolist() == [column == FL for column in range(16)]
    assert np.isnan(result.scores.likelihood[1, CL])
    assert (result.scores.band[1, CL], result.severity_band[1, CL]) == (-1, -1)
    assert (result.salience_rank[1, CL], result.exposure[1, CL]) == (-1, 0)
    assert np.isnan(result.severity_chain[1, CL])
    assert result.scores.residual_likelihood[1, FL] == result.exposure[1, FL] == 1
    assert not result.scores.insufficient_evidence[1, CL]


def test_a_closed_allegation_and_closure_follow_the_highest_rule():
    result = assessed(
        evidence=Evidence(
            states=states(
                (1, CL, State.CREDIBLE), (1, CL, State.CLOSED, -1, 0.0), (1, FL, State.RED_FLAG)
            )
        )
    )
    assert result.scores.likelihood[1, CL] >= 0.6
    assert result.known.facts.rule[1, CL] == 0.6
    assert result.known.facts.rule[1, FL] == 0.4


def test_evidence_that_was_not_verified_again_counts_as_paper():
    fresh, stale, never = (
        assessed(evidence=Evidence(controls=controls((1, "CTL-05", 1, 0.9, months))))
        for months in (18, 19, np.nan)
    )
    before = fresh.scores.likelihood[1, CL]
    assert fresh.scores.residual_likelihood[1, CL] == pytest.approx(before * 0.37)
    for old in (stale, never):
        assert old.scores.residual_likelihood[1, CL] == pytest.approx(before * (1 - 0.7 * 0.25))


def test_severity_judgements_add_one_for_children_at_most_risk():
    judged = Judgements(
        ints(1, 1, 2), ints(YW, CL, YW), floats(3, np.nan, 5), floats(1, 1, 1), floats(1, 1, 1),
        np.array([True, True, True]),
    )  # fmt: skip
    result = assessed(evidence=Evidence(judgements=judged))
    assert result.scores.scale[1, YW] == 4
    assert result.scores.scale[1, CL] == 5  # unknown counts as the floor, 4, and 1 more
    assert result.scores.scale[2, YW] == 5


def test_online_factors_apply_by_kind_by_sector_or_when_asked():
    of = chain("PKAN", kind=[NodeKind.PLATFORM] + [NodeKind.SITE] * 3,
               sector=[None, FINANCE, None, None])  # fmt: skip
    onl = METHOD.factor_index["ONL-02"]
    result = assessed(of, Evidence(asked=Asked(ints(2), ints(onl))))
    assert result.scores.group_applies[:4, 4].tolist() == [True, True, True, False]


def test_a_factor_that_does_not_apply_is_dropped_once_approved():
    at = METHOD.factor_index["WRK-05"], METHOD.factor_index["WRK-11"]
    said = NotApplicable(ints(1, 1), ints(*at), np.array([False, False]))
    result = assessed(evidence=Evidence(not_applicable=said))
    found = explain(result, "S", Issue.CL)
    assert found.not_applicable == ("WRK-11",)
    assert "WRK-05" in found.missing
    approved = replace(said, approved=np.array([True, False]))
    again = explain(assessed(evidence=Evidence(not_applicable=approved)), "S", Issue.CL)
    assert again.not_applicable == ("WRK-05", "WRK-11")


@pytest.mark.parametrize("factor", ["CTY-01", "WRK-03"])
def test_country_factors_and_observed_ones_always_apply(factor):
    at = METHOD.factor_index[factor]
    evidence = Evidence(
        observations=observations_from([(1, "WRK-03", 0.2, "audit", 1.0, None, None)]),
        not_applicable=NotApplicable(ints(1), ints(at), np.array([True])),
    )
    with pytest.raises(ValueError, match=f"Factor {factor} of node 1 cannot be 'not applicable'"):
        assessed(evidence=evidence)


def test_only_the_newest_statement_of_one_source_counts():
    older, newer = (0.9, "site_work", 9.0), (0.1, "site_work", 1.0)
    rows = [(1, "WRK-01", *older, None, 7), (1, "WRK-01", *newer, None, 7)]
    one_source = assessed(evidence=Evidence(observations=observations_from(rows)))
    two = [(*row[:-1], None) for row in rows]
    two_sources = assessed(evidence=Evidence(observations=observations_from(two)))
    cell = FACTORS + METHOD.factor_index["WRK-01"]
    scores = [
        dict(zip(r.known.factors.cells.cell, r.known.factors.cells.score, strict=True))[cell]
        for r in (one_source, two_sources)
    ]
    assert scores == [pytest.approx(0.1), 0.9]


@pytest.mark.parametrize(("value", "age"), [(1.2, 1.0), (0.5, -1.0), (0.5, float("nan"))])
def test_impossible_observations_are_refused(value, age):
    with pytest.raises(ValueError, match="An observation has"):
        observations_from([(0, "WRK-01", value, "audit", age, None, None)])


def test_reference_data_from_after_the_day_are_left_out():
    early = assess(MAP, Evidence(), reference=REFERENCE, as_of=date(1990, 1, 1))
    country = explain(early, "S", Issue.CL).groups[0]
    assert all(factor.score is None for factor in country.factors)


def peers(scores, *, missing=1):
    """`scores` of WRK-03 at nodes of one group, then nodes of it without, then a stranger."""
    count = len(scores) + missing
    column = METHOD.factor_index["WRK-03"]
    cells = Cells(
        np.append(np.arange(len(scores)), count) * FACTORS + column,
        np.append(floats(*scores), 0.9),
        np.ones(len(scores) + 1),
    )
    lifted = peer_priors(cells, np.append(np.zeros(count, np.int64), -1))
    return dict(zip(lifted.cell // FACTORS, lifted.score, strict=True))


def test_a_peer_median_above_the_prior_takes_its_place():
    assert peers([0.5, 0.7, 0.8, 0.9, 1.0])[5] == pytest.approx(0.8)
    assert peers([0.5, 0.7, 0.8, 0.9]) == {}  # too few
    assert peers([0.1, 0.2, 0.3, 0.4, 1.0]) == {}  # not above the prior


def test_a_node_is_no_peer_of_itself():
    lifted = peers([0.1, 0.7, 0.7, 0.8, 0.9, 1.0], missing=0)
    assert lifted[0] == pytest.approx(0.8)  # the median of the five others
    assert lifted[5] == pytest.approx(0.7)


def test_peers_lift_what_a_map_assumes_of_a_silent_node():
    count = 7
    of = chain([f"n{i}" for i in range(count)], country=["CI"] * count, sector=[PRIMARY] * count)
    rows = [(i, "WRK-03", 0.9, "audit", 0.0, None, None) for i in range(count - 1)]
    result = assessed(of, Evidence(observations=observations_from(rows)))
    part = next(
        f for g in explain(result, "n6", Issue.CL).groups for f in g.factors if f.factor == "WRK-03"
    )
    assert (part.score, part.prior, part.adjusted) == (None, 0.9, 0.9)


def test_an_explanation_names_sources_missing_data_and_what_would_help_most():
    rows = [(1, "WRK-01", 0.7, "site_work", 9.0, None, None)]
    result = assessed(evidence=Evidence(observations=observations_from(rows)))
    found = explain(result, "S", Issue.CL)
    wrk = next(g for g in found.groups if g.group == "WRK")
    part = wrk.factors[0]
    assert (part.factor, part.score, part.quality) == (
        "WRK-01",
        0.7,
        pytest.approx(0.5657, abs=1e-4),
    )
    assert [(s.source_type, s.value, s.age_months) for s in part.sources] == [
        ("site_work", 0.7, 9.0)
    ]
    assert sum(f.share for f in wrk.factors) == pytest.approx(1)
    country = found.groups[0].factors
    cited = [s.reference for f in country for s in f.sources]
    assert cited == [o for o in REFERENCE.country("CI") if o.value is not None]
    assert part.sources[0].reference is None
    assert "WRK-02" in found.missing
    assert "WRK-01" not in found.missing
    assert not any(ref.startswith("ONL") for ref in found.missing)
    assert next(g for g in found.groups if g.group == "ONL").score is None
    best = found.lowering[0]
    assert (best.kind, best.ref) == ("control", "CTL-05")
    before = result.scores.residual_likelihood[1, CL]
    assert best.residual_likelihood == pytest.approx(before * (1 - 0.7 * 0.9))
    assert any(item.kind == "factor" for item in found.lowering)
    assert [item.by for item in found.lowering] == sorted(
        (item.by for item in found.lowering), reverse=True
    )


def test_a_confirmed_impact_is_lowered_by_nothing_but_remedy():
    result = assessed(evidence=Evidence(states=states((1, YW, State.CONFIRMED))))
    assert [item.ref for item in explain(result, "S", Issue.YW).lowering] in ([], ["CTL-07"])


def test_runs_of_any_length_give_the_same_scores(monkeypatch):
    whole = assessed()
    monkeypatch.setattr(module, "RUN", 2)
    parts = assessed()
    assert np.array_equal(whole.scores.index, parts.scores.index)
    assert np.array_equal(whole.salience_rank, parts.salience_rank)


def test_an_unknown_node_is_not_explained():
    with pytest.raises(KeyError):
        explain(assessed(), "nobody", Issue.CL)


def test_shares_over_one_are_reported_by_buyer():
    of = chain("BST", [("B", "S", 0.7), ("B", "T", 0.6)])
    assert assessed(of).scaled == {"B": pytest.approx(1.3)}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([(0, "CTL-05", 1.5, 0.9, 0)], "coverage of a control is outside 0 to 1"),
        ([(0, "CTL-05", 1, 0.6, 0)], "none of the levels"),
        ([(0, "CTL-05", 1, 0.9, 0), (0, "CTL-05", 1, 0.5, 0)], "control stands more than once"),
    ],
)
def test_impossible_controls_are_refused(rows, message):
    with pytest.raises(ValueError, match=message):
        controls(*rows)


def test_a_severity_trait_outside_one_to_five_is_refused():
    with pytest.raises(ValueError, match="severity trait is outside 1 to 5"):
        Judgements(ints(0), ints(CL), floats(6), floats(1), floats(1), np.array([False]))


def test_an_empty_map_and_one_where_all_is_closed_are_assessed():
    assert assessed(chain("")).salience_rank.shape == (0, 16)
    closed = assessed(chain("B", closed=[True]))
    assert not closed.scored.any()
    assert closed.exposure.max() == 0


def test_the_same_map_and_evidence_give_the_same_bytes():
    first, second = assessed(), assessed()
    assert first.exposure.tobytes() == second.exposure.tobytes()
    assert first.salience_rank.tobytes() == second.salience_rank.tobytes()
