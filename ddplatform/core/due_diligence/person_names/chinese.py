"""Names of people in Chinese texts, which part no words: family name, given name, neighbours."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from ddplatform.core.due_diligence.person_names.lists import cues, han_names
from ddplatform.core.due_diligence.person_names.spelling import HAN

_DOTTED: Final = re.compile(rf"[{HAN}]{{1,7}}(?:[·•・‧][{HAN}]{{1,8}})+")
_STRETCH: Final = re.compile(rf"[{HAN}]+")
_YEARS: Final = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*周?岁"
_AGE: Final = re.compile(
    r"\s*[，,、（(]?\s*(?:今年|年仅|才|只有|刚满|现年|已满|大约|约|，)?\s*"
    rf"{_YEARS}|\s*[（(]\s*\d{{1,2}}\s*[）)]"
)
_AGED: Final = re.compile(rf"{_YEARS}的?$")
_OPEN: Final = frozenset('，。！？；：、（）()“”"《》\n,.!?;: 　—-')
_NO_NICKNAMES: Final = frozenset(
    "时组学心麦米型孩农工额区店镇企量康贷户吃费河路山村车船数部分子女生儿家师板人化"
)
_BEFORE_AGE: Final = re.compile(
    rf"(?:^|[，。！？；\s])([{HAN}]{{2,4}})(?:今年|现年|年仅|，)?\s*\d{{1,2}}\s*岁", re.MULTILINE
)
_NO_NAMES: Final = frozenset("的们孩童人生工女男子弟妹哥姐她他它都约龄在有和年岁满未到过个者")
_LONGEST_CUE: Final = 4
_LONGEST_FOREIGN: Final = 6
_WHOLE: Final = 3
_NUMERALS: Final = frozenset("一二三四五六七八九十百千两")


def find_in_chinese(text: str) -> Iterator[tuple[int, int]]:
    """Beginning and end of what seem to be names of people."""
    dotted = [match.span() for match in _DOTTED.finditer(text)]
    for begin, end in dotted:
        yield begin + _length_of_cue_in(text, begin, end), end
    yield from _stretch_with_age(text)
    for stretch in _STRETCH.finditer(text):
        at = stretch.start()
        while at < stretch.end():
            length = _length_of_name(text, at, stretch.end())
            if length:
                yield at, at + length
            at += max(length, _length_of_word(text, at, stretch.end()), 1)


@cache
def _cues(kind: str) -> frozenset[str]:
    return cues("chinese", kind)


def _length_of_cue_in(text: str, begin: int, end: int) -> int:
    """The cue that runs into a name with a dot: 女孩阿米娜·优素福."""
    for length in range(min(_LONGEST_CUE, end - begin - 1), 0, -1):
        if any(
            text[begin : begin + length] in _cues(kind) for kind in ("people", "naming", "before")
        ):
            return length
    return 0


def _length_of_word(text: str, at: int, end: int) -> int:
    """The longest ordinary word here that begins like a name; the search goes on behind it."""
    words = han_names().words
    return next((n for n in (3, 2) if at + n <= end and text[at : at + n] in words), 0)


def _length_of_name(text: str, at: int, end: int) -> int:
    """The number of signs of the name that begins here; 0 for none."""
    listed = han_names()
    called = _nickname(text, at, end) or _transcribed(text, at, end)
    if called:
        return called
    for family in (2, 1):
        if text[at : at + family] not in listed.family:
            continue
        for given in (2, 1):
            length = family + given
            if at + length <= end and _is_name(text, at, family, length):
                return length
        if text[at + family : at + family + 2] in _cues("titles_after") and _is_open(text, at):
            return family + 2
    return 0


def _is_name(text: str, at: int, family: int, length: int) -> bool:
    listed, whole, end = han_names(), text[at : at + length], at + length
    given = whole[family:]
    if whole in listed.words or text[at : at + 3] in listed.words or _NUMERALS & set(given):
        return False
    if any(text[end : end + n] in _cues("places") for n in (1, 2, 3)):
        return False
    is_usual = given in listed.given or all(sign in _signs() for sign in given)
    if _is_introduced(text, at, end):
        return is_usual or _ends(text, end)
    if length == _WHOLE and whole[:2] in listed.words and given not in listed.given:
        return False
    begins = not at or text[at - 1] in _OPEN
    is_whole = length == _WHOLE and begins and whole[:2] not in listed.words
    return is_usual and _is_open(text, at) and (is_whole or _ends(text, end))


def _is_introduced(text: str, at: int, end: int) -> bool:
    return any(_follows(text, at, kind) for kind in ("naming", "people")) or _is_aged(text, at, end)


@cache
def _signs() -> frozenset[str]:
    return han_names().signs | frozenset("".join(_cues("signs")))


@cache
def _foreign() -> frozenset[str]:
    return frozenset("".join(_cues("foreign")))


def _transcribed(text: str, at: int, end: int) -> int:
    """A foreign name in signs that stand for sounds, where somebody is introduced by it."""
    length = 0
    while at + length < end and length < _LONGEST_FOREIGN and text[at + length] in _foreign():
        length += 1
    if length < _WHOLE or text[at : at + 2] in han_names().words:
        return 0
    return length if _is_introduced(text, at, at + length) else 0


def _nickname(text: str, at: int, end: int) -> int:
    """小芳, 老李, 阿强, before what people do."""
    if text[at] not in "小老阿" or at + 2 > end or not _is_open(text, at):
        return 0
    second = text[at + 1]
    fits = second in han_names().family if text[at] == "老" else second in _signs()
    return 2 if fits and second not in _NO_NICKNAMES and _ends(text, at + 2) else 0


def _stretch_with_age(text: str) -> Iterator[tuple[int, int]]:
    """What stands alone before an age: 买买提今年14岁."""
    for match in _BEFORE_AGE.finditer(text):
        if not _NO_NAMES & set(match[1]) and match[1] not in han_names().words:
            yield match.span(1)


def _is_open(text: str, at: int) -> bool:
    """Whether a name may begin here: after a sign, or after a word that stands before names."""
    if not at or text[at - 1] in _OPEN or not _STRETCH.match(text[at - 1]):
        return True
    return any(_follows(text, at, kind) for kind in ("before", "naming", "people"))


def _follows(text: str, at: int, kind: str) -> bool:
    before = text[at - 1 : at] in _OPEN and kind == "naming"
    end = at - 1 if before else at
    return any(
        text[max(0, end - n) : end] in _cues(kind) for n in range(1, _LONGEST_CUE + 1) if end >= n
    )


def _ends(text: str, end: int) -> bool:
    """Whether a name may end here."""
    if end >= len(text) or text[end] in _OPEN or not _STRETCH.match(text[end]):
        return True
    return any(
        text[end : end + n] in _cues(kind) for n in (1, 2, 3) for kind in ("after", "titles_after")
    )


def _is_aged(text: str, at: int, end: int) -> bool:
    return _AGE.match(text, end) is not None or _AGED.search(text[max(0, at - 8) : at]) is not None
