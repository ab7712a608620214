"""Search for names of people, by script; names of firms and places that are known are left out."""

import re
from collections.abc import Collection, Iterator

from ddplatform.core.due_diligence.person_names.arabic import find_in_arabic
from ddplatform.core.due_diligence.person_names.chinese import find_in_chinese
from ddplatform.core.due_diligence.person_names.latin import find_in_letters
from ddplatform.core.due_diligence.person_names.runs import GIVEN, kind_of
from ddplatform.core.due_diligence.person_names.spelling import IS_ARABIC, IS_HAN, fold


def find_names(text: str, known: Collection[str] = ()) -> list[tuple[int, int]]:
    """Beginning and end of what seem to be names of people, in the order of the text.

    By lists and by the words beside a name, not by understanding: a name that is no list's, and
    stands beside nothing that tells, is not found, and some finds are names of firms.

    Args:
        known: names of firms and places; what stands within one of them is no find.
    """
    places = list(_known_places(text, known)) if known else []
    taken = bytearray(len(text))
    found: list[tuple[int, int]] = []
    for begin, end in _all_names(text):
        is_known = any(place[0] <= begin and end <= place[1] for place in places)
        if not is_known and not any(taken[begin:end]):
            taken[begin:end] = b"\1" * (end - begin)
            found.append((begin, end))
    return sorted(found)


def _known_places(text: str, known: Collection[str]) -> Iterator[tuple[int, int]]:
    """Where known names stand in a text, as whole words; small and capital letters are alike.

    A firm that is called by a given name alone does not keep that name from being found.
    """
    for name in known:
        if name.strip() and kind_of(fold(name.strip())) != GIVEN:
            whole = re.compile(rf"(?<!\w){re.escape(name.strip())}(?!\w)", re.IGNORECASE)
            yield from (match.span() for match in whole.finditer(text))


def _all_names(text: str) -> Iterator[tuple[int, int]]:
    yield from find_in_letters(text)
    if IS_ARABIC.search(text):
        yield from find_in_arabic(text)
    if IS_HAN.search(text):
        yield from find_in_chinese(text)
