"""Tables of questionnaires, their versions and assignments."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.core.due_diligence.vocabulary import QuestionnaireState
from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import Shared, TenantScoped
from ddplatform.infrastructure.tenant_keys import belongs_to, tenant_key
from questionnaires.library.modules import Answerer


class Questionnaire(Base):
    """A questionnaire that the platform ships, or one an organisation published (`is_own`).

    Everybody may send what ships. One's own is seen by its organisation (`OwnForm`) and by those
    who were asked it: `supplier_engagement/library/queries.get_version` decides.
    """

    __tablename__ = "questionnaire"

    ref: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    description: Mapped[str]
    is_own: Mapped[bool] = mapped_column(default=False)


class QuestionnaireVersion(Base):
    """A published version: its bytes never change."""

    __tablename__ = "questionnaire_version"
    __table_args__ = (UniqueConstraint("questionnaire_id", "version"),)
    is_append_only = True

    questionnaire_id: Mapped[UUID] = mapped_column(ForeignKey("questionnaire.id"))
    version: Mapped[str]
    definition: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    media_type: Mapped[str] = mapped_column(comment="md, csv or xlsx, as the reader names it")
    checksum: Mapped[str] = mapped_column(comment="SHA-256 of the definition")
    question_count: Mapped[int]
    published_at: Mapped[datetime]
    is_own: Mapped[bool] = mapped_column(default=False, comment="As its questionnaire")
    media: Mapped[list[Any]] = mapped_column(default=list, comment="As those of its draft")


class OwnForm(TenantScoped, Base):
    """An own form of an organisation: its drafts, and their history."""

    __tablename__ = "own_form"
    __table_args__ = (tenant_key(),)

    title: Mapped[str]
    questionnaire_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("questionnaire.id"), index=True, comment="Once a version is published"
    )
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    retired_at: Mapped[datetime | None] = mapped_column(comment="Offered for sending no longer")


class OwnFormDraft(TenantScoped, Base):
    """One state of an own form; every change writes another, and none is ever changed."""

    __tablename__ = "own_form_draft"
    __table_args__ = (
        belongs_to("own_form", "form_id"),
        UniqueConstraint("organisation_id", "form_id", "number"),
    )
    is_append_only = True

    form_id: Mapped[UUID]
    number: Mapped[int]
    definition: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    media_type: Mapped[str] = mapped_column(comment="md, csv, xls or xlsx, as the reader names it")
    checksum: Mapped[str] = mapped_column(comment="SHA-256 of the definition")
    question_count: Mapped[int]
    note: Mapped[str] = mapped_column(comment="What was changed, in words")
    media: Mapped[list[Any]] = mapped_column(
        default=list,
        comment="Files of labels, as `own_forms.queries.media.MediaFile`; bytes on disk",
    )
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))


class ConfirmedText(TenantScoped, Base):
    """A text of a questionnaire in a further language, as a person of the organisation wrote it.

    It counts while `source` is the mark of today's text. An empty one was taken back.
    """

    __tablename__ = "confirmed_text"
    __table_args__ = (
        UniqueConstraint(
            "organisation_id",
            "questionnaire_id",
            "language",
            "place",
            name="uq_confirmed_text_place",  # PostgreSQL keeps 63 letters of a name
        ),
    )

    questionnaire_id: Mapped[UUID] = mapped_column(ForeignKey("questionnaire.id"))
    language: Mapped[str]
    place: Mapped[str] = mapped_column(comment="As questionnaires/translations names it")
    source: Mapped[str] = mapped_column(comment="Mark of the text it is a translation of")
    text: Mapped[str]
    confirmed_at: Mapped[datetime]
    confirmed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    edits: Mapped[int] = mapped_column(
        default=1, comment="Grows with each change, so that its sum tells what is new"
    )


class Assignment(Shared, Base):
    """A questionnaire sent to the people behind one node, or to its assessor."""

    __tablename__ = "assignment"
    __table_args__ = (
        tenant_key(),
        belongs_to("value_chain_node", "node_id"),
        belongs_to("campaign", "campaign_id"),
        Index("ix_assignment_campaign", "organisation_id", "campaign_id", "status", "due_on"),
        Index("ix_assignment_due", "organisation_id", "status", "due_on", "id"),
        Index("ix_assignment_node", "organisation_id", "node_id"),
    )

    node_id: Mapped[UUID]
    node_name: Mapped[str] = mapped_column(comment="As the supplier may read it")
    node_country: Mapped[str | None] = mapped_column(comment="Whose services help in danger")
    version_id: Mapped[UUID] = mapped_column(ForeignKey("questionnaire_version.id"))
    answered_by: Mapped[Answerer] = mapped_column(
        default=Answerer.SUPPLIER, comment="Who fills it in: the people there, or who visits"
    )
    status: Mapped[QuestionnaireState] = mapped_column(default=QuestionnaireState.SENT)
    invited_email: Mapped[str]
    language: Mapped[str] = mapped_column(default="en")
    light_mode: Mapped[bool] = mapped_column(default=False)
    message: Mapped[str] = mapped_column(default="")
    due_on: Mapped[date]
    sections_done: Mapped[int] = mapped_column(default=0)
    sections_total: Mapped[int] = mapped_column(default=0)
    round: Mapped[int] = mapped_column(default=1)
    sent_at: Mapped[datetime]
    sent_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    last_reminded_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None]
    campaign_id: Mapped[UUID | None]
    mailed_at: Mapped[datetime | None] = mapped_column(comment="When the invitation went out")
    mail_refusal: Mapped[str | None] = mapped_column(comment="Why the mail server refused it")
    mail_tries: Mapped[int] = mapped_column(default=0, comment="How often it was refused for now")
    link_opened_at: Mapped[datetime | None] = mapped_column(comment="First opening of the link")
    reminders: Mapped[int] = mapped_column(default=0, comment="How many went out")
    escalated_at: Mapped[datetime | None] = mapped_column(comment="The owner was told")
    content_removed_at: Mapped[datetime | None] = mapped_column(
        comment="What was written was removed when its retention period ended"
    )
