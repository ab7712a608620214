"""What activities change in the scores of a fresh list of garment places in many countries."""

import gzip
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from supply_chain.intake.drafts import NamedBytes, NodeDraft
from supply_chain.intake.maps import read_map
from supply_chain.reference.release import load_reference
from supply_chain.risk.rm2.activity_effect import Place, effects_of, headlines
from supply_chain.risk.rm2.method import METHOD
from supply_chain.risk.rm2.severity import RISK_BANDS
from supply_chain.vocabulary import RiskBand

DATA = Path(__file__).parents[4] / "data"
LIST = DATA / "garment_places.csv"
PUBLISHED = sorted((DATA / "supplier_lists" / "whole").glob("*.gz"))
SERVICES = ("retail", "professional_services", "business_software")


def places() -> tuple[NodeDraft, ...]:
    return read_map([NamedBytes("list.csv", LIST.read_bytes())]).nodes


def scores(nodes: tuple[NodeDraft, ...]) -> list[float]:
    alike: dict[tuple[str | None, tuple[str, ...], str | None], float] = {}
    for node in nodes:
        key = node.country, node.commodities, node.sector
        if key not in alike:
            (score,) = headlines([Place(*key[:2])], key[2], reference=load_reference())
            alike[key] = float(score)
    return [alike[node.country, node.commodities, node.sector] for node in nodes]


def bands(found: list[float]) -> Counter[RiskBand]:
    at = np.searchsorted(METHOD.policy.index_bands, np.round(found, 6), side="right")
    return Counter(RISK_BANDS[place] for place in at.tolist())


def test_every_activity_of_the_list_is_known_without_a_question() -> None:
    draft = read_map([NamedBytes("list.csv", LIST.read_bytes())])

    assert len(draft.activities.known) == len(draft.nodes) == 42
    assert draft.activities.questions == () and draft.problems == ()


def test_no_band_holds_more_than_65_per_cent_and_5_per_cent_of_places_tie() -> None:
    found = scores(places())
    equal = Counter(round(score, 6) for score in found)

    assert max(bands(found).values()) <= 0.65 * len(found)
    assert sum(count for count in equal.values() if count > 1) <= 0.05 * len(found)


def test_the_same_holds_where_the_list_names_no_goods() -> None:
    without_goods = tuple(replace(node, commodities=()) for node in places())

    assert max(bands(scores(without_goods)).values()) <= 0.65 * len(without_goods)


def answered(path: Path) -> list[NodeDraft]:
    """Places with country and activity, each question answered with the first suggestion."""
    files = [NamedBytes(path.name.removesuffix(".gz"), gzip.decompress(path.read_bytes()))]
    questions = read_map(files).activities.questions
    first = {one.says: one.choices[0][0] for one in questions if one.choices}
    nodes = read_map(files, activities=first).nodes
    return [node for node in nodes if node.country and node.sector]


@pytest.mark.long
def test_no_band_holds_more_than_65_per_cent_of_the_places_of_all_published_lists() -> None:
    places = {
        (re.sub(r"\W", "", node.name.casefold()), node.country): node
        for path in PUBLISHED
        for node in answered(path)
    }
    found = scores(tuple(places.values()))

    assert len(found) > 5_000
    assert max(bands(found).values()) <= 0.65 * len(found)


@pytest.mark.parametrize("sector", SERVICES)
def test_shops_offices_and_software_are_critical_in_no_country(sector: str) -> None:
    reference = load_reference()
    everywhere = [Place(code, ()) for code in reference.countries]

    highest = headlines(everywhere, sector, reference=reference).max()

    assert highest < METHOD.policy.index_bands[-1]


def test_an_effect_counts_the_places_that_move_by_more_than_five_points() -> None:
    at = [Place("DE", ()), Place("BD", ())]

    office, none = effects_of(at, ["professional_services", "retail"], reference=load_reference())

    assert office.moved == 2 and office.after < office.before
    assert none.before == office.before
    assert effects_of([], ["retail"], reference=load_reference())[0].moved == 0
