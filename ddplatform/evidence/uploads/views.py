"""The uses of a document on its page, and the type that its file leaves with."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import url_for

from ddplatform.evidence.uploads.queries.documents import DocumentUse
from ddplatform.evidence.uploads.queries.targets import TARGETS, Target, TargetPage
from ddplatform.infrastructure.adapters.uploads import TEXT_TYPES
from ddplatform.infrastructure.web.page_context import may
from ddplatform.languages import gettext
from supply_chain.intake.encodings import charset_of

UNKNOWN = "application/octet-stream"


@dataclass(frozen=True)
class ShownUse:
    """One use: its name, with title and address where this person may open it."""

    word: str
    title: str | None
    href: str | None
    since: datetime


def shown_uses(uses: Iterable[DocumentUse], reader_id: UUID) -> list[ShownUse]:
    """The uses of a document for who is looking: a person of the organisation `reader_id`."""
    targets = dict(TARGETS.items())
    return [_shown(use, targets.get(use.target_type), reader_id) for use in uses]


def served_type(media_type: str, content: bytes) -> str:
    """The content type of a file as it leaves; a text with the character set that it is written in.

    Its bytes are not converted, since its fingerprint is that of the file as it was sent. A text of
    which nobody can say how it is written is not called a text.
    """
    if media_type not in TEXT_TYPES:
        return media_type
    charset = charset_of(content)
    return f"{media_type}; charset={charset}" if charset else UNKNOWN


def page_address(page: TargetPage, key: UUID) -> str:
    """The address of a page with a record that a document is attached to."""
    values: dict[str, Any] = {page.argument: key}
    return url_for(page.endpoint, **values)


def _shown(use: DocumentUse, target: Target | None, reader_id: UUID) -> ShownUse:
    word = target.word if target else gettext("Another record")
    return ShownUse(word, use.title, _address_of(use, target, reader_id), use.created_at)


def _address_of(use: DocumentUse, target: Target | None, reader_id: UUID) -> str | None:
    if target is None or target.record is None or use.title is None:
        return None
    is_own = use.owner_id == reader_id
    for page in target.record.pages:
        if may(page.permission) and (is_own or not page.owners_only):
            return page_address(page, use.target_id)
    return None
