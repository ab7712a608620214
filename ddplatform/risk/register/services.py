"""Export of the register as a file; each export is an event of the log."""

from collections.abc import Sequence

from ddplatform.accounts.organisations.queries import get_organisation
from ddplatform.audit.services import log as audit
from ddplatform.documents.content import Table
from ddplatform.documents.exports import AnalysisForm, ExportedFile, as_file
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.db import Base
from ddplatform.risk.register.queries.basis import Basis
from ddplatform.value_chain.mapping.queries.maps import get_chain


def export_register(
    basis: Basis, tables: Sequence[Table], form: AnalysisForm, *, risks: int, act: Act
) -> ExportedFile:
    """The risks that are asked for as a workbook, or as CSV or Parquet tables in one archive.

    Equal runs, questions and follow-ups on one day give equal bytes.

    Args:
        risks: how many the file lists.
    """
    made = as_file(_name(basis), tables, form)
    audit.record_export(
        "risk_register:export",
        _target(basis, act.by),
        act=act,
        form=form,
        **_versions(basis),
        risks=risks,
    )
    return made


def _name(basis: Basis) -> str:
    if basis.head is None:
        return "risks-all-maps"
    return f"{get_chain(basis.head.chain_id).slug}-risks-v{basis.head.chain_version}"


def _target(basis: Basis, by: Identity) -> Base:
    head = basis.head
    return get_organisation(by.organisation_id) if head is None else get_chain(head.chain_id)


def _versions(basis: Basis) -> dict[str, object]:
    if basis.head is None:
        return {"runs": [str(head.id) for head in basis.heads]}
    return {"version": basis.head.chain_version, "run": str(basis.head.id)}
