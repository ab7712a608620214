"""Words of trades and addresses are one in every script and language, and shortened or not."""

import csv
import unicodedata

import pytest

from supply_chain.matching.data_files import DATA
from supply_chain.matching.matcher import score_pairs
from supply_chain.matching.normalise import address_forms, normalise
from supply_chain.matching.pairs import Decision, Pair
from supply_chain.matching.records import Record
from supply_chain.matching.script_words import with_known_words
from supply_chain.matching.towns import words_held
from supply_chain.matching.word_likeness import likeness


def judged(one: Record, other: Record) -> Pair:
    (pair,) = score_pairs([(one, other)])
    return pair


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("宁波申洲针织有限公司", "ningboshenzhou knitting"),
        ("東莞市華堅鞋業有限公司", "dongguan huajian shoes"),
        ("मोहन टेक्सटाइल मिल्स लिमिटेड", "mohn textile mills"),
        ("করিম গার্মেন্টস লিমিটেড", "krim garment"),
        ("שרון טקסטיל", "srvn textile"),
    ],
)
def test_words_of_a_trade_in_another_script_are_english(name: str, plain: str) -> None:
    assert normalise(name) == plain


def test_an_address_written_in_one_run_is_parted_at_its_known_words() -> None:
    assert address_forms("宁波市北仑区甬江路18号").words == (
        "ningbo",
        "beilun",
        "yongjiang",
        "road",
        "18",
    )


@pytest.mark.parametrize("text", ["Plain Latin Mills", "मिलन", "Été à Łódź"])
def test_a_text_without_known_words_stays_as_it_is(text: str) -> None:
    assert with_known_words(text) == text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            Record("a", "东莞市华坚鞋业有限公司", "广东省东莞市厚街镇白濠工业区", "CN"),
            Record("b", "Dongguan Huajian Shoes", "Baihao Industrial Zone, Houjie, Dongguan", "CN"),
        ),
        (
            Record("a", "मोहन टेक्सटाइल मिल्स", "औद्योगिक क्षेत्र, पानीपत", "IN"),
            Record("b", "Mohan Textile Mills", "Industrial Area, Panipat", "IN"),
        ),
        (
            Record("a", "রিনা নিটওয়্যার লিমিটেড", "কাশিমপুর, গাজীপুর", "BD"),
            Record("b", "Rina Knitwear Ltd", "Kashimpur, Gazipur", "BD"),
        ),
    ],
)
def test_one_firm_in_two_scripts_is_the_same(one: Record, other: Record) -> None:
    assert judged(one, other).decision is Decision.SAME


def test_words_of_other_scripts_are_written_as_texts_are_compared_and_told_once() -> None:
    with (DATA / "script_words.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    written = [row["written"] for row in rows]

    assert len(set(written)) == len(written)
    assert all(unicodedata.normalize("NFKC", text) == text for text in written)
    assert all(row["word"].isascii() and row["where"] in {"inside", "word"} for row in rows)
    assert not any(text.isascii() for text in written)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jl. Merdeka No. 14, Kec. Andir", "Jalan Merdeka 14 Kecamatan Andir"),
        ("Hauptstr. 7", "Hauptstraße 7"),
        ("Calle Bolívar N° 88, Zona Franca", "C. Bolivar 88, Free Zone"),
        ("Lô 12, KCN Nam Sách", "Lot 12, Nam Sach Industrial Zone"),
        ("Atatürk Cad. 5, OSB, Bursa", "Ataturk Caddesi No:5 Organize Sanayi Bölgesi Bursa"),
        ("Plt 4 Ind. Area, Dist. Dhar", "Plot 4, Industrial Area, District Dhar"),
    ],
)
def test_words_of_an_address_are_one_however_shortened(one: str, other: str) -> None:
    mine, theirs = address_forms(one), address_forms(other)

    assert words_held(mine, theirs) > 0.9
    assert mine.numbers == theirs.numbers


def test_an_address_of_nothing_but_a_number_word_stays() -> None:
    assert address_forms("No.").words == ("no",)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("вул. Перова 9, Київ", "9 Perova Street, Kyiv"),
        ("Gorat, Ashulia, Savar, Dhaka 1341", "Ghorat, Zirabo Road, Ashulia, Dhaka"),
        ("DOSAB Ali Osman Sönmez Bulvarı No:5 Bursa", "Demirtaş OSB, A.O. Sönmez Blv. 5, Bursa"),
    ],
)
def test_an_address_told_in_another_order_is_no_other_place(left: str, right: str) -> None:
    one, other = Record("a", "Nassa Denim", left), Record("b", "Nassa Denim Ltd", right)

    assert judged(one, other).decision is Decision.SAME


def test_two_parks_of_one_town_stay_a_question() -> None:
    left, right = "Korangi Industrial Area, Karachi", "Landhi Industrial Area, Karachi"

    pair = judged(Record("a", "Nassa Denim", left), Record("b", "Nassa Denim", right))

    assert pair.decision is Decision.REVIEW
    assert words_held(address_forms("Korangi 5"), address_forms("7 Landhi")) == 0.0


def test_a_town_with_its_postcode_is_a_town_and_a_postcode_alone_an_address() -> None:
    bare, coded = Record("a", "Tulip Foods", "Rawai"), Record("b", "Tulip Food", "Rawai 83130")

    assert "only one has an address" not in judged(bare, coded).reasons
    alone = judged(Record("a", "Tulip Foods", "83130"), Record("b", "Tulip Foods", "83130"))
    assert "addresses equal" in alone.reasons


@pytest.mark.parametrize(
    ("bare", "spelled", "is_one"),
    [
        ("krchy", "karachi", True),  # کراچی
        ("mhmd", "mohammed", True),  # محمد
        ("lml", "amal", True),  # الأمل, with its article
        ("krchy", "kasur", False),
        ("hyh", "aya", False),  # no consonant is left to tell by
    ],
)
def test_a_word_of_a_script_without_vowels_is_known_by_its_consonants(
    bare: str, spelled: str, is_one: bool
) -> None:
    assert (likeness(bare, spelled) > 0.8) is is_one
    assert likeness(spelled, bare) == likeness(bare, spelled)


def test_a_name_whose_blanks_fall_elsewhere_says_nothing_of_its_own() -> None:
    pair = judged(
        Record("a", "Sunrise Apparels Bandara"),
        Record("b", "s u n r i se appar els"),
    )

    assert pair.decision is Decision.SAME
