"""Figures of suppliers' places: places with a request, the buyer's view, the supplier's view."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select
from sqlalchemy.orm import undefer

from ddplatform.accounts.organisations.models import Organisation
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.one_row import get_one, get_row
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.infrastructure.together import Question, ask
from ddplatform.risk.response.queries.silence import NOT_ASKED
from ddplatform.risk.supplier_figures.models import FigureQuestion, SupplierFigures
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.supplier_engagement.responses.models import RedFlag
from ddplatform.supplier_engagement.responses.models import Response as ResponseRow
from ddplatform.supplier_engagement.translations.queries.texts import load_wording
from ddplatform.value_chain.mapping.models import ValueChainNode
from questionnaires import Answerer, Form
from supply_chain.risk.rm2.response import ConductFlag, Label, label_of
from supply_chain.vocabulary import NodeKind

PAGE_ROWS = 50
NOT_MEASURED = "not_measured"
"""Filter of places that were asked and have no measure yet."""
Figures = SupplierFigures


@dataclass(frozen=True)
class AskedPlace:
    """The newest request to the supplier of a place."""

    assignment_id: UUID
    node_id: UUID
    node_name: str
    node_country: str | None
    respondent_organisation_id: UUID | None
    external_ref: str  # this and the rest as the map says it now
    kind: NodeKind
    country: str | None
    sector_ref: str | None
    commodity_refs: Sequence[str]


@dataclass(frozen=True)
class Measured:
    """The measure of a place as its buyer may read it on a day."""

    measure: float | None
    label: Label | None
    response: Mapping[str, Any]  # empty where there is no measure
    coming_on: date | None  # a newer figure is with the supplier until this day
    as_of: date


@dataclass(frozen=True)
class MeasuredPlace:
    """A row of the list of suppliers by response."""

    node_id: UUID
    node_name: str
    country: str | None
    chain_id: UUID
    measure: float | None
    label: Label | None
    coming_on: date | None


@dataclass(frozen=True)
class MeasureFilter:
    """The places to list."""

    label: str = ""  # a label, or NOT_MEASURED
    text: str = ""
    chain_id: UUID | None = None


@dataclass(frozen=True)
class Measures:
    """Measures over all places that stand on maps."""

    values: Sequence[float]  # those that the buyer may read, rising
    waiting: int  # asked, and nothing was due yet or is shown yet

    @property
    def asked(self) -> int:
        """Places that were ever asked."""
        return len(self.values) + self.waiting

    def by_label(self) -> Mapping[Label, int]:
        """The number of places with each label, the lowest first."""
        counts = Counter(label_of(value) for value in self.values)
        return {label: counts[label] for label in reversed(Label)}


def list_asked(chain_id: UUID) -> Sequence[AskedPlace]:
    """Places of a map whose supplier was ever asked, with the newest request of each."""
    rows = db.session.execute(
        select(
            Assignment.id.label("assignment_id"),
            Assignment.node_id,
            Assignment.node_name,
            Assignment.node_country,
            Assignment.respondent_organisation_id,
            ValueChainNode.external_ref,
            ValueChainNode.kind,
            ValueChainNode.country,
            ValueChainNode.sector_ref,
            ValueChainNode.commodity_refs,
        )
        .join(ValueChainNode, ValueChainNode.id == Assignment.node_id)
        .where(
            ValueChainNode.chain_id == chain_id,
            ValueChainNode.archived_at.is_(None),
            *_was_asked(),
        )
        .order_by(Assignment.sent_at, Assignment.id)
    )
    newest = {row.node_id: AskedPlace(**row._mapping) for row in rows}
    return list(newest.values())


def has_asked(chain_id: UUID) -> bool:
    """Whether any supplier of a map was ever asked."""
    found = (
        select(Assignment.id)
        .join(ValueChainNode, ValueChainNode.id == Assignment.node_id)
        .where(ValueChainNode.chain_id == chain_id, *_was_asked())
        .limit(1)
    )
    return db.session.scalar(found) is not None


def list_asked_maps() -> Sequence[UUID]:
    """Maps on which any supplier was ever asked."""
    return db.session.scalars(
        select(ValueChainNode.chain_id)
        .join(Assignment, Assignment.node_id == ValueChainNode.id)
        .where(*_was_asked())
        .distinct()
        .order_by(ValueChainNode.chain_id)
    ).all()


def _was_asked() -> tuple[ColumnElement[bool], ...]:
    return Assignment.answered_by == Answerer.SUPPLIER, Assignment.status.not_in(NOT_ASKED)


def list_stored(chain_id: UUID) -> Mapping[UUID, SupplierFigures]:
    """The rows of a map by node, whole, to be made anew."""
    rows = db.session.scalars(
        select(Figures)
        .join(ValueChainNode, ValueChainNode.id == Figures.node_id)
        .where(ValueChainNode.chain_id == chain_id)
        .options(undefer(Figures.response), undefer(Figures.shown_response))
        .options(undefer(Figures.issues))
    )
    return {row.node_id: row for row in rows}


# ---- the buyer ------------------------------------------------------------------------------


def find_measured(node_id: UUID, today: date) -> Measured | None:
    """The measure of a place as the buyer may read it; None: its supplier was never asked."""
    return ask(select_measured(node_id, today))


def select_measured(node_id: UUID, today: date) -> Question[Measured | None]:
    """Asks for the same."""
    statement = select(
        *(Figures.as_of, Figures.measure, Figures.label, Figures.response),
        *(Figures.shown_from, Figures.shown_measure, Figures.shown_label),
        *(Figures.shown_response, _is_limited().label("is_limited")),
    ).where(_mine(), Figures.node_id == node_id)
    return Question(
        (statement,),
        lambda rows: _measured(rows[0], today) if rows else None,
        (Figures.written_at.desc(), Figures.id),
        limit=1,
    )


def _measured(row: Any, today: date) -> Measured:
    is_shown = row.shown_from <= today
    response = row.response if is_shown else row.shown_response
    measure = row.measure if is_shown else row.shown_measure
    label = row.label if is_shown else row.shown_label
    if not response:
        measure = label = None
    if row.is_limited and measure is not None:
        measure, label = 0.0, Label.UNRESPONSIVE
    return Measured(
        measure=measure,
        label=label,
        response=response,
        coming_on=None if is_shown else row.shown_from,
        as_of=row.as_of,
    )


def load_measures(today: date) -> Measures:
    """Measures of all places that stand on maps, as the buyer may read them, in one statement."""
    found = db.session.scalars(
        select(shown_measure(today))
        .select_from(Figures)
        .join(ValueChainNode, ValueChainNode.id == Figures.node_id)
        .where(_mine(), ValueChainNode.archived_at.is_(None))
    ).all()
    known = sorted(measure for measure in found if measure is not None)
    return Measures(known, len(found) - len(known))


def get_figures(node_id: UUID) -> SupplierFigures:
    """The row of a place that the acting organisation keeps, or NotFound."""
    return get_one(select(Figures).where(_mine(), Figures.node_id == node_id))


def list_measured(
    wanted: MeasureFilter, today: date, *, limit: int, offset: int = 0
) -> tuple[Sequence[MeasuredPlace], int]:
    """Places by response, the lowest first, and how many match."""
    measure, label = shown_measure(today), _shown_label(today)
    statement = (
        select(
            ValueChainNode.id,
            ValueChainNode.name,
            ValueChainNode.country,
            ValueChainNode.chain_id,
            measure.label("measure"),
            label.label("label"),
            Figures.shown_from,
        )
        .join(ValueChainNode, ValueChainNode.id == Figures.node_id)
        .where(_mine(), ValueChainNode.archived_at.is_(None), *_wanted(wanted, measure, label))
    )
    total = db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    rows = db.session.execute(
        statement.order_by(measure.is_(None), measure, ValueChainNode.name, ValueChainNode.id)
        .limit(limit)
        .offset(offset)
    )
    return [
        MeasuredPlace(
            node_id=row.id,
            node_name=row.name,
            country=row.country,
            chain_id=row.chain_id,
            measure=row.measure,
            label=row.label,
            coming_on=row.shown_from if row.shown_from > today else None,
        )
        for row in rows
    ], total


def _wanted(
    wanted: MeasureFilter, measure: ColumnElement[Any], label: ColumnElement[Any]
) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.label == NOT_MEASURED:
        found.append(measure.is_(None))
    elif wanted.label:
        found.append(label == Label(wanted.label))
    if wanted.text:
        found.append(ValueChainNode.name.icontains(wanted.text, autoescape=True))
    if wanted.chain_id:
        found.append(ValueChainNode.chain_id == wanted.chain_id)
    return found


def shown_measure(today: date) -> ColumnElement[Any]:
    """The measure of a place as the buyer may read it on a day; NULL: none yet."""
    shown = case((Figures.shown_from <= today, Figures.measure), else_=Figures.shown_measure)
    return case((and_(_is_limited(), shown.is_not(None)), 0.0), else_=shown)


def _shown_label(today: date) -> ColumnElement[Any]:
    shown = case((Figures.shown_from <= today, Figures.label), else_=Figures.shown_label)
    lowest = literal(Label.UNRESPONSIVE, Figures.label.type)
    return case((and_(_is_limited(), shown.is_not(None)), lowest), else_=shown)


def _is_limited() -> ColumnElement[bool]:
    """Whether a report of retaliation stands: the buyer knows it at once, the supplier never."""
    return (
        select(RedFlag.id)
        .join(ResponseRow, ResponseRow.id == RedFlag.response_id)
        .join(Assignment, Assignment.id == ResponseRow.assignment_id)
        .where(
            RedFlag.node_id == Figures.node_id,
            RedFlag.code == ConductFlag.RETALIATION.value,
            RedFlag.withdrawn_at.is_(None),
            RedFlag.handled_at.is_(None),
            Assignment.answered_by != Answerer.SUPPLIER,
        )
        .correlate(Figures)
        .exists()
    )


def _mine() -> ColumnElement[bool]:
    """Kept by the acting organisation; as a respondent it reads its own rows elsewhere."""
    return Figures.organisation_id == current_organisation()


# ---- the supplier ---------------------------------------------------------------------------


@dataclass(frozen=True)
class OwnFigures:
    """Figures that the acting supplier reads, and who asks."""

    row: SupplierFigures
    requester: str
    helper_id: UUID | None  # who sent the newest questions


def list_own_figures() -> Sequence[OwnFigures]:
    """Figures of the places of the acting supplier, by buyer and name."""
    rows = db.session.execute(_own().order_by(Organisation.name, Figures.node_name, Figures.id))
    return [OwnFigures(*row) for row in rows]


def get_own_figures(figures_id: UUID) -> OwnFigures:
    """Those of one place with all lines, or NotFound."""
    statement = (
        _own()
        .where(Figures.id == figures_id)
        .options(undefer(Figures.response), undefer(Figures.issues))
    )
    return OwnFigures(*get_row(statement))


def load_forms(row: SupplierFigures) -> Mapping[str, Form]:
    """Version -> its form in the words of the buyer, for the questions behind the lines."""
    asked = {behind[0] for one in row.issues for behind in one["questions"].values() if behind}
    return {
        version: load_wording(UUID(version), row.organisation_id).plan.form
        for version in sorted(asked)
    }


def _own() -> Select[SupplierFigures, str, UUID | None]:
    return (
        select(Figures, Organisation.name, Assignment.sent_by_id)
        .join(Organisation, Organisation.id == Figures.organisation_id)
        .join(Assignment, Assignment.id == Figures.assignment_id)
        # No isolation (tenancy.py does that): these are the places the organisation answers for.
        .where(Figures.respondent_organisation_id == current_organisation())
    )


# ---- questions ------------------------------------------------------------------------------


def list_questions(
    node_id: UUID, *, asked_by: UUID | None = None, open_only: bool = False
) -> Sequence[FigureQuestion]:
    """The questions about the figures of a place, newest first; visible to both sides."""
    found = select(FigureQuestion).where(FigureQuestion.node_id == node_id)
    if asked_by is not None:
        found = found.where(FigureQuestion.respondent_organisation_id == asked_by)
    if open_only:
        found = found.where(FigureQuestion.answered_at.is_(None))
    return db.session.scalars(found.order_by(FigureQuestion.created_at.desc())).all()


def get_question(question_id: UUID, *, for_change: bool = False) -> FigureQuestion:
    """A question to the acting organisation, or NotFound."""
    statement = select(FigureQuestion).where(
        FigureQuestion.id == question_id,
        FigureQuestion.organisation_id == current_organisation(),
    )
    return get_one(statement, for_change=for_change)
