"""Row triggers: tenant isolation in the database, and protection of immutable rows.

`cur_tenant()` (SQLite) and the setting `app.tenant` (PostgreSQL) hold the acting tenant: the
hex UUID of an organisation, `*` for all tenants, `!` and the UUID while an organisation is erased.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

TENANT_FUNCTION = """
CREATE OR REPLACE FUNCTION tenant_wall() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    tenant text := ltrim(coalesce(current_setting('app.tenant', true), ''), '!');
    before_row jsonb := CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) END;
    after_row jsonb := CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) END;
    owner text;
BEGIN
    IF tenant <> '*' THEN
        FOR owner IN SELECT unnest(ARRAY['before', 'after']) LOOP
            IF (owner = 'before' AND before_row IS NULL) OR (owner = 'after' AND after_row IS NULL)
            THEN CONTINUE; END IF;
            IF NOT EXISTS (
                SELECT 1 FROM unnest(TG_ARGV::text[]) AS column_name
                WHERE replace(
                    (CASE owner WHEN 'before' THEN before_row ELSE after_row END) ->> column_name,
                    '-', '') = tenant
            ) THEN RAISE EXCEPTION 'tenant wall: %', TG_TABLE_NAME; END IF;
        END LOOP;
    END IF;
    IF TG_OP = 'UPDATE' AND before_row ->> 'organisation_id' <> after_row ->> 'organisation_id'
    THEN RAISE EXCEPTION 'tenant wall: % row may not move', TG_TABLE_NAME; END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
"""

APPEND_FUNCTION = """
CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND coalesce(current_setting('app.tenant', true), '') LIKE '!%'
    THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'append only: %', TG_TABLE_NAME;
END $$
"""

MOVED = """NOT EXISTS (
    SELECT 1 FROM node_merge WHERE node_merge.organisation_id = OLD.organisation_id
    AND ((absorbed_id = OLD.node_id AND survivor_id = NEW.node_id)
        OR (survivor_id = OLD.node_id AND absorbed_id = NEW.node_id)))"""
"""Whether no merge joined the two nodes between which a row is about to move."""

MOVE_FUNCTION = f"""
CREATE OR REPLACE FUNCTION moves_with_merge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {MOVED} THEN RAISE EXCEPTION 'append only: %', TG_TABLE_NAME; END IF;
    RETURN NEW;
END $$
"""

NOT_REDACTED = """NOT EXISTS (
    SELECT 1 FROM case_redaction WHERE case_redaction.organisation_id = OLD.organisation_id
    AND case_redaction.row_id = OLD.id
    AND case_redaction.nonce = {first})"""
"""Whether no redaction is recorded of the value that a sealed column is about to get."""


def isolation_triggers(
    dialect: str,
    tenant_tables: Mapping[str, Sequence[str]],
    append_only: Mapping[str, str | None],
    moving: Mapping[str, Sequence[str]],
    redacted: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Iterator[str]:
    """The SQL that creates the isolation triggers.

    Args:
        dialect: `sqlite` or `postgresql`.
        tenant_tables: table -> the columns that name an organisation.
        append_only: table -> SQL condition on OLD under which it may not change, None: never.
        moving: append-only table whose rows move to another node by a merge, and by nothing
            else -> its other columns.
        redacted: append-only table with a sealed column that a recorded redaction changes, and
            nothing else -> that column, then the columns that never change.
    """
    fixed = {**moving, **{table: columns[1:] for table, columns in redacted.items()}}
    if dialect == "postgresql":
        yield TENANT_FUNCTION
        yield APPEND_FUNCTION
        yield MOVE_FUNCTION
        for table, columns in tenant_tables.items():
            yield _postgresql_triggers(table, columns)
        for table, condition in append_only.items():
            yield _postgresql_append(table, condition, fixed.get(table, ()))
            yield (
                f"CREATE TRIGGER truncate_{table} BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
            )
        for table in moving:
            yield (
                f"CREATE TRIGGER move_{table} BEFORE UPDATE OF node_id ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION moves_with_merge()"
            )
        for table, columns in redacted.items():
            yield from _postgresql_redaction(table, columns[0], append_only[table])
        return
    for table, columns in tenant_tables.items():
        yield from _sqlite_triggers(table, columns)
    for table, condition in append_only.items():
        yield from _sqlite_append(table, condition, fixed.get(table, ()))
    for table in moving:
        yield (
            f"CREATE TRIGGER move_{table} BEFORE UPDATE OF node_id ON {table} WHEN {MOVED} "
            f"BEGIN SELECT RAISE(ABORT, 'append only: {table}'); END"
        )
    for table, columns in redacted.items():
        yield _sqlite_redaction(table, columns[0], append_only[table])


def _postgresql_redaction(table: str, column: str, condition: str | None) -> Iterator[str]:
    when = f"WHEN ({condition}) " if condition else ""
    missing = NOT_REDACTED.format(first=f"substring(NEW.{column} FROM 1 FOR 12)")
    yield (
        f"CREATE OR REPLACE FUNCTION redact_{table}() RETURNS trigger LANGUAGE plpgsql AS $$\n"
        f"BEGIN\n    IF {missing} THEN RAISE EXCEPTION 'append only: %', TG_TABLE_NAME; END IF;\n"
        "    RETURN NEW;\nEND $$"
    )
    yield (
        f"CREATE TRIGGER redact_{table} BEFORE UPDATE OF {column} ON {table} "
        f"FOR EACH ROW {when}EXECUTE FUNCTION redact_{table}()"
    )


def _sqlite_redaction(table: str, column: str, condition: str | None) -> str:
    missing = NOT_REDACTED.format(first=f"substr(NEW.{column}, 1, 12)")
    when = f"({condition}) AND {missing}" if condition else missing
    return (
        f"CREATE TRIGGER redact_{table} BEFORE UPDATE OF {column} ON {table} WHEN {when} "
        f"BEGIN SELECT RAISE(ABORT, 'append only: {table}'); END"
    )


def _postgresql_triggers(table: str, columns: Sequence[str]) -> str:
    arguments = ", ".join(f"'{column}'" for column in columns)
    return (
        f"CREATE TRIGGER wall_{table} BEFORE INSERT OR UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION tenant_wall({arguments})"
    )


def _postgresql_append(table: str, condition: str | None, fixed: Sequence[str]) -> str:
    when = f"WHEN ({condition}) " if condition else ""
    return (
        f"CREATE TRIGGER append_{table} BEFORE UPDATE{_of(fixed)} OR DELETE ON {table} "
        f"FOR EACH ROW {when}EXECUTE FUNCTION append_only()"
    )


def _sqlite_triggers(table: str, columns: Sequence[str]) -> Iterator[str]:
    for verb, rows in (("INSERT", ["NEW"]), ("UPDATE", ["OLD", "NEW"]), ("DELETE", ["OLD"])):
        owned = " AND ".join(
            f"coalesce(ltrim(cur_tenant(), '!') IN ({_list(row, columns)}), 0)" for row in rows
        )
        moved = " OR OLD.organisation_id <> NEW.organisation_id" if verb == "UPDATE" else ""
        yield (
            f"CREATE TRIGGER wall_{table}_{verb.lower()} BEFORE {verb} ON {table} "
            f"WHEN (cur_tenant() <> '*' AND NOT ({owned})){moved} "
            f"BEGIN SELECT RAISE(ABORT, 'tenant wall: {table}'); END"
        )


def _list(row: str, columns: Sequence[str]) -> str:
    return ", ".join(f"coalesce({row}.{column}, '')" for column in columns)


def _of(fixed: Sequence[str]) -> str:
    return f" OF {', '.join(fixed)}" if fixed else ""


def _sqlite_append(table: str, condition: str | None, fixed: Sequence[str]) -> Iterator[str]:
    for verb in ("UPDATE", "DELETE"):
        allowed = "cur_tenant() NOT LIKE '!%'" if verb == "DELETE" else "1"
        when = f"({condition}) AND {allowed}" if condition else allowed
        which = f"{verb}{_of(fixed)}" if verb == "UPDATE" else verb
        yield (
            f"CREATE TRIGGER append_{table}_{verb.lower()} BEFORE {which} ON {table} WHEN {when} "
            f"BEGIN SELECT RAISE(ABORT, 'append only: {table}'); END"
        )
