"""Queries of the label media of an own form, stored with each draft and version."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from ddplatform.accounts.storage.queries import Used, used_by_lists
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.one_row import required
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.supplier_engagement.library.models import OwnFormDraft, QuestionnaireVersion


@dataclass(frozen=True)
class MediaFile:
    """One file, as the row of its form keeps it.

    `name` is the one that the form names it by; `owner` the organisation whose folder holds it;
    `md5` is for the manifest of phone apps alone.
    """

    name: str
    media_type: str
    sha256: str
    md5: str
    size_bytes: int
    owner: str

    def as_kept(self) -> dict[str, Any]:
        """The file as JSON."""
        return asdict(self)


def list_media(kept: QuestionnaireVersion | OwnFormDraft) -> Sequence[MediaFile]:
    """The files of a draft or a version, by name.

    Whoever may read the row may see them: `get_version` and `get_draft` decide.
    """
    return [MediaFile(**one) for one in kept.media]


def get_media(kept: QuestionnaireVersion | OwnFormDraft, name: str) -> MediaFile:
    """One of these files, or NotFound."""
    return required(next((one for one in list_media(kept) if one.name == name), None))


def owner_of(file: MediaFile) -> UUID:
    """The organisation whose folder holds a file."""
    return UUID(file.owner)


def count_used(user_id: UUID | None) -> Used:
    """The files of labels of the acting organisation's own forms, or of one person's drafts."""
    wanted = select(OwnFormDraft.media).where(
        OwnFormDraft.organisation_id == current_organisation()
    )
    if user_id is not None:
        wanted = wanted.where(OwnFormDraft.created_by_id == user_id)
    return used_by_lists(db.session.scalars(wanted))
