"""How much space uploaded files of the acting organisation take, as the database counts it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from ddplatform.infrastructure.registry import Registry


@dataclass(frozen=True)
class Used:
    """Uploaded files and their bytes."""

    files: int = 0
    bytes: int = 0

    def __add__(self, other: "Used") -> "Used":
        return Used(self.files + other.files, self.bytes + other.bytes)


CountsFiles = Callable[[UUID | None], Used]
"""(person, None: everybody) -> what the rows of a table keep for the acting organisation."""
COUNTED: Registry[CountsFiles] = Registry("tables that keep uploaded files")
"""By the name of the table. A feature that keeps uploaded files registers here."""


def count_used(user_id: UUID | None = None) -> Used:
    """The files in the folder of the acting organisation, or those that one person sent.

    What a supplier adds for a buyer counts for the person who sent it, and for the buyer, whom it
    lies with, from the moment when the buyer may see it.
    """
    return sum((count(user_id) for count in COUNTED), Used())


def used_by_lists(lists: Iterable[Iterable[dict[str, object]]]) -> Used:
    """The files of rows that keep them as lists of `sha256` and `size_bytes`, each once."""
    sizes = {str(one["sha256"]): int(str(one["size_bytes"])) for row in lists for one in row}
    return Used(len(sizes), sum(sizes.values()))
