"""Countries and goods of the atlas go out as files; each export is an event of the log."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ddplatform.audit.services import log as audit
from ddplatform.documents.content import Table
from ddplatform.documents.tables.files import render_table_pack, render_workbook
from ddplatform.infrastructure.access.identity import Act
from ddplatform.risk.atlas.queries.country import load_country
from ddplatform.risk.atlas.queries.goods import load_good
from ddplatform.risk.atlas_files.queries.countries import country_tables
from ddplatform.risk.atlas_files.queries.tables import good_tables
from ddplatform.risk.reference.queries.releases import get_newest_release
from ddplatform.risk.runs.models import ReferenceRelease
from supply_chain.reference.types import Commodity, Country

AtlasForm = Literal["csv", "xlsx"]
MEDIA_TYPES: dict[str, str] = {
    "csv": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class ExportedAtlas:
    """A file with published figures only."""

    name: str
    media_type: str
    content: bytes


def export_countries(countries: Sequence[Country], form: AtlasForm, *, act: Act) -> ExportedAtlas:
    """What is told of these countries, as a workbook or as CSV tables in one archive."""
    release = get_newest_release()
    told = [load_country(release, country, on=act.at.date()) for country in countries]
    codes = [country.alpha2 for country in countries]
    return _export(release, "-".join(codes), country_tables(release, told), form, act=act)


def export_good(commodity: Commodity, form: AtlasForm, *, act: Act) -> ExportedAtlas:
    """What is told of a good, in the same forms."""
    release = get_newest_release()
    tables = good_tables(release, load_good(commodity))
    return _export(release, commodity.ref, tables, form, act=act)


def _export(
    release: ReferenceRelease, subject: str, tables: Sequence[Table], form: AtlasForm, *, act: Act
) -> ExportedAtlas:
    write = render_table_pack if form == "csv" else render_workbook
    ending = "zip" if form == "csv" else form
    name = f"atlas-{subject}-{release.name}.{ending}"
    made = ExportedAtlas(name, MEDIA_TYPES[form], write(tables))
    audit.record_export("reference:export", release, act=act, subject=subject, form=form)
    return made
