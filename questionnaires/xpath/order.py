"""Shuffled lists, the same for the same seed in every ODK program."""

import hashlib
import math
from collections.abc import Sequence
from typing import TypeVar

from questionnaires.xpath.values import Value, to_number, to_text

T = TypeVar("T")
MOST_SEEDS = 2**31 - 1


def number_seed(seed: Value) -> int:
    """The seed of a value: its whole part, 0 for nothing, of a text its SHA-256."""
    number, text = to_number(seed), to_text(seed)
    if not math.isnan(number):
        return int(max(-(2.0**63), min(number, 2.0**63)))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], signed=True) if text else 0


def in_seeded_order(items: Sequence[T], seed: int) -> list[T]:
    """The order every ODK program gives for a seed: Park and Miller's generator, inside out."""
    # The rest with the sign of the seed; a hash is too long for a float to hold all of it.
    state = abs(seed) % MOST_SEEDS * (1 if seed >= 0 else -1)
    state = state + MOST_SEEDS - 1 if state <= 0 else state
    out: list[T] = []
    for number, item in enumerate(items):
        state = state * 16_807 % MOST_SEEDS
        place = int((state - 1) / (MOST_SEEDS - 1) * (number + 1))
        out.append(item)
        if place != number:
            out[number], out[place] = out[place], item
    return out
