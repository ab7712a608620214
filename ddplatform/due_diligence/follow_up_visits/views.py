"""View models of follow-up visits: rows, due visits, proposed judgements."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ddplatform.core.due_diligence.protection_services import ProtectionService
from ddplatform.due_diligence.follow_up_visits.services import (
    CODE,
    DAY,
    MET,
    NEXT,
    SAFE,
    WHICH,
    WORK,
    DueVisit,
    Visit,
    Written,
)
from ddplatform.due_diligence.remedy.models import RemediationCase
from ddplatform.languages import current_language, gettext
from ddplatform.languages import lazy_gettext as _
from ddplatform.supplier_engagement.answering.views.fields import (
    Around,
    FieldView,
    answer_words,
    view_items,
)
from ddplatform.supplier_engagement.protection_services.views import whom_to_call
from questionnaires import Page, RedFlag, pages
from questionnaires.form.languages import tongue_of
from questionnaires.scoring.signals import CriterionSignal

WHAT_TO_DO = {
    "RF-01": _(
        "Take this up as a new alert today, within this case: make the child safe (REM-02) "
        "without sending anybody away and without stopping the income, find out why the help did "
        "not reach, and look for other children at the place."
    ),
    "RF-02": _(
        "Call the child-protection service or the agreed partner now, before anything else. "
        "Do not question the child and do not confront anybody. Where trafficking is possible, the "
        "employer is not told."
    ),
    "RF-11": _(
        "Bring in a reviewer who is independent of the buyer and of the supplier, today. "
        "Agree with the child and the caregiver what is safe before anything is said at the site."
    ),
}
"""The case worker's action on a red flag of a child whose case is already open."""


@dataclass(frozen=True)
class FlagView:
    """A red flag that a visit fired, with guidance."""

    title: str
    ref: str
    about: str
    to_do: str
    calls: Sequence[str]


@dataclass(frozen=True)
class Proposal:
    """The newest visit's result for one criterion; a person decides."""

    is_for: bool
    answers: Sequence[str]
    """The evidence against it, in words: question and answer."""
    number: int


@dataclass(frozen=True)
class VisitRow:
    """One recorded visit in the list."""

    visit: Visit
    number: int
    words: Mapping[str, str]
    """day, which, met, safe, work and next, as they read."""
    speaks_for: int
    criteria: int
    flags: Sequence[str]


@dataclass(frozen=True)
class VisitsPage:
    """All of the page of follow-up visits."""

    case: RemediationCase
    rows: Sequence[VisitRow]
    rhythm: Sequence[DueVisit]
    due: DueVisit | None
    """The next one of the rhythm that nobody has made; None where all are made."""
    draft: Visit | None
    flags: Sequence[FlagView]


def visits_page(
    case: RemediationCase,
    recorded: Sequence[Visit],
    draft: Visit | None,
    rhythm: Sequence[DueVisit],
    flags: Sequence[FlagView],
) -> VisitsPage:
    """The visits of a case, the newest on top."""
    return VisitsPage(
        case=case,
        rows=[_row(visit) for visit in recorded][::-1],
        rhythm=rhythm,
        due=next((one for one in rhythm if one.visit is None), None),
        draft=draft,
        flags=flags,
    )


def flags_of(visits: Iterable[Visit], services: Sequence[ProtectionService]) -> list[FlagView]:
    """The red flags of visits, each once, with guidance and contacts.

    Args:
        services: the child-protection services of the country of the case.
    """
    found: dict[str, tuple[RedFlag, str]] = {}
    for visit in visits:
        is_recorded = visit.row is not None and visit.row.recorded_at is not None
        number = gettext("Visit %(number)s", number=_number(visit))
        about = number if is_recorded else gettext("Not recorded yet")
        for notice in visit.flags:
            found.setdefault(notice.red_flag.id, (notice.red_flag, about))
    calls = whom_to_call(services)
    return [
        FlagView(flag.title, ref, about, WHAT_TO_DO.get(ref, flag.response), calls)
        for ref, (flag, about) in found.items()
    ]


def proposals_of(newest: Visit | None) -> dict[str, Proposal]:
    """Criterion -> proposal of the newest recorded visit; none where there is no visit."""
    if newest is None:
        return {}
    return {
        ref: Proposal(signal.gap == 0, _against(newest, signal), _number(newest))
        for ref, signal in newest.criteria.items()
    }


def _against(visit: Visit, signal: CriterionSignal) -> list[str]:
    names = [cause.question.replace("-", "_") for cause in signal.causes if cause.r > 0]
    states = [visit.state(name) for name in names]
    nothing = gettext("No answer")
    return [f"{state.label} {', '.join(answer_words(state)) or nothing}" for state in states]


def _number(visit: Visit) -> int:
    return visit.row.number if visit.row else 0


def _row(visit: Visit) -> VisitRow:
    asked = {"day": DAY, "which": WHICH, "met": MET, "safe": SAFE, "work": WORK, "next": NEXT}
    criteria = visit.criteria.values()
    return VisitRow(
        visit=visit,
        number=_number(visit),
        words={key: ", ".join(answer_words(visit.state(name))) for key, name in asked.items()},
        speaks_for=sum(1 for one in criteria if one.gap == 0),
        criteria=len(criteria),
        flags=[notice.red_flag.id for notice in visit.flags],
    )


def form_pages(visit: Visit) -> list[Page]:
    """The questions by section: without the code of the case and without files."""
    code = visit.state(CODE).path
    return [
        replace(
            page,
            items=tuple(
                replace(item, uploads=(), number="")
                for item in page.items
                if item.state.path != code
            ),
        )
        for page in pages(visit.form)
    ]


def form_sections(
    visit: Visit, written: Written | None = None
) -> list[tuple[Page, list[dict[str, Any]]]]:
    """Each section of the form with its fields as the page shows them."""
    around = Around(tongue=tongue_of(visit.form.form, current_language()))
    if written is not None:
        clashes = {one.path: one for one in written.clashes}
        around = replace(around, refused=written.refused, clashes=clashes)
    return [
        (page, [_for_case_worker(item) for item in view_items(page, around)])
        for page in form_pages(visit)
    ]


def _for_case_worker(item: dict[str, Any]) -> dict[str, Any]:
    """An item without the words that only a supplier is told."""
    field = item["field"]
    if field is None:
        return item
    choices = [replace(choice, note="") for choice in field.choices]
    return {**item, "field": replace(field, choices=choices, traces=())}


def summary(sections: Iterable[tuple[Page, list[dict[str, Any]]]]) -> list[dict[str, Any]]:
    """Everything that prevents recording, as the list on top of the form."""
    fields: list[FieldView] = [
        item["field"] for _page, items in sections for item in items if item["field"] is not None
    ]
    return [
        {"href": f"#{field.id}", "label": field.label, "messages": list(field.errors)}
        for field in fields
        if field.errors and field.is_open
    ]


def answers_of(visit: Visit) -> list[tuple[str, list[tuple[str, str]]]]:
    """Title of each section -> question and answer as they read."""
    return [
        (
            page.title,
            [(item.state.label, ", ".join(answer_words(item.state))) for item in page.questions()],
        )
        for page in form_pages(visit)
    ]
