"""Text in drawings: its width, and truncation to the space available."""

from functools import lru_cache

_NARROW, _WIDE = frozenset("iljtfrI.,:;'’|!()[] -·"), frozenset("mwMW@%…—")


def cut(text: str, room: float, size: float) -> str:
    """The text as far as it fits into `room` at a letter size, both in units of the drawing."""
    widths = [size * _em(letter) for letter in text]
    if sum(widths) <= room:
        return text
    kept, left = 0, room - size * _em("…")
    for width in widths:
        left -= width
        if left < 0:
            break
        kept += 1
    return text[:kept].rstrip() + "…"


@lru_cache(maxsize=4096)
def _em(letter: str) -> float:
    """About how wide a letter is in the face of drawings, in letter sizes; rather too wide."""
    if letter in _NARROW:
        return 0.34
    if letter in _WIDE or ord(letter) > 0x2E7F:  # scripts of East Asia fill their square
        return 0.95
    return 0.75 if letter.isupper() else 0.61
