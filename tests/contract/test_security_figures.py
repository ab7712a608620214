"""Limits that docs/security.md tells of are those of the code."""

from datetime import timedelta
from pathlib import Path

import pytest

from ddplatform.accounts.guesses import services as guesses
from ddplatform.accounts.limits import services as limits
from ddplatform.accounts.second_factor.services.codes import CODE
from ddplatform.accounts.sessions import services as sessions
from ddplatform.config import MAIL_LIMITS, USE_LIMITS
from ddplatform.infrastructure.access import body_limits
from ddplatform.infrastructure.adapters import passwords, uploads

PAGE = (Path(__file__).resolve().parents[2] / "docs/security.md").read_text(encoding="utf-8")
WORDS = {3: "three", 5: "five", 10: "ten", 60: "sixty", 100: "a hundred"}
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.mark.parametrize(
    "sentence",
    [
        f"Passwords of {passwords.MIN_LENGTH} to {passwords.MAX_LENGTH} characters",
        f"{WORDS[guesses.HERE.times]} an hour for an account from one network",
        f"{WORDS[guesses.ACCOUNT.times]} for an account from all networks together",
        f"{guesses.NETWORK.times} for a network over all accounts",
        f"{WORDS[limits.LINK_REQUEST.times].capitalize()} links an hour for a mailbox, "
        f"{WORDS[limits.LINK_ADDRESS.times]} for a network",
        f"{WORDS[limits.RESET_EMAIL.times]} a day for a mailbox",
        f"{WORDS[limits.SIGN_UP_ADDRESS.times]} tries an hour from one network address, "
        f"{WORDS[limits.SIGN_UP_EMAIL.times]} a day for one mailbox",
        f"{WORDS[CODE.times].capitalize()} codes an hour for a person",
        f"{sessions.IDLE // MINUTE} minutes idle, {sessions.ABSOLUTE // HOUR} hours at most",
        f"ends after {sessions.SHARED_IDLE // MINUTE} minutes idle and after an hour",
        f"a proof of identity of the last {sessions.FRESH // MINUTE} minutes",
        f"{uploads.ALLOWED_WORDS} up to {uploads.MAX_BYTES // 1024**2} MB",
        f"{body_limits.ANONYMOUS_BYTES // 1024} KB from somebody who is not signed in, "
        f"{body_limits.FORM_BYTES // 1024**2} MB for a form, "
        f"{body_limits.FILES_BYTES // 1024**2} MB where a form takes files",
        f"{MAIL_LIMITS['mails_per_day']:,} a day for each organisation and "
        f"{MAIL_LIMITS['mails_per_hour']} an hour for each sender, where people answer questions "
        f"{MAIL_LIMITS['supplier_mails_per_day']} and {MAIL_LIMITS['supplier_mails_per_hour']}",
        f"{USE_LIMITS['exports_per_hour']} files and {USE_LIMITS['calculations_per_hour']} "
        f"calculations an hour over all processes, refused ones counted; "
        f"{USE_LIMITS['costly_pages_per_minute']} costly pages and "
        f"{USE_LIMITS['forms_per_minute']} other forms a minute",
    ],
)
def test_limits_on_the_page_are_those_of_the_code(sentence: str):
    assert sentence in PAGE


def test_limits_of_an_hour_and_a_day_are_of_an_hour_and_a_day():
    by_hour = (guesses.HERE, guesses.ACCOUNT, guesses.NETWORK, limits.LINK_REQUEST, CODE)
    by_day = (limits.RESET_EMAIL, limits.SIGN_UP_EMAIL)

    assert {one.window_s for one in by_hour} == {HOUR.total_seconds()}
    assert {one.window_s for one in by_day} == {24 * HOUR.total_seconds()}
    assert sessions.SHARED_ABSOLUTE == HOUR
