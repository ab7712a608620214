"""Export of countries and goods of the atlas as files; each export is an event of the log."""

from collections.abc import Sequence

from ddplatform.audit.services import log as audit
from ddplatform.documents.content import Table
from ddplatform.documents.exports import AnalysisForm, ExportedFile, as_file
from ddplatform.infrastructure.access.identity import Act
from ddplatform.risk.runs.models import ReferenceRelease

FORMS: tuple[AnalysisForm, ...] = ("csv", "xlsx")


def export_atlas(
    release: ReferenceRelease,
    subject: str,
    tables: Sequence[Table],
    form: AnalysisForm,
    *,
    act: Act,
) -> ExportedFile:
    """What is told of countries or of a good, as a workbook or as CSV tables in one archive.

    It holds published figures only.
    """
    made = as_file(f"atlas-{subject}-{release.name}", tables, form)
    audit.record_export("reference:export", release, act=act, subject=subject, form=form)
    return made
