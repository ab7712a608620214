"""What stands behind the question mark of an address, where it can be what it says."""

from datetime import date

LARGEST_NUMBER = 2**31 - 1
"""What both databases take for a whole number."""
_FIRST_YEAR, _LAST_YEAR = 1900, 2999


def number(text: str) -> int:
    """A place in a list. Raises ValueError, on which the address counts as without it."""
    found = int(text)
    if not 0 <= found <= LARGEST_NUMBER:
        raise ValueError("No list is that long.")
    return found


def day(text: str) -> date:
    """A day that has days around it. Raises ValueError as `number`."""
    found = date.fromisoformat(text)
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise ValueError("Nothing is known of that year.")
    return found
