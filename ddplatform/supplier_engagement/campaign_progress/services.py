"""Export of supplier states in a campaign; each export is an event."""

from uuid import UUID

from ddplatform.accounts.limits import services as rate_limits
from ddplatform.audit.services import log as audit
from ddplatform.documents.content import Cell, Column, Kind, Table
from ddplatform.documents.exports import CSV, AnalysisForm, ExportedFile, as_file
from ddplatform.documents.tables.files import render_csv
from ddplatform.infrastructure.access.identity import Act
from ddplatform.supplier_engagement.campaigns.queries.campaigns import (
    TargetRow,
    get_campaign,
    list_targets,
)

COLUMNS = (
    Column("supplier", "Supplier", 3),
    Column("country", "Country", kind=Kind.COUNTRY, missing="Not known"),
    Column("tier", "Tier", kind=Kind.NUMBER, missing="No path to the own business"),
    Column("questionnaire", "Questionnaire", 2),
    Column("reason", "Why it fits", 3, missing=""),
    Column("email", "Mail goes to", 2, missing="No address"),
    Column("send_on", "Day of sending", kind=Kind.DATE, missing="Not set"),
    Column("state", "State", kind=Kind.WORD, missing="Not sent"),
    Column("left_out", "Left out because", kind=Kind.WORD, missing=""),
    Column("refusal", "The mail server says", 2, missing=""),
)


def export_campaign(campaign_id: UUID, form: AnalysisForm, *, act: Act) -> ExportedFile:
    """A row for each line of a campaign, as a workbook, as CSV or as Parquet in an archive.

    Raises:
        NotFound: no such campaign.
        TooMany: too many exports in an hour.
    """
    rate_limits.require_left(rate_limits.EXPORT, str(act.by.user_id), at=act.at)
    campaign = get_campaign(campaign_id)
    rows = list_targets(campaign_id, limit=None).rows
    table = Table(
        ref="campaign",
        title="Campaign",
        columns=COLUMNS,
        rows=tuple(_cells(row) for row in rows),
        empty="Nobody is asked.",
    )
    audit.record_export(
        "campaign:export", campaign, act=act, name=campaign.name, form=form, lines=len(rows)
    )
    rate_limits.count_try(rate_limits.EXPORT, str(act.by.user_id), at=act.at)
    name = f"campaign-{campaign.due_on}"
    if form == "csv":
        return ExportedFile(f"{name}.csv", CSV, render_csv(table))
    return as_file(name, [table], form)


def _cells(row: TargetRow) -> tuple[Cell, ...]:
    return (
        row.node_name,
        row.country,
        row.tier,
        row.title,
        row.reason or None,
        row.contact_email,
        row.send_on.isoformat() if row.send_on else None,
        row.status.value if row.status else None,
        row.left_out.value if row.left_out else None,
        row.mail_refusal,
    )
