"""Preview of a report: its gaps, and any sealed report of the same content."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ddplatform.documents.content import Gap
from ddplatform.documents.definitions.composition import compose
from ddplatform.reporting.reports.models import Report
from ddplatform.reporting.reports.queries import list_sealed_like
from ddplatform.reporting.reports.services.requests import Wanted, checked, draft_of, gather

NOT_CONTENT = ("report", "audit")
"""Keys of the facts about the report itself, not about the organisation."""


def find_same(wanted: Wanted, *, at: datetime) -> Report | None:
    """A sealed report of the same words whose records have not changed since.

    So the same facts give the same bytes, whoever asks and how often. Raises as `request`.
    """
    definition = checked(wanted, today=at.date())
    draft = draft_of(wanted, definition, at=at)
    alike = list_sealed_like(draft)
    if not alike:
        return None
    facts = _content(compose(definition, gather(draft)).facts)
    return next((one for one in alike if _content(one.facts or {}) == facts), None)


@dataclass(frozen=True)
class SectionPreview:
    """A section as it would be made now, and its gaps."""

    title: str
    gaps: tuple[Gap, ...]


@dataclass(frozen=True)
class Preview:
    """The content of a report before generation."""

    sections: tuple[SectionPreview, ...]
    gaps: tuple[Gap, ...]
    """Of the whole report."""


def preview(wanted: Wanted, *, at: datetime) -> Preview:
    """The sections of a report and its gaps; nothing is kept. Raises as `request`."""
    definition = checked(wanted, today=at.date())
    document = compose(definition, gather(draft_of(wanted, definition, at=at)))
    tables = {
        block.title: section.title
        for section in definition.sections
        if wanted.audience in section.audiences
        for block in document.tables
        if block.ref in {plan.text("ref") for plan in section.blocks}
    }
    found = tuple(block for block in document.blocks if isinstance(block, Gap))
    by_section = [(tables.get(gap.what.partition(":")[0]), gap) for gap in found]
    return Preview(
        sections=tuple(
            SectionPreview(
                section.title, tuple(gap for title, gap in by_section if title == section.title)
            )
            for section in definition.sections
            if wanted.audience in section.audiences
        ),
        gaps=tuple(gap for title, gap in by_section if title is None),
    )


def _content(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in facts.items() if key not in NOT_CONTENT}
