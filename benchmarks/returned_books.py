"""Returned workbooks imported in bulk by a buyer, with the database: reading, matching, handover.

The world: one supplier organisation that is asked by many nodes of a map, each questionnaire
opened. Each workbook has the id of its own questionnaire, changed answers and one fault.
"""

import io
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import func, select

from benchmarks.assessed_map import make_platform
from ddplatform.accounts.organisations.models import Invitation, User
from ddplatform.accounts.organisations.queries import get_organisation_by_slug
from ddplatform.core.due_diligence.vocabulary import QuestionnaireState as State
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.tenancy import acting_in, insert_rows
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.supplier_engagement.library.queries import list_library
from ddplatform.supplier_engagement.library.services import publish_shipped
from ddplatform.supplier_engagement.offline.services.intake import take
from ddplatform.supplier_engagement.requests.services.requests import Sending, assign
from ddplatform.supplier_engagement.respondents.services.join import join
from ddplatform.supplier_engagement.responses.models import Answer
from ddplatform.supplier_engagement.responses.services.responses import start
from ddplatform.supplier_engagement.returned_books.models import ReturnedBook
from ddplatform.supplier_engagement.returned_books.queries import list_returned
from ddplatform.supplier_engagement.returned_books.services.books import (
    bring,
    carry_out,
    open_returned,
)
from ddplatform.value_chain.mapping.services.nodes import NodeFields, add_node, create_chain

DUE = date(2099, 1, 1)
PLACEHOLDER = "00000000-0000-4000-8000-000000000000"
A_ZIP = 250
"""Workbooks in one archive: as many as an upload of 26 MB holds."""


@dataclass(frozen=True)
class Asked:
    """A buyer, the supplier who answers it, and the questionnaires that were opened."""

    buyer: Identity
    supplier: Identity
    keys: Sequence[UUID]


@dataclass(frozen=True)
class Outcome:
    """Seconds for bringing in and reading, for the supplier's confirming, and what was found."""

    import_s: float
    confirm_s: float
    handed_on: int
    faults: int
    confirmed: int


def bring_in(folder: Path, books: Sequence[bytes], *, many: int, confirmed: int) -> Outcome:
    """A fresh database; `many` workbooks imported, and the first of them confirmed."""
    app, by = make_platform(folder)
    with app.app_context():
        asked = _ask(by, many, opened=confirmed)
        archives = list(_archives(books, asked.keys))
        begin = time.perf_counter()
        for number, archive in enumerate(archives):
            _import(asked.buyer, f"part {number + 1}.zip", archive)
        read = time.perf_counter()
        answers = [_confirm(asked.supplier, key) for key in asked.keys[:confirmed]]
        done = time.perf_counter()
        with acting_in(asked.buyer.organisation_id):
            rows = db.session.scalars(select(ReturnedBook)).all()
            handed_on = sum(row.respondent_organisation_id is not None for row in rows)
            faults = sum(bool(row.faults) for row in rows)
        with acting_in(asked.supplier.organisation_id):
            kept = db.session.scalar(select(func.count()).where(Answer.raw != "")) or 0
        assert kept >= sum(answers)
        db.session.rollback()
        db.engine.dispose()
    return Outcome(read - begin, done - read, handed_on, faults, sum(map(bool, answers)))


def _ask(by: Identity, many: int, *, opened: int) -> Asked:
    """One questionnaire by the way that people go; the others are copies of its row."""
    at = datetime.now(UTC)
    with unit_of_work(), acting_in(by.organisation_id):
        buyer = db.session.scalars(select(User)).one()
        analyst = Identity(buyer.id, by.organisation_id, RoleId.ANALYST, buyer.name)
        publish_shipped(at)
        chain = create_chain("Cocoa", own_business="Bench", country="FR", act=Act(analyst, at))
        node = add_node(
            chain.id, NodeFields(name="Cooperative", country="CI"), act=Act(analyst, at)
        )
        version = next(row.version_id for row in list_library() if row.ref == "SAQ")
        sending = Sending(version_id=version, due_on=DUE)
        (first,) = assign(sending, {node.id: "amina@bench.example"}, act=Act(analyst, at))
        invitation = db.session.scalars(
            select(Invitation).where(Invitation.assignment_id == first.id)
        ).one()
        joined = join(invitation, name="Amina", password="a phrase of four words", at=at)
        home = get_organisation_by_slug(joined.organisation_slug).id
        supplier = Identity(joined.user.id, home, RoleId.SUPPLIER, "Amina")
        same = {c.name: getattr(first, c.key) for c in Assignment.__mapper__.columns}
        keys = [uuid4() for _ in range(many)]
        insert_rows(
            Assignment,
            [
                {**same, "id": key, "status": State.SENT if place < opened else State.OPENED}
                for place, key in enumerate(keys)
            ],
        )
    for key in keys[:opened]:
        with unit_of_work(), acting_in(home):
            start(key, act=Act(supplier, at))
    return Asked(analyst, supplier, keys)


def _archives(books: Sequence[bytes], keys: Sequence[UUID]) -> Iterator[bytes]:
    """Archives of workbooks that name these questionnaires."""
    for first in range(0, len(keys), A_ZIP):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
            for place, key in enumerate(keys[first : first + A_ZIP], start=first):
                archive.writestr(f"{place:05}.xlsx", _named(books[place % len(books)], key))
        yield target.getvalue()


def _named(book: bytes, key: UUID) -> bytes:
    """A workbook with the id of one questionnaire in the place of the placeholder."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        for name in source.namelist():
            copy.writestr(name, source.read(name).replace(PLACEHOLDER.encode(), str(key).encode()))
    return target.getvalue()


def _import(by: Identity, name: str, archive: bytes) -> None:
    at = datetime.now(UTC)
    unit = _unit(by)
    with unit():
        delivery_id = bring([(name, archive)], act=Act(by, at)).id
    carry_out(
        delivery_id, look=unit, unit=unit, progress=lambda _done, _total: None, act=Act(by, at)
    )


def _unit(by: Identity) -> Callable[[], AbstractContextManager[None]]:
    @contextmanager
    def unit() -> Iterator[None]:
        with unit_of_work(), acting_in(by.organisation_id):
            yield

    return unit


def _confirm(by: Identity, key: UUID) -> int:
    """The supplier looks at its workbook and takes it over; how many answers that changed."""
    at = datetime.now(UTC)
    unit = _unit(by)
    with unit():
        (book,) = list_returned(key)
        kept = open_returned(key, book.id, act=Act(by, at)).id
    with unit():
        return take(key, kept, act=Act(by, at)).changed
