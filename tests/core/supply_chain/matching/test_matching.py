"""Pairs of records scored, with decisions and reasons; duplicates found in lists."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import labelled_pairs
from supply_chain.matching.matcher import find_between, find_within, score_pairs
from supply_chain.matching.pairs import Decision, Pair
from supply_chain.matching.records import Record
from supply_chain.matching.weights import weights
from tests.sampling import examples

MILL = Record(
    "a", "PT. Sawit Jaya II", "Jl. Merdeka 14, Kluang", "ID", latitude=2.0, longitude=103.0
)
texts = st.text(alphabet="abcdefgh 12IVX.株ا", max_size=25)
degrees = st.none() | st.floats(-80, 80)
records = st.builds(
    Record,
    st.just("x"),
    texts.filter(str.strip),
    texts,
    st.sampled_from(["", "ID", "MY"]),
    texts,
    texts,
    degrees,
    degrees,
    texts,
    st.sampled_from([{}, {"lei": "ABC123"}, {"os_id": "CN2021X"}, {"os_id": "CN2021Y"}]),
)


def one(left: Record, right: Record) -> Pair:
    return score_pairs([(left, right)])[0]


@examples(60)
@given(records, records)
def test_a_score_is_the_same_in_both_orders_and_from_0_to_1(left, right):
    forth, back = one(left, right), one(right, left)

    assert 0 <= forth.score <= 1
    assert forth.score == pytest.approx(back.score, abs=2e-4)
    assert len(forth.reasons) == len(back.reasons)


@examples(40)
@given(records)
def test_a_record_and_itself_are_the_same(record):
    assert one(record, record).decision is Decision.SAME


@examples(40)
@given(records, records)
def test_the_score_of_a_pair_does_not_depend_on_the_pairs_beside_it(left, right):
    alone = one(left, right)

    assert score_pairs([(MILL, left), (left, right)])[1].score == pytest.approx(
        alone.score, abs=2e-4
    )


def test_equal_names_and_near_places_are_the_same_with_reasons_in_words():
    pair = one(MILL, replace(MILL, id="b", name="SAWIT JAYA 2", latitude=2.01))

    assert (pair.left_id, pair.right_id, pair.decision) == ("a", "b", Decision.SAME)
    assert pair.reasons == ("names equal without legal form", "addresses equal", "1.1 km apart")


def test_unit_numbers_that_differ_speak_against_a_pair():
    same = one(
        Record("a", "Soorty unit 10", country="PK"), Record("b", "Soorty unit 10", country="PK")
    )
    pair = one(
        Record("a", "Soorty unit 10", country="PK"), Record("b", "Soorty unit 6", country="PK")
    )

    assert "unit numbers differ (10 and 6)" in pair.reasons
    assert pair.score < same.score - 0.2


@pytest.mark.parametrize(
    ("short", "long", "decision"),
    [
        ("Us", "Usine Soleil", Decision.DIFFERENT),
        ("Us", "Soleil Us", Decision.DIFFERENT),
        ("Art", "Smart Garments", Decision.DIFFERENT),
        ("Sol", "Usine Soleil", Decision.DIFFERENT),
        ("KPK", "KPK Garments", Decision.SAME),
        ("Sawit Jaya", "PT Sawitjaya Kluang", Decision.SAME),
    ],
)
def test_a_name_holds_another_as_whole_words_of_enough_letters_alone(short, long, decision):
    pair = one(Record("a", short), Record("b", long))

    assert pair.decision is decision
    assert ("one name holds the other" in pair.reasons) == (decision is Decision.SAME)


def test_a_country_that_differs_lowers_a_score_but_blocks_nothing():
    left = Record("a", "Casual Wear Apparel LLC", "Plot 675 Wadi Ad Dulayl Industrial Park", "JO")

    pair = one(left, replace(left, id="b", country="IL"))

    assert pair.decision is Decision.SAME
    assert "countries differ (JO and IL)" in pair.reasons


def test_a_shared_id_of_a_site_decides_before_all_else():
    left = replace(MILL, external_ids={"os_id": "ID2021ABC"})
    right = Record(
        "b", "Sawit Jaya Mill", "Other Road 3", "ID", external_ids={"OS_ID": "id2021abc"}
    )

    pair = one(left, right)

    assert (pair.decision, pair.reasons[0]) == (Decision.SAME, "same OS ID id")
    assert pair.score >= 0.97


@pytest.mark.parametrize("other", ["Moor", "Acme", "Beta Mills"])
def test_a_shared_id_under_wholly_other_names_is_a_question(other):
    shared = {"external_id": "XK-77812"}
    pair = one(Record("a", "Zenith", external_ids=shared), Record("b", other, external_ids=shared))

    assert pair.decision is Decision.REVIEW
    assert pair.reasons == ("same external id", "names differ")


def test_ids_that_contradict_lower_a_score_and_an_id_of_the_company_lifts_it():
    plain = one(Record("a", "Palm Mill"), Record("b", "Palm Mills"))
    given_ids = [{"lei": "A1B2C3"}, {"lei": "Z9Y8X7"}]
    left, right = (
        Record(ref, "Palm Mill" + "s" * n, external_ids=given_ids[n]) for n, ref in enumerate("ab")
    )

    assert one(left, right).score < plain.score
    assert "different LEI id" in one(left, right).reasons
    assert one(left, replace(right, external_ids=given_ids[0])).score > plain.score


@pytest.mark.parametrize(
    ("left", "right", "reason"),
    [
        (Record("a", "Mill"), Record("b", "mill"), "names equal"),
        (Record("a", "Good Will"), Record("b", "Goodwill"), "names equal but for their spelling"),
        (Record("a", "Jaya Sawit"), Record("b", "Sawit Jaya"), "names of the same words in another order"),
        (Record("a", "Sawit"), Record("b", "Sawit Kalirejo Lestari"), "one name holds the other"),
        (Record("a", "Kalirejo"), Record("b", "Kalirejjo"), "names 94% alike"),
        (Record("a", "Kalirejo"), Record("b", "Umbu"), "names differ"),
        (Record("a", "Extractora del Baru"), Record("b", "EDB"), "one name is the initials of the other"),
        (Record("a", "Plant 2"), Record("b", "Plant"), "only one name has a number (2)"),
        (Record("a", "Plant 2 4"), Record("b", "Plant 2"), "numbers in the names differ in part (2, 4 and 2)"),
        (Record("a", "X", company="Sime"), Record("b", "Y", company="SIME Ltd"), "same operator"),
        (Record("a", "X", company="Sime Darby"), Record("b", "Y", company="Sime Derby"), "operators 89% alike"),
        (Record("a", "X", company="Sime"), Record("b", "Y", company="Wilmar"), "operators differ"),
        (Record("a", "Hill", company="Sime"), Record("b", "Sime"), "the operator of one is the name of the other"),
        (Record("a", "X", "Road 14, Town"), Record("b", "X"), "only one has an address"),
        (Record("a", "X", "Road 14, Town"), Record("b", "X", "Road 15, Town"), "no number common to both addresses"),
        (Record("a", "X", "Road 14, Town"), Record("b", "X", "Road 14 Townn"), "numbers in both addresses (14)"),
        (Record("a", "X", "Road 14, Town"), Record("b", "X", "Zvj 99"), "addresses differ"),
        (Record("a", "X", latitude=1.0, longitude=1.0), Record("b", "X", latitude=1.0, longitude=1.0), "at the same point"),
        (Record("a", "X", region="Johor"), Record("b", "X", city="Sabah"), "cities or regions differ"),
    ],
)  # fmt: skip
def test_reasons_are_told_in_plain_words(left, right, reason):
    assert reason in one(left, right).reasons


def test_a_province_in_the_address_counts_as_a_place_and_the_countrys_name_is_left_out():
    left = Record("a", "X", "Johor, Malaysia", "MY")

    assert one(left, Record("b", "X", region="Johor")).reasons == ("names equal",)


def test_an_address_keeps_a_word_that_only_begins_the_countrys_name():
    left = Record("a", "X", "14 Sri Ram Street, Kandy", "LK")
    right = Record("b", "X", "14 SRI RAM STREET Kandy, Sri Lanka", "LK")

    assert one(left, right).reasons == ("names equal", "addresses equal")


def test_an_operator_that_is_not_known_is_not_compared():
    left = Record("a", "Kalirejo Mill", company="UNKNOWN")

    assert one(left, Record("b", "Kalirejo Mill", company="n/a")).reasons == ("names equal",)


def test_nothing_comes_of_nothing():
    assert score_pairs([]) == find_within([]) == find_between([], []) == []
    assert find_between([MILL], []) == []


def made_list(count: int) -> list[Record]:
    draw = random.Random(4)
    words = ["sawit", "jaya", "mas", "agro", "lestari", "inti", "mulia", "bumi", "karya", "abadi"]
    found = []
    for number in range(count):
        name = " ".join(draw.sample(words, 3)) + f" {draw.randrange(40)}"
        place = draw.uniform(0, 5), draw.uniform(100, 110)
        record = Record(f"r{number}", name, f"Road {number}, Town", "ID", "", "", *place)
        found += [record, replace(record, id=f"d{number}", name=f"PT {name.title()}", address="")]
    return found


def test_duplicates_are_found_in_a_list_and_its_order_changes_nothing():
    listed = made_list(150)
    shuffled = random.Random(1).sample(listed, len(listed))

    found = find_within(listed)

    same = {frozenset((p.left_id, p.right_id)) for p in found if p.decision is Decision.SAME}
    assert {frozenset((f"r{n}", f"d{n}")) for n in range(150)} <= same
    assert find_within(shuffled) == found


def test_duplicates_are_found_between_two_lists_with_the_left_one_left():
    listed = made_list(40)
    found = find_between(listed[::2], listed[1::2])

    same = {(pair.left_id, pair.right_id) for pair in found if pair.decision is Decision.SAME}
    assert {(f"r{number}", f"d{number}") for number in range(40)} <= same
    assert all(pair.left_id[0] == "r" and pair.right_id[0] == "d" for pair in found)


def test_pairs_of_wholly_other_names_are_found_by_a_shared_id_and_by_place():
    shared = {"gln": "4012345000009"}
    left = [
        Record("a", "Zenith", external_ids=shared),
        Record("c", "Cocoa Union Daloa", latitude=6.0, longitude=-5.0),
    ]
    right = [
        Record("b", "Moor", external_ids=shared),
        Record("d", "Daloa Cocoa", latitude=6.001, longitude=-5.0),
    ]

    pairs = {(pair.left_id, pair.right_id) for pair in find_between(left, right)}

    assert pairs == {("a", "b"), ("c", "d")}


@pytest.mark.parametrize(
    ("pairs", "least"),
    [(labelled_pairs.facilities, 0.85), (labelled_pairs.names, 0.88), (labelled_pairs.mills, 0.95)],
)
def test_decisions_agree_with_people_on_the_open_half(pairs, least):
    labelled = pairs(proof=False)
    scored = score_pairs([(pair.left, pair.right) for pair in labelled])
    said = [pair.decision is Decision.SAME for pair in scored]
    right = sum(one and pair.is_match for one, pair in zip(said, labelled, strict=True))

    assert 2 * right / (sum(said) + sum(pair.is_match for pair in labelled)) >= least


def test_likeness_never_lowers_a_score_and_what_speaks_against_never_raises_it():
    against = {"name_numbers_differ", "name_number_one_side", "name_rare_left_over", "far",
               "legal_forms_differ", "countries_differ", "address_numbers_differ",
               "name_each_alone", "name_one_alone"}  # fmt: skip

    for term, weight in weights().terms.items():
        if against & set(term.split(" * ")):
            assert weight < 0, term
        elif not term.endswith("_given") or " * " in term:
            assert weight > 0, term
