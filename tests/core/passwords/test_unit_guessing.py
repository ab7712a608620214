"""How many guesses passwords withstand."""

import gzip
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ddplatform.core.passwords import guessing
from ddplatform.core.passwords.guessing import ENOUGH_BITS, Weakness, common_passwords, estimate
from tests.sampling import examples

AROUND = ("Mia Kouassi", "mia.kouassi@maison-cacao.example", "Maison Cacao")


@pytest.mark.parametrize(
    ("password", "consists_of"),
    [
        ("123456789012345", Weakness.PATTERN),
        ("543210987654321", Weakness.PATTERN),
        ("aaaaaaaaaaaaaaa", Weakness.PATTERN),
        ("112233445566778", Weakness.PATTERN),
        ("1a2b3c4d5e6f7g8h", Weakness.PATTERN),
        ("xkqzxkqzxkqzxkq", Weakness.PATTERN),
        ("1q2w3e4r5t6y7u8i9o0p", Weakness.PATTERN),
        ("24.12.1985-2026", Weakness.PATTERN),
        ("passwordpassword1", Weakness.COMMON),
        ("P@ssw0rd-P@ssw0rd", Weakness.COMMON),
        ("drowssapdrowssap", Weakness.COMMON),
        ("adminadminadmin1", Weakness.COMMON),
        ("football baseball", Weakness.COMMON),
        ("iloveyouforever", Weakness.COMMON),
        ("maison-cacao-2026", Weakness.CONTEXT),
        ("MAISONCACAOMAISONCACAO", Weakness.CONTEXT),
        ("mia.kouassi.1985", Weakness.CONTEXT),
        ("Mía Kouässi 24.12.1985", Weakness.CONTEXT),
        ("Waymark-Maison-Cacao!", Weakness.CONTEXT),
    ],
)
def test_password_of_expected_pieces_is_guessed_soon_and_says_of_what_it_consists(
    password: str, consists_of: Weakness
):
    found = estimate(password, AROUND)

    assert not found.is_enough
    assert found.consists_of is consists_of


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "correcthorsebatterystaple",
        "quiet river green lamp",
        "the password of my goat hums",
        "Mia likes seven wet umbrellas",
        "ürümqi tee löwe fenster",
        "我的密码是一只小猫在跳舞吧啊",
        "vK3!pQz9@fLw2xR",
    ],
)
def test_words_that_have_nothing_to_do_with_one_another_are_enough(password: str):
    assert estimate(password, AROUND).is_enough


def test_name_is_an_expected_piece_for_those_alone_who_bear_it():
    assert estimate("kouassi-abidjan-2026").is_enough
    assert not estimate("kouassi-abidjan-2026", ["Kouassi", "Abidjan"]).is_enough


def test_every_common_password_is_refused_whatever_case_and_repetition():
    """All of the 68 that are long enough, and a few hundred of the others, repeated."""
    long = [word for word in common_passwords() if len(word) >= 15]
    short = list(common_passwords())[:3000:10]

    assert len(long) == 68
    assert [word for word in long if estimate(word.upper()).is_enough] == []
    assert [word for word in short if estimate(word * 5).is_enough] == []


def test_list_is_in_order_of_use_and_holds_each_password_once():
    with gzip.open(guessing.DATA / "common_passwords.txt.gz", "rt", encoding="utf-8") as lines:
        words = [line.rstrip("\n") for line in lines]

    assert words[:3] == ["123456", "123456789", "password"]
    assert len(words) == len(common_passwords()) == 40_023
    assert all(word == word.casefold() and len(word) >= 3 for word in words)


@given(st.text(min_size=1, max_size=40), st.integers(2, 6))
@examples(60)
def test_repetition_adds_next_to_nothing(unit: str, times: int):
    once, again = estimate(unit).bits, estimate(unit * times).bits

    assert again <= max(once, estimate(unit * 2).bits) + 3 or len(guessing._plain(unit)) > 32


@given(st.text(max_size=60), st.text(max_size=60))
@example("", "\u0345")  # a mark below Greek letters whose capital is a letter
@examples(60)
def test_more_characters_never_count_for_less_than_a_part_and_the_case_of_letters_for_nothing(
    one: str, other: str
):
    together = estimate(one + other).bits

    assert together <= estimate(one).bits + estimate(other).bits + 1e-9
    assert estimate((one + other).casefold()).bits <= together + 1e-9


@given(st.text(min_size=15, max_size=60))
@examples(60)
def test_password_that_is_refused_is_told_of_what_it_consists(password: str):
    found = estimate(password)

    assert found.is_enough or found.consists_of is not None
    assert found.bits >= 0


def test_longest_password_is_judged_in_less_than_three_seconds_whatever_it_is_made_of():
    worst = ["a" * 256, "ab" * 128, ("a" * 31 + "b") * 8, "password" * 32, "0112" * 64]
    began = time.process_time()
    for password in worst:
        assert not estimate(password).is_enough

    assert time.process_time() - began < 15
    assert estimate("".join(chr(33 + (n * n * 7) % 90) for n in range(256))).bits > ENOUGH_BITS
