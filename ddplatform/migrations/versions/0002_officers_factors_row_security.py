"""Second factors, safeguarding officers by two people, redaction of cases, row-level security,
counts of refusals, legal holds.

Sessions end: they do not say when a person last proved who they are.

Revision: 0002
"""

import sqlalchemy as sa
from alembic import op

from ddplatform.migrations.isolation import isolation_triggers
from ddplatform.migrations.row_security import row_security

revision = "0002"
down_revision = "0001"
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
    "case_handover": ("organisation_id",),
    "case_redaction": ("organisation_id",),
    "chain_proposal": ("organisation_id", "respondent_organisation_id"),
    "column_mapping": ("organisation_id",),
    "confirmed_text": ("organisation_id",),
    "context_event": ("organisation_id",),
    "context_event_node": ("organisation_id",),
    "control_record": ("organisation_id",),
    "duplicate_pair": ("organisation_id",),
    "emergency_access": ("organisation_id",),
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
    "legal_hold": ("organisation_id",),
    "map_change": ("organisation_id",),
    "map_import": ("organisation_id",),
    "map_step": ("organisation_id",),
    "match_decision": ("organisation_id",),
    "match_run": ("organisation_id",),
    "membership": ("organisation_id",),
    "mitigation_action": ("organisation_id", "respondent_organisation_id"),
    "node_merge": ("organisation_id",),
    "node_summary": ("organisation_id",),
    "officer_proposal": ("organisation_id",),
    "own_form": ("organisation_id",),
    "own_form_draft": ("organisation_id",),
    "own_supplier": ("organisation_id",),
    "place_observation": ("organisation_id",),
    "red_flag": ("organisation_id", "respondent_organisation_id"),
    "refusal_count": ("organisation_id",),
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
    "case_redaction": None,
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

REDACTED = {
    "case_criterion": [
        "sealed_basis",
        "id",
        "organisation_id",
        "case_id",
        "criterion",
        "is_met",
        "judged_at",
        "judged_by_id",
    ],
    "follow_up_visit": [
        "sealed_answers",
        "id",
        "organisation_id",
        "case_id",
        "number",
        "form_version",
        "recorded_at",
        "recorded_by_id",
    ],
    "remediation_step": [
        "sealed_note",
        "id",
        "organisation_id",
        "case_id",
        "step",
        "taken_at",
        "taken_by_id",
    ],
}

SHARED = {
    "answer": "answer.respondent_organisation_id = (SELECT acting_organisation()) OR answer.organisation_id = (SELECT acting_organisation()) AND (answer.is_released OR answer.respondent_organisation_id IS NULL)",
    "evidence": "evidence.respondent_organisation_id = (SELECT acting_organisation()) OR evidence.organisation_id = (SELECT acting_organisation()) AND (evidence.is_released OR evidence.respondent_organisation_id IS NULL)",
    "evidence_link": "evidence_link.respondent_organisation_id = (SELECT acting_organisation()) OR evidence_link.organisation_id = (SELECT acting_organisation()) AND (evidence_link.is_released OR evidence_link.respondent_organisation_id IS NULL)",
    "red_flag": "red_flag.respondent_organisation_id = (SELECT acting_organisation()) OR red_flag.organisation_id = (SELECT acting_organisation()) AND (red_flag.is_released OR red_flag.respondent_organisation_id IS NULL)",
    "response": "response.respondent_organisation_id = (SELECT acting_organisation()) OR response.organisation_id = (SELECT acting_organisation()) AND (response.is_released OR response.respondent_organisation_id IS NULL)",
    "section_share": "section_share.respondent_organisation_id = (SELECT acting_organisation()) OR section_share.organisation_id = (SELECT acting_organisation()) AND (section_share.is_released OR section_share.respondent_organisation_id IS NULL)",
}

QUEUES = ["job"]

KEPT_OF_A_CASE = (
    "id",
    "organisation_id",
    "code",
    "finding_id",
    "status",
    "is_sensitive_class",
    "key_wrapped",
    "key_version",
    "sealed_facts",
    "opened_at",
    "opened_by_id",
    "closed_at",
    "closed_by_id",
    "row_version",
)

TRIGGERS = {
    "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": (
        "SELECT tgname, CAST(CAST(tgrelid AS regclass) AS text) FROM pg_trigger "
        "WHERE NOT tgisinternal"
    ),
}


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    _drop_triggers(dialect)
    op.add_column(
        "organisation",
        sa.Column(
            "second_factor_roles",
            sa.Text(),
            nullable=True,
            comment="Roles that need a second factor here",
        ),
    )
    op.add_column(
        "rate_count",
        sa.Column(
            "last_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Last failure, where the next waits",
        ),
    )
    op.drop_table("user_session")
    op.create_table(
        "user_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("id_hash", sa.String(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column(
            "browser", sa.String(), nullable=False, comment="A name of devices.py, never raw"
        ),
        sa.Column("system", sa.String(), nullable=False, comment="The same"),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Sign-in; stays under a new id",
        ),
        sa.Column(
            "confirmed_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="The person last proved who they are",
        ),
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
    if dialect == "sqlite":
        _rebuild_cases()
    else:
        _extend_cases()
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "class_ref",
            sa.String(),
            nullable=False,
            comment="A class of retention/data/classes.yaml",
        ),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False, comment="Last day of the hold"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_legal_hold_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
    )
    op.create_index(
        op.f("ix_legal_hold_organisation_id"), "legal_hold", ["organisation_id"], unique=False
    )
    op.create_table(
        "refusal_count",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("actor_role", sa.String(), nullable=False),
        sa.Column("endpoint", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False, comment="role or limit"),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_refusal_count_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refusal_count")),
        sa.UniqueConstraint(
            "organisation_id",
            "actor_id",
            "endpoint",
            "reason",
            name=op.f("uq_refusal_count_organisation_id_actor_id_endpoint_reason"),
        ),
    )
    op.create_index(
        op.f("ix_refusal_count_organisation_id"), "refusal_count", ["organisation_id"], unique=False
    )
    op.create_table(
        "officer_proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "appoint",
                "remove",
                name="proposalkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "proposed",
                "agreed",
                "done",
                "objected",
                "withdrawn",
                "lapsed",
                name="proposalstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "user_id",
            sa.Uuid(),
            nullable=True,
            comment="Known account; none: an invitation goes to the address",
        ),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=True, comment="None: the operator"),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed_by_id", sa.Uuid(), nullable=True),
        sa.Column(
            "effective_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="End of the waiting period",
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "agreed_by_id <> proposed_by_id", name=op.f("ck_officer_proposal_two_people")
        ),
        sa.CheckConstraint(
            "agreed_by_id IS NULL OR agreed_at IS NOT NULL",
            name=op.f("ck_officer_proposal_agreed_pair"),
        ),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_officer_proposal_email_lower")),
        sa.CheckConstraint(
            "ended_by_id IS NULL OR ended_at IS NOT NULL",
            name=op.f("ck_officer_proposal_ended_pair"),
        ),
        sa.ForeignKeyConstraint(
            ["agreed_by_id"], ["user.id"], name=op.f("fk_officer_proposal_agreed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["user.id"], name=op.f("fk_officer_proposal_ended_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_officer_proposal_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["user.id"], name=op.f("fk_officer_proposal_proposed_by_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_officer_proposal_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_proposal")),
    )
    op.create_index(
        op.f("ix_officer_proposal_organisation_id"),
        "officer_proposal",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        "ix_officer_proposal_status",
        "officer_proposal",
        ["organisation_id", "status"],
        unique=False,
    )
    op.create_table(
        "passkey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False, comment="What the person calls it"),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False, comment="COSE_Key, RFC 9052"),
        sa.Column(
            "sign_count",
            sa.Integer(),
            nullable=False,
            comment="Signature counter last reported by the authenticator; 0: it keeps none",
        ),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "last_used_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Challenges issued before this moment are refused",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_passkey_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index(op.f("ix_passkey_user_id"), "passkey", ["user_id"], unique=False)
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "begins",
            sa.String(),
            nullable=False,
            comment="The first signs, by which the row is found",
        ),
        sa.Column("code_hash", sa.String(), nullable=False, comment="Argon2id of the rest"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_recovery_code_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("user_id", "begins", name=op.f("uq_recovery_code_user_id_begins")),
    )
    op.create_table(
        "second_factor",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "sealed_secret",
            sa.LargeBinary(),
            nullable=False,
            comment="AES-256-GCM, bound to the person; key outside the database",
        ),
        sa.Column(
            "last_step",
            sa.Integer(),
            nullable=False,
            comment="Time step of the newest code that was used; no code up to it works again",
        ),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_second_factor_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_factor")),
        sa.UniqueConstraint("user_id", name=op.f("uq_second_factor_user_id")),
    )
    op.create_table(
        "case_handover",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "ended_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Accepted, declined or withdrawn",
        ),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("from_id <> to_id", name=op.f("ck_case_handover_two_officers")),
        sa.ForeignKeyConstraint(["from_id"], ["user.id"], name=op.f("fk_case_handover_from_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "case_id"],
            ["remediation_case.organisation_id", "remediation_case.id"],
            name=op.f("fk_case_handover_organisation_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_case_handover_organisation_id")
        ),
        sa.ForeignKeyConstraint(["to_id"], ["user.id"], name=op.f("fk_case_handover_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_handover")),
    )
    op.create_index(
        op.f("ix_case_handover_organisation_id"), "case_handover", ["organisation_id"], unique=False
    )
    op.create_index(
        "ix_handover_to", "case_handover", ["organisation_id", "to_id", "ended_at"], unique=False
    )
    op.create_table(
        "case_redaction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column(
            "row_id", sa.Uuid(), nullable=False, comment="The row of the case that was sealed anew"
        ),
        sa.Column(
            "nonce", sa.LargeBinary(), nullable=False, comment="First 12 bytes of the new value"
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["user.id"], name=op.f("fk_case_redaction_made_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "case_id"],
            ["remediation_case.organisation_id", "remediation_case.id"],
            name=op.f("fk_case_redaction_organisation_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_case_redaction_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_redaction")),
    )
    op.create_index(
        op.f("ix_case_redaction_organisation_id"),
        "case_redaction",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        "ix_redaction_row", "case_redaction", ["organisation_id", "row_id"], unique=False
    )
    op.create_table(
        "emergency_access",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "agreed_by_id", sa.Uuid(), nullable=True, comment="None though agreed: the operator"
        ),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_by_id", sa.Uuid(), nullable=True),
        sa.Column("is_justified", sa.Boolean(), nullable=True),
        sa.Column("sealed_review", sa.LargeBinary(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(reviewed_at IS NULL) = (reviewed_by_id IS NULL)",
            name=op.f("ck_emergency_access_reviewed_pair"),
        ),
        sa.CheckConstraint(
            "agreed_by_id <> asked_by_id", name=op.f("ck_emergency_access_second_officer")
        ),
        sa.CheckConstraint(
            "agreed_by_id IS NULL OR agreed_at IS NOT NULL",
            name=op.f("ck_emergency_access_agreed_pair"),
        ),
        sa.CheckConstraint(
            "reviewed_by_id <> asked_by_id", name=op.f("ck_emergency_access_reviewed_by_another")
        ),
        sa.ForeignKeyConstraint(
            ["agreed_by_id"], ["user.id"], name=op.f("fk_emergency_access_agreed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["user.id"], name=op.f("fk_emergency_access_asked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "case_id"],
            ["remediation_case.organisation_id", "remediation_case.id"],
            name=op.f("fk_emergency_access_organisation_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_emergency_access_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by_id"], ["user.id"], name=op.f("fk_emergency_access_reviewed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_access")),
    )
    op.create_index(
        op.f("ix_emergency_access_organisation_id"),
        "emergency_access",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        "ix_emergency_asked_by",
        "emergency_access",
        ["organisation_id", "asked_by_id", "ends_at"],
        unique=False,
    )
    for statement in isolation_triggers(dialect, TENANT_TABLES, APPEND_ONLY, MOVING, REDACTED):
        op.execute(statement)
    for statement in row_security(dialect, TENANT_TABLES, SHARED, QUEUES):
        op.execute(statement)


def _drop_triggers(dialect: str) -> None:
    """All are made anew at the end: their conditions name new tables and columns."""
    quote = op.get_bind().dialect.identifier_preparer.quote
    for name, table in op.get_bind().execute(sa.text(TRIGGERS[dialect])).all():
        of_table = f" ON {table}" if dialect == "postgresql" else ""
        op.execute(f"DROP TRIGGER {quote(name)}{of_table}")


def _extend_cases() -> None:
    for table, column, words in (
        ("rate_count", "key", "Limit, and HMAC of who is counted"),
        ("remediation_step", "step", "REM-nn, the state entered, merged or handed_over"),
    ):
        op.alter_column(table, column, comment=words)
    op.add_column(
        "remediation_case",
        sa.Column(
            "merged_into_id", sa.Uuid(), nullable=True, comment="The case that goes on instead"
        ),
    )
    op.add_column(
        "remediation_case",
        sa.Column(
            "removal_day",
            sa.Date(),
            nullable=True,
            comment="Day on which the content is removed, as announced to the officers",
        ),
    )
    op.create_check_constraint(
        op.f("ck_remediation_case_merged_closed"),
        "remediation_case",
        "merged_into_id IS NULL OR closed_at IS NOT NULL",
    )
    op.create_foreign_key(
        op.f("fk_remediation_case_organisation_id_merged_into_id"),
        "remediation_case",
        "remediation_case",
        ["organisation_id", "merged_into_id"],
        ["organisation_id", "id"],
    )


def _rebuild_cases() -> None:
    """SQLite adds no key of two columns to a table; `env.py` runs this without foreign keys."""
    op.execute("PRAGMA legacy_alter_table = ON")  # keys of other tables keep their words
    op.rename_table("remediation_case", "remediation_case_before")
    op.execute("PRAGMA legacy_alter_table = OFF")
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
        sa.Column(
            "merged_into_id", sa.Uuid(), nullable=True, comment="The case that goes on instead"
        ),
        sa.Column(
            "removal_day",
            sa.Date(),
            nullable=True,
            comment="Day on which the content is removed, as announced to the officers",
        ),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_by_id IS NULL)",
            name=op.f("ck_remediation_case_closed_pair"),
        ),
        sa.CheckConstraint(
            "merged_into_id IS NULL OR closed_at IS NOT NULL",
            name=op.f("ck_remediation_case_merged_closed"),
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
            ["organisation_id", "merged_into_id"],
            ["remediation_case.organisation_id", "remediation_case.id"],
            name=op.f("fk_remediation_case_organisation_id_merged_into_id"),
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
    kept = ", ".join(KEPT_OF_A_CASE)
    op.execute(
        f"INSERT INTO remediation_case ({kept}) SELECT {kept} FROM remediation_case_before"
    )
    op.drop_table("remediation_case_before")
    op.create_index(
        op.f("ix_remediation_case_organisation_id"),
        "remediation_case",
        ["organisation_id"],
        unique=False,
    )


def downgrade() -> None:
    raise NotImplementedError("Restore the backup that was made before the upgrade.")
