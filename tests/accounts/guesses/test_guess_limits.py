"""Limits on guesses, held against what the sequence of tries itself says."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from ddplatform.accounts.guesses import services as guesses
from ddplatform.accounts.guesses.services import (
    Guesser,
    count_failure,
    forgive_failures,
    hold_counters,
    network_of,
    wait_s,
)
from ddplatform.accounts.limits import services as rate_limits
from ddplatform.accounts.limits.services import Limit
from ddplatform.infrastructure.db import unit_of_work
from ddplatform.infrastructure.errors import TooMany
from tests.sampling import examples

BEGAN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SMALL = {"HERE": 3, "ACCOUNT": 5, "NETWORK": 7, "DEVICE": 3}
"""Limits that a short sequence reaches."""


@dataclass(frozen=True)
class Try:
    """One try and what came of it: `in`, `wrong` or `refused`."""

    account: str
    address: str
    device: str | None
    at: datetime
    outcome: str = ""


def attempt(one: Try, *, is_right: bool) -> Try:
    try:
        with unit_of_work():
            guesser = Guesser(one.account, one.address, one.device)
            counters = hold_counters(guesser, at=one.at)
            if is_right:
                forgive_failures(counters)
            else:
                count_failure(counters, at=one.at)
    except TooMany:
        return Try(one.account, one.address, one.device, one.at, "refused")
    outcome = "in" if is_right else "wrong"
    return Try(one.account, one.address, one.device, one.at, outcome)


def hour_of(one: Try) -> int:
    return int(one.at.timestamp() // 3600)


def unforgiven(past: Sequence[Try]) -> list[Try]:
    """Failures of one account at one place since somebody last came in there."""
    came_in = [place for place, one in enumerate(past) if one.outcome == "in"]
    later = past[came_in[-1] + 1 :] if came_in else past
    return [one for one in later if one.outcome == "wrong"]


def is_waiting(failed: Sequence[Try], now: datetime) -> bool:
    return bool(failed) and now < failed[-1].at + timedelta(seconds=wait_s(len(failed)))


def must_refuse(one: Try, earlier: Sequence[Try]) -> bool:
    """Whether the limits, read as sentences, refuse a try after those of the same hour."""
    past = [other for other in earlier if hour_of(other) == hour_of(one)]
    if one.device is not None:
        failed = unforgiven([other for other in past if other.device == one.device])
        return len(failed) >= SMALL["DEVICE"] or is_waiting(failed, one.at)
    strangers = [other for other in past if other.device is None]
    there = [other for other in strangers if other.address == one.address]
    failed = unforgiven([other for other in there if other.account == one.account])
    at_account = [o for o in strangers if o.account == one.account and o.outcome == "wrong"]
    accounts = {other.account for other in there}
    from_network = sum(
        len(unforgiven([other for other in there if other.account == account]))
        for account in accounts
    )
    return (
        len(failed) >= SMALL["HERE"]
        or is_waiting(failed, one.at)
        or len(at_account) >= SMALL["ACCOUNT"]
        or from_network >= SMALL["NETWORK"]
    )


@pytest.fixture
def small_limits(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert context, "it begins windows when a test begins; here they are the hours of the day"
    monkeypatch.setattr(rate_limits, "FIRST_WINDOW_S", 0.0)
    for name, times in SMALL.items():
        monkeypatch.setattr(guesses, name, Limit(f"small {name}", times, 3600))
    monkeypatch.setattr(guesses, "UNHURRIED", 2)


ACCOUNTS = ("ama@acme.example", "mia@acme.example", "luc@acme.example")
TRIES = st.lists(
    st.tuples(
        st.sampled_from(ACCOUNTS),
        st.sampled_from(("192.0.2.1", "192.0.2.2", "198.51.100.3")),
        st.sampled_from((None, None, None, "phone", "laptop")),
        st.sampled_from((False, False, False, True)),
        st.sampled_from((0, 1, 3, 70, 900)),
    ),
    min_size=10,
    max_size=40,
)
EXAMPLE = iter(range(10**6))


@pytest.mark.long
@pytest.mark.usefixtures("small_limits")
@given(TRIES)
@examples(40, one_world=True)
def test_a_try_is_refused_exactly_where_the_limits_say_so(context: Flask, tries):
    done: list[Try] = []
    at = BEGAN + timedelta(days=next(EXAMPLE))  # counters of its own for each example
    for account, address, device, is_right, seconds in tries:
        at += timedelta(seconds=seconds)
        mark = None if device is None else f"{device} of {account}"
        one = Try(account, address, mark, at)
        found = attempt(one, is_right=is_right)
        assert (found.outcome == "refused") == must_refuse(one, done), (one, done)
        done.append(found)
    for account in ACCOUNTS:
        strangers = [o for o in done if o.account == account and o.device is None]
        wrong = [one for one in strangers if one.outcome == "wrong"]
        for first in wrong:
            same_hour = [one for one in wrong if hour_of(one) == hour_of(first)]
            following = [one for one in wrong if first.at <= one.at < first.at + HOUR]
            assert len(same_hour) <= SMALL["ACCOUNT"]
            assert len(following) <= 2 * SMALL["ACCOUNT"]


@pytest.mark.usefixtures("small_limits")
@given(TRIES)
@examples(30, one_world=True)
def test_person_on_a_known_device_comes_in_whatever_strangers_try(context: Flask, tries):
    at = BEGAN + timedelta(days=next(EXAMPLE))
    for account, address, _device, is_right, seconds in tries:
        at += timedelta(seconds=seconds)
        attempt(Try(account, address, None, at), is_right=is_right)
    for account in ACCOUNTS:
        for address in ("192.0.2.1", "203.0.113.9"):
            own = Try(account, address, f"own phone of {account}", at)
            assert attempt(own, is_right=True).outcome == "in"


def addresses() -> Iterator[str]:
    return (f"10.{number // 250}.{number % 250}.7" for number in range(10**6))


def test_strangers_get_a_hundred_guesses_an_hour_at_an_account_over_any_number_of_addresses(
    context: Flask,
):
    outcomes = [
        attempt(Try("mia@acme.example", address, None, BEGAN), is_right=False).outcome
        for _, address in zip(range(130), addresses(), strict=False)
    ]

    assert outcomes == ["wrong"] * 100 + ["refused"] * 30


def test_sixty_people_behind_one_address_who_mistype_twice_all_come_in(context: Flask):
    people = [f"p{number}@acme.example" for number in range(60)]
    outcomes = [
        attempt(Try(email, "192.0.2.1", None, BEGAN), is_right=is_right).outcome
        for is_right in (False, False, True, False, True)
        for email in people
    ]

    assert "refused" not in outcomes
    assert outcomes.count("in") == 120


def test_one_guess_at_each_of_many_accounts_ends_at_the_limit_of_the_network(context: Flask):
    outcomes = [
        attempt(Try(f"v{number}@acme.example", "192.0.2.1", None, BEGAN), is_right=False).outcome
        for number in range(155)
    ]

    assert outcomes == ["wrong"] * 150 + ["refused"] * 5


def test_own_account_of_an_attacker_gives_no_guesses_back(context: Flask):
    def guess(number: int) -> str:
        own = Try("own@acme.example", "192.0.2.1", None, BEGAN)
        assert attempt(own, is_right=True).outcome == "in"
        victim = Try(f"v{number}@acme.example", "192.0.2.1", None, BEGAN)
        return attempt(victim, is_right=False).outcome

    assert [guess(number) for number in range(150)] == ["wrong"] * 150
    last = attempt(Try("v151@acme.example", "192.0.2.1", None, BEGAN), is_right=False)
    assert last.outcome == "refused"


def test_wait_doubles_from_the_third_failure_to_a_minute():
    waits = [wait_s(failures) for failures in range(11)]

    assert waits == [0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", ""),
    ],
)
def test_all_addresses_of_one_line_count_as_one(address: str, network: str):
    assert network_of(address) == network
