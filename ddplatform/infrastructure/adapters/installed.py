"""The adapters of the running installation, set once by the factory."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from ddplatform.config import Kind, Settings, UnsafeSettings
from ddplatform.infrastructure.adapters.breached_passwords import BreachedPasswords
from ddplatform.infrastructure.adapters.keys import KeyFolder, log_name
from ddplatform.infrastructure.adapters.mail import Mailer
from ddplatform.infrastructure.adapters.operator_list import OperatorList
from ddplatform.infrastructure.adapters.screening_folder import ScreeningFolder
from ddplatform.infrastructure.adapters.snapshot_files import SnapshotStore
from ddplatform.infrastructure.adapters.storage import FileStore
from ddplatform.infrastructure.adapters.upload_turns import UploadTurns
from ddplatform.infrastructure.adapters.virus_scanner import VirusScanner
from ddplatform.infrastructure.adapters.webhook_sender import WebhookSender


@dataclass(frozen=True)
class MailLimits:
    """Invitations and requests by mail that people may send: a day each organisation, an hour
    each sender; where people answer questions, fewer."""

    per_day: int
    per_hour: int
    supplier_per_day: int
    supplier_per_hour: int


@dataclass(frozen=True)
class Space:
    """How many uploaded files may be kept, and how many bytes together."""

    files: int
    bytes: int


@dataclass(frozen=True)
class Quotas:
    """The space of one person in an organisation, and of an organisation."""

    of_person: Space
    of_organisation: Space


@dataclass(frozen=True)
class UseLimits:
    """Calls of one person that are counted (`infrastructure/access/uses.py`)."""

    exports_per_hour: int
    calculations_per_hour: int
    costly_pages_per_minute: int
    forms_per_minute: int


@dataclass(frozen=True)
class Adapters:
    """Connections outside the database: files, mail and its limits, keys, our own address."""

    files: FileStore
    snapshots: SnapshotStore
    mailer: Mailer
    keys: KeyFolder
    screening: ScreeningFolder
    protection_services: OperatorList
    erasure_list: Path
    """The file of erasures, kept apart from the database (docs/operations.md)."""
    base_url: str
    mail_limits: MailLimits
    quotas: Quotas
    use_limits: UseLimits
    secret_key: str = field(repr=False)
    """Signs cookies and keys the counters of tries."""
    sample_sign_ins: Path
    """The file with the sign-ins of the sample company (docs/commands.md)."""
    turns: UploadTurns
    scanner: VirusScanner | None
    """None: the installation has no virus scanner."""
    breached: BreachedPasswords | None
    """None: the installation has no file of breached passwords."""
    officer_wait: timedelta
    """Time between the agreement to a safeguarding officer and the role, to object in."""
    webhooks: WebhookSender


_installed: list[Adapters] = []


def install(settings: Settings) -> Adapters:
    """Make the adapters from the settings; replaces those of an earlier application."""
    folder = settings.instance_path
    made = Adapters(
        files=FileStore(folder / "files"),
        snapshots=SnapshotStore(folder / "snapshots"),
        mailer=Mailer(sender=settings.mail_from, outbox=folder / "outbox", url=settings.mail_url),
        keys=KeyFolder(folder / "keys", origin=log_name(settings.base_url)),
        screening=ScreeningFolder(folder / "screening-lists"),
        protection_services=OperatorList(folder / "protection-services.yaml"),
        erasure_list=folder / "erasures.jsonl",
        base_url=settings.base_url,
        mail_limits=MailLimits(
            settings.mails_per_day,
            settings.mails_per_hour,
            settings.supplier_mails_per_day,
            settings.supplier_mails_per_hour,
        ),
        quotas=Quotas(
            Space(settings.files_per_person, settings.megabytes_per_person * 1024**2),
            Space(settings.files_per_organisation, settings.megabytes_per_organisation * 1024**2),
        ),
        use_limits=UseLimits(
            settings.exports_per_hour,
            settings.calculations_per_hour,
            settings.costly_pages_per_minute,
            settings.forms_per_minute,
        ),
        secret_key=settings.secret_key,
        sample_sign_ins=folder / "demo_sign_ins.json",
        turns=UploadTurns(folder / "turns", places=settings.uploads_at_once),
        scanner=VirusScanner(settings.virus_scanner) if settings.virus_scanner else None,
        breached=_breached(settings.breached_passwords),
        officer_wait=timedelta(hours=settings.officer_wait_hours),
        webhooks=WebhookSender(
            settings.webhook_hosts, plain_here=settings.kind is not Kind.PRODUCTION
        ),
    )
    _installed[:] = [made]
    return made


def adapters() -> Adapters:
    """The adapters in use. Raises RuntimeError before the application is made."""
    if not _installed:
        raise RuntimeError("No application is made yet, so there are no adapters.")
    return _installed[0]


def _breached(path: Path | None) -> BreachedPasswords | None:
    """The file of breached passwords.

    Raises:
        UnsafeSettings: it cannot be searched.
    """
    if path is None:
        return None
    made = BreachedPasswords(path)
    if fault := made.fault():
        raise UnsafeSettings([f"BREACHED_PASSWORDS: {path} {fault}"])
    return made


def find_breached() -> BreachedPasswords | None:
    """The file of breached passwords; None without one, and before the application is made."""
    return _installed[0].breached if _installed else None


def find_scanner() -> VirusScanner | None:
    """The virus scanner; None without one, and before the application is made."""
    return _installed[0].scanner if _installed else None
