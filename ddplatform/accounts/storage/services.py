"""Quotas: a person or an organisation that has filled its space sends no more files.

What a supplier answers, in words or in an answer file, is counted and never refused, nor is a
concern about a child, which holds no files.
"""

from collections.abc import Iterable

from ddplatform.accounts.limits import services as rate_limits
from ddplatform.accounts.storage.queries import Used, count_used
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.adapters.installed import Space, adapters
from ddplatform.languages import gettext
from supply_chain.errors import FileRefused

FULL = "storage_full"
"""The code of a file that finds no room."""
_TURN = rate_limits.Limit("turn to be counted", 1, rate_limits.DAY_S)
"""Its row is held while an organisation is counted, so that two uploads do not miss each other."""


def require_room(sizes: Iterable[int], *, act: Act, of_organisation: bool = True) -> None:
    """Refuse files that would go beyond a quota, before they are kept.

    Call it after `begin_change`: others who send files for the same organisation wait.

    Args:
        sizes: the bytes of each file.
        of_organisation: whether they stay with the organisation of who sends them; a supplier is
            not bound by the space of a buyer.

    Raises:
        FileRefused: there is no room; says whose, how much is used, and the way out.
    """
    found = list(sizes)
    more, quota = Used(len(found), sum(found)), adapters().quotas
    if not found:
        return
    rate_limits.hold_window(_TURN, str(act.by.organisation_id), at=act.at)
    if act.by.user_id is not None and _is_over(count_used(act.by.user_id) + more, quota.of_person):
        raise FileRefused(
            FULL,
            gettext(
                "You have sent as many files as one person may: %(files)s files or %(size)s GB.",
                files=f"{quota.of_person.files:,}",
                size=_gigabytes(quota.of_person.bytes),
            ),
            gettext(
                "The file was not kept; nothing that you typed is lost. "
                "Ask whoever runs the platform for more space."
            ),
        )
    if of_organisation and _is_over(count_used() + more, quota.of_organisation):
        raise FileRefused(
            FULL,
            gettext(
                "The space of your organisation is full: %(files)s files or %(size)s GB.",
                files=f"{quota.of_organisation.files:,}",
                size=_gigabytes(quota.of_organisation.bytes),
            ),
            gettext(
                "The file was not kept; nothing that you typed is lost. An administrator sees "
                "the space in the settings, and whoever runs the platform can give more."
            ),
        )


def _is_over(used: Used, most: Space) -> bool:
    return used.files > most.files or used.bytes > most.bytes


def _gigabytes(size: int) -> str:
    return f"{size / 1024**3:,.4g}"
