"""The adapters of the running installation, set once by the factory."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from ddplatform.config import Settings
from ddplatform.infrastructure.adapters.keys import KeyFolder, log_name
from ddplatform.infrastructure.adapters.mail import Mailer
from ddplatform.infrastructure.adapters.operator_list import OperatorList
from ddplatform.infrastructure.adapters.screening_folder import ScreeningFolder
from ddplatform.infrastructure.adapters.snapshot_files import SnapshotStore
from ddplatform.infrastructure.adapters.storage import FileStore


@dataclass(frozen=True)
class Adapters:
    """Connections outside the database: files, mail, keys, and our own address."""

    files: FileStore
    snapshots: SnapshotStore
    mailer: Mailer
    keys: KeyFolder
    screening: ScreeningFolder
    protection_services: OperatorList
    base_url: str
    sample_sign_ins: Path
    """The file with the sign-ins of the sample company (docs/commands.md)."""
    officer_wait: timedelta
    """Time between the agreement to a safeguarding officer and the role, to object in."""


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
        sample_sign_ins=folder / "demo_sign_ins.json",
        officer_wait=timedelta(hours=settings.officer_wait_hours),
    )
    _installed[:] = [made]
    return made


def adapters() -> Adapters:
    """The adapters in use. Raises RuntimeError before the application is made."""
    if not _installed:
        raise RuntimeError("No application is made yet, so there are no adapters.")
    return _installed[0]
