"""Breached passwords are looked up in a file of this machine, ordered by hash."""

import hashlib
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from ddplatform.infrastructure.adapters.breached_passwords import BreachedPasswords

KNOWN = [f"a known pass phrase {number}" for number in range(500)]


def digest(password: str) -> str:
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


def written(folder: Path, lines: Sequence[str], *, end: str = "\n") -> BreachedPasswords:
    path = folder / "breached.txt"
    path.write_bytes("".join(line + end for line in lines).encode())
    return BreachedPasswords(path)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("counted", [True, False])
def test_every_password_of_the_file_is_found_and_no_other(tmp_path: Path, end: str, counted: bool):
    drawn = random.Random(7)
    hashes = sorted(map(digest, KNOWN))
    lines = [f"{one}:{drawn.randint(1, 10**7)}" if counted else one for one in hashes]
    passwords = written(tmp_path, lines, end=end)

    assert passwords.fault() is None
    assert all(map(passwords.holds, KNOWN))
    assert not any(passwords.holds(f"{one} not") for one in KNOWN)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_short_file_is_searched_to_both_ends(tmp_path: Path, count: int):
    passwords = written(tmp_path, sorted(map(digest, KNOWN[:count])))

    assert all(map(passwords.holds, KNOWN[:count]))
    assert not passwords.holds("something else entirely")


def test_hashes_in_small_letters_are_found_too(tmp_path: Path):
    passwords = written(tmp_path, sorted(digest(one).lower() for one in KNOWN))

    assert all(map(passwords.holds, KNOWN))


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "empty"),
        (KNOWN[:3], "SHA-1"),
        (sorted(map(digest, KNOWN), reverse=True), "ordered"),
        ([hashlib.sha256(b"x").hexdigest()], "SHA-1"),
    ],
)
def test_a_file_that_cannot_be_searched_is_named_with_its_fault(
    tmp_path: Path, lines: list[str], said: str
):
    assert said in (written(tmp_path, lines).fault() or "")


def test_a_file_that_is_missing_is_a_fault(tmp_path: Path):
    assert BreachedPasswords(tmp_path / "none").fault() == "cannot be read"
