"""The first schema: every table, and the isolation triggers of the database.

Revision: 0001
"""

import sqlalchemy as sa
from alembic import op

from ddplatform.migrations.isolation import isolation_triggers

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TENANT_TABLES = {
    "action_note": ("organisation_id", "respondent_organisation_id"),
    "activity_answer": ("organisation_id",),
    "answer": ("organisation_id", "respondent_organisation_id"),
    "answer_intake": ("organisation_id",),
    "answer_message": ("organisation_id", "respondent_organisation_id"),
    "answer_review": ("organisation_id",),
    "app_link": ("organisation_id",),
    "approval": ("organisation_id",),
    "approval_decision": ("organisation_id",),
    "approval_request": ("organisation_id",),
    "assessment_run": ("organisation_id",),
    "assignment": ("organisation_id", "respondent_organisation_id"),
    "audit_checkpoint": ("organisation_id",),
    "audit_event": ("organisation_id",),
    "audit_head": ("organisation_id",),
    "audit_value": ("organisation_id",),
    "book_delivery": ("organisation_id",),
    "bulk_change": ("organisation_id",),
    "bulk_part": ("organisation_id",),
    "campaign": ("organisation_id",),
    "campaign_target": ("organisation_id",),
    "case_access": ("organisation_id",),
    "case_assignment": ("organisation_id",),
    "case_criterion": ("organisation_id",),
    "chain_proposal": ("organisation_id", "respondent_organisation_id"),
    "column_mapping": ("organisation_id",),
    "confirmed_text": ("organisation_id",),
    "context_event": ("organisation_id",),
    "context_event_node": ("organisation_id",),
    "control_record": ("organisation_id",),
    "duplicate_pair": ("organisation_id",),
    "evidence": ("organisation_id", "respondent_organisation_id"),
    "evidence_link": ("organisation_id", "respondent_organisation_id"),
    "figure_question": ("organisation_id", "respondent_organisation_id"),
    "finding": ("organisation_id",),
    "first_run": ("organisation_id",),
    "follow_up_visit": ("organisation_id",),
    "fresh_evidence": ("organisation_id",),
    "import_fault": ("organisation_id",),
    "import_fault_row": ("organisation_id",),
    "import_gone": ("organisation_id",),
    "import_page": ("organisation_id",),
    "invitation": ("organisation_id",),
    "map_change": ("organisation_id",),
    "map_import": ("organisation_id",),
    "map_step": ("organisation_id",),
    "match_decision": ("organisation_id",),
    "match_run": ("organisation_id",),
    "membership": ("organisation_id",),
    "mitigation_action": ("organisation_id", "respondent_organisation_id"),
    "node_merge": ("organisation_id",),
    "node_summary": ("organisation_id",),
    "own_form": ("organisation_id",),
    "own_form_draft": ("organisation_id",),
    "own_supplier": ("organisation_id",),
    "place_observation": ("organisation_id",),
    "red_flag": ("organisation_id", "respondent_organisation_id"),
    "remediation_case": ("organisation_id",),
    "remediation_step": ("organisation_id",),
    "report": ("organisation_id",),
    "response": ("organisation_id", "respondent_organisation_id"),
    "returned_book": ("organisation_id", "respondent_organisation_id"),
    "review_cause": ("organisation_id",),
    "review_entry": ("organisation_id",),
    "review_sample": ("organisation_id",),
    "review_task": ("organisation_id",),
    "risk_assessment": ("organisation_id",),
    "risk_fact": ("organisation_id",),
    "risk_follow_up": ("organisation_id",),
    "risk_lot": ("organisation_id",),
    "risk_lot_line": ("organisation_id",),
    "risk_signal": ("organisation_id",),
    "run_register": ("organisation_id",),
    "salience_note": ("organisation_id",),
    "saved_view": ("organisation_id",),
    "score_change": ("organisation_id",),
    "screening_decision": ("organisation_id",),
    "screening_entry": ("organisation_id",),
    "screening_list": ("organisation_id",),
    "screening_match": ("organisation_id",),
    "section_share": ("organisation_id", "respondent_organisation_id"),
    "severity_judgement": ("organisation_id",),
    "share_memory": ("organisation_id",),
    "supplier_figures": ("organisation_id", "respondent_organisation_id"),
    "supply_link": ("organisation_id",),
    "support_item": ("organisation_id",),
    "value_chain": ("organisation_id",),
    "value_chain_node": ("organisation_id",),
    "visit_plan": ("organisation_id",),
    "visit_plan_step": ("organisation_id",),
    "what_if": ("organisation_id",),
}

APPEND_ONLY = {
    "action_note": None,
    "answer_message": None,
    "answer_review": None,
    "assessment_run": None,
    "audit_checkpoint": None,
    "audit_event": None,
    "case_access": None,
    "case_criterion": None,
    "context_value": None,
    "control_record": None,
    "follow_up_visit": "OLD.recorded_at IS NOT NULL",
    "indicator_value": None,
    "map_change": None,
    "map_step": None,
    "own_form_draft": None,
    "questionnaire_version": None,
    "reference_release": None,
    "remediation_step": None,
    "report": "OLD.sealed_at IS NOT NULL",
    "review_cause": None,
    "risk_assessment": None,
    "risk_follow_up": None,
    "risk_lot_line": None,
    "risk_signal": None,
    "run_register": None,
    "salience_note": None,
    "screening_entry": None,
    "severity_judgement": None,
}

MOVING = {
    "control_record": [
        "id",
        "organisation_id",
        "control",
        "coverage",
        "evidence",
        "verified_on",
        "cause_type",
        "cause_id",
        "reason",
        "created_at",
        "created_by_id",
    ],
    "risk_follow_up": [
        "id",
        "organisation_id",
        "issue",
        "kind",
        "owner_id",
        "review_on",
        "reason",
        "created_at",
        "created_by_id",
    ],
    "risk_signal": [
        "id",
        "organisation_id",
        "response_id",
        "factor",
        "value",
        "quality",
        "source_type",
        "causes",
        "is_control",
        "observed_at",
    ],
    "salience_note": [
        "id",
        "organisation_id",
        "issue",
        "is_emergency",
        "delay_harms",
        "involvement",
        "reason",
        "created_at",
        "created_by_id",
    ],
    "severity_judgement": [
        "id",
        "organisation_id",
        "issue",
        "scale",
        "scope",
        "irremediability",
        "vulnerable",
        "reasons",
        "created_at",
        "created_by_id",
    ],
}


def upgrade() -> None:
    # ### commands auto generated by Alembic - please adjust! ###
    op.create_table(
        "job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True, comment="Whose rights it runs with"),
        sa.Column("payload", sa.JSON(), nullable=False, comment="Ids only"),
        sa.Column(
            "unique_key", sa.String(), nullable=True, comment="Not queued twice while queued"
        ),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "running",
                "done",
                "failed",
                name="jobstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("run_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index("ix_job_due", "job", ["state", "run_after", "id"], unique=False)
    op.create_index("ix_job_key", "job", ["unique_key"], unique=False)
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "company",
                "installation",
                name="organisationkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False, comment="Part of the address, lower case"),
        sa.Column("country", sa.String(), nullable=True, comment="ISO 3166-1 alpha-2"),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column(
            "help_name", sa.String(), nullable=True, comment="A function, as suppliers read it"
        ),
        sa.Column("help_email", sa.String(), nullable=True),
        sa.Column("help_phone", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("slug", name=op.f("uq_organisation_slug")),
    )
    op.create_table(
        "questionnaire",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("is_own", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaire")),
        sa.UniqueConstraint("ref", name=op.f("uq_questionnaire_ref")),
    )
    op.create_table(
        "rate_count",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("window_starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate_count")),
        sa.UniqueConstraint(
            "key", "window_starts_at", name=op.f("uq_rate_count_key_window_starts_at")
        ),
    )
    op.create_table(
        "reference_release",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("checksum", sa.String(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column(
            "sets", sa.JSON(), nullable=False, comment="Publisher, licence, year, gaps of each set"
        ),
        sa.Column("installed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reference_release")),
        sa.UniqueConstraint("checksum", name=op.f("uq_reference_release_checksum")),
        sa.UniqueConstraint("number", name=op.f("uq_reference_release_number")),
    )
    op.create_table(
        "user",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "password_hash", sa.String(), nullable=True, comment="Argon2id; none until joined"
        ),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("theme", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_user_email_lower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("email", name=op.f("uq_user_email")),
    )
    op.create_table(
        "activity_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "key",
            sa.String(),
            nullable=False,
            comment="The words without case, blanks and punctuation",
        ),
        sa.Column("says", sa.String(), nullable=False, comment="The words as the list writes them"),
        sa.Column("sector", sa.String(), nullable=False, comment="Ref of the sector"),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["user.id"], name=op.f("fk_activity_answer_answered_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_activity_answer_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_answer")),
        sa.UniqueConstraint(
            "organisation_id", "key", name=op.f("uq_activity_answer_organisation_id_key")
        ),
    )
    op.create_index(
        op.f("ix_activity_answer_organisation_id"),
        "activity_answer",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "answer_intake",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column(
            "way",
            sa.Enum(
                "excel",
                "odk",
                "openrosa",
                name="intakeway",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "waiting",
                "taken",
                "put_aside",
                name="intakestatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "instance_id", sa.String(), nullable=True, comment="Of a submission from a phone app"
        ),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column(
            "attachments",
            sa.JSON(),
            nullable=False,
            comment="Files that came with it: name, sha256",
        ),
        sa.Column(
            "cells",
            sa.LargeBinary(),
            nullable=True,
            comment="A workbook's cells as they were read, packed",
        ),
        sa.Column(
            "brought_by",
            sa.String(),
            nullable=False,
            comment="The phone by its name, or who of the buyer brought it",
        ),
        sa.Column("taken_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_answer_intake_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_answer_intake_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_intake")),
        sa.UniqueConstraint(
            "organisation_id",
            "assignment_id",
            "instance_id",
            name=op.f("uq_answer_intake_organisation_id_assignment_id_instance_id"),
        ),
    )
    op.create_index(
        op.f("ix_answer_intake_organisation_id"), "answer_intake", ["organisation_id"], unique=False
    )
    op.create_index(
        "ix_intake_assignment",
        "answer_intake",
        ["organisation_id", "assignment_id", "created_at"],
        unique=False,
    )
    op.create_table(
        "app_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column(
            "name", sa.String(), nullable=False, comment="Whose phone, as its maker calls it"
        ),
        sa.Column("token_hash", sa.String(), nullable=False, comment="SHA-256 of the token"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_app_link_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_app_link_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_app_link")),
    )
    op.create_index(
        op.f("ix_app_link_organisation_id"), "app_link", ["organisation_id"], unique=False
    )
    op.create_index("ix_app_link_token", "app_link", ["token_hash"], unique=False)
    op.create_table(
        "audit_checkpoint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_audit_checkpoint_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_checkpoint")),
        sa.UniqueConstraint(
            "organisation_id", "size", name=op.f("uq_audit_checkpoint_organisation_id_size")
        ),
    )
    op.create_index(
        op.f("ix_audit_checkpoint_organisation_id"),
        "audit_checkpoint",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False, comment="From 1 in each organisation"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_role", sa.String(), nullable=True),
        sa.Column("action", sa.String(), nullable=False, comment="subject:action"),
        sa.Column(
            "outcome",
            sa.Enum(
                "done",
                "refused",
                "failed",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("target_type", sa.String(), nullable=True),
        sa.Column("target_id", sa.String(), nullable=True),
        sa.Column("is_restricted", sa.Boolean(), nullable=False, comment="About a child case"),
        sa.Column("leaf", sa.LargeBinary(), nullable=False, comment="Canonical JSON, RFC 8785"),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_audit_event_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
        sa.UniqueConstraint(
            "organisation_id", "sequence", name=op.f("uq_audit_event_organisation_id_sequence")
        ),
    )
    op.create_index(
        op.f("ix_audit_event_organisation_id"), "audit_event", ["organisation_id"], unique=False
    )
    op.create_index(
        "ix_event_action", "audit_event", ["organisation_id", "action", "sequence"], unique=False
    )
    op.create_index(
        "ix_event_target", "audit_event", ["organisation_id", "target_id", "sequence"], unique=False
    )
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("last_hash", sa.LargeBinary(), nullable=True),
        sa.Column(
            "peaks", sa.JSON(), nullable=False, comment="Hex roots of the full subtrees, left first"
        ),
        sa.Column("checkpoint_size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_audit_head_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
        sa.UniqueConstraint("organisation_id", name=op.f("uq_audit_head_organisation_id")),
    )
    op.create_index(
        op.f("ix_audit_head_organisation_id"), "audit_head", ["organisation_id"], unique=False
    )
    op.create_table(
        "audit_value",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False, comment="{before, after}"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_audit_value_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_value")),
    )
    op.create_index(
        op.f("ix_audit_value_organisation_id"), "audit_value", ["organisation_id"], unique=False
    )
    op.create_index("ix_value_event", "audit_value", ["organisation_id", "event_id"], unique=False)
    op.create_table(
        "book_delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False, comment="The file, or the first of them"),
        sa.Column("book_count", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "read_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When the last one was read",
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_book_delivery_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_book_delivery_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_book_delivery")),
        sa.UniqueConstraint(
            "organisation_id", "id", name=op.f("uq_book_delivery_organisation_id_id")
        ),
    )
    op.create_index(
        op.f("ix_book_delivery_organisation_id"), "book_delivery", ["organisation_id"], unique=False
    )
    op.create_index(
        "ix_delivery_made", "book_delivery", ["organisation_id", "created_at", "id"], unique=False
    )
    op.create_table(
        "column_mapping",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("mapping_key", sa.String(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("mends", sa.JSON(), nullable=False, comment="[{heading, column, ...}]"),
        sa.Column("files", sa.JSON(), nullable=False, comment="Names of the files it is from"),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_column_mapping_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_column_mapping")),
        sa.UniqueConstraint(
            "organisation_id",
            "mapping_key",
            name=op.f("uq_column_mapping_organisation_id_mapping_key"),
        ),
    )
    op.create_index(
        op.f("ix_column_mapping_organisation_id"),
        "column_mapping",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "confirmed_text",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("questionnaire_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column(
            "place", sa.String(), nullable=False, comment="As questionnaires/translations names it"
        ),
        sa.Column(
            "source", sa.String(), nullable=False, comment="Mark of the text it is a translation of"
        ),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by_id", sa.Uuid(), nullable=True),
        sa.Column(
            "edits",
            sa.Integer(),
            nullable=False,
            comment="Grows with each change, so that its sum tells what is new",
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["user.id"], name=op.f("fk_confirmed_text_confirmed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_confirmed_text_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["questionnaire_id"],
            ["questionnaire.id"],
            name=op.f("fk_confirmed_text_questionnaire_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmed_text")),
        sa.UniqueConstraint(
            "organisation_id",
            "questionnaire_id",
            "language",
            "place",
            name="uq_confirmed_text_place",
        ),
    )
    op.create_index(
        op.f("ix_confirmed_text_organisation_id"),
        "confirmed_text",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "context_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.String(),
            nullable=False,
            comment="As core/due_diligence/data/context_kinds.yaml",
        ),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column(
            "area",
            sa.Enum(
                "country",
                "region",
                "circle",
                name="areakind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("country", sa.String(), nullable=True, comment="ISO 3166-1 alpha-2"),
        sa.Column("region", sa.String(), nullable=True),
        sa.Column(
            "latitude", sa.Double(), nullable=True, comment="Centre of a circle, degrees, WGS 84"
        ),
        sa.Column("longitude", sa.Double(), nullable=True, comment="Degrees, WGS 84"),
        sa.Column("radius_km", sa.Double(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True, comment="Last day; none: it goes on"),
        sa.Column("source_type", sa.String(), nullable=False, comment="Source type of RM-1.0 3.2"),
        sa.Column("source_publisher", sa.String(), nullable=False),
        sa.Column("source_url", sa.String(), nullable=False),
        sa.Column("source_on", sa.Date(), nullable=False, comment="Day of the publication"),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column(
            "ended_at", sa.DateTime(timezone=True), nullable=True, comment="Its end was carried out"
        ),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_reason", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)",
            name=op.f("ck_context_event_withdrawn_pair"),
        ),
        sa.CheckConstraint(
            "ends_on IS NULL OR ends_on >= starts_on",
            name=op.f("ck_context_event_ends_after_start"),
        ),
        sa.CheckConstraint(
            "latitude BETWEEN -90 AND 90", name=op.f("ck_context_event_latitude_range")
        ),
        sa.CheckConstraint(
            "longitude BETWEEN -180 AND 180", name=op.f("ck_context_event_longitude_range")
        ),
        sa.CheckConstraint("radius_km > 0", name=op.f("ck_context_event_radius_positive")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_context_event_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_context_event_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["user.id"], name=op.f("fk_context_event_withdrawn_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_context_event")),
        sa.UniqueConstraint(
            "organisation_id", "id", name=op.f("uq_context_event_organisation_id_id")
        ),
    )
    op.create_index(
        op.f("ix_context_event_organisation_id"), "context_event", ["organisation_id"], unique=False
    )
    op.create_index(
        "ix_context_event_start",
        "context_event",
        ["organisation_id", "starts_on", "id"],
        unique=False,
    )
    op.create_table(
        "context_value",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("value", sa.Double(), nullable=False, comment="In the indicator's own unit"),
        sa.Column(
            "worse_than",
            sa.Double(),
            nullable=True,
            comment="Share of the countries with a better figure, 0 to 1",
        ),
        sa.Column("basis", sa.String(), nullable=False, comment="How the publisher came by it"),
        sa.ForeignKeyConstraint(
            ["release_id"], ["reference_release.id"], name=op.f("fk_context_value_release_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_context_value")),
    )
    op.create_index("ix_context_country", "context_value", ["release_id", "country"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("respondent_organisation_id", sa.Uuid(), nullable=True),
        sa.Column("is_released", sa.Boolean(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column(
            "storage_organisation_id",
            sa.Uuid(),
            nullable=False,
            comment="Whose folder holds the file",
        ),
        sa.Column(
            "filename",
            sa.String(),
            nullable=False,
            comment="As the uploader called it; only ever text",
        ),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column(
            "confidentiality",
            sa.Enum(
                "normal",
                "restricted",
                name="confidentiality",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("is_stripped", sa.Boolean(), nullable=False, comment="Metadata was removed"),
        sa.Column(
            "traces",
            sa.JSON(),
            nullable=True,
            comment="What may lead to a person (UploadTraces); none: not searched yet",
        ),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "redacted_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Words or areas were taken out of it, by the organisation that keeps it",
        ),
        sa.Column(
            "earlier_sha256",
            sa.JSON(),
            nullable=False,
            comment="Of the bytes before each redaction, oldest first; they are gone",
        ),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_evidence_size_positive")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_evidence_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_evidence_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["respondent_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_evidence_respondent_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_evidence_organisation_id_id")),
    )
    op.create_index(
        "ix_evidence_expiry", "evidence", ["organisation_id", "valid_until", "id"], unique=False
    )
    op.create_index(
        op.f("ix_evidence_organisation_id"), "evidence", ["organisation_id"], unique=False
    )
    op.create_index(
        op.f("ix_evidence_respondent_organisation_id"),
        "evidence",
        ["respondent_organisation_id"],
        unique=False,
    )
    op.create_table(
        "indicator_value",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("factor", sa.String(), nullable=False),
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("commodity_ref", sa.String(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("raw", sa.Double(), nullable=True, comment="In the indicator's own unit"),
        sa.Column("value", sa.Double(), nullable=True, comment="Normalised, 0 benign .. 1 worst"),
        sa.Column("source_type", sa.String(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False, comment="How the publisher came by it"),
        sa.ForeignKeyConstraint(
            ["release_id"], ["reference_release.id"], name=op.f("fk_indicator_value_release_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_value")),
    )
    op.create_index(
        "ix_indicator_commodity",
        "indicator_value",
        ["release_id", "commodity_ref", "country"],
        unique=False,
    )
    op.create_index(
        "ix_indicator_country", "indicator_value", ["release_id", "country"], unique=False
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "join",
                "reset",
                "respond",
                "found",
                name="invitationpurpose",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "admin",
                "admin_manager",
                "sustainability_manager",
                "analyst",
                "supplier",
                "assessor",
                "auditor",
                "safeguarding_officer",
                name="roleid",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("access_until", sa.Date(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("assignment_id", sa.Uuid(), nullable=True),
        sa.Column(
            "token_hash", sa.String(), nullable=True, comment="SHA-256; set when the mail is made"
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_invitation_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_invitation_organisation_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_invitation_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
    )
    op.create_index(
        "ix_invitation_assignment", "invitation", ["organisation_id", "assignment_id"], unique=False
    )
    op.create_index(
        op.f("ix_invitation_organisation_id"), "invitation", ["organisation_id"], unique=False
    )
    op.create_index("ix_invitation_token", "invitation", ["token_hash"], unique=False)
    op.create_table(
        "match_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "low_hash",
            sa.String(),
            nullable=False,
            comment="supply_chain.matching.record_content, the lesser",
        ),
        sa.Column("high_hash", sa.String(), nullable=False),
        sa.Column("is_same", sa.Boolean(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("low_hash <= high_hash", name=op.f("ck_match_decision_in_order")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user.id"], name=op.f("fk_match_decision_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_match_decision_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_decision")),
        sa.UniqueConstraint(
            "organisation_id",
            "low_hash",
            "high_hash",
            name=op.f("uq_match_decision_organisation_id_low_hash_high_hash"),
        ),
    )
    op.create_index(
        op.f("ix_match_decision_organisation_id"),
        "match_decision",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "membership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "admin",
                "admin_manager",
                "sustainability_manager",
                "analyst",
                "supplier",
                "assessor",
                "auditor",
                "safeguarding_officer",
                name="roleid",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("access_until", sa.Date(), nullable=True, comment="Last day of access"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "role <> 'auditor' OR access_until IS NOT NULL",
            name=op.f("ck_membership_auditor_dated"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_membership_organisation_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_membership_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint(
            "organisation_id", "user_id", name=op.f("uq_membership_organisation_id_user_id")
        ),
    )
    op.create_index(
        op.f("ix_membership_organisation_id"), "membership", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_membership_user_id"), "membership", ["user_id"], unique=False)
    op.create_table(
        "own_form",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column(
            "questionnaire_id", sa.Uuid(), nullable=True, comment="Once a version is published"
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column(
            "retired_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Offered for sending no longer",
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_own_form_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_own_form_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["questionnaire_id"], ["questionnaire.id"], name=op.f("fk_own_form_questionnaire_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_form")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_own_form_organisation_id_id")),
    )
    op.create_index(
        op.f("ix_own_form_organisation_id"), "own_form", ["organisation_id"], unique=False
    )
    op.create_index(
        op.f("ix_own_form_questionnaire_id"), "own_form", ["questionnaire_id"], unique=False
    )
    op.create_table(
        "questionnaire_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("questionnaire_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("definition", sa.LargeBinary(), nullable=False),
        sa.Column(
            "media_type",
            sa.String(),
            nullable=False,
            comment="md, csv or xlsx, as the reader names it",
        ),
        sa.Column("checksum", sa.String(), nullable=False, comment="SHA-256 of the definition"),
        sa.Column("question_count", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_own", sa.Boolean(), nullable=False, comment="As its questionnaire"),
        sa.Column("media", sa.JSON(), nullable=False, comment="As those of its draft"),
        sa.ForeignKeyConstraint(
            ["questionnaire_id"],
            ["questionnaire.id"],
            name=op.f("fk_questionnaire_version_questionnaire_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaire_version")),
        sa.UniqueConstraint(
            "questionnaire_id",
            "version",
            name=op.f("uq_questionnaire_version_questionnaire_id_version"),
        ),
    )
    op.create_table(
        "risk_lot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "verb",
            sa.Enum(
                "owner",
                "defer",
                "end",
                "urgency",
                name="riskverb",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("wish", sa.JSON(), nullable=False, comment="What was asked for, by field"),
        sa.Column("changed", sa.Integer(), nullable=False, comment="Risks"),
        sa.Column(
            "kept",
            sa.Integer(),
            nullable=False,
            comment="Rows that the undo left: something newer was decided since",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_by_id IS NULL)", name=op.f("ck_risk_lot_undone_pair")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_risk_lot_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_risk_lot_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by_id"], ["user.id"], name=op.f("fk_risk_lot_undone_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_lot")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_risk_lot_organisation_id_id")),
    )
    op.create_index(
        "ix_risk_lot_made", "risk_lot", ["organisation_id", "created_at", "id"], unique=False
    )
    op.create_index(
        op.f("ix_risk_lot_organisation_id"), "risk_lot", ["organisation_id"], unique=False
    )
    op.create_table(
        "run_register",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column(
            "content",
            sa.LargeBinary(),
            nullable=False,
            comment="supply_chain.risk.register or register_changes, .npz",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_run_register_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_register")),
        sa.UniqueConstraint(
            "organisation_id", "run_id", name=op.f("uq_run_register_organisation_id_run_id")
        ),
    )
    op.create_index(
        op.f("ix_run_register_organisation_id"), "run_register", ["organisation_id"], unique=False
    )
    op.create_table(
        "screening_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "entry_hash", sa.String(), nullable=False, comment="supply_chain.screening.matches"
        ),
        sa.Column(
            "node_hash", sa.String(), nullable=False, comment="supply_chain.matching.record_content"
        ),
        sa.Column(
            "answer",
            sa.Enum(
                "open",
                "same",
                "not_same",
                "unsure",
                name="matchanswer",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("finding_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user.id"], name=op.f("fk_screening_decision_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_screening_decision_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_decision")),
        sa.UniqueConstraint(
            "organisation_id",
            "entry_hash",
            "node_hash",
            name=op.f("uq_screening_decision_organisation_id_entry_hash_node_hash"),
        ),
    )
    op.create_index(
        op.f("ix_screening_decision_organisation_id"),
        "screening_decision",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "screening_list",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("publisher", sa.String(), nullable=False),
        sa.Column("edition_on", sa.Date(), nullable=False, comment="Day of the edition"),
        sa.Column("licence", sa.String(), nullable=False),
        sa.Column("source_url", sa.String(), nullable=False),
        sa.Column("coverage", sa.String(), nullable=False, comment="What is missing, if partial"),
        sa.Column(
            "issue",
            sa.Enum(
                "ISS-CL",
                "ISS-HZ",
                "ISS-FL",
                "ISS-CT",
                "ISS-SE",
                "ISS-OS",
                "ISS-IL",
                "ISS-AC",
                "ISS-YW",
                "ISS-FF",
                "ISS-SG",
                "ISS-SC",
                "ISS-LE",
                "ISS-EM",
                "ISS-MK",
                "ISS-DP",
                name="issue",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
            comment="What being on the list is about",
        ),
        sa.Column(
            "kind",
            sa.String(),
            nullable=False,
            comment="Ref of a known official list (screening_words.yaml); empty: another",
        ),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column(
            "screened",
            sa.JSON(),
            nullable=False,
            comment="Map -> its version when it was last compared",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "replaces_id", sa.Uuid(), nullable=True, comment="The release before, of this name"
        ),
        sa.Column(
            "changes",
            sa.JSON(),
            nullable=False,
            comment="new, gone, ended, resumed -> entries; empty for a first release",
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_screening_list_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_screening_list_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_list")),
        sa.UniqueConstraint(
            "organisation_id", "id", name=op.f("uq_screening_list_organisation_id_id")
        ),
        sa.UniqueConstraint(
            "organisation_id",
            "name",
            "sha256",
            name=op.f("uq_screening_list_organisation_id_name_sha256"),
        ),
    )
    op.create_index(
        "ix_screening_list_current",
        "screening_list",
        ["organisation_id", "superseded_at", "name", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_screening_list_organisation_id"),
        "screening_list",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "user_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("id_hash", sa.String(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_user_session_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("id_hash", name=op.f("uq_user_session_id_hash")),
    )
    op.create_index(
        op.f("ix_user_session_expires_at"), "user_session", ["expires_at"], unique=False
    )
    op.create_index(op.f("ix_user_session_user_id"), "user_session", ["user_id"], unique=False)
    op.create_table(
        "value_chain",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("current_run_id", sa.Uuid(), nullable=True, comment="Newest assessment run"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_value_chain_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_value_chain_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_value_chain")),
        sa.UniqueConstraint(
            "organisation_id", "id", name=op.f("uq_value_chain_organisation_id_id")
        ),
        sa.UniqueConstraint(
            "organisation_id", "slug", name=op.f("uq_value_chain_organisation_id_slug")
        ),
    )
    op.create_index(
        op.f("ix_value_chain_organisation_id"), "value_chain", ["organisation_id"], unique=False
    )
    op.create_table(
        "assessment_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("base_run_id", sa.Uuid(), nullable=True, comment="Whole run that it rests on"),
        sa.Column(
            "step", sa.Integer(), nullable=False, comment="How many runs rest on that one by now"
        ),
        sa.Column(
            "whole_because",
            sa.Enum(
                "asked",
                "first",
                "map",
                "day",
                "release",
                "steps",
                "many",
                "snapshot",
                "unmarked",
                name="wholebecause",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("chain_id", sa.Uuid(), nullable=False),
        sa.Column("chain_version", sa.Integer(), nullable=False),
        sa.Column(
            "cause", sa.String(), nullable=False, comment="import, answers, facts, release, request"
        ),
        sa.Column("method_version", sa.String(), nullable=False),
        sa.Column("parameters_sha256", sa.String(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("node_count", sa.Integer(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False, comment="Heat map cells, bands, coverage"),
        sa.Column("scaled", sa.JSON(), nullable=False, comment="Buyers whose shares were scaled"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(base_run_id IS NULL) = (step = 0)", name=op.f("ck_assessment_run_base_pair")
        ),
        sa.CheckConstraint(
            "(base_run_id IS NULL) = (whole_because IS NOT NULL)",
            name=op.f("ck_assessment_run_base_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_assessment_run_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "base_run_id"],
            ["assessment_run.organisation_id", "assessment_run.id"],
            name=op.f("fk_assessment_run_organisation_id_base_run_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "chain_id"],
            ["value_chain.organisation_id", "value_chain.id"],
            name=op.f("fk_assessment_run_organisation_id_chain_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_assessment_run_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["reference_release.id"], name=op.f("fk_assessment_run_release_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_run")),
        sa.UniqueConstraint(
            "organisation_id", "id", name=op.f("uq_assessment_run_organisation_id_id")
        ),
    )
    op.create_index(
        op.f("ix_assessment_run_organisation_id"),
        "assessment_run",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        "ix_run_base", "assessment_run", ["organisation_id", "base_run_id"], unique=False
    )
    op.create_table(
        "bulk_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("chain_id", sa.Uuid(), nullable=False),
        sa.Column(
            "verb",
            sa.Enum(
                "owner",
                "group",
                "add_tag",
                "remove_tag",
                "archive",
                name="bulkverb",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "value",
            sa.String(),
            nullable=False,
            comment="Key of the owner, tag or group; empty: none",
        ),
        sa.Column("asked", sa.Integer(), nullable=False, comment="Nodes to change"),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column(
            "kept",
            sa.Integer(),
            nullable=False,
            comment="Nodes that the undo left: they were changed since",
        ),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "finished_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Of the change, then of its undo",
        ),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_by_id IS NULL)", name=op.f("ck_bulk_change_undone_pair")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_bulk_change_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "chain_id"],
            ["value_chain.organisation_id", "value_chain.id"],
            name=op.f("fk_bulk_change_organisation_id_chain_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_bulk_change_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by_id"], ["user.id"], name=op.f("fk_bulk_change_undone_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_change")),
        sa.UniqueConstraint(
            "organisation_id", "id", name=op.f("uq_bulk_change_organisation_id_id")
        ),
    )
    op.create_index(
        "ix_bulk_change_chain",
        "bulk_change",
        ["organisation_id", "chain_id", "created_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_bulk_change_organisation_id"), "bulk_change", ["organisation_id"], unique=False
    )
    op.create_table(
        "evidence_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("respondent_organisation_id", sa.Uuid(), nullable=True),
        sa.Column("is_released", sa.Boolean(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("target_type", sa.String(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.String(), nullable=True, comment="Question of a response"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "evidence_id"],
            ["evidence.organisation_id", "evidence.id"],
            name=op.f("fk_evidence_link_organisation_id_evidence_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_evidence_link_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["respondent_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_evidence_link_respondent_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_link")),
    )
    op.create_index(
        op.f("ix_evidence_link_organisation_id"), "evidence_link", ["organisation_id"], unique=False
    )
    op.create_index(
        op.f("ix_evidence_link_respondent_organisation_id"),
        "evidence_link",
        ["respondent_organisation_id"],
        unique=False,
    )
    op.create_index(
        "ix_evidence_target",
        "evidence_link",
        ["organisation_id", "target_type", "target_id"],
        unique=False,
    )
    op.create_table(
        "map_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("chain_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "reading",
                "previewed",
                "refused",
                "applying",
                "applied",
                "undone",
                "failed",
                name="importstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("files", sa.JSON(), nullable=False, comment="[{name, sha256, size_bytes}]"),
        sa.Column(
            "link_to_id", sa.Uuid(), nullable=True, comment="Buyer for a list of suppliers only"
        ),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column(
            "mapping_key", sa.String(), nullable=True, comment="Hash of the headings, to remember"
        ),
        sa.Column("remembered", sa.JSON(), nullable=True, comment="Whose mapping: {files, at}"),
        sa.Column(
            "mends",
            sa.JSON(),
            nullable=False,
            comment="Values corrected: [{table, column, value, put}]",
        ),
        sa.Column(
            "corrections",
            sa.JSON(),
            nullable=False,
            comment="Workbooks of corrected rows, as in files",
        ),
        sa.Column(
            "answers",
            sa.JSON(),
            nullable=False,
            comment="What words say a place does: [{says, sector}]; null: left open",
        ),
        sa.Column(
            "apart",
            sa.JSON(),
            nullable=False,
            comment="[[id in the map, id in the list]] that are not the same",
        ),
        sa.Column("headings", sa.JSON(), nullable=False, comment="Columns of all tables"),
        sa.Column(
            "follows_id", sa.Uuid(), nullable=True, comment="Earlier import of the same list"
        ),
        sa.Column(
            "listed", sa.JSON(), nullable=True, comment="External ids of all nodes that it named"
        ),
        sa.Column("skip_faulty", sa.Boolean(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("preview", sa.JSON(), nullable=False),
        sa.Column("refusal", sa.JSON(), nullable=True),
        sa.Column("undo", sa.JSON(), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("chain_version", sa.Integer(), nullable=True, comment="Chain version it made"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applied_by_id", sa.Uuid(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "applied_by_id IS NULL OR applied_at IS NOT NULL",
            name=op.f("ck_map_import_applied_pair"),
        ),
        sa.CheckConstraint(
            "undone_by_id IS NULL OR undone_at IS NOT NULL", name=op.f("ck_map_import_undone_pair")
        ),
        sa.ForeignKeyConstraint(
            ["applied_by_id"], ["user.id"], name=op.f("fk_map_import_applied_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_map_import_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "chain_id"],
            ["value_chain.organisation_id", "value_chain.id"],
            name=op.f("fk_map_import_organisation_id_chain_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "follows_id"],
            ["map_import.organisation_id", "map_import.id"],
            name=op.f("fk_map_import_organisation_id_follows_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_map_import_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by_id"], ["user.id"], name=op.f("fk_map_import_undone_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_map_import")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_map_import_organisation_id_id")),
    )
    op.create_index(
        op.f("ix_map_import_organisation_id"), "map_import", ["organisation_id"], unique=False
    )
    op.create_table(
        "match_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("chain_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "search",
                "merge",
                name="matchrunkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("threshold", sa.Double(), nullable=True, comment="Least score of a merge, 0..1"),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "undone_by_id IS NULL OR undone_at IS NOT NULL", name=op.f("ck_match_run_undone_pair")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_match_run_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "chain_id"],
            ["value_chain.organisation_id", "value_chain.id"],
            name=op.f("fk_match_run_organisation_id_chain_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_match_run_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by_id"], ["user.id"], name=op.f("fk_match_run_undone_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_run")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_match_run_organisation_id_id")),
    )
    op.create_index(
        op.f("ix_match_run_organisation_id"), "match_run", ["organisation_id"], unique=False
    )
    op.create_index(
        "ix_run_chain",
        "match_run",
        ["organisation_id", "chain_id", "kind", "created_at"],
        unique=False,
    )
    op.create_table(
        "own_form_draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("definition", sa.LargeBinary(), nullable=False),
        sa.Column(
            "media_type",
            sa.String(),
            nullable=False,
            comment="md, csv, xls or xlsx, as the reader names it",
        ),
        sa.Column("checksum", sa.String(), nullable=False, comment="SHA-256 of the definition"),
        sa.Column("question_count", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=False, comment="What was changed, in words"),
        sa.Column(
            "media",
            sa.JSON(),
            nullable=False,
            comment="Files of labels, as `own_forms.queries.media.MediaFile`; bytes on disk",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_own_form_draft_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "form_id"],
            ["own_form.organisation_id", "own_form.id"],
            name=op.f("fk_own_form_draft_organisation_id_form_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_own_form_draft_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_form_draft")),
        sa.UniqueConstraint(
            "organisation_id",
            "form_id",
            "number",
            name=op.f("uq_own_form_draft_organisation_id_form_id_number"),
        ),
    )
    op.create_index(
        op.f("ix_own_form_draft_organisation_id"),
        "own_form_draft",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="From 1 in each organisation"),
        sa.Column("definition_ref", sa.String(), nullable=False),
        sa.Column("definition_version", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False, comment="Decides redaction"),
        sa.Column(
            "status",
            sa.Enum(
                "queued",
                "building",
                "sealed",
                "failed",
                name="reportstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("chain_id", sa.Uuid(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=True),
        sa.Column("facts_sha256", sa.String(), nullable=True),
        sa.Column("files", sa.JSON(), nullable=False, comment="format -> {sha256, size_bytes}"),
        sa.Column("method_version", sa.String(), nullable=True),
        sa.Column("parameters_sha256", sa.String(), nullable=True),
        sa.Column("release_name", sa.String(), nullable=True),
        sa.Column("audit_size", sa.Integer(), nullable=True),
        sa.Column("audit_root", sa.String(), nullable=True),
        sa.Column("checkpoint", sa.String(), nullable=True),
        sa.Column("gaps", sa.JSON(), nullable=False),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(sealed_at IS NULL) = (facts_sha256 IS NULL)", name=op.f("ck_report_sealed_pair")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_report_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "chain_id"],
            ["value_chain.organisation_id", "value_chain.id"],
            name=op.f("fk_report_organisation_id_chain_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_report_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_report_organisation_id_id")),
        sa.UniqueConstraint(
            "organisation_id", "number", name=op.f("uq_report_organisation_id_number")
        ),
    )
    op.create_index(op.f("ix_report_organisation_id"), "report", ["organisation_id"], unique=False)
    op.create_table(
        "risk_lot_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column(
            "made_id",
            sa.Uuid(),
            nullable=False,
            comment="risk_follow_up or, of urgency, salience_note",
        ),
        sa.Column(
            "before_id", sa.Uuid(), nullable=True, comment="In the same table; none: nothing"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "lot_id"],
            ["risk_lot.organisation_id", "risk_lot.id"],
            name=op.f("fk_risk_lot_line_organisation_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_risk_lot_line_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_lot_line")),
    )
    op.create_index(
        "ix_risk_lot_line", "risk_lot_line", ["organisation_id", "lot_id"], unique=False
    )
    op.create_index(
        op.f("ix_risk_lot_line_organisation_id"), "risk_lot_line", ["organisation_id"], unique=False
    )
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("chain_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "map",
                "table",
                "matrix",
                "all",
                "world",
                "around",
                name="viewkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "address", sa.JSON(), nullable=False, comment="Pairs of the address: name, value"
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("archived_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(archived_at IS NULL) = (archived_by_id IS NULL)",
            name=op.f("ck_saved_view_archived_pair"),
        ),
        sa.ForeignKeyConstraint(
            ["archived_by_id"], ["user.id"], name=op.f("fk_saved_view_archived_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_saved_view_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "chain_id"],
            ["value_chain.organisation_id", "value_chain.id"],
            name=op.f("fk_saved_view_organisation_id_chain_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_saved_view_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_saved_view_organisation_id_id")),
    )
    op.create_index(
        "ix_saved_view_name",
        "saved_view",
        ["organisation_id", "chain_id", "name", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_saved_view_organisation_id"), "saved_view", ["organisation_id"], unique=False
    )
    op.create_table(
        "screening_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False, comment="Line of the file"),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("aliases", sa.JSON(), nullable=False),
        sa.Column("country", sa.String(), nullable=True, comment="ISO 3166-1 alpha-2"),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("entry_id", sa.String(), nullable=False, comment="As the list numbers it"),
        sa.Column("listed_on", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "in_force",
                "partly_in_force",
                "no_longer_in_force",
                name="entrystatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "section", sa.String(), nullable=False, comment="Table of a page, by its heading"
        ),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "list_id"],
            ["screening_list.organisation_id", "screening_list.id"],
            name=op.f("fk_screening_entry_organisation_id_list_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_screening_entry_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_entry")),
        sa.UniqueConstraint(
            "organisation_id", "id", name=op.f("uq_screening_entry_organisation_id_id")
        ),
        sa.UniqueConstraint(
            "organisation_id",
            "list_id",
            "place",
            name=op.f("uq_screening_entry_organisation_id_list_id_place"),
        ),
    )
    op.create_index(
        op.f("ix_screening_entry_organisation_id"),
        "screening_entry",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "share_memory",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("chain_id", sa.Uuid(), nullable=False),
        sa.Column("chain_version", sa.Integer(), nullable=False),
        sa.Column(
            "content",
            sa.LargeBinary(),
            nullable=False,
            comment=".npz: id (n, 16) bytes, share (n,)",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "chain_id"],
            ["value_chain.organisation_id", "value_chain.id"],
            name=op.f("fk_share_memory_organisation_id_chain_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_share_memory_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_memory")),
        sa.UniqueConstraint(
            "organisation_id", "chain_id", name=op.f("uq_share_memory_organisation_id_chain_id")
        ),
    )
    op.create_index(
        op.f("ix_share_memory_organisation_id"), "share_memory", ["organisation_id"], unique=False
    )
    op.create_table(
        "value_chain_node",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("chain_id", sa.Uuid(), nullable=False),
        sa.Column(
            "external_ref",
            sa.String(),
            nullable=False,
            comment="Stable id of the file it came from",
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "business_entity",
                "site",
                "labour_intermediary",
                "platform",
                "investee",
                "unknown_origin",
                name="nodekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=True, comment="ISO 3166-1 alpha-2"),
        sa.Column("region", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True, comment="Degrees, WGS 84"),
        sa.Column("longitude", sa.Double(), nullable=True, comment="Degrees, WGS 84"),
        sa.Column("sector_ref", sa.String(), nullable=True),
        sa.Column("commodity_refs", sa.JSON(), nullable=False),
        sa.Column("operated_by_id", sa.Uuid(), nullable=True),
        sa.Column("own_operation", sa.Boolean(), nullable=False),
        sa.Column(
            "is_origin", sa.Boolean(), nullable=True, comment="RM-1.0 11.3; none: by kind, activity"
        ),
        sa.Column("external_ids", sa.JSON(), nullable=False),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=True, comment="supply_chain.graph.labels, rising"),
        sa.Column(
            "group_name", sa.String(), nullable=True, comment="One group a node: Cotton mills East"
        ),
        sa.Column(
            "owner_id", sa.Uuid(), nullable=True, comment="Who of the organisation answers for it"
        ),
        sa.Column(
            "contact_email", sa.String(), nullable=True, comment="Business contact, no private data"
        ),
        sa.Column("supplier_organisation_id", sa.Uuid(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("archived_by_id", sa.Uuid(), nullable=True),
        sa.Column(
            "country_order",
            sa.String(),
            sa.Computed("coalesce(country, '~')", persisted=True),
            nullable=False,
            comment="country, what is not known last",
        ),
        sa.CheckConstraint(
            "archived_by_id IS NULL OR archived_at IS NOT NULL",
            name=op.f("ck_value_chain_node_archived_pair"),
        ),
        sa.CheckConstraint(
            "latitude BETWEEN -90 AND 90", name=op.f("ck_value_chain_node_latitude_range")
        ),
        sa.CheckConstraint(
            "longitude BETWEEN -180 AND 180", name=op.f("ck_value_chain_node_longitude_range")
        ),
        sa.ForeignKeyConstraint(
            ["archived_by_id"], ["user.id"], name=op.f("fk_value_chain_node_archived_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "chain_id"],
            ["value_chain.organisation_id", "value_chain.id"],
            name=op.f("fk_value_chain_node_organisation_id_chain_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "operated_by_id"],
            ["value_chain_node.organisation_id", "value_chain_node.id"],
            name=op.f("fk_value_chain_node_organisation_id_operated_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_value_chain_node_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["user.id"], name=op.f("fk_value_chain_node_owner_id")
        ),
        sa.ForeignKeyConstraint(
            ["supplier_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_value_chain_node_supplier_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_value_chain_node")),
        sa.UniqueConstraint(
            "organisation_id",
            "chain_id",
            "external_ref",
            name=op.f("uq_value_chain_node_organisation_id_chain_id_external_ref"),
        ),
        sa.UniqueConstraint(
            "organisation_id", "id", name=op.f("uq_value_chain_node_organisation_id_id")
        ),
    )
    op.create_index(
        "ix_node_country",
        "value_chain_node",
        ["organisation_id", "chain_id", "country_order", "name", "id"],
        unique=False,
    )
    op.create_index(
        "ix_node_group",
        "value_chain_node",
        ["organisation_id", "chain_id", "group_name"],
        unique=False,
        sqlite_where=sa.text("group_name IS NOT NULL"),
        postgresql_where=sa.text("group_name IS NOT NULL"),
    )
    op.create_index(
        "ix_node_name",
        "value_chain_node",
        ["organisation_id", "chain_id", "name", "id", "archived_at"],
        unique=False,
    )
    op.create_index(
        "ix_node_no_activity",
        "value_chain_node",
        ["organisation_id", "chain_id", "kind"],
        unique=False,
        sqlite_where=sa.text("sector_ref IS NULL AND archived_at IS NULL"),
        postgresql_where=sa.text("sector_ref IS NULL AND archived_at IS NULL"),
    )
    op.create_index(
        "ix_node_owner",
        "value_chain_node",
        ["organisation_id", "chain_id", "owner_id"],
        unique=False,
        sqlite_where=sa.text("owner_id IS NOT NULL"),
        postgresql_where=sa.text("owner_id IS NOT NULL"),
    )
    op.create_index(
        "ix_node_tags",
        "value_chain_node",
        ["organisation_id", "chain_id", "tags"],
        unique=False,
        sqlite_where=sa.text("tags IS NOT NULL"),
        postgresql_where=sa.text("tags IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_value_chain_node_organisation_id"),
        "value_chain_node",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "visit_plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("chain_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("aim", sa.String(), nullable=False, comment="learn or find"),
        sa.Column("spread", sa.String(), nullable=False, comment="none, some or wide"),
        sa.Column(
            "questionnaires",
            sa.Integer(),
            nullable=True,
            comment="At most so many; none: by amount",
        ),
        sa.Column(
            "visits", sa.Integer(), nullable=True, comment="At most so many; none: by amount"
        ),
        sa.Column("amount", sa.Integer(), nullable=True, comment="Whole units of the currency"),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("cost_questionnaire", sa.Integer(), nullable=True),
        sa.Column("cost_visit", sa.Integer(), nullable=True),
        sa.Column(
            "chain_version", sa.Integer(), nullable=False, comment="Version of the map it rests on"
        ),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column(
            "at_least", sa.Double(), nullable=False, comment="Part of the best possible plan, 0..1"
        ),
        sa.Column(
            "curves",
            sa.JSON(),
            nullable=False,
            comment="ours, volume, country: part of all there is to learn after each step, 0..1",
        ),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("at_least BETWEEN 0 AND 1", name=op.f("ck_visit_plan_at_least_range")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_visit_plan_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "chain_id"],
            ["value_chain.organisation_id", "value_chain.id"],
            name=op.f("fk_visit_plan_organisation_id_chain_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_visit_plan_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_plan")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_visit_plan_organisation_id_id")),
    )
    op.create_index(
        "ix_visit_plan_made", "visit_plan", ["organisation_id", "created_at", "id"], unique=False
    )
    op.create_index(
        op.f("ix_visit_plan_organisation_id"), "visit_plan", ["organisation_id"], unique=False
    )
    op.create_table(
        "what_if",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("chain_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "changes", sa.JSON(), nullable=False, comment="supply_chain.analysis.what_if_changes"
        ),
        sa.Column(
            "chain_version",
            sa.Integer(),
            nullable=False,
            comment="Version of the map it was kept on",
        ),
        sa.Column(
            "as_of", sa.Date(), nullable=False, comment="Day whose knowledge it was tried with"
        ),
        sa.Column(
            "higher",
            sa.Integer(),
            nullable=False,
            comment="Nodes with a higher risk when it was kept",
        ),
        sa.Column(
            "lower",
            sa.Integer(),
            nullable=False,
            comment="Nodes with a lower risk when it was kept",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("archived_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(archived_at IS NULL) = (archived_by_id IS NULL)",
            name=op.f("ck_what_if_archived_pair"),
        ),
        sa.ForeignKeyConstraint(
            ["archived_by_id"], ["user.id"], name=op.f("fk_what_if_archived_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_what_if_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "chain_id"],
            ["value_chain.organisation_id", "value_chain.id"],
            name=op.f("fk_what_if_organisation_id_chain_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_what_if_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_what_if")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_what_if_organisation_id_id")),
    )
    op.create_index(
        "ix_what_if_made", "what_if", ["organisation_id", "created_at", "id"], unique=False
    )
    op.create_index(
        op.f("ix_what_if_organisation_id"), "what_if", ["organisation_id"], unique=False
    )
    op.create_table(
        "approval_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("chain_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "flow",
                "origin",
                "not_applicable",
                name="approvalkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("import_id", sa.Uuid(), nullable=True, comment="The list that said so"),
        sa.Column(
            "reason_code",
            sa.Enum(
                "no_such_work",
                "no_such_people",
                "no_such_service",
                name="absencereason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False, comment="Last day in force"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(reason_code IS NOT NULL) = (kind = 'not_applicable')",
            name=op.f("ck_approval_request_reason_code_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_approval_request_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "chain_id"],
            ["value_chain.organisation_id", "value_chain.id"],
            name=op.f("fk_approval_request_organisation_id_chain_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "import_id"],
            ["map_import.organisation_id", "map_import.id"],
            name=op.f("fk_approval_request_organisation_id_import_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_approval_request_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_request")),
        sa.UniqueConstraint(
            "organisation_id", "id", name=op.f("uq_approval_request_organisation_id_id")
        ),
    )
    op.create_index(
        "ix_approval_request_import",
        "approval_request",
        ["organisation_id", "import_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_approval_request_organisation_id"),
        "approval_request",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "bulk_part",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("node_ids", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False, comment="node -> what stood there"),
        sa.Column("link_ids", sa.JSON(), nullable=False, comment="Links archived with them"),
        sa.Column("kept_ids", sa.JSON(), nullable=False, comment="Changed since: not undone"),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "change_id"],
            ["bulk_change.organisation_id", "bulk_change.id"],
            name=op.f("fk_bulk_part_organisation_id_change_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_bulk_part_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_part")),
        sa.UniqueConstraint(
            "organisation_id",
            "change_id",
            "place",
            name=op.f("uq_bulk_part_organisation_id_change_id_place"),
        ),
    )
    op.create_index(
        op.f("ix_bulk_part_organisation_id"), "bulk_part", ["organisation_id"], unique=False
    )
    op.create_table(
        "campaign",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("chain_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=True, comment="The plan whose lines are asked"),
        sa.Column(
            "asked", sa.JSON(), nullable=False, comment="The filter of the map, as in addresses"
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("modules", sa.JSON(), nullable=False, comment="References of questionnaires"),
        sa.Column("by_rule", sa.Boolean(), nullable=False, comment="Only where a module fits"),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("light_mode", sa.Boolean(), nullable=True, comment="None: by the size of each"),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "per_day",
            sa.Integer(),
            nullable=True,
            comment="At most so many a day; none: all at once",
        ),
        sa.Column(
            "reminder_days", sa.JSON(), nullable=False, comment="Days from the due date: -7, 0, 7"
        ),
        sa.Column("most_reminders", sa.Integer(), nullable=False),
        sa.Column(
            "escalate_after",
            sa.Integer(),
            nullable=True,
            comment="Days late until the owner is told",
        ),
        sa.Column(
            "calendar",
            sa.JSON(),
            nullable=False,
            comment="day -> {reminded, escalated}: what went out by the calendar",
        ),
        sa.Column("job_id", sa.Uuid(), nullable=True, comment="The newest job that sends"),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_by_id", sa.Uuid(), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(started_at IS NULL) = (started_by_id IS NULL)", name=op.f("ck_campaign_started_pair")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_campaign_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "chain_id"],
            ["value_chain.organisation_id", "value_chain.id"],
            name=op.f("fk_campaign_organisation_id_chain_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "plan_id"],
            ["visit_plan.organisation_id", "visit_plan.id"],
            name=op.f("fk_campaign_organisation_id_plan_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_campaign_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["started_by_id"], ["user.id"], name=op.f("fk_campaign_started_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_campaign_organisation_id_id")),
    )
    op.create_index(
        "ix_campaign_made", "campaign", ["organisation_id", "created_at", "id"], unique=False
    )
    op.create_index(
        op.f("ix_campaign_organisation_id"), "campaign", ["organisation_id"], unique=False
    )
    op.create_table(
        "context_event_node",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("distance_km", sa.Double(), nullable=True, comment="To the centre of a circle"),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_mistaken", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "event_id"],
            ["context_event.organisation_id", "context_event.id"],
            name=op.f("fk_context_event_node_organisation_id_event_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "node_id"],
            ["value_chain_node.organisation_id", "value_chain_node.id"],
            name=op.f("fk_context_event_node_organisation_id_node_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_context_event_node_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_context_event_node")),
        sa.UniqueConstraint(
            "organisation_id",
            "event_id",
            "node_id",
            name=op.f("uq_context_event_node_organisation_id_event_id_node_id"),
        ),
    )
    op.create_index(
        op.f("ix_context_event_node_organisation_id"),
        "context_event_node",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        "ix_context_node", "context_event_node", ["organisation_id", "node_id"], unique=False
    )
    op.create_table(
        "control_record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("control", sa.String(), nullable=False),
        sa.Column(
            "coverage",
            sa.Double(),
            nullable=False,
            comment="Share of people, sites or volume, 0..1",
        ),
        sa.Column(
            "evidence", sa.Double(), nullable=False, comment="0, .25, .5, .75 or .9 (RM-1.0 9)"
        ),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("cause_type", sa.String(), nullable=False, comment="action, review"),
        sa.Column("cause_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "coverage BETWEEN 0 AND 1", name=op.f("ck_control_record_coverage_range")
        ),
        sa.CheckConstraint(
            "evidence BETWEEN 0 AND 1", name=op.f("ck_control_record_evidence_range")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_control_record_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "node_id"],
            ["value_chain_node.organisation_id", "value_chain_node.id"],
            name=op.f("fk_control_record_organisation_id_node_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_control_record_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_control_record")),
    )
    op.create_index(
        "ix_control_node", "control_record", ["organisation_id", "node_id", "control"], unique=False
    )
    op.create_index(
        op.f("ix_control_record_organisation_id"),
        "control_record",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "duplicate_pair",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("chain_id", sa.Uuid(), nullable=False),
        sa.Column("left_id", sa.Uuid(), nullable=False),
        sa.Column("right_id", sa.Uuid(), nullable=False),
        sa.Column(
            "left_hash", sa.String(), nullable=False, comment="supply_chain.matching.record_content"
        ),
        sa.Column("right_hash", sa.String(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False, comment="How likely they are one, 0..1"),
        sa.Column(
            "suggestion",
            sa.Enum(
                "same",
                "review",
                "different",
                name="decision",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
            comment="What the matcher would say",
        ),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "later",
                "same",
                "different",
                "covered",
                name="pairstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_at IS NOT NULL",
            name=op.f("ck_duplicate_pair_decided_pair"),
        ),
        sa.CheckConstraint("left_id <> right_id", name=op.f("ck_duplicate_pair_two_nodes")),
        sa.CheckConstraint("score BETWEEN 0 AND 1", name=op.f("ck_duplicate_pair_score_range")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user.id"], name=op.f("fk_duplicate_pair_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "chain_id"],
            ["value_chain.organisation_id", "value_chain.id"],
            name=op.f("fk_duplicate_pair_organisation_id_chain_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "left_id"],
            ["value_chain_node.organisation_id", "value_chain_node.id"],
            name=op.f("fk_duplicate_pair_organisation_id_left_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "right_id"],
            ["value_chain_node.organisation_id", "value_chain_node.id"],
            name=op.f("fk_duplicate_pair_organisation_id_right_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_duplicate_pair_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_pair")),
        sa.UniqueConstraint(
            "organisation_id", "id", name=op.f("uq_duplicate_pair_organisation_id_id")
        ),
        sa.UniqueConstraint(
            "organisation_id",
            "left_id",
            "right_id",
            name=op.f("uq_duplicate_pair_organisation_id_left_id_right_id"),
        ),
    )
    op.create_index(
        op.f("ix_duplicate_pair_organisation_id"),
        "duplicate_pair",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        "ix_pair_right", "duplicate_pair", ["organisation_id", "right_id"], unique=False
    )
    op.create_index(
        "ix_pair_score",
        "duplicate_pair",
        ["organisation_id", "chain_id", "state", "score", "id"],
        unique=False,
    )
    op.create_table(
        "figure_question",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("respondent_organisation_id", sa.Uuid(), nullable=True),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("node_name", sa.String(), nullable=False),
        sa.Column("line", sa.String(), nullable=False, comment="Key of the line on the page"),
        sa.Column(
            "shown", sa.String(), nullable=False, comment="The line as it read then, in English"
        ),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_by_name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_by_name", sa.String(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_figure_question_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "node_id"],
            ["value_chain_node.organisation_id", "value_chain_node.id"],
            name=op.f("fk_figure_question_organisation_id_node_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_figure_question_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["respondent_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_figure_question_respondent_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_question")),
        sa.UniqueConstraint(
            "organisation_id", "id", name=op.f("uq_figure_question_organisation_id_id")
        ),
    )
    op.create_index(
        "ix_figure_question_node",
        "figure_question",
        ["organisation_id", "node_id", "created_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_figure_question_organisation_id"),
        "figure_question",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_figure_question_respondent_organisation_id"),
        "figure_question",
        ["respondent_organisation_id"],
        unique=False,
    )
    op.create_table(
        "finding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column(
            "issue",
            sa.Enum(
                "ISS-CL",
                "ISS-HZ",
                "ISS-FL",
                "ISS-CT",
                "ISS-SE",
                "ISS-OS",
                "ISS-IL",
                "ISS-AC",
                "ISS-YW",
                "ISS-FF",
                "ISS-SG",
                "ISS-SC",
                "ISS-LE",
                "ISS-EM",
                "ISS-MK",
                "ISS-DP",
                name="issue",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column(
            "is_actual",
            sa.Boolean(),
            nullable=False,
            comment="Actual (happened) or potential impact",
        ),
        sa.Column(
            "status",
            sa.Enum(
                "identified",
                "assessed",
                "prioritised",
                "deferred",
                "action_planned",
                "in_progress",
                "implemented",
                "effectiveness_review",
                "controlled",
                "ineffective",
                "materialised",
                name="riskstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "source",
            sa.Enum(
                "own_check",
                "questionnaire",
                "audit",
                "media",
                "worker_voice",
                "official_list",
                name="findingsource",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("response_id", sa.Uuid(), nullable=True),
        sa.Column("answer_path", sa.String(), nullable=True),
        sa.Column("self_disclosed", sa.Boolean(), nullable=False),
        sa.Column("found_by_control", sa.String(), nullable=True),
        sa.Column("scale", sa.Integer(), nullable=True, comment="How grave, 1 to 5 (UNGP 14)"),
        sa.Column("scope", sa.Integer(), nullable=True, comment="How many, 1 to 5"),
        sa.Column(
            "irremediability", sa.Integer(), nullable=True, comment="How hard to undo, 1 to 5"
        ),
        sa.Column("severity_reasons", sa.JSON(), nullable=False),
        sa.Column("involvement", sa.String(), nullable=True, comment="UNGP 13, by INV-1..4"),
        sa.Column("involvement_answers", sa.JSON(), nullable=False),
        sa.Column("is_emergency", sa.Boolean(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column(
            "step_data",
            sa.JSON(),
            nullable=False,
            comment="What the guards of ST-RISK asked for, by step",
        ),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_by_id IS NULL)", name=op.f("ck_finding_closed_pair")
        ),
        sa.CheckConstraint(
            "irremediability BETWEEN 1 AND 5", name=op.f("ck_finding_irremediability_range")
        ),
        sa.CheckConstraint("scale BETWEEN 1 AND 5", name=op.f("ck_finding_scale_range")),
        sa.CheckConstraint("scope BETWEEN 1 AND 5", name=op.f("ck_finding_scope_range")),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["user.id"], name=op.f("fk_finding_closed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_finding_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "node_id"],
            ["value_chain_node.organisation_id", "value_chain_node.id"],
            name=op.f("fk_finding_organisation_id_node_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_finding_organisation_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_finding_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_finding_organisation_id_id")),
    )
    op.create_index("ix_finding_node", "finding", ["organisation_id", "node_id"], unique=False)
    op.create_index(
        op.f("ix_finding_organisation_id"), "finding", ["organisation_id"], unique=False
    )
    op.create_index(
        "ix_finding_status",
        "finding",
        ["organisation_id", "status", "created_at", "id"],
        unique=False,
    )
    op.create_table(
        "first_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("sector_ref", sa.String(), nullable=True, comment="Sector of the own business"),
        sa.Column("chain_id", sa.Uuid(), nullable=True, comment="The first map"),
        sa.Column(
            "import_id", sa.Uuid(), nullable=True, comment="The first list, or the made-up one"
        ),
        sa.Column("is_trial", sa.Boolean(), nullable=False, comment="The list is made up"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "chain_id"],
            ["value_chain.organisation_id", "value_chain.id"],
            name=op.f("fk_first_run_organisation_id_chain_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "import_id"],
            ["map_import.organisation_id", "map_import.id"],
            name=op.f("fk_first_run_organisation_id_import_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_first_run_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_first_run")),
        sa.UniqueConstraint("organisation_id", name=op.f("uq_first_run_organisation_id")),
    )
    op.create_index(
        op.f("ix_first_run_organisation_id"), "first_run", ["organisation_id"], unique=False
    )
    op.create_table(
        "fresh_evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "node_id"],
            ["value_chain_node.organisation_id", "value_chain_node.id"],
            name=op.f("fk_fresh_evidence_organisation_id_node_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_fresh_evidence_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fresh_evidence")),
    )
    op.create_index(
        op.f("ix_fresh_evidence_organisation_id"),
        "fresh_evidence",
        ["organisation_id"],
        unique=False,
    )
    op.create_index("ix_fresh_node", "fresh_evidence", ["organisation_id", "node_id"], unique=False)
    op.create_table(
        "import_fault",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column(
            "is_problem",
            sa.Boolean(),
            nullable=False,
            comment="Its rows are left out; else a remark",
        ),
        sa.Column("place", sa.Integer(), nullable=False, comment="Order shown: most rows first"),
        sa.Column("kind", sa.String(), nullable=False, comment="Our field, row or other"),
        sa.Column(
            "table_key", sa.String(), nullable=True, comment="Table of the mapping; none: JSON"
        ),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("sheet", sa.String(), nullable=True),
        sa.Column("column", sa.String(), nullable=True),
        sa.Column("value", sa.String(), nullable=True),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("advice", sa.String(), nullable=False),
        sa.Column("suggestion", sa.String(), nullable=True, comment="What may have been meant"),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("first_rows", sa.JSON(), nullable=False, comment="Numbers of up to 20 rows"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "import_id"],
            ["map_import.organisation_id", "map_import.id"],
            name=op.f("fk_import_fault_organisation_id_import_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_import_fault_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_fault")),
        sa.UniqueConstraint(
            "organisation_id", "id", name=op.f("uq_import_fault_organisation_id_id")
        ),
    )
    op.create_index(
        "ix_fault_kind",
        "import_fault",
        ["organisation_id", "import_id", "is_problem", "kind", "place"],
        unique=False,
    )
    op.create_index(
        "ix_fault_place",
        "import_fault",
        ["organisation_id", "import_id", "is_problem", "place"],
        unique=False,
    )
    op.create_index(
        op.f("ix_import_fault_organisation_id"), "import_fault", ["organisation_id"], unique=False
    )
    op.create_table(
        "import_gone",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False, comment="Order shown: by name"),
        sa.Column(
            "choice",
            sa.Enum(
                "ask",
                "keep",
                "archive",
                name="goneanswer",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "answered_by_id IS NULL OR answered_at IS NOT NULL",
            name=op.f("ck_import_gone_answered_pair"),
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["user.id"], name=op.f("fk_import_gone_answered_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "import_id"],
            ["map_import.organisation_id", "map_import.id"],
            name=op.f("fk_import_gone_organisation_id_import_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "node_id"],
            ["value_chain_node.organisation_id", "value_chain_node.id"],
            name=op.f("fk_import_gone_organisation_id_node_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_import_gone_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_gone")),
        sa.UniqueConstraint(
            "organisation_id", "id", name=op.f("uq_import_gone_organisation_id_id")
        ),
        sa.UniqueConstraint(
            "organisation_id",
            "import_id",
            "node_id",
            name=op.f("uq_import_gone_organisation_id_import_id_node_id"),
        ),
    )
    op.create_index(
        "ix_gone_choice",
        "import_gone",
        ["organisation_id", "import_id", "choice", "place"],
        unique=False,
    )
    op.create_index(
        "ix_gone_place", "import_gone", ["organisation_id", "import_id", "place"], unique=False
    )
    op.create_index(
        op.f("ix_import_gone_organisation_id"), "import_gone", ["organisation_id"], unique=False
    )
    op.create_table(
        "import_page",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column(
            "part", sa.String(), nullable=False, comment="new, changed, moved, links_new ..."
        ),
        sa.Column("number", sa.Integer(), nullable=False, comment="First page 1"),
        sa.Column("entries", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "import_id"],
            ["map_import.organisation_id", "map_import.id"],
            name=op.f("fk_import_page_organisation_id_import_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_import_page_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_page")),
        sa.UniqueConstraint(
            "organisation_id",
            "import_id",
            "part",
            "number",
            name=op.f("uq_import_page_organisation_id_import_id_part_number"),
        ),
    )
    op.create_index(
        op.f("ix_import_page_organisation_id"), "import_page", ["organisation_id"], unique=False
    )
    op.create_table(
        "node_summary",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("chain_id", sa.Uuid(), nullable=False),
        sa.Column(
            "tier", sa.Integer(), nullable=True, comment="Steps to own operations; none: no path"
        ),
        sa.Column(
            "band",
            sa.Enum(
                "low",
                "medium",
                "high",
                "critical",
                name="riskband",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
            comment="Highest residual band over issues",
        ),
        sa.Column(
            "severity_band",
            sa.Enum(
                "minor",
                "moderate",
                "severe",
                "very_severe",
                name="severityband",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("top_issue", sa.String(), nullable=True, comment="First in salience order"),
        sa.Column(
            "best_order",
            sa.BigInteger(),
            nullable=True,
            comment="Its place in the salience order (supply_chain.risk.register_changes)",
        ),
        sa.Column("residual_index", sa.Double(), nullable=True),
        sa.Column("exposure", sa.Double(), nullable=True),
        sa.Column("confidence", sa.Double(), nullable=True, comment="C of its first issue, RM-1.0"),
        sa.Column(
            "grade", sa.String(), nullable=True, comment="A to E, of its first issue, RM-2.0"
        ),
        sa.Column("open_findings", sa.Integer(), nullable=False),
        sa.Column("overdue_actions", sa.Integer(), nullable=False),
        sa.Column("questionnaire_status", sa.String(), nullable=True),
        sa.Column(
            "rank_order",
            sa.BigInteger(),
            sa.Computed("coalesce(best_order, 4611686018427387904)", persisted=True),
            nullable=False,
            comment="best_order, what is not ranked last",
        ),
        sa.Column(
            "tier_order",
            sa.Integer(),
            sa.Computed("coalesce(tier, 1000)", persisted=True),
            nullable=False,
            comment="tier, what has no path last",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "node_id"],
            ["value_chain_node.organisation_id", "value_chain_node.id"],
            name=op.f("fk_node_summary_organisation_id_node_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_node_summary_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_node_summary")),
        sa.UniqueConstraint(
            "organisation_id", "node_id", name=op.f("uq_node_summary_organisation_id_node_id")
        ),
    )
    op.create_index(
        op.f("ix_node_summary_organisation_id"), "node_summary", ["organisation_id"], unique=False
    )
    op.create_index(
        "ix_summary_asked",
        "node_summary",
        ["organisation_id", "chain_id", "questionnaire_status"],
        unique=False,
        sqlite_where=sa.text("questionnaire_status IS NOT NULL"),
        postgresql_where=sa.text("questionnaire_status IS NOT NULL"),
    )
    op.create_index(
        "ix_summary_band",
        "node_summary",
        ["organisation_id", "chain_id", "band", "node_id"],
        unique=False,
    )
    op.create_index(
        "ix_summary_overdue",
        "node_summary",
        ["organisation_id", "chain_id", "overdue_actions"],
        unique=False,
        sqlite_where=sa.text("overdue_actions > 0"),
        postgresql_where=sa.text("overdue_actions > 0"),
    )
    op.create_index(
        "ix_summary_rank",
        "node_summary",
        ["organisation_id", "chain_id", "rank_order", "node_id"],
        unique=False,
    )
    op.create_index(
        "ix_summary_tier",
        "node_summary",
        ["organisation_id", "chain_id", "tier_order", "rank_order", "node_id"],
        unique=False,
    )
    op.create_table(
        "place_observation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column(
            "factor",
            sa.String(),
            nullable=False,
            comment="WRK-nn, COM-nn, ONL-nn, SEC-nn or CTY-nn",
        ),
        sa.Column(
            "value", sa.Double(), nullable=False, comment="s of the factor: 0 benign to 1 worst"
        ),
        sa.Column(
            "figure",
            sa.Double(),
            nullable=True,
            comment="What the source says in the unit of the factor, where it is a figure",
        ),
        sa.Column("source_type", sa.String(), nullable=False, comment="RM-2.0 3.2"),
        sa.Column(
            "source",
            sa.String(),
            nullable=False,
            comment="Who looked or published; never a person's name",
        ),
        sa.Column("source_url", sa.String(), nullable=False),
        sa.Column("observed_on", sa.Date(), nullable=False, comment="From this day it grows older"),
        sa.Column(
            "country",
            sa.String(),
            nullable=True,
            comment="Of all sites in a region, now and later: its country, ISO 3166-1 alpha-2",
        ),
        sa.Column("region", sa.String(), nullable=True, comment="The region as the site names it"),
        sa.Column(
            "region_key",
            sa.String(),
            nullable=True,
            comment="What all spellings of the region share (supply_chain.reference.regions.region_key)",
        ),
        sa.Column("note", sa.String(), nullable=False, comment="What was seen or read, and where"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_reason", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(country IS NULL) = (region IS NULL) AND (region IS NULL) = (region_key IS NULL)",
            name=op.f("ck_place_observation_region_whole"),
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)",
            name=op.f("ck_place_observation_withdrawn_pair"),
        ),
        sa.CheckConstraint("value BETWEEN 0 AND 1", name=op.f("ck_place_observation_value_range")),
        sa.CheckConstraint(
            "withdrawn_by_id <> created_by_id",
            name=op.f("ck_place_observation_withdrawn_by_another"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_place_observation_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "node_id"],
            ["value_chain_node.organisation_id", "value_chain_node.id"],
            name=op.f("fk_place_observation_organisation_id_node_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_place_observation_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["user.id"], name=op.f("fk_place_observation_withdrawn_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_observation")),
        sa.UniqueConstraint(
            "organisation_id", "id", name=op.f("uq_place_observation_organisation_id_id")
        ),
    )
    op.create_index(
        "ix_place_observation_node",
        "place_observation",
        ["organisation_id", "node_id", "factor"],
        unique=False,
    )
    op.create_index(
        op.f("ix_place_observation_organisation_id"),
        "place_observation",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        "ix_place_observation_region",
        "place_observation",
        ["organisation_id", "country", "region_key"],
        unique=False,
    )
    op.create_table(
        "review_task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("trigger", sa.String(), nullable=False, comment="TRG-01 to TRG-12"),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Uuid(), nullable=True),
        sa.Column("closed_note", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_by_id IS NULL)", name=op.f("ck_review_task_closed_pair")
        ),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["user.id"], name=op.f("fk_review_task_closed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_review_task_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "node_id"],
            ["value_chain_node.organisation_id", "value_chain_node.id"],
            name=op.f("fk_review_task_organisation_id_node_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_review_task_organisation_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_review_task_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_task")),
        sa.UniqueConstraint(
            "organisation_id", "id", name=op.f("uq_review_task_organisation_id_id")
        ),
    )
    op.create_index(
        "ix_review_task_due",
        "review_task",
        ["organisation_id", "closed_at", "due_on", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_review_task_organisation_id"), "review_task", ["organisation_id"], unique=False
    )
    op.create_index(
        "uq_review_task_open",
        "review_task",
        ["organisation_id", "node_id", "trigger"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "risk_assessment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False, comment="The whole run"),
        sa.Column(
            "place", sa.Integer(), nullable=False, comment="Row of the run, unknown origins last"
        ),
        sa.Column(
            "step",
            sa.Integer(),
            nullable=False,
            comment="From which run on it the row counts; 0: its own",
        ),
        sa.Column("node_id", sa.Uuid(), nullable=True),
        sa.Column(
            "node_ref", sa.String(), nullable=False, comment="External ref, or unknown-origin:BUYER"
        ),
        sa.Column("node_name", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("tier", sa.Integer(), nullable=True),
        sa.Column(
            "scores", sa.LargeBinary(), nullable=False, comment="supply_chain.risk.stored_scores"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "node_id"],
            ["value_chain_node.organisation_id", "value_chain_node.id"],
            name=op.f("fk_risk_assessment_organisation_id_node_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_risk_assessment_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_assessment")),
        sa.UniqueConstraint(
            "organisation_id",
            "run_id",
            "place",
            "step",
            name=op.f("uq_risk_assessment_organisation_id_run_id_place_step"),
        ),
    )
    op.create_index(
        "ix_assessment_node",
        "risk_assessment",
        ["organisation_id", "node_id", "run_id"],
        unique=False,
    )
    op.create_index(
        "ix_assessment_ref",
        "risk_assessment",
        ["organisation_id", "run_id", "node_ref"],
        unique=False,
    )
    op.create_index(
        op.f("ix_risk_assessment_organisation_id"),
        "risk_assessment",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "risk_fact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column(
            "issue",
            sa.Enum(
                "ISS-CL",
                "ISS-HZ",
                "ISS-FL",
                "ISS-CT",
                "ISS-SE",
                "ISS-OS",
                "ISS-IL",
                "ISS-AC",
                "ISS-YW",
                "ISS-FF",
                "ISS-SG",
                "ISS-SC",
                "ISS-LE",
                "ISS-EM",
                "ISS-MK",
                "ISS-DP",
                name="issue",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "confirmed",
                "credible",
                "red_flag",
                "closed",
                name="factkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("found_by", sa.String(), nullable=True, comment="Detecting control, RM-1.0 8"),
        sa.Column("self_disclosed", sa.Boolean(), nullable=False),
        sa.Column("cause_type", sa.String(), nullable=False, comment="finding, red_flag, case"),
        sa.Column("cause_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "node_id"],
            ["value_chain_node.organisation_id", "value_chain_node.id"],
            name=op.f("fk_risk_fact_organisation_id_node_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_risk_fact_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_fact")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_risk_fact_organisation_id_id")),
    )
    op.create_index("ix_fact_node", "risk_fact", ["organisation_id", "node_id"], unique=False)
    op.create_index(
        op.f("ix_risk_fact_organisation_id"), "risk_fact", ["organisation_id"], unique=False
    )
    op.create_table(
        "risk_follow_up",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column(
            "issue",
            sa.Enum(
                "ISS-CL",
                "ISS-HZ",
                "ISS-FL",
                "ISS-CT",
                "ISS-SE",
                "ISS-OS",
                "ISS-IL",
                "ISS-AC",
                "ISS-YW",
                "ISS-FF",
                "ISS-SG",
                "ISS-SC",
                "ISS-LE",
                "ISS-EM",
                "ISS-MK",
                "ISS-DP",
                name="issue",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "owner",
                "deferral",
                "end",
                name="followupkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "owner_id",
            sa.Uuid(),
            nullable=True,
            comment="None: the owner of the node; of a deferral who reviews it",
        ),
        sa.Column(
            "review_on", sa.Date(), nullable=True, comment="RM-2.0 12: at most 12 months ahead"
        ),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'deferral') = (review_on IS NOT NULL)",
            name=op.f("ck_risk_follow_up_deferral_day"),
        ),
        sa.CheckConstraint(
            "kind <> 'deferral' OR owner_id IS NOT NULL",
            name=op.f("ck_risk_follow_up_deferral_owner"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_risk_follow_up_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "node_id"],
            ["value_chain_node.organisation_id", "value_chain_node.id"],
            name=op.f("fk_risk_follow_up_organisation_id_node_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_risk_follow_up_organisation_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_risk_follow_up_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_follow_up")),
    )
    op.create_index(
        "ix_follow_up_node", "risk_follow_up", ["organisation_id", "node_id", "issue"], unique=False
    )
    op.create_index(
        op.f("ix_risk_follow_up_organisation_id"),
        "risk_follow_up",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "salience_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column(
            "issue",
            sa.Enum(
                "ISS-CL",
                "ISS-HZ",
                "ISS-FL",
                "ISS-CT",
                "ISS-SE",
                "ISS-OS",
                "ISS-IL",
                "ISS-AC",
                "ISS-YW",
                "ISS-FF",
                "ISS-SG",
                "ISS-SC",
                "ISS-LE",
                "ISS-EM",
                "ISS-MK",
                "ISS-DP",
                name="issue",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("is_emergency", sa.Boolean(), nullable=False),
        sa.Column("delay_harms", sa.Boolean(), nullable=True),
        sa.Column("involvement", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_salience_note_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "node_id"],
            ["value_chain_node.organisation_id", "value_chain_node.id"],
            name=op.f("fk_salience_note_organisation_id_node_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_salience_note_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_salience_note")),
    )
    op.create_index(
        "ix_salience_node", "salience_note", ["organisation_id", "node_id", "issue"], unique=False
    )
    op.create_index(
        op.f("ix_salience_note_organisation_id"), "salience_note", ["organisation_id"], unique=False
    )
    op.create_table(
        "score_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column(
            "issue",
            sa.Enum(
                "ISS-CL",
                "ISS-HZ",
                "ISS-FL",
                "ISS-CT",
                "ISS-SE",
                "ISS-OS",
                "ISS-IL",
                "ISS-AC",
                "ISS-YW",
                "ISS-FF",
                "ISS-SG",
                "ISS-SC",
                "ISS-LE",
                "ISS-EM",
                "ISS-MK",
                "ISS-DP",
                name="issue",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("is_raise", sa.Boolean(), nullable=False),
        sa.Column(
            "points", sa.Double(), nullable=False, comment="Points of likelihood asked for, 0..100"
        ),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("is_approved", sa.Boolean(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by_id IS NULL)",
            name=op.f("ck_score_change_decided_pair"),
        ),
        sa.CheckConstraint(
            "is_raise OR expires_on IS NOT NULL", name=op.f("ck_score_change_lowering_expires")
        ),
        sa.CheckConstraint("points BETWEEN 0 AND 100", name=op.f("ck_score_change_points_range")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_score_change_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user.id"], name=op.f("fk_score_change_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "node_id"],
            ["value_chain_node.organisation_id", "value_chain_node.id"],
            name=op.f("fk_score_change_organisation_id_node_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_score_change_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_change")),
        sa.UniqueConstraint(
            "organisation_id", "id", name=op.f("uq_score_change_organisation_id_id")
        ),
    )
    op.create_index(
        op.f("ix_score_change_organisation_id"), "score_change", ["organisation_id"], unique=False
    )
    op.create_table(
        "screening_match",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("listed_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("entry_hash", sa.String(), nullable=False),
        sa.Column("node_hash", sa.String(), nullable=False),
        sa.Column(
            "matched_name", sa.String(), nullable=False, comment="Name or alias of the entry"
        ),
        sa.Column("score", sa.Double(), nullable=False, comment="How alike they are, 0..1"),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column(
            "answer",
            sa.Enum(
                "open",
                "same",
                "not_same",
                "unsure",
                name="matchanswer",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("finding_id", sa.Uuid(), nullable=True, comment="Recorded when it was confirmed"),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "gone_at", sa.DateTime(timezone=True), nullable=True, comment="Not alike any more"
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by_id IS NULL)",
            name=op.f("ck_screening_match_decided_pair"),
        ),
        sa.CheckConstraint("score BETWEEN 0 AND 1", name=op.f("ck_screening_match_score_range")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user.id"], name=op.f("fk_screening_match_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "list_id"],
            ["screening_list.organisation_id", "screening_list.id"],
            name=op.f("fk_screening_match_organisation_id_list_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "listed_id"],
            ["screening_entry.organisation_id", "screening_entry.id"],
            name=op.f("fk_screening_match_organisation_id_listed_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "node_id"],
            ["value_chain_node.organisation_id", "value_chain_node.id"],
            name=op.f("fk_screening_match_organisation_id_node_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_screening_match_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_match")),
        sa.UniqueConstraint(
            "organisation_id", "id", name=op.f("uq_screening_match_organisation_id_id")
        ),
        sa.UniqueConstraint(
            "organisation_id",
            "listed_id",
            "node_id",
            name=op.f("uq_screening_match_organisation_id_listed_id_node_id"),
        ),
    )
    op.create_index(
        "ix_screening_match_node", "screening_match", ["organisation_id", "node_id"], unique=False
    )
    op.create_index(
        op.f("ix_screening_match_organisation_id"),
        "screening_match",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        "ix_screening_match_state",
        "screening_match",
        ["organisation_id", "answer", "score", "id"],
        unique=False,
    )
    op.create_table(
        "severity_judgement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column(
            "issue",
            sa.Enum(
                "ISS-CL",
                "ISS-HZ",
                "ISS-FL",
                "ISS-CT",
                "ISS-SE",
                "ISS-OS",
                "ISS-IL",
                "ISS-AC",
                "ISS-YW",
                "ISS-FF",
                "ISS-SG",
                "ISS-SC",
                "ISS-LE",
                "ISS-EM",
                "ISS-MK",
                "ISS-DP",
                name="issue",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("scale", sa.Integer(), nullable=True),
        sa.Column("scope", sa.Integer(), nullable=True),
        sa.Column("irremediability", sa.Integer(), nullable=True),
        sa.Column(
            "vulnerable", sa.Boolean(), nullable=False, comment="RM-1.0 7.2: adds 1 to scale"
        ),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "irremediability BETWEEN 1 AND 5",
            name=op.f("ck_severity_judgement_irremediability_range"),
        ),
        sa.CheckConstraint("scale BETWEEN 1 AND 5", name=op.f("ck_severity_judgement_scale_range")),
        sa.CheckConstraint("scope BETWEEN 1 AND 5", name=op.f("ck_severity_judgement_scope_range")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_severity_judgement_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "node_id"],
            ["value_chain_node.organisation_id", "value_chain_node.id"],
            name=op.f("fk_severity_judgement_organisation_id_node_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_severity_judgement_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_severity_judgement")),
    )
    op.create_index(
        "ix_judgement_node",
        "severity_judgement",
        ["organisation_id", "node_id", "issue"],
        unique=False,
    )
    op.create_index(
        op.f("ix_severity_judgement_organisation_id"),
        "severity_judgement",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "supply_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("chain_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("buyer_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "supplies",
                "processes_for",
                "provides_labour",
                "finances",
                "sells_on",
                "distributes",
                name="linkkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("commodity_ref", sa.String(), nullable=True),
        sa.Column("share", sa.Double(), nullable=True, comment="Part of the buyer's input, 0..1"),
        sa.Column(
            "flow_evidence",
            sa.Enum(
                "confirmed",
                "probable",
                "possible",
                "unmapped",
                name="flowevidence",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("archived_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "archived_by_id IS NULL OR archived_at IS NOT NULL",
            name=op.f("ck_supply_link_archived_pair"),
        ),
        sa.CheckConstraint("share BETWEEN 0 AND 1", name=op.f("ck_supply_link_share_range")),
        sa.ForeignKeyConstraint(
            ["archived_by_id"], ["user.id"], name=op.f("fk_supply_link_archived_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "buyer_id"],
            ["value_chain_node.organisation_id", "value_chain_node.id"],
            name=op.f("fk_supply_link_organisation_id_buyer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "chain_id"],
            ["value_chain.organisation_id", "value_chain.id"],
            name=op.f("fk_supply_link_organisation_id_chain_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "supplier_id"],
            ["value_chain_node.organisation_id", "value_chain_node.id"],
            name=op.f("fk_supply_link_organisation_id_supplier_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_supply_link_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_link")),
        sa.UniqueConstraint(
            "organisation_id", "id", name=op.f("uq_supply_link_organisation_id_id")
        ),
    )
    op.create_index(
        "ix_link_buyer",
        "supply_link",
        ["organisation_id", "chain_id", "buyer_id", "archived_at"],
        unique=False,
    )
    op.create_index(
        "ix_link_supplier",
        "supply_link",
        ["organisation_id", "chain_id", "supplier_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_supply_link_organisation_id"), "supply_link", ["organisation_id"], unique=False
    )
    op.create_table(
        "approval",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "flow",
                "origin",
                "not_applicable",
                name="approvalkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("node_id", sa.Uuid(), nullable=False, comment="Of a flow its supplier"),
        sa.Column("link_id", sa.Uuid(), nullable=True),
        sa.Column("factor", sa.String(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "in_force",
                "refused",
                "ended",
                name="approvalstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("expires_on", sa.Date(), nullable=False, comment="As in its request"),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decision_note", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column(
            "end_cause",
            sa.Enum(
                "expired",
                "by_hand",
                "set_back",
                "undone",
                name="endcause",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("end_reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(ended_at IS NOT NULL) = (state = 'ended')", name=op.f("ck_approval_ended_state")
        ),
        sa.CheckConstraint(
            "(factor IS NOT NULL) = (kind = 'not_applicable')", name=op.f("ck_approval_factor_kind")
        ),
        sa.CheckConstraint(
            "(link_id IS NOT NULL) = (kind = 'flow')", name=op.f("ck_approval_link_kind")
        ),
        sa.CheckConstraint(
            "decided_at IS NOT NULL OR state IN ('waiting', 'ended')",
            name=op.f("ck_approval_decided_state"),
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by_id IS NULL)", name=op.f("ck_approval_decided_pair")
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (end_cause IS NULL)", name=op.f("ck_approval_end_cause_pair")
        ),
        sa.CheckConstraint(
            "ended_by_id IS NULL OR ended_at IS NOT NULL", name=op.f("ck_approval_ended_pair")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user.id"], name=op.f("fk_approval_decided_by_id")
        ),
        sa.ForeignKeyConstraint(["ended_by_id"], ["user.id"], name=op.f("fk_approval_ended_by_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "link_id"],
            ["supply_link.organisation_id", "supply_link.id"],
            name=op.f("fk_approval_organisation_id_link_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "node_id"],
            ["value_chain_node.organisation_id", "value_chain_node.id"],
            name=op.f("fk_approval_organisation_id_node_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "request_id"],
            ["approval_request.organisation_id", "approval_request.id"],
            name=op.f("fk_approval_organisation_id_request_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_approval_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
    )
    op.create_index(
        "ix_approval_link", "approval", ["organisation_id", "link_id", "state"], unique=False
    )
    op.create_index(
        "ix_approval_node",
        "approval",
        ["organisation_id", "node_id", "kind", "state"],
        unique=False,
    )
    op.create_index(
        op.f("ix_approval_organisation_id"), "approval", ["organisation_id"], unique=False
    )
    op.create_index(
        "ix_approval_request",
        "approval",
        ["organisation_id", "request_id", "state", "id"],
        unique=False,
    )
    op.create_index(
        "ix_approval_state",
        "approval",
        ["organisation_id", "state", "kind", "request_id"],
        unique=False,
    )
    op.create_table(
        "approval_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "approve",
                "refuse",
                "end",
                name="decisionkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column(
            "parts", sa.Integer(), nullable=False, comment="Parts that it covered when it was made"
        ),
        sa.Column("done", sa.Integer(), nullable=False, comment="Parts that have taken it"),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_by_id", sa.Uuid(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(stopped_at IS NULL) = (stopped_by_id IS NULL)",
            name=op.f("ck_approval_decision_stopped_pair"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user.id"], name=op.f("fk_approval_decision_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "request_id"],
            ["approval_request.organisation_id", "approval_request.id"],
            name=op.f("fk_approval_decision_organisation_id_request_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_approval_decision_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["stopped_by_id"], ["user.id"], name=op.f("fk_approval_decision_stopped_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_decision")),
    )
    op.create_index(
        "ix_approval_decision",
        "approval_decision",
        ["organisation_id", "request_id", "decided_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_approval_decision_organisation_id"),
        "approval_decision",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("respondent_organisation_id", sa.Uuid(), nullable=True),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("node_name", sa.String(), nullable=False, comment="As the supplier may read it"),
        sa.Column(
            "node_country", sa.String(), nullable=True, comment="Whose services help in danger"
        ),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column(
            "answered_by",
            sa.Enum(
                "supplier",
                "assessor",
                "case_worker",
                name="answerer",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
            comment="Who fills it in: the people there, or who visits",
        ),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "sent",
                "opened",
                "submitted",
                "under_review",
                "accepted",
                "returned",
                "escalated",
                "expired",
                "withdrawn",
                name="questionnairestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("invited_email", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("light_mode", sa.Boolean(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("sections_done", sa.Integer(), nullable=False),
        sa.Column("sections_total", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by_id", sa.Uuid(), nullable=True),
        sa.Column("last_reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.String(), nullable=True),
        sa.Column("campaign_id", sa.Uuid(), nullable=True),
        sa.Column(
            "mailed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When the invitation went out",
        ),
        sa.Column(
            "mail_refusal", sa.String(), nullable=True, comment="Why the mail server refused it"
        ),
        sa.Column(
            "mail_tries", sa.Integer(), nullable=False, comment="How often it was refused for now"
        ),
        sa.Column(
            "link_opened_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="First opening of the link",
        ),
        sa.Column("reminders", sa.Integer(), nullable=False, comment="How many went out"),
        sa.Column(
            "escalated_at", sa.DateTime(timezone=True), nullable=True, comment="The owner was told"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "campaign_id"],
            ["campaign.organisation_id", "campaign.id"],
            name=op.f("fk_assignment_organisation_id_campaign_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "node_id"],
            ["value_chain_node.organisation_id", "value_chain_node.id"],
            name=op.f("fk_assignment_organisation_id_node_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_assignment_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["respondent_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_assignment_respondent_organisation_id"),
        ),
        sa.ForeignKeyConstraint(["sent_by_id"], ["user.id"], name=op.f("fk_assignment_sent_by_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["questionnaire_version.id"], name=op.f("fk_assignment_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_assignment_organisation_id_id")),
    )
    op.create_index(
        "ix_assignment_campaign",
        "assignment",
        ["organisation_id", "campaign_id", "status", "due_on"],
        unique=False,
    )
    op.create_index(
        "ix_assignment_due",
        "assignment",
        ["organisation_id", "status", "due_on", "id"],
        unique=False,
    )
    op.create_index(
        "ix_assignment_node", "assignment", ["organisation_id", "node_id"], unique=False
    )
    op.create_index(
        op.f("ix_assignment_organisation_id"), "assignment", ["organisation_id"], unique=False
    )
    op.create_index(
        op.f("ix_assignment_respondent_organisation_id"),
        "assignment",
        ["respondent_organisation_id"],
        unique=False,
    )
    op.create_table(
        "import_fault_row",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("fault_id", sa.Uuid(), nullable=False),
        sa.Column("table_key", sa.String(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False, comment="First row of the list 1"),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "fault_id"],
            ["import_fault.organisation_id", "import_fault.id"],
            name=op.f("fk_import_fault_row_organisation_id_fault_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "import_id"],
            ["map_import.organisation_id", "map_import.id"],
            name=op.f("fk_import_fault_row_organisation_id_import_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_import_fault_row_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_fault_row")),
    )
    op.create_index(
        "ix_fault_row", "import_fault_row", ["organisation_id", "fault_id", "row"], unique=False
    )
    op.create_index(
        "ix_fault_row_import",
        "import_fault_row",
        ["organisation_id", "import_id", "table_key", "row"],
        unique=False,
    )
    op.create_index(
        op.f("ix_import_fault_row_organisation_id"),
        "import_fault_row",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "mitigation_action",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("respondent_organisation_id", sa.Uuid(), nullable=True),
        sa.Column("finding_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("node_name", sa.String(), nullable=False, comment="As the supplier may read it"),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column(
            "control", sa.String(), nullable=True, comment="CTL-nn it strengthens (RM-1.0 9)"
        ),
        sa.Column("is_own_practice", sa.Boolean(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "planned",
                "doing",
                "waiting",
                "to_verify",
                "verified",
                "dropped",
                name="actionstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "budget_amount", sa.Integer(), nullable=True, comment="Whole units of the currency"
        ),
        sa.Column("budget_currency", sa.String(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("first_due_on", sa.Date(), nullable=False),
        sa.Column("success_measure", sa.String(), nullable=False),
        sa.Column("indicator", sa.String(), nullable=True, comment="IND-nn"),
        sa.Column("dropped_reason", sa.String(), nullable=True),
        sa.Column(
            "reported_at", sa.DateTime(timezone=True), nullable=True, comment="Reported done"
        ),
        sa.Column("reported_by_id", sa.Uuid(), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by_id", sa.Uuid(), nullable=True),
        sa.Column("verified_note", sa.String(), nullable=True),
        sa.Column("coverage", sa.Double(), nullable=True, comment="Judged at verification, 0..1"),
        sa.Column("evidence_level", sa.Double(), nullable=True, comment="0, .25, .5, .75, .9"),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(verified_at IS NULL) = (verified_by_id IS NULL)",
            name=op.f("ck_mitigation_action_verified_pair"),
        ),
        sa.CheckConstraint(
            "coverage BETWEEN 0 AND 1", name=op.f("ck_mitigation_action_coverage_range")
        ),
        sa.CheckConstraint(
            "reported_by_id IS NULL OR reported_at IS NOT NULL",
            name=op.f("ck_mitigation_action_reported_pair"),
        ),
        sa.CheckConstraint(
            "verified_by_id <> owner_id", name=op.f("ck_mitigation_action_verifier_not_owner")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_mitigation_action_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "finding_id"],
            ["finding.organisation_id", "finding.id"],
            name=op.f("fk_mitigation_action_organisation_id_finding_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "node_id"],
            ["value_chain_node.organisation_id", "value_chain_node.id"],
            name=op.f("fk_mitigation_action_organisation_id_node_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_mitigation_action_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["user.id"], name=op.f("fk_mitigation_action_owner_id")
        ),
        sa.ForeignKeyConstraint(
            ["reported_by_id"], ["user.id"], name=op.f("fk_mitigation_action_reported_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["respondent_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_mitigation_action_respondent_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["verified_by_id"], ["user.id"], name=op.f("fk_mitigation_action_verified_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mitigation_action")),
        sa.UniqueConstraint(
            "organisation_id", "id", name=op.f("uq_mitigation_action_organisation_id_id")
        ),
    )
    op.create_index(
        "ix_action_due",
        "mitigation_action",
        ["organisation_id", "status", "due_on", "id"],
        unique=False,
    )
    op.create_index(
        "ix_action_finding", "mitigation_action", ["organisation_id", "finding_id"], unique=False
    )
    op.create_index(
        op.f("ix_mitigation_action_organisation_id"),
        "mitigation_action",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_mitigation_action_respondent_organisation_id"),
        "mitigation_action",
        ["respondent_organisation_id"],
        unique=False,
    )
    op.create_table(
        "node_merge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("chain_id", sa.Uuid(), nullable=False),
        sa.Column(
            "number",
            sa.Integer(),
            nullable=False,
            comment="From 1 in each map: the order of the merges",
        ),
        sa.Column("survivor_id", sa.Uuid(), nullable=False),
        sa.Column("absorbed_id", sa.Uuid(), nullable=False),
        sa.Column("survivor_hash", sa.String(), nullable=False, comment="Content before the merge"),
        sa.Column("absorbed_hash", sa.String(), nullable=False),
        sa.Column("pair_id", sa.Uuid(), nullable=True),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column(
            "filled", sa.JSON(), nullable=False, comment="field of the survivor -> [before, after]"
        ),
        sa.Column(
            "moved", sa.JSON(), nullable=False, comment="table.column -> ids of the rows that moved"
        ),
        sa.Column(
            "links", sa.JSON(), nullable=False, comment="Links that left the map or were joined"
        ),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("merged_by_id", sa.Uuid(), nullable=True),
        sa.Column("split_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("split_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "split_by_id IS NULL OR split_at IS NOT NULL", name=op.f("ck_node_merge_split_pair")
        ),
        sa.CheckConstraint("survivor_id <> absorbed_id", name=op.f("ck_node_merge_two_nodes")),
        sa.ForeignKeyConstraint(
            ["merged_by_id"], ["user.id"], name=op.f("fk_node_merge_merged_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "absorbed_id"],
            ["value_chain_node.organisation_id", "value_chain_node.id"],
            name=op.f("fk_node_merge_organisation_id_absorbed_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "chain_id"],
            ["value_chain.organisation_id", "value_chain.id"],
            name=op.f("fk_node_merge_organisation_id_chain_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "pair_id"],
            ["duplicate_pair.organisation_id", "duplicate_pair.id"],
            name=op.f("fk_node_merge_organisation_id_pair_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "run_id"],
            ["match_run.organisation_id", "match_run.id"],
            name=op.f("fk_node_merge_organisation_id_run_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "survivor_id"],
            ["value_chain_node.organisation_id", "value_chain_node.id"],
            name=op.f("fk_node_merge_organisation_id_survivor_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_node_merge_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["split_by_id"], ["user.id"], name=op.f("fk_node_merge_split_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_node_merge")),
        sa.UniqueConstraint(
            "organisation_id",
            "chain_id",
            "number",
            name=op.f("uq_node_merge_organisation_id_chain_id_number"),
        ),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_node_merge_organisation_id_id")),
    )
    op.create_index(
        "ix_merge_absorbed",
        "node_merge",
        ["organisation_id", "absorbed_id", "split_at"],
        unique=False,
    )
    op.create_index("ix_merge_run", "node_merge", ["organisation_id", "run_id"], unique=False)
    op.create_index(
        "ix_merge_survivor",
        "node_merge",
        ["organisation_id", "survivor_id", "split_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_node_merge_organisation_id"), "node_merge", ["organisation_id"], unique=False
    )
    op.create_table(
        "remediation_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False, comment="Random; derived from nothing"),
        sa.Column("finding_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "alleged",
                "triaged",
                "immediate_protection",
                "assessed",
                "plan_agreed",
                "in_remediation",
                "follow_up",
                "closure_proposed",
                "closed_verified",
                "referred_to_authority",
                "unsubstantiated",
                "lost_contact",
                "reopened",
                name="impactstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "is_sensitive_class", sa.Boolean(), nullable=False, comment="SUPP-4: counts need ten"
        ),
        sa.Column(
            "key_wrapped",
            sa.LargeBinary(),
            nullable=True,
            comment="Data key of the case; destroyed to erase",
        ),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column(
            "sealed_facts",
            sa.LargeBinary(),
            nullable=False,
            comment="Age band, work class, danger, alert source, note",
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by_id", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Uuid(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_by_id IS NULL)",
            name=op.f("ck_remediation_case_closed_pair"),
        ),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["user.id"], name=op.f("fk_remediation_case_closed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["user.id"], name=op.f("fk_remediation_case_opened_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "finding_id"],
            ["finding.organisation_id", "finding.id"],
            name=op.f("fk_remediation_case_organisation_id_finding_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_remediation_case_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remediation_case")),
        sa.UniqueConstraint(
            "organisation_id", "code", name=op.f("uq_remediation_case_organisation_id_code")
        ),
        sa.UniqueConstraint(
            "organisation_id", "id", name=op.f("uq_remediation_case_organisation_id_id")
        ),
    )
    op.create_index(
        op.f("ix_remediation_case_organisation_id"),
        "remediation_case",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "review_cause",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("trigger", sa.String(), nullable=False),
        sa.Column(
            "cause_key", sa.String(), nullable=False, comment="What it was, with its version or day"
        ),
        sa.Column("reason", sa.String(), nullable=False, comment="In words, as the page tells it"),
        sa.Column("event_id", sa.Uuid(), nullable=True, comment="Context event"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "task_id"],
            ["review_task.organisation_id", "review_task.id"],
            name=op.f("fk_review_cause_organisation_id_task_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_review_cause_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_cause")),
        sa.UniqueConstraint(
            "organisation_id",
            "node_id",
            "trigger",
            "cause_key",
            name=op.f("uq_review_cause_organisation_id_node_id_trigger_cause_key"),
        ),
    )
    op.create_index(
        "ix_review_cause_key", "review_cause", ["organisation_id", "cause_key"], unique=False
    )
    op.create_index(
        op.f("ix_review_cause_organisation_id"), "review_cause", ["organisation_id"], unique=False
    )
    op.create_index(
        "ix_review_cause_task", "review_cause", ["organisation_id", "task_id"], unique=False
    )
    op.create_table(
        "review_sample",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "campaign_id", sa.Uuid(), nullable=True, comment="None: all that wait for a review"
        ),
        sa.Column("drawn", sa.JSON(), nullable=False, comment="Assignments to look at"),
        sa.Column("rest", sa.JSON(), nullable=False, comment="Assignments that they stand for"),
        sa.Column("seed", sa.String(), nullable=False, comment="The draw can be repeated with it"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "accepted", sa.Integer(), nullable=False, comment="How many of the rest were accepted"
        ),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(accepted_at IS NULL) = (accepted_by_id IS NULL)",
            name=op.f("ck_review_sample_accepted_pair"),
        ),
        sa.ForeignKeyConstraint(
            ["accepted_by_id"], ["user.id"], name=op.f("fk_review_sample_accepted_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_review_sample_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "campaign_id"],
            ["campaign.organisation_id", "campaign.id"],
            name=op.f("fk_review_sample_organisation_id_campaign_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_review_sample_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_sample")),
        sa.UniqueConstraint(
            "organisation_id", "id", name=op.f("uq_review_sample_organisation_id_id")
        ),
    )
    op.create_index(
        op.f("ix_review_sample_organisation_id"), "review_sample", ["organisation_id"], unique=False
    )
    op.create_table(
        "action_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("respondent_organisation_id", sa.Uuid(), nullable=True),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "progress",
                "extension",
                "report",
                "verification",
                "step",
                name="actionnotekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("due_before", sa.Date(), nullable=True),
        sa.Column("due_after", sa.Date(), nullable=True),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_action_note_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "action_id"],
            ["mitigation_action.organisation_id", "mitigation_action.id"],
            name=op.f("fk_action_note_organisation_id_action_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_action_note_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["respondent_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_action_note_respondent_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_note")),
    )
    op.create_index(
        op.f("ix_action_note_organisation_id"), "action_note", ["organisation_id"], unique=False
    )
    op.create_index(
        op.f("ix_action_note_respondent_organisation_id"),
        "action_note",
        ["respondent_organisation_id"],
        unique=False,
    )
    op.create_index("ix_note_action", "action_note", ["organisation_id", "action_id"], unique=False)
    op.create_table(
        "answer_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("respondent_organisation_id", sa.Uuid(), nullable=True),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("from_requester", sa.Boolean(), nullable=False),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "assignment_id"],
            ["assignment.organisation_id", "assignment.id"],
            name=op.f("fk_answer_message_organisation_id_assignment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_answer_message_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["respondent_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_answer_message_respondent_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_message")),
    )
    op.create_index(
        op.f("ix_answer_message_organisation_id"),
        "answer_message",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_answer_message_respondent_organisation_id"),
        "answer_message",
        ["respondent_organisation_id"],
        unique=False,
    )
    op.create_index(
        "ix_message_assignment",
        "answer_message",
        ["organisation_id", "assignment_id", "path"],
        unique=False,
    )
    op.create_table(
        "campaign_target",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False, comment="0 the first"),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column(
            "reason",
            sa.String(),
            nullable=False,
            comment="Why this questionnaire fits, as a sentence",
        ),
        sa.Column("send_on", sa.Date(), nullable=True, comment="The day of its wave, once started"),
        sa.Column(
            "left_out",
            sa.Enum(
                "no_address",
                "visits",
                "has_it",
                "archived",
                "by_hand",
                name="leftout",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("assignment_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "assignment_id"],
            ["assignment.organisation_id", "assignment.id"],
            name=op.f("fk_campaign_target_organisation_id_assignment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "campaign_id"],
            ["campaign.organisation_id", "campaign.id"],
            name=op.f("fk_campaign_target_organisation_id_campaign_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "node_id"],
            ["value_chain_node.organisation_id", "value_chain_node.id"],
            name=op.f("fk_campaign_target_organisation_id_node_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_campaign_target_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["questionnaire_version.id"], name=op.f("fk_campaign_target_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_target")),
        sa.UniqueConstraint(
            "organisation_id",
            "campaign_id",
            "node_id",
            "version_id",
            name="uq_campaign_target_asked",
        ),
        sa.UniqueConstraint(
            "organisation_id",
            "campaign_id",
            "place",
            name=op.f("uq_campaign_target_organisation_id_campaign_id_place"),
        ),
    )
    op.create_index(
        op.f("ix_campaign_target_organisation_id"),
        "campaign_target",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        "ix_target_left",
        "campaign_target",
        ["organisation_id", "campaign_id", "assignment_id", "left_out"],
        unique=False,
    )
    op.create_table(
        "case_access",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "case_id"],
            ["remediation_case.organisation_id", "remediation_case.id"],
            name=op.f("fk_case_access_organisation_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_case_access_organisation_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_case_access_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_access")),
    )
    op.create_index(
        "ix_access_case", "case_access", ["organisation_id", "case_id", "read_at"], unique=False
    )
    op.create_index(
        op.f("ix_case_access_organisation_id"), "case_access", ["organisation_id"], unique=False
    )
    op.create_table(
        "case_assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("is_verifier", sa.Boolean(), nullable=False),
        sa.Column("access_until", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_case_assignment_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "case_id"],
            ["remediation_case.organisation_id", "remediation_case.id"],
            name=op.f("fk_case_assignment_organisation_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_case_assignment_organisation_id"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_case_assignment_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_assignment")),
        sa.UniqueConstraint(
            "organisation_id",
            "case_id",
            "user_id",
            name=op.f("uq_case_assignment_organisation_id_case_id_user_id"),
        ),
    )
    op.create_index(
        op.f("ix_case_assignment_organisation_id"),
        "case_assignment",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_case_assignment_user_id"), "case_assignment", ["user_id"], unique=False
    )
    op.create_table(
        "case_criterion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False, comment="CLO-n"),
        sa.Column("is_met", sa.Boolean(), nullable=False),
        sa.Column("sealed_basis", sa.LargeBinary(), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("judged_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["judged_by_id"], ["user.id"], name=op.f("fk_case_criterion_judged_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "case_id"],
            ["remediation_case.organisation_id", "remediation_case.id"],
            name=op.f("fk_case_criterion_organisation_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_case_criterion_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_criterion")),
    )
    op.create_index(
        op.f("ix_case_criterion_organisation_id"),
        "case_criterion",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        "ix_criterion_case", "case_criterion", ["organisation_id", "case_id"], unique=False
    )
    op.create_table(
        "chain_proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("respondent_organisation_id", sa.Uuid(), nullable=True),
        sa.Column("assignment_id", sa.Uuid(), nullable=False, comment="Tells which node named it"),
        sa.Column(
            "own_supplier_id", sa.Uuid(), nullable=False, comment="Row of the respondent alone"
        ),
        sa.Column(
            "number",
            sa.Integer(),
            nullable=False,
            comment="Counts those that one node named, from 1",
        ),
        sa.Column(
            "name", sa.String(), nullable=True, comment="None: the respondent keeps the name"
        ),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "business_entity",
                "site",
                "labour_intermediary",
                "platform",
                "investee",
                "unknown_origin",
                name="nodekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "share_band",
            sa.Enum(
                "under_5",
                "from_5_to_25",
                "from_25_to_50",
                "over_50",
                "not_known",
                name="shareband",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "accepted",
                "declined",
                "withdrawn",
                name="proposalstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "asked_state",
            sa.Enum(
                "not_asked",
                "asked",
                "answering",
                "answered",
                "dead_end",
                name="askedstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "below",
            sa.JSON(),
            nullable=False,
            comment="Counts alone: {depth, named, answered, dead_ends}",
        ),
        sa.Column(
            "made_link_id", sa.Uuid(), nullable=True, comment="What the buyer put on its map"
        ),
        sa.Column("decline_reason", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_at IS NOT NULL",
            name=op.f("ck_chain_proposal_decided_pair"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user.id"], name=op.f("fk_chain_proposal_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "assignment_id"],
            ["assignment.organisation_id", "assignment.id"],
            name=op.f("fk_chain_proposal_organisation_id_assignment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "made_link_id"],
            ["supply_link.organisation_id", "supply_link.id"],
            name=op.f("fk_chain_proposal_organisation_id_made_link_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_chain_proposal_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["respondent_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_chain_proposal_respondent_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain_proposal")),
        sa.UniqueConstraint(
            "organisation_id",
            "assignment_id",
            "number",
            name=op.f("uq_chain_proposal_organisation_id_assignment_id_number"),
        ),
        sa.UniqueConstraint(
            "organisation_id", "id", name=op.f("uq_chain_proposal_organisation_id_id")
        ),
    )
    op.create_index(
        op.f("ix_chain_proposal_organisation_id"),
        "chain_proposal",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_chain_proposal_respondent_organisation_id"),
        "chain_proposal",
        ["respondent_organisation_id"],
        unique=False,
    )
    op.create_index(
        "ix_proposal_state",
        "chain_proposal",
        ["organisation_id", "state", "created_at", "id"],
        unique=False,
    )
    op.create_table(
        "follow_up_visit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="Counts from 1 in each case"),
        sa.Column(
            "form_version", sa.String(), nullable=False, comment="Version of the questionnaire REM"
        ),
        sa.Column("sealed_answers", sa.LargeBinary(), nullable=False, comment="Answers by path"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(recorded_at IS NULL) = (recorded_by_id IS NULL)",
            name=op.f("ck_follow_up_visit_recorded_pair"),
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_follow_up_visit_number")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "case_id"],
            ["remediation_case.organisation_id", "remediation_case.id"],
            name=op.f("fk_follow_up_visit_organisation_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_follow_up_visit_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user.id"], name=op.f("fk_follow_up_visit_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up_visit")),
        sa.UniqueConstraint(
            "organisation_id",
            "case_id",
            "number",
            name=op.f("uq_follow_up_visit_organisation_id_case_id_number"),
        ),
    )
    op.create_index(
        op.f("ix_follow_up_visit_organisation_id"),
        "follow_up_visit",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "map_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("chain_id", sa.Uuid(), nullable=False),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="Version of the map that it made"
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column(
            "action",
            sa.String(),
            nullable=False,
            comment="As in the log: node:change, map_import:apply ...",
        ),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.Column("merge_id", sa.Uuid(), nullable=True),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["made_by_id"], ["user.id"], name=op.f("fk_map_step_made_by_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "chain_id"],
            ["value_chain.organisation_id", "value_chain.id"],
            name=op.f("fk_map_step_organisation_id_chain_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "import_id"],
            ["map_import.organisation_id", "map_import.id"],
            name=op.f("fk_map_step_organisation_id_import_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "merge_id"],
            ["node_merge.organisation_id", "node_merge.id"],
            name=op.f("fk_map_step_organisation_id_merge_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "run_id"],
            ["match_run.organisation_id", "match_run.id"],
            name=op.f("fk_map_step_organisation_id_run_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_map_step_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_map_step")),
        sa.UniqueConstraint(
            "organisation_id",
            "chain_id",
            "version",
            name=op.f("uq_map_step_organisation_id_chain_id_version"),
        ),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_map_step_organisation_id_id")),
    )
    op.create_index(
        op.f("ix_map_step_organisation_id"), "map_step", ["organisation_id"], unique=False
    )
    op.create_index(
        "ix_step_at", "map_step", ["organisation_id", "chain_id", "made_at"], unique=False
    )
    op.create_table(
        "own_supplier",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False, comment="ISO 3166-1 alpha-2"),
        sa.Column(
            "kind",
            sa.Enum(
                "business_entity",
                "site",
                "labour_intermediary",
                "platform",
                "investee",
                "unknown_origin",
                name="nodekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "share_band",
            sa.Enum(
                "under_5",
                "from_5_to_25",
                "from_25_to_50",
                "over_50",
                "not_known",
                name="shareband",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("email", sa.String(), nullable=True, comment="Business contact, no private data"),
        sa.Column(
            "asked_state",
            sa.Enum(
                "not_asked",
                "asked",
                "answering",
                "answered",
                "dead_end",
                name="askedstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("forwarded_id", sa.Uuid(), nullable=True, comment="What it was asked, by us"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "removed_by_id IS NULL OR removed_at IS NOT NULL",
            name=op.f("ck_own_supplier_removed_pair"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_own_supplier_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "forwarded_id"],
            ["assignment.organisation_id", "assignment.id"],
            name=op.f("fk_own_supplier_organisation_id_forwarded_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_own_supplier_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["removed_by_id"], ["user.id"], name=op.f("fk_own_supplier_removed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_supplier")),
        sa.UniqueConstraint(
            "organisation_id", "id", name=op.f("uq_own_supplier_organisation_id_id")
        ),
    )
    op.create_index(
        op.f("ix_own_supplier_organisation_id"), "own_supplier", ["organisation_id"], unique=False
    )
    op.create_table(
        "remediation_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(), nullable=False, comment="REM-nn, or the state entered"),
        sa.Column("sealed_note", sa.LargeBinary(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "case_id"],
            ["remediation_case.organisation_id", "remediation_case.id"],
            name=op.f("fk_remediation_step_organisation_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_remediation_step_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["taken_by_id"], ["user.id"], name=op.f("fk_remediation_step_taken_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remediation_step")),
    )
    op.create_index(
        op.f("ix_remediation_step_organisation_id"),
        "remediation_step",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        "ix_step_case", "remediation_step", ["organisation_id", "case_id", "taken_at"], unique=False
    )
    op.create_table(
        "response",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("respondent_organisation_id", sa.Uuid(), nullable=True),
        sa.Column("is_released", sa.Boolean(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "submitted",
                "returned",
                "accepted",
                name="responsestatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("visited_sections", sa.JSON(), nullable=False),
        sa.Column(
            "taken_sections",
            sa.JSON(),
            nullable=False,
            comment="Section -> id of the respondent's person who answers it",
        ),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("receipt_number", sa.String(), nullable=True),
        sa.Column("declared_by_id", sa.Uuid(), nullable=True),
        sa.Column("declared_note", sa.String(), nullable=True),
        sa.Column(
            "revision", sa.Integer(), nullable=False, comment="Raised by each save of answers"
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["declared_by_id"], ["user.id"], name=op.f("fk_response_declared_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "assignment_id"],
            ["assignment.organisation_id", "assignment.id"],
            name=op.f("fk_response_organisation_id_assignment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_response_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["respondent_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_response_respondent_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response")),
        sa.UniqueConstraint("assignment_id", "round", name=op.f("uq_response_assignment_id_round")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_response_organisation_id_id")),
        sa.UniqueConstraint("receipt_number", name=op.f("uq_response_receipt_number")),
    )
    op.create_index(
        op.f("ix_response_organisation_id"), "response", ["organisation_id"], unique=False
    )
    op.create_index(
        op.f("ix_response_respondent_organisation_id"),
        "response",
        ["respondent_organisation_id"],
        unique=False,
    )
    op.create_table(
        "returned_book",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("respondent_organisation_id", sa.Uuid(), nullable=True),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False, comment="0 the first"),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "waiting",
                "handed_on",
                "nothing_new",
                "refused",
                name="bookoutcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("assignment_id", sa.Uuid(), nullable=True),
        sa.Column(
            "changed_count", sa.Integer(), nullable=False, comment="Answers that were changed in it"
        ),
        sa.Column(
            "faults",
            sa.JSON(),
            nullable=False,
            comment="place, message, advice; never what stands in a cell",
        ),
        sa.Column(
            "brought_by",
            sa.String(),
            nullable=False,
            comment="The buyer's person, as the supplier reads it",
        ),
        sa.Column("brought_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "opened_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When the supplier looked at it",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "assignment_id"],
            ["assignment.organisation_id", "assignment.id"],
            name=op.f("fk_returned_book_organisation_id_assignment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "delivery_id"],
            ["book_delivery.organisation_id", "book_delivery.id"],
            name=op.f("fk_returned_book_organisation_id_delivery_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_returned_book_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["respondent_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_returned_book_respondent_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returned_book")),
        sa.UniqueConstraint(
            "organisation_id",
            "delivery_id",
            "place",
            name=op.f("uq_returned_book_organisation_id_delivery_id_place"),
        ),
    )
    op.create_index(
        "ix_returned_book_asked",
        "returned_book",
        ["organisation_id", "assignment_id", "sha256"],
        unique=False,
    )
    op.create_index(
        "ix_returned_book_mine",
        "returned_book",
        ["respondent_organisation_id", "assignment_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_returned_book_organisation_id"), "returned_book", ["organisation_id"], unique=False
    )
    op.create_index(
        op.f("ix_returned_book_respondent_organisation_id"),
        "returned_book",
        ["respondent_organisation_id"],
        unique=False,
    )
    op.create_table(
        "section_share",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("respondent_organisation_id", sa.Uuid(), nullable=True),
        sa.Column("is_released", sa.Boolean(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.String(), nullable=False),
        sa.Column(
            "given_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When the answers were sent first",
        ),
        sa.Column(
            "expires_on", sa.Date(), nullable=False, comment="Last day on which they are shown"
        ),
        sa.Column(
            "reworded",
            sa.JSON(),
            nullable=False,
            comment="path without places -> words of the question answered, if others",
        ),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "ended_by_id IS NULL OR ended_at IS NOT NULL", name=op.f("ck_section_share_ended_pair")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["user.id"], name=op.f("fk_section_share_ended_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["granted_by_id"], ["user.id"], name=op.f("fk_section_share_granted_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "assignment_id"],
            ["assignment.organisation_id", "assignment.id"],
            name=op.f("fk_section_share_organisation_id_assignment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_section_share_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["respondent_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_section_share_respondent_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section_share")),
        sa.UniqueConstraint(
            "organisation_id", "id", name=op.f("uq_section_share_organisation_id_id")
        ),
    )
    op.create_index(
        op.f("ix_section_share_organisation_id"), "section_share", ["organisation_id"], unique=False
    )
    op.create_index(
        op.f("ix_section_share_respondent_organisation_id"),
        "section_share",
        ["respondent_organisation_id"],
        unique=False,
    )
    op.create_index(
        "ix_share_assignment", "section_share", ["organisation_id", "assignment_id"], unique=False
    )
    op.create_index(
        "ix_share_expiry",
        "section_share",
        ["respondent_organisation_id", "expires_on"],
        unique=False,
    )
    op.create_table(
        "supplier_figures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("respondent_organisation_id", sa.Uuid(), nullable=True),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("node_name", sa.String(), nullable=False, comment="As the supplier may read it"),
        sa.Column("node_country", sa.String(), nullable=True),
        sa.Column(
            "assignment_id",
            sa.Uuid(),
            nullable=False,
            comment="Latest assignment; its respondent is notified",
        ),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("method_version", sa.String(), nullable=False),
        sa.Column(
            "measure", sa.Double(), nullable=True, comment="0..100; none: nothing was due yet"
        ),
        sa.Column(
            "label",
            sa.Enum(
                "strong",
                "working",
                "weak",
                "unresponsive",
                name="label",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "response",
            sa.JSON(),
            nullable=False,
            comment="Lines of the measure with what stands behind them",
        ),
        sa.Column(
            "shown_from",
            sa.Date(),
            nullable=False,
            comment="Day from which the buyer reads the measure",
        ),
        sa.Column(
            "shown_measure", sa.Double(), nullable=True, comment="What the buyer reads till then"
        ),
        sa.Column(
            "shown_label",
            sa.Enum(
                "strong",
                "working",
                "weak",
                "unresponsive",
                name="shown_label",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("shown_response", sa.JSON(), nullable=False),
        sa.Column(
            "issues",
            sa.JSON(),
            nullable=False,
            comment="First issues of the place with lines, without anything confided",
        ),
        sa.Column(
            "basis",
            sa.String(),
            nullable=False,
            comment="SHA-256 of what the lines rest on, by month",
        ),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "measure BETWEEN 0 AND 100", name=op.f("ck_supplier_figures_measure_range")
        ),
        sa.CheckConstraint(
            "shown_measure BETWEEN 0 AND 100", name=op.f("ck_supplier_figures_shown_measure_range")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "assignment_id"],
            ["assignment.organisation_id", "assignment.id"],
            name=op.f("fk_supplier_figures_organisation_id_assignment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "node_id"],
            ["value_chain_node.organisation_id", "value_chain_node.id"],
            name=op.f("fk_supplier_figures_organisation_id_node_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_supplier_figures_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["respondent_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_supplier_figures_respondent_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_figures")),
        sa.UniqueConstraint(
            "organisation_id", "id", name=op.f("uq_supplier_figures_organisation_id_id")
        ),
        sa.UniqueConstraint(
            "organisation_id",
            "node_id",
            "assignment_id",
            name=op.f("uq_supplier_figures_organisation_id_node_id_assignment_id"),
        ),
    )
    op.create_index(
        op.f("ix_supplier_figures_organisation_id"),
        "supplier_figures",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_supplier_figures_respondent_organisation_id"),
        "supplier_figures",
        ["respondent_organisation_id"],
        unique=False,
    )
    op.create_table(
        "support_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.String(), nullable=False, comment="SUP-nn"),
        sa.Column(
            "payer",
            sa.String(),
            nullable=False,
            comment="us, supplier, shared, other buyer, public",
        ),
        sa.Column("amount", sa.Integer(), nullable=True, comment="Whole units of the currency"),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "planned",
                "started",
                "delivered",
                "dropped_reason",
                name="supportstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_support_item_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "case_id"],
            ["remediation_case.organisation_id", "remediation_case.id"],
            name=op.f("fk_support_item_organisation_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_support_item_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_item")),
    )
    op.create_index("ix_support_case", "support_item", ["organisation_id", "case_id"], unique=False)
    op.create_index(
        op.f("ix_support_item_organisation_id"), "support_item", ["organisation_id"], unique=False
    )
    op.create_table(
        "visit_plan_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False, comment="1 the first"),
        sa.Column(
            "kind",
            sa.Enum(
                "questionnaire",
                "visit",
                name="stepkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("node_ref", sa.String(), nullable=False),
        sa.Column("node_name", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("region", sa.String(), nullable=True),
        sa.Column("nth_in_region", sa.Integer(), nullable=False),
        sa.Column(
            "gain", sa.Double(), nullable=False, comment="Part of all there is to learn, 0..1"
        ),
        sa.Column("issue", sa.String(), nullable=False, comment="The issue that weighs most here"),
        sa.Column("severity", sa.Double(), nullable=False),
        sa.Column(
            "index", sa.Double(), nullable=False, comment="After controls, 0..100, with its range"
        ),
        sa.Column("low", sa.Double(), nullable=False),
        sa.Column("high", sa.Double(), nullable=False),
        sa.Column(
            "grade",
            sa.Enum(
                "A",
                "B",
                "C",
                "D",
                "E",
                name="grade",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
            comment="Of the evidence",
        ),
        sa.Column(
            "flow", sa.Double(), nullable=False, comment="Part of the input of the business, 0..1"
        ),
        sa.Column("assignment_id", sa.Uuid(), nullable=True),
        sa.Column("action_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "assignment_id IS NULL OR action_id IS NULL",
            name=op.f("ck_visit_plan_step_assigned_once"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "action_id"],
            ["mitigation_action.organisation_id", "mitigation_action.id"],
            name=op.f("fk_visit_plan_step_organisation_id_action_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "assignment_id"],
            ["assignment.organisation_id", "assignment.id"],
            name=op.f("fk_visit_plan_step_organisation_id_assignment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "plan_id"],
            ["visit_plan.organisation_id", "visit_plan.id"],
            name=op.f("fk_visit_plan_step_organisation_id_plan_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_visit_plan_step_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_plan_step")),
        sa.UniqueConstraint(
            "organisation_id",
            "plan_id",
            "node_ref",
            "kind",
            name=op.f("uq_visit_plan_step_organisation_id_plan_id_node_ref_kind"),
        ),
        sa.UniqueConstraint(
            "organisation_id",
            "plan_id",
            "place",
            name=op.f("uq_visit_plan_step_organisation_id_plan_id_place"),
        ),
    )
    op.create_index(
        "ix_visit_plan_step_node", "visit_plan_step", ["organisation_id", "node_ref"], unique=False
    )
    op.create_index(
        op.f("ix_visit_plan_step_organisation_id"),
        "visit_plan_step",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("respondent_organisation_id", sa.Uuid(), nullable=True),
        sa.Column("is_released", sa.Boolean(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column(
            "path", sa.String(), nullable=False, comment="Node path with [n] for each repeat"
        ),
        sa.Column("raw", sa.String(), nullable=False),
        sa.Column(
            "problem", sa.String(), nullable=True, comment="Why the text is not an answer yet"
        ),
        sa.Column("version", sa.Integer(), nullable=False, comment="Revision that changed it last"),
        sa.Column(
            "page", sa.String(), nullable=False, comment="The open page that changed it last"
        ),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.Uuid(), nullable=True),
        sa.Column(
            "given_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Given before on this day and not confirmed since; none: given here",
        ),
        sa.Column("share_id", sa.Uuid(), nullable=True, comment="Consent it stands under"),
        sa.Column(
            "plan_day",
            sa.String(),
            nullable=False,
            comment="By when a “don't know” will be found out, exactly as typed",
        ),
        sa.Column("plan_text", sa.String(), nullable=False, comment="How it will be found out"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "response_id"],
            ["response.organisation_id", "response.id"],
            name=op.f("fk_answer_organisation_id_response_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "share_id"],
            ["section_share.organisation_id", "section_share.id"],
            name=op.f("fk_answer_organisation_id_share_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_answer_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["respondent_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_answer_respondent_organisation_id"),
        ),
        sa.ForeignKeyConstraint(["saved_by_id"], ["user.id"], name=op.f("fk_answer_saved_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_answer_organisation_id_id")),
        sa.UniqueConstraint(
            "organisation_id",
            "response_id",
            "path",
            name=op.f("uq_answer_organisation_id_response_id_path"),
        ),
    )
    op.create_index(op.f("ix_answer_organisation_id"), "answer", ["organisation_id"], unique=False)
    op.create_index(
        op.f("ix_answer_respondent_organisation_id"),
        "answer",
        ["respondent_organisation_id"],
        unique=False,
    )
    op.create_table(
        "answer_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column(
            "decision",
            sa.Enum(
                "accepted",
                "asked_back",
                "finding",
                "escalated",
                name="reviewdecision",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("evidence_accepted", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_answer_review_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "response_id"],
            ["response.organisation_id", "response.id"],
            name=op.f("fk_answer_review_organisation_id_response_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_answer_review_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_review")),
    )
    op.create_index(
        op.f("ix_answer_review_organisation_id"), "answer_review", ["organisation_id"], unique=False
    )
    op.create_index(
        "ix_review_response", "answer_review", ["organisation_id", "response_id"], unique=False
    )
    op.create_table(
        "map_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=True),
        sa.Column("link_id", sa.Uuid(), nullable=True),
        sa.Column(
            "before", sa.JSON(), nullable=False, comment="Column -> value before, as plain JSON"
        ),
        sa.CheckConstraint(
            "node_id IS NULL OR link_id IS NULL", name=op.f("ck_map_change_one_part")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "link_id"],
            ["supply_link.organisation_id", "supply_link.id"],
            name=op.f("fk_map_change_organisation_id_link_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "node_id"],
            ["value_chain_node.organisation_id", "value_chain_node.id"],
            name=op.f("fk_map_change_organisation_id_node_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "step_id"],
            ["map_step.organisation_id", "map_step.id"],
            name=op.f("fk_map_change_organisation_id_step_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_map_change_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_map_change")),
    )
    op.create_index("ix_change_link", "map_change", ["organisation_id", "link_id"], unique=False)
    op.create_index("ix_change_node", "map_change", ["organisation_id", "node_id"], unique=False)
    op.create_index("ix_change_step", "map_change", ["organisation_id", "step_id"], unique=False)
    op.create_index(
        op.f("ix_map_change_organisation_id"), "map_change", ["organisation_id"], unique=False
    )
    op.create_table(
        "red_flag",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("respondent_organisation_id", sa.Uuid(), nullable=True),
        sa.Column("is_released", sa.Boolean(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False, comment="RF-01..15 (RM-1.0 section 10)"),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("fired_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "withdrawn_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="The answer was changed",
        ),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handled_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "handled_by_id IS NULL OR handled_at IS NOT NULL", name=op.f("ck_red_flag_handled_pair")
        ),
        sa.ForeignKeyConstraint(
            ["handled_by_id"], ["user.id"], name=op.f("fk_red_flag_handled_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "response_id"],
            ["response.organisation_id", "response.id"],
            name=op.f("fk_red_flag_organisation_id_response_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_red_flag_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["respondent_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_red_flag_respondent_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_red_flag")),
        sa.UniqueConstraint(
            "organisation_id",
            "response_id",
            "code",
            "path",
            name=op.f("uq_red_flag_organisation_id_response_id_code_path"),
        ),
    )
    op.create_index(
        op.f("ix_red_flag_organisation_id"), "red_flag", ["organisation_id"], unique=False
    )
    op.create_index(
        op.f("ix_red_flag_respondent_organisation_id"),
        "red_flag",
        ["respondent_organisation_id"],
        unique=False,
    )
    op.create_table(
        "review_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column(
            "weight",
            sa.Integer(),
            nullable=False,
            comment="What to look at first; 0 is unremarkable",
        ),
        sa.Column("flags", sa.Integer(), nullable=False, comment="Red flags"),
        sa.Column(
            "serious", sa.Integer(), nullable=False, comment="Answers that tell of a serious risk"
        ),
        sa.Column(
            "raised", sa.Integer(), nullable=False, comment="Answers that tell of a raised risk"
        ),
        sa.Column("checks", sa.JSON(), nullable=False, comment="CHK-1 and so on"),
        sa.Column(
            "pattern", sa.String(), nullable=False, comment="SHA-256 of all its choices and numbers"
        ),
        sa.Column(
            "counted",
            sa.JSON(),
            nullable=False,
            comment="path -> what is given to a question that is asked; texts as null",
        ),
        sa.Column(
            "answered_share",
            sa.Double(),
            nullable=False,
            comment="Part of the questions required of everybody that are answered, 0..1",
        ),
        sa.Column(
            "conduct",
            sa.JSON(),
            nullable=False,
            comment="How each of these was answered, for the response measure",
        ),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "assignment_id"],
            ["assignment.organisation_id", "assignment.id"],
            name=op.f("fk_review_entry_organisation_id_assignment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "response_id"],
            ["response.organisation_id", "response.id"],
            name=op.f("fk_review_entry_organisation_id_response_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_review_entry_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_entry")),
        sa.UniqueConstraint(
            "organisation_id",
            "response_id",
            name=op.f("uq_review_entry_organisation_id_response_id"),
        ),
    )
    op.create_index(
        "ix_review_entry_assignment",
        "review_entry",
        ["organisation_id", "assignment_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_review_entry_organisation_id"), "review_entry", ["organisation_id"], unique=False
    )
    op.create_index(
        "ix_review_entry_pattern", "review_entry", ["organisation_id", "pattern"], unique=False
    )
    op.create_table(
        "risk_signal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=True),
        sa.Column(
            "factor",
            sa.String(),
            nullable=False,
            comment="A risk factor, or a control (design credit)",
        ),
        sa.Column(
            "value",
            sa.Double(),
            nullable=True,
            comment="s of the factor, or d of the control, 0..1; none: all of it is blank",
        ),
        sa.Column("quality", sa.Double(), nullable=True),
        sa.Column("source_type", sa.String(), nullable=True),
        sa.Column("causes", sa.JSON(), nullable=False),
        sa.Column("is_control", sa.Boolean(), nullable=False),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "node_id"],
            ["value_chain_node.organisation_id", "value_chain_node.id"],
            name=op.f("fk_risk_signal_organisation_id_node_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "response_id"],
            ["response.organisation_id", "response.id"],
            name=op.f("fk_risk_signal_organisation_id_response_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_risk_signal_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_signal")),
    )
    op.create_index(
        op.f("ix_risk_signal_organisation_id"), "risk_signal", ["organisation_id"], unique=False
    )
    op.create_index(
        "ix_signal_node", "risk_signal", ["organisation_id", "node_id", "factor"], unique=False
    )
    # ### end Alembic commands ###
    dialect = op.get_bind().dialect.name
    for statement in isolation_triggers(dialect, TENANT_TABLES, APPEND_ONLY, MOVING):
        op.execute(statement)


def downgrade() -> None:
    # ### commands auto generated by Alembic - please adjust! ###
    op.drop_index("ix_signal_node", table_name="risk_signal")
    op.drop_index(op.f("ix_risk_signal_organisation_id"), table_name="risk_signal")
    op.drop_table("risk_signal")
    op.drop_index("ix_review_entry_pattern", table_name="review_entry")
    op.drop_index(op.f("ix_review_entry_organisation_id"), table_name="review_entry")
    op.drop_index("ix_review_entry_assignment", table_name="review_entry")
    op.drop_table("review_entry")
    op.drop_index(op.f("ix_red_flag_respondent_organisation_id"), table_name="red_flag")
    op.drop_index(op.f("ix_red_flag_organisation_id"), table_name="red_flag")
    op.drop_table("red_flag")
    op.drop_index(op.f("ix_map_change_organisation_id"), table_name="map_change")
    op.drop_index("ix_change_step", table_name="map_change")
    op.drop_index("ix_change_node", table_name="map_change")
    op.drop_index("ix_change_link", table_name="map_change")
    op.drop_table("map_change")
    op.drop_index("ix_review_response", table_name="answer_review")
    op.drop_index(op.f("ix_answer_review_organisation_id"), table_name="answer_review")
    op.drop_table("answer_review")
    op.drop_index(op.f("ix_answer_respondent_organisation_id"), table_name="answer")
    op.drop_index(op.f("ix_answer_organisation_id"), table_name="answer")
    op.drop_table("answer")
    op.drop_index(op.f("ix_visit_plan_step_organisation_id"), table_name="visit_plan_step")
    op.drop_index("ix_visit_plan_step_node", table_name="visit_plan_step")
    op.drop_table("visit_plan_step")
    op.drop_index(op.f("ix_support_item_organisation_id"), table_name="support_item")
    op.drop_index("ix_support_case", table_name="support_item")
    op.drop_table("support_item")
    op.drop_index(
        op.f("ix_supplier_figures_respondent_organisation_id"), table_name="supplier_figures"
    )
    op.drop_index(op.f("ix_supplier_figures_organisation_id"), table_name="supplier_figures")
    op.drop_table("supplier_figures")
    op.drop_index("ix_share_expiry", table_name="section_share")
    op.drop_index("ix_share_assignment", table_name="section_share")
    op.drop_index(op.f("ix_section_share_respondent_organisation_id"), table_name="section_share")
    op.drop_index(op.f("ix_section_share_organisation_id"), table_name="section_share")
    op.drop_table("section_share")
    op.drop_index(op.f("ix_returned_book_respondent_organisation_id"), table_name="returned_book")
    op.drop_index(op.f("ix_returned_book_organisation_id"), table_name="returned_book")
    op.drop_index("ix_returned_book_mine", table_name="returned_book")
    op.drop_index("ix_returned_book_asked", table_name="returned_book")
    op.drop_table("returned_book")
    op.drop_index(op.f("ix_response_respondent_organisation_id"), table_name="response")
    op.drop_index(op.f("ix_response_organisation_id"), table_name="response")
    op.drop_table("response")
    op.drop_index("ix_step_case", table_name="remediation_step")
    op.drop_index(op.f("ix_remediation_step_organisation_id"), table_name="remediation_step")
    op.drop_table("remediation_step")
    op.drop_index(op.f("ix_own_supplier_organisation_id"), table_name="own_supplier")
    op.drop_table("own_supplier")
    op.drop_index("ix_step_at", table_name="map_step")
    op.drop_index(op.f("ix_map_step_organisation_id"), table_name="map_step")
    op.drop_table("map_step")
    op.drop_index(op.f("ix_follow_up_visit_organisation_id"), table_name="follow_up_visit")
    op.drop_table("follow_up_visit")
    op.drop_index("ix_proposal_state", table_name="chain_proposal")
    op.drop_index(op.f("ix_chain_proposal_respondent_organisation_id"), table_name="chain_proposal")
    op.drop_index(op.f("ix_chain_proposal_organisation_id"), table_name="chain_proposal")
    op.drop_table("chain_proposal")
    op.drop_index("ix_criterion_case", table_name="case_criterion")
    op.drop_index(op.f("ix_case_criterion_organisation_id"), table_name="case_criterion")
    op.drop_table("case_criterion")
    op.drop_index(op.f("ix_case_assignment_user_id"), table_name="case_assignment")
    op.drop_index(op.f("ix_case_assignment_organisation_id"), table_name="case_assignment")
    op.drop_table("case_assignment")
    op.drop_index(op.f("ix_case_access_organisation_id"), table_name="case_access")
    op.drop_index("ix_access_case", table_name="case_access")
    op.drop_table("case_access")
    op.drop_index("ix_target_left", table_name="campaign_target")
    op.drop_index(op.f("ix_campaign_target_organisation_id"), table_name="campaign_target")
    op.drop_table("campaign_target")
    op.drop_index("ix_message_assignment", table_name="answer_message")
    op.drop_index(op.f("ix_answer_message_respondent_organisation_id"), table_name="answer_message")
    op.drop_index(op.f("ix_answer_message_organisation_id"), table_name="answer_message")
    op.drop_table("answer_message")
    op.drop_index("ix_note_action", table_name="action_note")
    op.drop_index(op.f("ix_action_note_respondent_organisation_id"), table_name="action_note")
    op.drop_index(op.f("ix_action_note_organisation_id"), table_name="action_note")
    op.drop_table("action_note")
    op.drop_index(op.f("ix_review_sample_organisation_id"), table_name="review_sample")
    op.drop_table("review_sample")
    op.drop_index("ix_review_cause_task", table_name="review_cause")
    op.drop_index(op.f("ix_review_cause_organisation_id"), table_name="review_cause")
    op.drop_index("ix_review_cause_key", table_name="review_cause")
    op.drop_table("review_cause")
    op.drop_index(op.f("ix_remediation_case_organisation_id"), table_name="remediation_case")
    op.drop_table("remediation_case")
    op.drop_index(op.f("ix_node_merge_organisation_id"), table_name="node_merge")
    op.drop_index("ix_merge_survivor", table_name="node_merge")
    op.drop_index("ix_merge_run", table_name="node_merge")
    op.drop_index("ix_merge_absorbed", table_name="node_merge")
    op.drop_table("node_merge")
    op.drop_index(
        op.f("ix_mitigation_action_respondent_organisation_id"), table_name="mitigation_action"
    )
    op.drop_index(op.f("ix_mitigation_action_organisation_id"), table_name="mitigation_action")
    op.drop_index("ix_action_finding", table_name="mitigation_action")
    op.drop_index("ix_action_due", table_name="mitigation_action")
    op.drop_table("mitigation_action")
    op.drop_index(op.f("ix_import_fault_row_organisation_id"), table_name="import_fault_row")
    op.drop_index("ix_fault_row_import", table_name="import_fault_row")
    op.drop_index("ix_fault_row", table_name="import_fault_row")
    op.drop_table("import_fault_row")
    op.drop_index(op.f("ix_assignment_respondent_organisation_id"), table_name="assignment")
    op.drop_index(op.f("ix_assignment_organisation_id"), table_name="assignment")
    op.drop_index("ix_assignment_node", table_name="assignment")
    op.drop_index("ix_assignment_due", table_name="assignment")
    op.drop_index("ix_assignment_campaign", table_name="assignment")
    op.drop_table("assignment")
    op.drop_index(op.f("ix_approval_decision_organisation_id"), table_name="approval_decision")
    op.drop_index("ix_approval_decision", table_name="approval_decision")
    op.drop_table("approval_decision")
    op.drop_index("ix_approval_state", table_name="approval")
    op.drop_index("ix_approval_request", table_name="approval")
    op.drop_index(op.f("ix_approval_organisation_id"), table_name="approval")
    op.drop_index("ix_approval_node", table_name="approval")
    op.drop_index("ix_approval_link", table_name="approval")
    op.drop_table("approval")
    op.drop_index(op.f("ix_supply_link_organisation_id"), table_name="supply_link")
    op.drop_index("ix_link_supplier", table_name="supply_link")
    op.drop_index("ix_link_buyer", table_name="supply_link")
    op.drop_table("supply_link")
    op.drop_index(op.f("ix_severity_judgement_organisation_id"), table_name="severity_judgement")
    op.drop_index("ix_judgement_node", table_name="severity_judgement")
    op.drop_table("severity_judgement")
    op.drop_index("ix_screening_match_state", table_name="screening_match")
    op.drop_index(op.f("ix_screening_match_organisation_id"), table_name="screening_match")
    op.drop_index("ix_screening_match_node", table_name="screening_match")
    op.drop_table("screening_match")
    op.drop_index(op.f("ix_score_change_organisation_id"), table_name="score_change")
    op.drop_table("score_change")
    op.drop_index(op.f("ix_salience_note_organisation_id"), table_name="salience_note")
    op.drop_index("ix_salience_node", table_name="salience_note")
    op.drop_table("salience_note")
    op.drop_index(op.f("ix_risk_follow_up_organisation_id"), table_name="risk_follow_up")
    op.drop_index("ix_follow_up_node", table_name="risk_follow_up")
    op.drop_table("risk_follow_up")
    op.drop_index(op.f("ix_risk_fact_organisation_id"), table_name="risk_fact")
    op.drop_index("ix_fact_node", table_name="risk_fact")
    op.drop_table("risk_fact")
    op.drop_index(op.f("ix_risk_assessment_organisation_id"), table_name="risk_assessment")
    op.drop_index("ix_assessment_ref", table_name="risk_assessment")
    op.drop_index("ix_assessment_node", table_name="risk_assessment")
    op.drop_table("risk_assessment")
    op.drop_index(
        "uq_review_task_open",
        table_name="review_task",
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.drop_index(op.f("ix_review_task_organisation_id"), table_name="review_task")
    op.drop_index("ix_review_task_due", table_name="review_task")
    op.drop_table("review_task")
    op.drop_index("ix_place_observation_region", table_name="place_observation")
    op.drop_index(op.f("ix_place_observation_organisation_id"), table_name="place_observation")
    op.drop_index("ix_place_observation_node", table_name="place_observation")
    op.drop_table("place_observation")
    op.drop_index("ix_summary_tier", table_name="node_summary")
    op.drop_index("ix_summary_rank", table_name="node_summary")
    op.drop_index(
        "ix_summary_overdue",
        table_name="node_summary",
        sqlite_where=sa.text("overdue_actions > 0"),
        postgresql_where=sa.text("overdue_actions > 0"),
    )
    op.drop_index("ix_summary_band", table_name="node_summary")
    op.drop_index(
        "ix_summary_asked",
        table_name="node_summary",
        sqlite_where=sa.text("questionnaire_status IS NOT NULL"),
        postgresql_where=sa.text("questionnaire_status IS NOT NULL"),
    )
    op.drop_index(op.f("ix_node_summary_organisation_id"), table_name="node_summary")
    op.drop_table("node_summary")
    op.drop_index(op.f("ix_import_page_organisation_id"), table_name="import_page")
    op.drop_table("import_page")
    op.drop_index(op.f("ix_import_gone_organisation_id"), table_name="import_gone")
    op.drop_index("ix_gone_place", table_name="import_gone")
    op.drop_index("ix_gone_choice", table_name="import_gone")
    op.drop_table("import_gone")
    op.drop_index(op.f("ix_import_fault_organisation_id"), table_name="import_fault")
    op.drop_index("ix_fault_place", table_name="import_fault")
    op.drop_index("ix_fault_kind", table_name="import_fault")
    op.drop_table("import_fault")
    op.drop_index("ix_fresh_node", table_name="fresh_evidence")
    op.drop_index(op.f("ix_fresh_evidence_organisation_id"), table_name="fresh_evidence")
    op.drop_table("fresh_evidence")
    op.drop_index(op.f("ix_first_run_organisation_id"), table_name="first_run")
    op.drop_table("first_run")
    op.drop_index("ix_finding_status", table_name="finding")
    op.drop_index(op.f("ix_finding_organisation_id"), table_name="finding")
    op.drop_index("ix_finding_node", table_name="finding")
    op.drop_table("finding")
    op.drop_index(
        op.f("ix_figure_question_respondent_organisation_id"), table_name="figure_question"
    )
    op.drop_index(op.f("ix_figure_question_organisation_id"), table_name="figure_question")
    op.drop_index("ix_figure_question_node", table_name="figure_question")
    op.drop_table("figure_question")
    op.drop_index("ix_pair_score", table_name="duplicate_pair")
    op.drop_index("ix_pair_right", table_name="duplicate_pair")
    op.drop_index(op.f("ix_duplicate_pair_organisation_id"), table_name="duplicate_pair")
    op.drop_table("duplicate_pair")
    op.drop_index(op.f("ix_control_record_organisation_id"), table_name="control_record")
    op.drop_index("ix_control_node", table_name="control_record")
    op.drop_table("control_record")
    op.drop_index("ix_context_node", table_name="context_event_node")
    op.drop_index(op.f("ix_context_event_node_organisation_id"), table_name="context_event_node")
    op.drop_table("context_event_node")
    op.drop_index(op.f("ix_campaign_organisation_id"), table_name="campaign")
    op.drop_index("ix_campaign_made", table_name="campaign")
    op.drop_table("campaign")
    op.drop_index(op.f("ix_bulk_part_organisation_id"), table_name="bulk_part")
    op.drop_table("bulk_part")
    op.drop_index(op.f("ix_approval_request_organisation_id"), table_name="approval_request")
    op.drop_index("ix_approval_request_import", table_name="approval_request")
    op.drop_table("approval_request")
    op.drop_index(op.f("ix_what_if_organisation_id"), table_name="what_if")
    op.drop_index("ix_what_if_made", table_name="what_if")
    op.drop_table("what_if")
    op.drop_index(op.f("ix_visit_plan_organisation_id"), table_name="visit_plan")
    op.drop_index("ix_visit_plan_made", table_name="visit_plan")
    op.drop_table("visit_plan")
    op.drop_index(op.f("ix_value_chain_node_organisation_id"), table_name="value_chain_node")
    op.drop_index(
        "ix_node_tags",
        table_name="value_chain_node",
        sqlite_where=sa.text("tags IS NOT NULL"),
        postgresql_where=sa.text("tags IS NOT NULL"),
    )
    op.drop_index(
        "ix_node_owner",
        table_name="value_chain_node",
        sqlite_where=sa.text("owner_id IS NOT NULL"),
        postgresql_where=sa.text("owner_id IS NOT NULL"),
    )
    op.drop_index(
        "ix_node_no_activity",
        table_name="value_chain_node",
        sqlite_where=sa.text("sector_ref IS NULL AND archived_at IS NULL"),
        postgresql_where=sa.text("sector_ref IS NULL AND archived_at IS NULL"),
    )
    op.drop_index("ix_node_name", table_name="value_chain_node")
    op.drop_index(
        "ix_node_group",
        table_name="value_chain_node",
        sqlite_where=sa.text("group_name IS NOT NULL"),
        postgresql_where=sa.text("group_name IS NOT NULL"),
    )
    op.drop_index("ix_node_country", table_name="value_chain_node")
    op.drop_table("value_chain_node")
    op.drop_index(op.f("ix_share_memory_organisation_id"), table_name="share_memory")
    op.drop_table("share_memory")
    op.drop_index(op.f("ix_screening_entry_organisation_id"), table_name="screening_entry")
    op.drop_table("screening_entry")
    op.drop_index(op.f("ix_saved_view_organisation_id"), table_name="saved_view")
    op.drop_index("ix_saved_view_name", table_name="saved_view")
    op.drop_table("saved_view")
    op.drop_index(op.f("ix_risk_lot_line_organisation_id"), table_name="risk_lot_line")
    op.drop_index("ix_risk_lot_line", table_name="risk_lot_line")
    op.drop_table("risk_lot_line")
    op.drop_index(op.f("ix_report_organisation_id"), table_name="report")
    op.drop_table("report")
    op.drop_index(op.f("ix_own_form_draft_organisation_id"), table_name="own_form_draft")
    op.drop_table("own_form_draft")
    op.drop_index("ix_run_chain", table_name="match_run")
    op.drop_index(op.f("ix_match_run_organisation_id"), table_name="match_run")
    op.drop_table("match_run")
    op.drop_index(op.f("ix_map_import_organisation_id"), table_name="map_import")
    op.drop_table("map_import")
    op.drop_index("ix_evidence_target", table_name="evidence_link")
    op.drop_index(op.f("ix_evidence_link_respondent_organisation_id"), table_name="evidence_link")
    op.drop_index(op.f("ix_evidence_link_organisation_id"), table_name="evidence_link")
    op.drop_table("evidence_link")
    op.drop_index(op.f("ix_bulk_change_organisation_id"), table_name="bulk_change")
    op.drop_index("ix_bulk_change_chain", table_name="bulk_change")
    op.drop_table("bulk_change")
    op.drop_index("ix_run_base", table_name="assessment_run")
    op.drop_index(op.f("ix_assessment_run_organisation_id"), table_name="assessment_run")
    op.drop_table("assessment_run")
    op.drop_index(op.f("ix_value_chain_organisation_id"), table_name="value_chain")
    op.drop_table("value_chain")
    op.drop_index(op.f("ix_user_session_user_id"), table_name="user_session")
    op.drop_index(op.f("ix_user_session_expires_at"), table_name="user_session")
    op.drop_table("user_session")
    op.drop_index(op.f("ix_screening_list_organisation_id"), table_name="screening_list")
    op.drop_index("ix_screening_list_current", table_name="screening_list")
    op.drop_table("screening_list")
    op.drop_index(op.f("ix_screening_decision_organisation_id"), table_name="screening_decision")
    op.drop_table("screening_decision")
    op.drop_index(op.f("ix_run_register_organisation_id"), table_name="run_register")
    op.drop_table("run_register")
    op.drop_index(op.f("ix_risk_lot_organisation_id"), table_name="risk_lot")
    op.drop_index("ix_risk_lot_made", table_name="risk_lot")
    op.drop_table("risk_lot")
    op.drop_table("questionnaire_version")
    op.drop_index(op.f("ix_own_form_questionnaire_id"), table_name="own_form")
    op.drop_index(op.f("ix_own_form_organisation_id"), table_name="own_form")
    op.drop_table("own_form")
    op.drop_index(op.f("ix_membership_user_id"), table_name="membership")
    op.drop_index(op.f("ix_membership_organisation_id"), table_name="membership")
    op.drop_table("membership")
    op.drop_index(op.f("ix_match_decision_organisation_id"), table_name="match_decision")
    op.drop_table("match_decision")
    op.drop_index("ix_invitation_token", table_name="invitation")
    op.drop_index(op.f("ix_invitation_organisation_id"), table_name="invitation")
    op.drop_index("ix_invitation_assignment", table_name="invitation")
    op.drop_table("invitation")
    op.drop_index("ix_indicator_country", table_name="indicator_value")
    op.drop_index("ix_indicator_commodity", table_name="indicator_value")
    op.drop_table("indicator_value")
    op.drop_index(op.f("ix_evidence_respondent_organisation_id"), table_name="evidence")
    op.drop_index(op.f("ix_evidence_organisation_id"), table_name="evidence")
    op.drop_index("ix_evidence_expiry", table_name="evidence")
    op.drop_table("evidence")
    op.drop_index("ix_context_country", table_name="context_value")
    op.drop_table("context_value")
    op.drop_index("ix_context_event_start", table_name="context_event")
    op.drop_index(op.f("ix_context_event_organisation_id"), table_name="context_event")
    op.drop_table("context_event")
    op.drop_index(op.f("ix_confirmed_text_organisation_id"), table_name="confirmed_text")
    op.drop_table("confirmed_text")
    op.drop_index(op.f("ix_column_mapping_organisation_id"), table_name="column_mapping")
    op.drop_table("column_mapping")
    op.drop_index("ix_delivery_made", table_name="book_delivery")
    op.drop_index(op.f("ix_book_delivery_organisation_id"), table_name="book_delivery")
    op.drop_table("book_delivery")
    op.drop_index("ix_value_event", table_name="audit_value")
    op.drop_index(op.f("ix_audit_value_organisation_id"), table_name="audit_value")
    op.drop_table("audit_value")
    op.drop_index(op.f("ix_audit_head_organisation_id"), table_name="audit_head")
    op.drop_table("audit_head")
    op.drop_index("ix_event_target", table_name="audit_event")
    op.drop_index("ix_event_action", table_name="audit_event")
    op.drop_index(op.f("ix_audit_event_organisation_id"), table_name="audit_event")
    op.drop_table("audit_event")
    op.drop_index(op.f("ix_audit_checkpoint_organisation_id"), table_name="audit_checkpoint")
    op.drop_table("audit_checkpoint")
    op.drop_index("ix_app_link_token", table_name="app_link")
    op.drop_index(op.f("ix_app_link_organisation_id"), table_name="app_link")
    op.drop_table("app_link")
    op.drop_index("ix_intake_assignment", table_name="answer_intake")
    op.drop_index(op.f("ix_answer_intake_organisation_id"), table_name="answer_intake")
    op.drop_table("answer_intake")
    op.drop_index(op.f("ix_activity_answer_organisation_id"), table_name="activity_answer")
    op.drop_table("activity_answer")
    op.drop_table("user")
    op.drop_table("reference_release")
    op.drop_table("rate_count")
    op.drop_table("questionnaire")
    op.drop_table("organisation")
    op.drop_index("ix_job_key", table_name="job")
    op.drop_index("ix_job_due", table_name="job")
    op.drop_table("job")
    # ### end Alembic commands ###
