"""Authors and times of answers within a supplier, hidden from other organisations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from ddplatform.accounts.organisations.models import Membership, User
from ddplatform.infrastructure.db import db
from ddplatform.supplier_engagement.responses.queries.responses import Filled
from questionnaires import Page

NOT_HERE = "A colleague who left"


@dataclass(frozen=True)
class Said:
    """The last author of an answer, and the time."""

    name: str
    at: datetime


@dataclass(frozen=True)
class People:
    """The people of the acting organisation, by id."""

    names: Mapping[UUID, str]

    @property
    def are_several(self) -> bool:
        """Whether authorship matters."""
        return len(self.names) > 1

    def name(self, user_id: UUID | None) -> str:
        """The name of a person; a person removed from the organisation has none."""
        return self.names.get(user_id, NOT_HERE) if user_id else NOT_HERE


def load_people() -> People:
    """Everybody who can answer for the acting organisation."""
    rows = db.session.execute(
        select(User.id, User.name).join(Membership, Membership.user_id == User.id)
    )
    return People({key: name for key, name in rows})


def load_writers(filled: Filled, *, me: UUID | None) -> People:
    """The same where somebody else had a hand in this round; else nobody, and no statement."""
    hands = {answer.saved_by_id for answer in filled.answers.values() if answer.raw}
    hands |= {UUID(found) for found in filled.row.taken_sections.values()}
    return load_people() if hands - {me, None} else People({})


def said_at(filled: Filled, people: People) -> dict[str, Said]:
    """Path -> its last author. Answers from the form itself or from last year have none."""
    return {
        path: Said(people.name(answer.saved_by_id), answer.saved_at)
        for path, answer in filled.answers.items()
        if answer.raw and answer.page and answer.given_at is None
    }


def said_on(page: Page, said: Mapping[str, Said]) -> Sequence[Said]:
    """The authors on a page, each with the last time, the newest first."""
    newest: dict[str, Said] = {}
    for one in sorted((said[p] for p in page.paths if p in said), key=lambda s: s.at):
        newest[one.name] = one
    return sorted(newest.values(), key=lambda one: one.at, reverse=True)


def taker_of(filled: Filled, section: str) -> UUID | None:
    """The person who took on this section."""
    found = filled.row.taken_sections.get(section)
    return UUID(found) if found else None


def given_on(page: Page, filled: Filled) -> int:
    """The number of earlier answers on a page that nobody has checked since."""
    answers = (filled.answers.get(path) for path in page.paths)
    return sum(1 for one in answers if one and one.raw and one.given_at and not one.share_id)
