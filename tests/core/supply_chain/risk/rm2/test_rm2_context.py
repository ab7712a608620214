"""Context of RM-2.0: public data, vulnerability, exposure, listing and unknown origins."""

import csv
from pathlib import Path

import numpy as np
import pytest

from supply_chain.reference.release import load_reference
from supply_chain.risk.rm2.context import Seen, activities_of, exposure, place_of, vulnerability
from supply_chain.risk.rm2.context import prior as prior_of
from supply_chain.risk.rm2.method import ISSUE_INDEX, ISSUES, METHOD
from supply_chain.risk.rm2.origins import unknown_origin
from supply_chain.risk.rm2.reference import DATA, INDICATORS, TRAITS, public_data
from supply_chain.vocabulary import Issue
from tests.rm2_cases import factor, points_of_lines, score, score_all, seen

PUBLIC = public_data()
REFERENCE = load_reference()
CHILD_LABOUR = ISSUE_INDEX["ISS-CL"]
PAIRS = Path(__file__).parents[4] / "data" / "risk" / "rm2_pairs.csv"


def close(expected):
    return pytest.approx(expected, abs=1e-4)


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def nothing(count, factors):
    return Seen(np.full((count, len(factors)), np.nan), np.zeros((count, len(factors))))


def vulnerability_of(places):
    at = np.array([PUBLIC.place[place] for place in places])
    return vulnerability(place_of(PUBLIC, at), nothing(len(at), INDICATORS))


@pytest.mark.parametrize(
    ("v", "x", "expected"),
    [(0.5, 0.5, 57.7501), (0.25, 0.5, 49.0054), (0.5, 0, 23.1558), (1, 1, 76.4078), (0, 0, -11.4386)],
)  # fmt: skip
def test_ex_07_halving_vulnerability_or_exposure_takes_about_ten_points(v, x, expected):
    found = prior_of(np.full((1, ISSUES), v), np.full((1, ISSUES), x))
    assert found.points[0, CHILD_LABOUR] == close(expected)


def test_ex_08_vulnerability_follows_the_country_and_the_world_where_none_is_known():
    found = vulnerability_of(["PK", "BE", "VN", "CD"]).value[:, CHILD_LABOUR]
    assert found == close([0.6840, 0.0218, 0.3463, 0.8273])
    assert score()["vulnerability"] == close(0.4040)


def test_ex_48_an_unknown_origin_has_the_mean_likelihood_of_its_producers():
    cocoa = unknown_origin("cocoa")
    found = [cocoa.likelihood, cocoa.points, cocoa.low, cocoa.high]
    assert [values[CHILD_LABOUR] for values in found] == close([0.6211, 68.564, 54.0378, 73.9588])
    assert unknown_origin("cotton").likelihood[CHILD_LABOUR] == close(0.2529)
    assert unknown_origin("garments").likelihood[CHILD_LABOUR] == close(0.1293)


@pytest.mark.parametrize("commodity", [None, "amber", "cocoa", "cotton"])
def test_the_range_of_an_unknown_origin_holds_its_estimate(commodity):
    found = unknown_origin(commodity)
    assert ((found.low <= found.points) & (found.points <= found.high)).all()
    assert ((found.likelihood > 0) & (found.likelihood < 1)).all()


def test_an_unknown_commodity_of_unknown_origin_has_the_class_unknown_in_the_whole_world():
    found = unknown_origin(None)
    spread = found.high[CHILD_LABOUR] - found.low[CHILD_LABOUR]
    assert spread > 10
    with pytest.raises(KeyError):
        unknown_origin("unobtainium")


@pytest.mark.parametrize("pair", rows(PAIRS), ids=lambda pair: pair["note"])
def test_an_expert_pair_is_ordered_rightly_by_a_wide_gap(pair):
    higher, lower = score_all(
        *(
            {"id": side, "issue": pair["issue"], "country": pair[f"{side}_country"],
             "sector": pair[f"{side}_sector"]}
            for side in ("higher", "lower")
        )
    )  # fmt: skip
    assert higher["points"] > lower["points"]
    assert higher["index"] > lower["index"]


def test_all_sixty_expert_pairs_are_tried():
    assert len(rows(PAIRS)) == 60


def test_vulnerability_agrees_with_the_table_that_is_shipped_for_information():
    table = rows(DATA / "rm2" / "vulnerability.csv")
    places = sorted({row["iso2"] for row in table})
    found = vulnerability_of(places)
    at = [places.index(row["iso2"]) for row in table], [ISSUE_INDEX[row["issue"]] for row in table]
    for values, column in ((found.value, "v"), (found.low, "v_low"), (found.high, "v_high")):
        # The table was made from values that were not rounded to four decimals.
        assert values[at] == pytest.approx([float(row[column]) for row in table], abs=2e-4)


def test_exposure_agrees_with_the_table_that_is_shipped_for_information():
    table = rows(DATA / "rm2" / "activity_classes.csv")
    count = len(table)
    one = activities_of(PUBLIC, np.arange(count), np.arange(count), count)
    found = exposure(one, nothing(count, TRAITS))
    expected = [[float(row[issue.value]) for issue in Issue] for row in table]
    assert found == pytest.approx(np.array(expected), abs=1e-4)


def test_every_country_sector_and_commodity_of_the_reference_data_can_be_scored():
    assert set(PUBLIC.place) == set(REFERENCE.countries)
    assert set(PUBLIC.sector_class) == set(REFERENCE.sectors)
    assert set(PUBLIC.commodity_class) == set(REFERENCE.commodities)
    assert set(PUBLIC.origins) <= set(REFERENCE.commodities)


def test_listed_pairs_are_those_of_the_list_of_goods():
    for country, commodity in PUBLIC.listed:
        assert REFERENCE.pair(commodity, country).value == 1


def test_a_territory_without_figures_has_the_world_s_mean_and_counts_as_unknown():
    answer, world = score_all(
        {"id": "a", "issue": "ISS-CL", "country": "AQ", "sector": "retail"},
        {"id": "b", "issue": "ISS-CL", "sector": "retail"},
    )
    assert answer | {"id": "b"} == world
    assert answer["grade"] == "E"


def test_shares_of_producing_countries_are_marked_observed_or_unverified():
    observed = [origins.observed.any() for origins in PUBLIC.origins.values()]
    assert (len(observed), sum(observed)) == (75, 35)
    assert all(origins.share.sum() < 1.0001 for origins in PUBLIC.origins.values())


def test_several_activities_count_by_the_most_exposed():
    shop = score(country="GH", sector="retail")
    farm = score(country="GH", sector="cocoa_farming")
    both = score(country="GH", sector="retail", commodities=["cocoa"])
    assert both["activity_exposure"] == farm["activity_exposure"] > shop["activity_exposure"]


def test_a_trait_observed_at_the_node_moves_its_class():
    trait = factor("SEC-15", seen(1))
    plain = score(country="PH", sector="garments", issue="ISS-OS")
    moved = score(country="PH", sector="garments", issue="ISS-OS", factors=[trait])
    assert plain["activity_exposure"] == 0
    assert moved["activity_exposure"] == pytest.approx(0.8)


def test_a_listing_needs_a_country_and_is_looked_up_or_given():
    farm = {"country": "CI", "commodity": "cocoa"}
    assert points_of_lines(score(**farm))["listing"] == 10
    assert points_of_lines(score(commodity="cocoa"))["listing"] == 0
    assert points_of_lines(score(**farm, listed=[]))["listing"] == 6
    assert points_of_lines(score(**farm, listed=[], listed_elsewhere={}))["listing"] == 0


def test_a_country_is_no_other_country_of_its_own_listing():
    assert PUBLIC.listed_elsewhere("child_labour", "cocoa", "CI") == (
        PUBLIC.listed_elsewhere("child_labour", "cocoa", "BE") - 1
    )


def test_a_reference_value_is_known_and_narrows_the_range():
    imputed = score(country="BE", sector="retail")
    known = score(country="BE", sector="retail", reference={"CTY-01": 0.053})
    assert known["points"] == pytest.approx(imputed["points"], abs=0.5)
    assert known["points_high"] < imputed["points_high"] - 1


def test_parameters_and_public_data_cannot_be_changed():
    for table in (METHOD.up, METHOD.base_points, PUBLIC.score, PUBLIC.traits, PUBLIC.observed):
        with pytest.raises(ValueError, match="read-only"):
            table[0] = 0
