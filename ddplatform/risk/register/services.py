"""The register goes out as a file; each export is an event of the log."""

from datetime import datetime

from ddplatform.accounts.organisations.queries import get_organisation
from ddplatform.audit.services import log as audit
from ddplatform.documents.exports import AnalysisForm, ExportedAnalysis, as_file
from ddplatform.infrastructure.access.identity import Identity
from ddplatform.infrastructure.db import Base
from ddplatform.risk.register.queries.register import Asked, iterate_risks, list_maps
from ddplatform.risk.register.queries.trend import load_trend
from ddplatform.risk.register.views.files import MOST, as_tables
from ddplatform.risk.register.views.register import Basis
from ddplatform.value_chain.mapping.queries.maps import get_chain


def export_register(
    basis: Basis, asked: Asked, form: AnalysisForm, *, by: Identity, at: datetime
) -> ExportedAnalysis:
    """The risks that are asked for as a workbook, or as CSV tables in one archive.

    Equal runs, questions and follow-ups on one day give equal bytes.
    """
    maps = list_maps(basis.runs, asked, at.date())
    total = sum(len(one.found) for one in maps)
    risks = list(iterate_risks(maps, asked.view, most=MOST))
    trend = load_trend(maps, asked, asked.since) if asked.since else None
    tables = as_tables(basis, asked, total, risks, today=at.date(), trend=trend)
    made = as_file(_name(basis), tables, form)
    audit.record_export(
        "risk_register:export",
        _target(basis, by),
        by=by,
        at=at,
        form=form,
        **_versions(basis),
        risks=min(total, MOST),
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
