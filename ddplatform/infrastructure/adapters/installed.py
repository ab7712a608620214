"""The adapters of the running installation, set once by the factory."""

from dataclasses import dataclass
from pathlib import Path

from ddplatform.config import Settings
from ddplatform.infrastructure.adapters.keys import KeyFolder, log_name
from ddplatform.infrastructure.adapters.mail import Mailer
from ddplatform.infrastructure.adapters.operator_list import OperatorList
from ddplatform.infrastructure.adapters.screening_folder import ScreeningFolder
from ddplatform.infrastructure.adapters.snapshot_files import SnapshotStore
from ddplatform.infrastructure.adapters.storage import FileStore


@dataclass(frozen=True)
class MailLimits:
    """Invitations and requests by mail that people may send: a day each organisation, an hour
    each sender; where people answer questions, fewer."""

    per_day: int
    per_hour: int
    supplier_per_day: int
    supplier_per_hour: int


@dataclass(frozen=True)
class Adapters:
    """Connections outside the database: files, mail and its limits, keys, our own address."""

    files: FileStore
    snapshots: SnapshotStore
    mailer: Mailer
    keys: KeyFolder
    screening: ScreeningFolder
    protection_services: OperatorList
    base_url: str
    mail_limits: MailLimits
    sample_sign_ins: Path
    """The file with the sign-ins of the sample company (docs/commands.md)."""


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
        base_url=settings.base_url,
        mail_limits=MailLimits(
            settings.mails_per_day,
            settings.mails_per_hour,
            settings.supplier_mails_per_day,
            settings.supplier_mails_per_hour,
        ),
        sample_sign_ins=folder / "demo_sign_ins.json",
    )
    _installed[:] = [made]
    return made


def adapters() -> Adapters:
    """The adapters in use. Raises RuntimeError before the application is made."""
    if not _installed:
        raise RuntimeError("No application is made yet, so there are no adapters.")
    return _installed[0]
