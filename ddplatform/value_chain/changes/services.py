"""Export of a comparison of two days of a map; each export is an event of the log."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.documents.content import DASH, Column, Kind, Table
from ddplatform.documents.exports import AnalysisForm, ExportedFile, as_file
from ddplatform.infrastructure.access.identity import Act
from ddplatform.value_chain.changes.queries.days import Difference, compare_days
from ddplatform.value_chain.history.services.days import check_days
from ddplatform.value_chain.mapping.queries.maps import get_chain
from ddplatform.value_chain.words.map_fields import difference_words, who_words, why_words
from supply_chain.graph.home_places import coarse

COLUMNS = tuple(
    Column(key, title, kind=kind, missing=DASH)
    for key, title, kind in (
        ("what", "What", Kind.TEXT),
        ("name", "Name", Kind.TEXT),
        ("how", "Change", Kind.TEXT),
        ("field", "Field", Kind.TEXT),
        ("before", "Before", Kind.TEXT),
        ("after", "After", Kind.TEXT),
        ("who", "Who", Kind.TEXT),
        ("when", "When (UTC)", Kind.TEXT),
        ("why", "Why", Kind.TEXT),
    )
)


def _leaving(one: Difference) -> Difference:
    """A change as it leaves the platform: each place rounded, since it may have been a home."""
    if one.field not in ("latitude", "longitude"):
        return one
    before, after = (None if at is None else coarse(at) for at in (one.before, one.after))
    return replace(one, before=before, after=after)


def export_changes(
    chain_id: UUID, first: date, second: date, form: AnalysisForm, *, act: Act
) -> ExportedFile:
    """All that is not the same on two days, as a workbook or as CSV in an archive.

    Raises:
        Invalid: of one of the days nothing can be told, or they stand the wrong way round.
    """
    chain = get_chain(chain_id)
    check_days(chain, first, second, today=act.at.date())
    found = compare_days(chain, first, second)
    rows = tuple(
        (
            one.what.value,
            one.name,
            one.how.value,
            *difference_words(_leaving(one), found.names),
            who_words(one.step),
            one.step.at.isoformat(" ", "minutes")[:16] if one.step else None,
            why_words(one.step),
        )
        for one in found.differences
    )
    table = Table("changes", f"{first} to {second}", COLUMNS, rows, empty="Nothing changed.")
    made = as_file(f"{chain.slug}-{first}-to-{second}", (table,), form)
    audit.record_export(
        "value_chain:compare-days",
        chain,
        act=act,
        form=form,
        first=first,
        second=second,
        changes=len(rows),
    )
    return made
