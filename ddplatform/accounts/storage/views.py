"""The space of an organisation as its administrators see it."""

from dataclasses import dataclass

from ddplatform.accounts.storage.queries import Used
from ddplatform.infrastructure.adapters.installed import Space
from ddplatform.languages import gettext

NEARLY = 0.8
"""The share from which on administrators are warned."""


@dataclass(frozen=True)
class ShownSpace:
    """Bars of files and of bytes: their shares, not over 1, with their words."""

    files: tuple[float, str]
    size: tuple[float, str]
    is_nearly_full: bool
    is_full: bool


def shown_space(used: Used, most: Space) -> ShownSpace:
    """What is used of a quota."""
    files, size = used.files / most.files, used.bytes / most.bytes
    of_files = gettext("%(used)s of %(most)s", used=f"{used.files:,}", most=f"{most.files:,}")
    of_size = gettext(
        "%(used)s of %(most)s GB",
        used=f"{used.bytes / 1024**3:,.3f}",
        most=f"{most.bytes / 1024**3:,.4g}",
    )
    return ShownSpace(
        (min(1.0, files), of_files),
        (min(1.0, size), of_size),
        is_nearly_full=max(files, size) >= NEARLY,
        is_full=max(files, size) >= 1,
    )
