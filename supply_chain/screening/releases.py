"""Comparison of two releases of a list: new, removed, no longer in force, in force again."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

from supply_chain.screening.entries import Entry, EntryStatus
from supply_chain.screening.words import squeeze

GONE_ASKED = 5
"""From this many on, half of a list that is gone is asked about."""


@dataclass(frozen=True)
class ListChanges:
    """Entries in the order of their release; those that are gone as the release before had them."""

    new: tuple[Entry, ...] = ()
    gone: tuple[Entry, ...] = ()
    ended: tuple[Entry, ...] = ()
    resumed: tuple[Entry, ...] = ()

    def counts(self) -> dict[str, int]:
        """Number of entries of each kind of change."""
        return {one.name: len(getattr(self, one.name)) for one in fields(self)}

    def loses_half(self, before: int) -> bool:
        """Whether half or more of the entries before are gone: the file may be cut off."""
        return len(self.gone) >= GONE_ASKED and 2 * len(self.gone) >= before


def compare_releases(before: Sequence[Entry], after: Sequence[Entry]) -> ListChanges:
    """Changes between two releases.

    Entries are the same by their name, written in any case and with any marks; of several entries
    of one name as many are new or gone as there are more or fewer.
    """
    ended_before, ended_after = _ended(before), _ended(after)
    both = [entry for entry in after if _key(entry) in ended_before]
    return ListChanges(
        new=tuple(_beyond(after, before)),
        gone=tuple(_beyond(before, after)),
        ended=tuple(one for one in both if ended_after[_key(one)] > ended_before[_key(one)]),
        resumed=tuple(one for one in both if ended_after[_key(one)] < ended_before[_key(one)]),
    )


def _ended(entries: Sequence[Entry]) -> dict[str, bool]:
    """Name -> whether none of its entries is in force."""
    found: dict[str, bool] = {}
    for entry in entries:
        is_ended = entry.status is EntryStatus.NO_LONGER_IN_FORCE
        found[_key(entry)] = found.get(_key(entry), True) and is_ended
    return found


def _beyond(entries: Sequence[Entry], others: Sequence[Entry]) -> Iterator[Entry]:
    """Entries that the others have not, the last of several of one name."""
    left = Counter(map(_key, others))
    for entry in entries:
        if left[_key(entry)]:
            left[_key(entry)] -= 1
        else:
            yield entry


def _key(entry: Entry) -> str:
    return squeeze(entry.name) or entry.name
