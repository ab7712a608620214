"""Limits on guesses of passwords (OWASP ASVS 5.0, 6.1.1 and 6.3.1; NIST SP 800-63B-4, 3.2.2).

A try is let through or refused before the password is looked at, and counted afterwards if it was
wrong. Its counters are held meanwhile, so that tries at once are judged one after another.

A browser that is known for the account (`devices.py`) has a counter of its own and no other limit.
All other tries at an account fall under three: those of one network, those of all networks
together, and what fails from one network whatever the account.

The bound: in a window of an hour all strangers together get `ACCOUNT.times` guesses at an account,
over any number of addresses, and in any sixty minutes at most twice as many, since windows follow
one another.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from math import ceil

from ddplatform.accounts.limits.services import Limit, hold_window, window_ends_at
from ddplatform.accounts.organisations.models import RateCount
from ddplatform.infrastructure.errors import TooMany
from ddplatform.languages import gettext

HERE = Limit("sign-in of an account from a network", 10, 3600)
ACCOUNT = Limit("sign-in of an account from unknown devices", 100, 3600)
NETWORK = Limit("sign-in from a network", 150, 3600)
"""Sixty people in one building may each fail twice before the first of them comes in, and more."""
DEVICE = Limit("sign-in on a known device", 10, 3600)
SESSION = Limit("password in use", 10, 3600)
UNHURRIED = 3
"""So many failures cost no wait; each further one doubles it."""
LONGEST_WAIT_S = 60


@dataclass(frozen=True)
class Guesser:
    """Who tries: an address of an account as typed, from where, on which known device if any."""

    account: str
    address: str
    device: str | None = None


@dataclass(frozen=True)
class Counters:
    """The held counters of a try; `slowed` also makes the next try wait."""

    slowed: RateCount
    others: tuple[RateCount, ...] = ()


def hold_counters(guesser: Guesser, *, at: datetime) -> Counters:
    """Let a try at signing in through, or refuse it before the password is looked at.

    Raises:
        TooMany: too many failures, or the last one was a moment ago.
    """
    if guesser.device is not None:
        return _held(DEVICE, guesser.device, at=at)
    account, network = guesser.account.strip().lower(), network_of(guesser.address)
    # Always in this order, so that two tries never wait for one another.
    over_all = (
        (NETWORK, hold_window(NETWORK, network, at=at)),
        (ACCOUNT, hold_window(ACCOUNT, account, at=at)),
    )
    held = _held(HERE, f"{network} {account}", at=at, over_all=over_all)
    return Counters(held.slowed, tuple(row for _, row in over_all))


def hold_session_counter(session_ref: str, *, at: datetime) -> Counters:
    """The same for the password in use that is asked for inside a session.

    Raises:
        TooMany: the last failure was a moment ago.
    """
    return _held(SESSION, session_ref, at=at)


def count_failure(counters: Counters, *, at: datetime) -> None:
    """Count a wrong password."""
    for row in (counters.slowed, *counters.others):
        row.count += 1
    counters.slowed.last_at = at


def forgive_failures(counters: Counters) -> None:
    """Drop the failures of somebody who came in.

    Of the network they are taken off too, so that the typing errors of many people do not add up.
    Those at the account stay: what strangers may guess in an hour has no way to grow.
    """
    failed, counters.slowed.count = counters.slowed.count, 0
    counters.slowed.last_at = None
    for row in counters.others[:1]:
        row.count = max(0, row.count - failed)


def is_used_up(counters: Counters) -> bool:
    """Whether no guess is left inside the session."""
    return counters.slowed.count >= SESSION.times


def network_of(address: str) -> str:
    """The network that counts as one: an IPv4 address, or the 64 bits that one IPv6 line gets."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if found.version == 6 and found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ip_network((found, 64), strict=False)) if found.version == 6 else str(found)


def wait_s(failures: int) -> int:
    """Seconds from the last of so many failures to the next try."""
    if failures < UNHURRIED:
        return 0
    return min(LONGEST_WAIT_S, int(2 ** min(failures - UNHURRIED, 10)))


def _held(
    limit: Limit, who: str, *, at: datetime, over_all: tuple[tuple[Limit, RateCount], ...] = ()
) -> Counters:
    row = hold_window(limit, who, at=at)
    ends = [
        window_ends_at(one, counter)
        for one, counter in ((limit, row), *over_all)
        if counter.count >= one.times
    ]
    if row.last_at is not None:
        ends.append(row.last_at + timedelta(seconds=wait_s(row.count)))
    until = max(ends, default=at)
    if until > at:
        raise TooMany(
            ceil((until - at).total_seconds()),
            gettext("If you are not sure of your password, ask for a link to set a new one."),
        )
    return Counters(row)
