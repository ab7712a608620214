"""Ages of keys and secrets against their periods (docs/cryptography.md, Keys and secrets)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from ddplatform.config import METRICS_LOCAL, METRICS_OFF, Settings
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.keys import (
    CASE_MASTER,
    LOG_KEY,
    SECOND_FACTOR,
    SINGLE_SIGN_ON,
    WEBHOOK,
)
from ddplatform.operations.keys.queries import InstallationLog, load_installation_log

YEAR_DAYS: Final = 365
RENEWED: Final = "keys:renew_secret"
SESSION: Final = "keys:rotate_session_secret"


@dataclass(frozen=True)
class Scheduled:
    """A key of the folder: its name in `flask keys rotate`, its file, the event of a rotation."""

    key: str
    file: str
    action: str
    days: int = YEAR_DAYS


KEYS: Final = (
    Scheduled("case-master", CASE_MASTER, "keys:rotate_case_master"),
    Scheduled("log-signing", LOG_KEY, "keys:rotate_log_key", 2 * YEAR_DAYS),
    Scheduled("second-factor", SECOND_FACTOR, "keys:rotate_second_factor"),
    Scheduled("single-sign-on", SINGLE_SIGN_ON, "keys:rotate_single_sign_on"),
    Scheduled("webhook", WEBHOOK, "keys:rotate_webhook"),
)
SETTINGS: Final[Mapping[str, int]] = {
    "SECRET_KEY": 90,
    "DATABASE_URL": YEAR_DAYS,
    "MIGRATION_DATABASE_URL": YEAR_DAYS,
    "BACKUP_DATABASE_URL": YEAR_DAYS,
    "MAIL_URL": YEAR_DAYS,
    "METRICS": YEAR_DAYS,
}
"""Settings that may hold a secret -> days; who renews one says so by `flask keys renewed`."""


@dataclass(frozen=True)
class KeyAge:
    """How old a key or secret is.

    Attributes:
        since: when it came into force; None: nothing tells.
        counted_from: `rotation` or `renewal` (an event of the log), `file` (its time on disk) or
            `founding` (of the installation: the secret may be younger).
        is_unfinished: a rotation was begun and has not ended, so that the old key still opens.
    """

    key: str
    period_days: int
    since: datetime | None
    counted_from: str
    is_unfinished: bool = False

    @property
    def due_at(self) -> datetime | None:
        """When the period ends."""
        return self.since + timedelta(days=self.period_days) if self.since else None

    def age_days(self, at: datetime) -> int | None:
        """Whole days since it came into force."""
        return (at - self.since).days if self.since else None

    def is_overdue(self, at: datetime) -> bool:
        """Whether the period has passed, or a rotation waits for its end."""
        return self.is_unfinished or (self.due_at is not None and at >= self.due_at)


def ages_of_keys(settings: Settings) -> list[KeyAge]:
    """Every key that was made, and every secret of the settings that are there."""
    log = load_installation_log(RENEWED)
    return [*_of_folder(log), *_of_settings(settings, log)]


def count_overdue(settings: Settings, at: datetime) -> int:
    """How many of them are overdue."""
    return sum(one.is_overdue(at) for one in ages_of_keys(settings))


def _of_folder(log: InstallationLog) -> Iterator[KeyAge]:
    folder = adapters().keys
    for one in KEYS:
        made = folder.made_at(one.file)
        if made is None:
            continue
        rotated = log.last.get(one.action)
        yield KeyAge(
            one.key,
            one.days,
            rotated or made,
            "rotation" if rotated else "file",
            folder.is_changing(one.file),
        )


def _of_settings(settings: Settings, log: InstallationLog) -> Iterator[KeyAge]:
    for name in _held_by(settings):
        days, renewed = SETTINGS[name], log.renewed.get(name)
        if name == "SECRET_KEY" and (kept := _kept_secret_made_at(settings)):
            rotated = log.last.get(SESSION)
            yield KeyAge(name, days, rotated or kept, "rotation" if rotated else "file")
        elif renewed is not None:
            yield KeyAge(name, days, renewed, "renewal")
        else:
            yield KeyAge(name, days, log.begun_at, "founding")


def _held_by(settings: Settings) -> Iterator[str]:
    """Settings that hold a secret here."""
    yield "SECRET_KEY"
    addresses = {
        "DATABASE_URL": settings.database_url,
        "MIGRATION_DATABASE_URL": settings.migration_database_url,
        "BACKUP_DATABASE_URL": settings.backup_database_url,
        "MAIL_URL": settings.mail_url,
    }
    for name, address in addresses.items():
        if address and urlsplit(address).password:
            yield name
    if settings.metrics not in (METRICS_OFF, METRICS_LOCAL):
        yield "METRICS"


def _kept_secret_made_at(settings: Settings) -> datetime | None:
    """When the secret of the instance folder was written; None: it comes from the environment."""
    path = settings.instance_path / "secret_key"
    if not path.exists() or path.read_text().strip() != settings.secret_key:
        return None
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
