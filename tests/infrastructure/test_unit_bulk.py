"""The collector of garbage rests while very many rows are made, and only then."""

import gc
from threading import Event, Thread

import pytest

from ddplatform.infrastructure.bulk import many_objects, rising_keys


def test_collector_rests_inside_and_goes_on_after_the_outermost_block():
    with many_objects():
        with many_objects():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_error_inside_does_not_leave_the_collector_off():
    with pytest.raises(ValueError, match="faulty row"), many_objects():
        raise ValueError("faulty row")
    assert gc.isenabled()


def test_collector_that_was_off_before_stays_off():
    gc.disable()
    try:
        with many_objects():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_collector_rests_until_the_last_of_two_threads_has_left():
    entered, leave = Event(), Event()

    def stay() -> None:
        with many_objects():
            entered.set()
            leave.wait(5)

    thread = Thread(target=stay)
    thread.start()
    entered.wait(5)
    with many_objects():
        pass
    was_on = gc.isenabled()
    leave.set()
    thread.join(5)
    assert not was_on
    assert gc.isenabled()


def test_rising_keys_are_different_and_in_order_and_never_the_same_twice():
    first, second = rising_keys(1_000), rising_keys(1_000)
    assert first == sorted(set(first))
    assert not set(first) & set(second)
    assert rising_keys(0) == []
