"""Checks of a restored installation before it is put in force."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from ddplatform.audit.queries.log import list_leaf_hashes
from ddplatform.audit.services import log as audit
from ddplatform.core.ledger.checkpoint import PublicKey, open_checkpoint, read_public_key
from ddplatform.core.ledger.errors import LedgerError
from ddplatform.core.ledger.tree import root_of
from ddplatform.due_diligence.concerns.queries import list_concerns_with_key
from ddplatform.due_diligence.remedy.services.seal import opens
from ddplatform.infrastructure.access.accounts import accounts
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.db import unit_of_work
from ddplatform.infrastructure.tenancy import across_tenants, acting_in, nobody
from ddplatform.operations.backup.container import Manifest, SignedHead
from ddplatform.operations.backup.queries import (
    list_cases_with_key,
    list_named_files,
    list_sealed_reports,
)
from ddplatform.operations.backup_databases.interface import Staged
from ddplatform.reporting.reports.queries import report_name
from ddplatform.reporting.reports.services.proof import checks_beside_log

MASTER_KEY = Path("keys") / "case_master_key"


@dataclass(frozen=True)
class Checked:
    """What was checked, and every fault of it; sound when `faults` is empty."""

    logs: int
    events: int
    reports: int
    cases: int
    locked_cases: int
    """Cases whose content cannot be read here, since their master key is missing."""
    faults: tuple[str, ...]


def check_database(staged: Staged, manifest: Manifest) -> list[str]:
    """What the database finds wrong with itself, and tables with other rows than were copied."""
    rows = staged.facts().rows
    differing = [
        f"{table}: {rows.get(table, 0)} rows, {manifest.rows.get(table, 0)} were copied."
        for table in sorted({*rows, *manifest.rows})
        if rows.get(table) != manifest.rows.get(table)
    ]
    return [*staged.faults(), *differing]


def check_content(manifest: Manifest, given: Sequence[PublicKey], instance: Path) -> Checked:
    """Files, logs, reports and keys of the installation whose application is running.

    Args:
        given: public keys of the log that the operator got another way; without any those of the
            manifest count.
    """
    keys = tuple(given) or tuple(read_public_key(text) for text in manifest.public_keys)
    faults = list(_missing_files(manifest))
    events = reports = cases = locked = 0
    heads = {UUID(head.organisation_id): head for head in manifest.heads}
    has_master = (instance / MASTER_KEY).exists()
    with nobody(), unit_of_work():
        organisations = accounts().list_organisation_ids()
        for organisation_id in organisations:
            with acting_in(organisation_id):
                found = audit.verify(given=keys)
                events += found.size
                faults += (f"Log {organisation_id}: {fault.message}" for fault in found.faults)
                faults += _head_faults(heads.get(organisation_id), keys)
                sealed = list_sealed_reports()
                reports += len(sealed)
                faults += (
                    f"Report {report_name(report)}: {check.words}"
                    for report in sealed
                    for check in checks_beside_log(report, keys)
                    if not check.is_sound
                )
                kept: list[Any] = [*list_cases_with_key(), *list_concerns_with_key()]
                cases += len(kept)
                locked += sum(not (has_master and opens(case)) for case in kept)
    return Checked(len(organisations), events, reports, cases, locked, tuple(faults))


def _missing_files(manifest: Manifest) -> Iterator[str]:
    """Files that rows name and that were there when the backup was made."""
    with unit_of_work(), across_tenants():
        named = {adapters().files.name_of(*one): one for one in list_named_files()}
    for name in sorted(named.keys() - set(manifest.missing_files)):
        if not adapters().files.has(*named[name]):
            yield f"The file {name} is missing."


def _head_faults(head: SignedHead | None, keys: Sequence[PublicKey]) -> list[str]:
    """The restored log has to begin with the events of the head that the manifest names."""
    if head is None:
        return []
    try:
        signed = open_checkpoint(head.note, keys)
    except LedgerError as fault:
        return [f"The signed head of the manifest: {fault}"]
    leaves = list_leaf_hashes(signed.size)
    if len(leaves) == signed.size and root_of(leaves) == signed.root:
        return []
    return [
        f"The log of {head.organisation_id} does not begin with the {signed.size} events of the "
        "signed head in the manifest."
    ]
