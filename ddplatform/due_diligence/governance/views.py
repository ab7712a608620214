"""What the page of governance shows: who is responsible, how many are trained, what is late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date

from ddplatform.core.due_diligence.governance import (
    GroupCoverage,
    NamedWithSource,
    Training,
    governance_words,
    training_coverage,
)
from ddplatform.due_diligence.governance.models import Body, GovernanceRecord, RecordKind
from ddplatform.due_diligence.governance.queries import RecordRow
from ddplatform.due_diligence.governance.words import BODIES
from ddplatform.languages import current_locale, gettext


@dataclass(frozen=True)
class AreaRow:
    """An area of responsibility with the newest entry; None: nobody is named."""

    area: NamedWithSource
    row: RecordRow | None


def responsible_rows(rows: Sequence[RecordRow]) -> list[AreaRow]:
    """Who answers for each area now.

    Args:
        rows: responsibilities, the newest first.
    """
    newest: dict[str | None, RecordRow] = {}
    for row in rows:
        newest.setdefault(row.record.area_ref, row)
    areas = governance_words().responsibilities
    return [AreaRow(area, newest.get(ref)) for ref, area in areas.items()]


def coverage_rows(rows: Sequence[RecordRow], today: date) -> tuple[GroupCoverage, ...]:
    """Coverage of training by group on a day.

    Args:
        rows: trainings, the newest first.
    """
    trainings = [
        Training(
            group=one.group_ref or "",
            held_on=one.held_on,
            subject=one.text,
            trained=one.people_trained or 0,
            in_group=one.people_in_group or 1,
        )
        for one in (row.record for row in reversed(rows))
    ]
    return training_coverage(trainings, today)


def review_notice(notes: Sequence[RecordRow], today: date) -> str | None:
    """What is said where the next review by the board is late.

    Args:
        notes: board notes, the newest first.
    """
    by_board = next((row.record for row in notes if row.record.body is Body.BOARD), None)
    if by_board is None or by_board.review_on is None or by_board.review_on >= today:
        return None
    return gettext(
        "The next review by the board was due on %(day)s. Add a note once it has taken place.",
        day=format_date(by_board.review_on, locale=current_locale()),
    )


def title_of(record: GovernanceRecord) -> str:
    """A record in one line."""
    day = format_date(record.held_on, locale=current_locale())
    words = governance_words()
    if record.kind is RecordKind.BOARD_NOTE and record.body is not None:
        return f"{BODIES[record.body]}, {day}"
    if record.kind is RecordKind.TRAINING:
        return f"{words.groups[record.group_ref or ''].title}: {record.text}, {day}"
    return f"{words.responsibilities[record.area_ref or ''].title}: {record.function_title}, {day}"
