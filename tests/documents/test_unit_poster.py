"""The poster of the public page for concerns: one page, its code the same in every language."""

import re
from io import BytesIO

import pytest
import segno
from pypdf import PdfReader

from ddplatform.documents.paper.poster import CODE, QUIET, Poster, render_poster
from ddplatform.languages import LANGUAGES

ADDRESS = "https://platform.example/concern/acme-k7m2p9q4xw/en/"


def poster(language: str = "en") -> bytes:
    lines = ("Anybody may write here.", "Nobody may punish you for writing. " * 6)
    return render_poster(Poster("Tell us about a concern", "Acme", ADDRESS, lines, language))


def modules_of(pdf: bytes) -> set[tuple[int, int]]:
    """The dark squares on the page, as row and column from the upper left one."""
    (page,) = PdfReader(BytesIO(pdf)).pages
    drawn = re.findall(
        rb"n?\s*([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) re", page.get_contents().get_data()
    )
    squares = [(float(x), float(y), float(w)) for x, y, w, h in drawn if w == h and float(w) < 20]
    left, top = min(x for x, _, _ in squares), max(y for _, y, _ in squares)
    side = squares[0][2]
    return {(round((top - y) / side), round((x - left) / side)) for x, y, _ in squares}


@pytest.mark.parametrize("language", LANGUAGES)
def test_code_on_the_poster_is_that_of_the_address_and_is_never_mirrored(language: str):
    matrix = segno.make_qr(ADDRESS, error="m").matrix
    wanted = {(r, c) for r, row in enumerate(matrix) for c, dark in enumerate(row) if dark}

    assert modules_of(poster(language)) == wanted


def test_modules_are_large_enough_for_a_phone_at_arms_length():
    matrix = segno.make_qr(ADDRESS, error="m").matrix

    assert CODE / (len(matrix) + 2 * QUIET) > 4.2  # points: 1.5 mm


def test_equal_posters_give_equal_bytes_and_hold_the_address_in_letters():
    (page,) = PdfReader(BytesIO(poster())).pages

    assert poster() == poster()
    assert ADDRESS in page.extract_text()
