"""Settings: read once, validated together, immutable."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from werkzeug.sansio.utils import host_is_trusted

ROOT = Path(__file__).resolve().parent.parent
MIN_SECRET_LENGTH = 32
ON_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
_WEBHOOK_HOST = re.compile(r"(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d{1,5})?", re.IGNORECASE)
_SCANNER = re.compile(r"unix:/.+|tcp:[^:\s]+:\d{1,5}|tcp:\[[0-9a-fA-F:]+\]:\d{1,5}")
LEAST_OFFICER_WAIT_HOURS, MOST_OFFICER_WAIT_HOURS = 72, 24 * 60
KEPT_FALLBACKS = 2
DATABASES = ("sqlite:", "postgresql+psycopg:")
METRICS_OFF, METRICS_LOCAL = "off", "local"
ENCRYPTED = "encrypted"


class Kind(StrEnum):
    """The kind of an installation."""

    DEVELOPMENT = "development"
    TESTING = "testing"
    PRODUCTION = "production"


class SignUp(StrEnum):
    """The people who may found an organisation in the browser."""

    OPEN = "open"
    BY_INVITATION = "by_invitation"
    OFF = "off"


class UnsafeSettings(Exception):
    """The settings cannot be used; the message lists every fault."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(
            "These settings must be mended before the start:\n- " + "\n- ".join(faults)
        )
        self.faults = faults


@dataclass(frozen=True)
class Settings:
    """The settings of one installation. Each name is explained in docs/operations.md."""

    kind: Kind
    instance_path: Path
    database_url: str
    secret_key: str
    migration_database_url: str | None = None
    secret_key_fallbacks: tuple[str, ...] = ()
    """Secrets of before, newest first: what they signed is still accepted."""
    mail_url: str | None = None
    base_url: str = "http://127.0.0.1:8000"
    trusted_hosts: tuple[str, ...] = ()
    secure_cookies: bool = False
    debug: bool = False
    mail_from: str = "no-reply@localhost"
    sign_up: str = SignUp.BY_INVITATION
    mails_per_day: int = 5_000
    mails_per_hour: int = 200
    supplier_mails_per_day: int = 20
    supplier_mails_per_hour: int = 10
    exports_per_hour: int = 120
    calculations_per_hour: int = 60
    costly_pages_per_minute: int = 120
    forms_per_minute: int = 60
    virus_scanner: str | None = None
    breached_passwords: Path | None = None
    """A file with the hashes of breached passwords (adapters/breached_passwords.py)."""
    uploads_at_once: int = 2
    files_per_person: int = 10_000
    megabytes_per_person: int = 10_240
    files_per_organisation: int = 100_000
    megabytes_per_organisation: int = 102_400
    officer_wait_hours: int = LEAST_OFFICER_WAIT_HOURS
    security_events: str = ""
    """Where security events go: a file, `stderr`, or nowhere."""
    backup_database_url: str = ""
    """The same database in the role that makes and restores backups; empty: as `database_url`."""
    metrics: str = "off"
    """`off`, `local`, or the token with which metrics are read."""
    network_to_proxy: str = ""
    """`encrypted`: the operator states it of the network between proxy and web process."""
    webhook_hosts: tuple[str, ...] = ()
    """Where webhooks may send to: `host`, `host:port` or `*.domain`; empty: there are none."""

    def __post_init__(self) -> None:
        faults = [*_always(self), *(_production(self) if self.kind is Kind.PRODUCTION else [])]
        if faults:
            raise UnsafeSettings(faults)


MAIL_LIMITS: Mapping[str, int] = {
    field.name: int(str(field.default)) for field in fields(Settings) if "mails_per" in field.name
}
"""Limits of invitations and requests by mail, with their defaults."""
QUOTAS: Mapping[str, int] = {
    field.name: int(str(field.default))
    for field in fields(Settings)
    if field.name.endswith(("_per_person", "_per_organisation"))
}
"""Quotas of uploaded files, with their defaults."""
USE_LIMITS: Mapping[str, int] = {
    field.name: int(str(field.default))
    for field in fields(Settings)
    if field.name.endswith(("_per_hour", "_per_minute")) and "mails_per" not in field.name
}
"""Limits of what one person may take out, start, open and send, with their defaults."""
LIMITS: Mapping[str, int] = {**MAIL_LIMITS, **QUOTAS, **USE_LIMITS}


def _always(settings: Settings) -> list[str]:
    return [*_databases(settings), *_secrets(settings), *_choices(settings)]


def _databases(settings: Settings) -> list[str]:
    faults = []
    if not settings.database_url.startswith(DATABASES):
        faults.append("DATABASE_URL must begin with sqlite: or postgresql+psycopg:")
    owner = settings.migration_database_url
    if owner and not owner.startswith("postgresql+psycopg:"):
        faults.append("MIGRATION_DATABASE_URL must begin with postgresql+psycopg:")
    if owner and not settings.database_url.startswith("postgresql"):
        faults.append("MIGRATION_DATABASE_URL is for PostgreSQL; DATABASE_URL names SQLite")
    if settings.backup_database_url and not settings.backup_database_url.startswith(DATABASES):
        faults.append("BACKUP_DATABASE_URL must begin with sqlite: or postgresql+psycopg:")
    return faults


def _secrets(settings: Settings) -> list[str]:
    faults = []
    if len(settings.secret_key) < MIN_SECRET_LENGTH:
        faults.append(f"SECRET_KEY must have at least {MIN_SECRET_LENGTH} characters")
    if any(len(key) < MIN_SECRET_LENGTH for key in settings.secret_key_fallbacks):
        faults.append(
            f"SECRET_KEY_FALLBACKS must have at least {MIN_SECRET_LENGTH} characters each"
        )
    is_word = settings.metrics in {METRICS_OFF, METRICS_LOCAL}
    if not is_word and len(settings.metrics) < MIN_SECRET_LENGTH:
        faults.append(f"METRICS must be off, local or a token of {MIN_SECRET_LENGTH} characters")
    return faults


def _choices(settings: Settings) -> list[str]:
    faults = []
    if settings.mail_url and not settings.mail_url.startswith(("smtp://", "smtps://")):
        faults.append("MAIL_URL must begin with smtp:// or smtps://")
    small = (name.upper() for name in LIMITS if getattr(settings, name) < 1)
    faults += [f"{name} must be a whole number from 1 on" for name in small]
    if settings.sign_up not in set(SignUp):
        faults.append(f"SIGN_UP must be one of {', '.join(SignUp)}")
    if settings.virus_scanner and not _SCANNER.fullmatch(settings.virus_scanner):
        faults.append("VIRUS_SCANNER must be unix:/path/of/clamd.ctl or tcp:host:port")
    if not all(map(_WEBHOOK_HOST.fullmatch, settings.webhook_hosts)):
        faults.append("WEBHOOK_HOSTS must be hosts with commas: erp.example, hooks.example:8443")
    if settings.network_to_proxy not in {"", ENCRYPTED}:
        faults.append(f"NETWORK_TO_PROXY must be {ENCRYPTED}, or not be set")
    if settings.uploads_at_once < 1:
        faults.append("UPLOADS_AT_ONCE must be a whole number from 1")
    if not LEAST_OFFICER_WAIT_HOURS <= settings.officer_wait_hours <= MOST_OFFICER_WAIT_HOURS:
        faults.append(
            f"OFFICER_WAIT_HOURS must be between {LEAST_OFFICER_WAIT_HOURS} and "
            f"{MOST_OFFICER_WAIT_HOURS}: officers need time to object, and a new one to begin"
        )
    return faults


def _production(settings: Settings) -> list[str]:
    checks = {
        "FLASK_DEBUG must be off in production": settings.debug,
        "SECURE_COOKIES must be on in production": not settings.secure_cookies,
        "BASE_URL must begin with https:// in production": not settings.base_url.startswith(
            "https://"
        ),
        "TRUSTED_HOSTS must name the host names in production": not settings.trusted_hosts,
        "TRUSTED_HOSTS must name the host of BASE_URL too, or no link in a mail would open": (
            bool(settings.trusted_hosts) and not _is_named(settings)
        ),
        "MAIL_URL must be smtps://, or hold a user or certificate (STARTTLS), in production, also "
        "on this machine: mails hold links that open accounts": _is_plain_mail(settings.mail_url),
        "MAIL_URL must be set in production": not settings.mail_url,
        "SECRET_KEY must come from the environment, long and random, in production": (
            len(set(settings.secret_key)) < MIN_SECRET_LENGTH // 3
        ),
    }
    faults = [fault for fault, broken in checks.items() if broken]
    return [*faults, *_in_the_clear(settings)]


def _in_the_clear(settings: Settings) -> list[str]:
    """Connections that are neither encrypted nor a Unix socket, also within this machine."""
    databases = {
        "DATABASE_URL": settings.database_url,
        "MIGRATION_DATABASE_URL": settings.migration_database_url,
        "BACKUP_DATABASE_URL": settings.backup_database_url,
    }
    faults = [
        f"{name} must end with ?host=/run/postgresql (a Unix socket) or with ?sslmode=verify-full "
        "(and sslrootcert) in production"
        for name, url in databases.items()
        if url and _is_unproved(url)
    ]
    if settings.virus_scanner and not settings.virus_scanner.startswith("unix:"):
        faults.append(
            "VIRUS_SCANNER must be a Unix socket in production: clamd speaks without encryption"
        )
    return faults


def _is_unproved(url: str) -> bool:
    """Whether PostgreSQL is reached over a network without proof of which server it is."""
    parts = urlsplit(url)
    if not parts.scheme.startswith("postgresql"):
        return False
    asked = parse_qs(parts.query)
    hosts = asked.get("host") or [parts.hostname or ""]
    is_network = any(host and not host.startswith("/") for host in hosts)
    return is_network and asked.get("sslmode") != ["verify-full"]


def _is_named(settings: Settings) -> bool:
    host = urlsplit(settings.base_url).hostname or ""
    return host_is_trusted(host, settings.trusted_hosts)


def _is_plain_mail(url: str | None) -> bool:
    parts = urlsplit(url or "")
    return parts.scheme == "smtp" and not (parts.username or "certificate=" in parts.query)


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment and the instance folder.

    Raises:
        UnsafeSettings: naming every missing or unsafe value at once.
    """
    env = os.environ if environment is None else environment
    instance = Path(env.get("INSTANCE_PATH") or ROOT / "instance").resolve()
    named = env.get("APP_KIND", Kind.DEVELOPMENT)
    known = named in set(Kind)
    # A kind that is mistyped is held to all rules, so that one message names every fault.
    kind = Kind(named) if known else Kind.PRODUCTION
    unknown = [] if known else [f"APP_KIND must be one of {', '.join(Kind)}"]
    try:
        settings = _read(env, kind, instance)
    except UnsafeSettings as refused:
        raise UnsafeSettings([*unknown, *refused.faults]) from None
    if unknown:
        raise UnsafeSettings(unknown)
    return settings


def _read(env: Mapping[str, str], kind: Kind, instance: Path) -> Settings:
    secret = env.get("SECRET_KEY") or ("" if kind is Kind.PRODUCTION else _kept_secret(instance))
    port = env.get("PORT", "8000")
    return Settings(
        kind=kind,
        instance_path=instance,
        database_url=env.get("DATABASE_URL") or f"sqlite:///{instance / 'platform.db'}",
        secret_key=secret,
        migration_database_url=env.get("MIGRATION_DATABASE_URL") or None,
        secret_key_fallbacks=_listed(env.get("SECRET_KEY_FALLBACKS")) or _kept_before(instance),
        mail_url=env.get("MAIL_URL") or None,
        base_url=(env.get("BASE_URL") or f"http://127.0.0.1:{port}").rstrip("/"),
        trusted_hosts=_listed(env.get("TRUSTED_HOSTS")),
        secure_cookies=env.get("SECURE_COOKIES", "").lower() in {"1", "on", "true"},
        # Read as Flask reads it, whose debugger would start on anything but these.
        debug=env.get("FLASK_DEBUG", "").lower() not in {"", "0", "false", "no"},
        mail_from=env.get("MAIL_FROM", "no-reply@localhost"),
        sign_up=env.get("SIGN_UP") or SignUp.BY_INVITATION,
        virus_scanner=env.get("VIRUS_SCANNER") or None,
        breached_passwords=_path(env.get("BREACHED_PASSWORDS")),
        uploads_at_once=_whole_number(env.get("UPLOADS_AT_ONCE"), 2),
        officer_wait_hours=_whole_number(env.get("OFFICER_WAIT_HOURS"), LEAST_OFFICER_WAIT_HOURS),
        backup_database_url=env.get("BACKUP_DATABASE_URL") or "",
        security_events=env.get("SECURITY_EVENTS") or "",
        metrics=env.get("METRICS") or METRICS_OFF,
        network_to_proxy=env.get("NETWORK_TO_PROXY") or "",
        webhook_hosts=_listed(env.get("WEBHOOK_HOSTS")),
        **{n: _whole_number(env.get(n.upper()), default) for n, default in LIMITS.items()},
    )


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None


def _whole_number(text: str | None, default: int) -> int:
    """The number of a setting, the default without any; 0, which is refused, for anything else."""
    if not text:
        return default
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, (text or "").split(","))))


def keep_new_secret(settings: Settings) -> bool:
    """Replace the secret that is kept in the instance folder; two of before stay accepted.

    Processes read it at their start. False: the secret in use is not the kept one.
    """
    path = settings.instance_path / "secret_key"
    if not path.exists() or path.read_text().strip() != settings.secret_key:
        return False
    before = [settings.secret_key, *_kept_before(settings.instance_path)][:KEPT_FALLBACKS]
    _write_private(settings.instance_path / "secret_key_fallbacks", "\n".join(before))
    _write_private(path, secrets.token_urlsafe(48))
    return True


def _kept_before(instance: Path) -> tuple[str, ...]:
    path = instance / "secret_key_fallbacks"
    return tuple(path.read_text().split()) if path.exists() else ()


def _write_private(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.new")
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.replace(path)


def _kept_secret(instance: Path) -> str:
    """A random secret made at the first start of a development installation and kept."""
    path = instance / "secret_key"
    instance.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x") as file:
            os.chmod(path, 0o600)
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text().strip()
