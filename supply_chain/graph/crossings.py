"""Number of link crossings in a layered drawing."""

from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence


def count_crossings(
    order: Mapping[int, Sequence[str]],
    pairs: Iterable[tuple[str, str]],
    tier_of: Mapping[str, int],
) -> int:
    """Count crossings between links that run between the same two tiers.

    Args:
        order: tier -> ids from top to bottom.
        pairs: links as (supplier id, buyer id); links inside one tier do not count.
        tier_of: id -> tier.

    Returns:
        The number of crossing pairs of links; links that share an end do not cross.
    """
    rank = {ref: i for refs in order.values() for i, ref in enumerate(refs)}
    by_tiers: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for one, other in pairs:
        tiers = tier_of[one], tier_of[other]
        if tiers[0] > tiers[1]:
            by_tiers.setdefault(tiers, []).append((rank[one], rank[other]))
        elif tiers[0] < tiers[1]:
            by_tiers.setdefault(tiers[::-1], []).append((rank[other], rank[one]))
    return sum(_inversions(sorted(ends)) for ends in by_tiers.values())


def _inversions(ends: Sequence[tuple[int, int]]) -> int:
    seen: list[int] = []
    total = 0
    for _, low in ends:
        total += len(seen) - bisect_right(seen, low)
        insort(seen, low)
    return total
