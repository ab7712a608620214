"""Registrations of accounts with earlier packages, one function per feature."""

from collections.abc import Callable

from ddplatform.accounts import jobs
from ddplatform.accounts.officers import registration as officers
from ddplatform.accounts.organisations import registration as organisations

FEATURES: tuple[Callable[[], None], ...] = (
    organisations.register,
    officers.register,
    jobs.register,
)
