"""Row-level security of PostgreSQL: policies of the tenant tables, and the key of their seal.

A transaction names its tenant in the settings `app.tenant` (the hex UUID of an organisation, `*`
for all, `!` and the UUID while an organisation is erased) and `app.seal`. Policies believe a tenant
whose seal was made with the key in `isolation.tenant_key`, which the role of the application cannot
read: SQL that somebody slipped into a statement can change the settings, but not seal them
(decision 36).
"""

from collections.abc import Iterator, Mapping, Sequence

ACTING = "(SELECT acting_organisation())"
"""The organisation of the transaction, as policies ask for it: once a statement."""
ACROSS = "(SELECT acts_across())"
NOBODY = "(SELECT coalesce(current_setting('app.tenant', true), '') = '')"

SEALED = """
CREATE OR REPLACE FUNCTION sealed_tenant() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    tenant text := current_setting('app.tenant', true);
    kept bytea;
BEGIN
    IF coalesce(tenant, '') = '' THEN RETURN NULL; END IF;
    SELECT secret INTO kept FROM isolation.tenant_key;
    IF encode(sha256(kept || sha256(kept || convert_to(tenant, 'UTF8'))), 'hex')
        = current_setting('app.seal', true) THEN RETURN tenant; END IF;
    RETURN NULL;
END $$
"""

ACTING_FUNCTION = """
CREATE OR REPLACE FUNCTION acting_organisation() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CAST(nullif(ltrim(sealed_tenant(), '!'), '*') AS uuid)
$$
"""

ACROSS_FUNCTION = """
CREATE OR REPLACE FUNCTION acts_across() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT coalesce(sealed_tenant() = '*', false) $$
"""

KEY_SCHEMA = "isolation"
KEY = (
    "CREATE SCHEMA IF NOT EXISTS isolation",
    "CREATE TABLE IF NOT EXISTS isolation.tenant_key (secret bytea NOT NULL)",
    "REVOKE ALL ON SCHEMA isolation FROM PUBLIC",
    "REVOKE ALL ON isolation.tenant_key FROM PUBLIC",
    "DELETE FROM isolation.tenant_key",
)

HOLD_BACK = """
DO $$
DECLARE given record;
BEGIN
    FOR given IN
        SELECT CAST(pg_class.oid::regclass AS text) AS name, CAST(grantee::regrole AS text) AS role
        FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid, aclexplode(relacl)
        WHERE tgname = 'append_' || relname AND tgqual IS NULL AND tgattr::text = ''
        AND privilege_type = 'UPDATE' AND grantee NOT IN (0, relowner)
    LOOP EXECUTE 'REVOKE UPDATE ON ' || given.name || ' FROM ' || given.role; END LOOP;
END $$
"""
"""Nobody but the owner may even try to update a table whose rows never change."""


def row_security(
    dialect: str,
    tenant_tables: Mapping[str, Sequence[str]],
    shared: Mapping[str, str],
    queues: Sequence[str],
) -> Iterator[str]:
    """The SQL that puts a policy on every tenant table; none for SQLite, which has no such thing.

    Args:
        dialect: `sqlite` or `postgresql`.
        tenant_tables: table -> the columns that name an organisation which may write a row.
        shared: table -> which rows the acting organisation may see, where not all with its name.
        queues: tables that are no tenant's and name an organisation: whoever acts for one sees its
            rows, and all are seen where nobody acts, as in the worker that looks for work.
    """
    if dialect != "postgresql":
        return
    yield SEALED
    yield ACTING_FUNCTION
    yield ACROSS_FUNCTION
    for table, columns in tenant_tables.items():
        own = " OR ".join(f"{column} = {ACTING}" for column in columns)
        yield from _policy(table, shared.get(table, own), own)
    for table in queues:
        own = f"organisation_id = {ACTING} OR organisation_id IS NULL OR {NOBODY}"
        yield from _policy(table, own, own)


def _policy(table: str, seen: str, written: str) -> Iterator[str]:
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
    yield (
        f"CREATE POLICY tenant ON {table} "
        f"USING ({seen} OR {ACROSS}) WITH CHECK ({written} OR {ACROSS})"
    )


def keep_key(secret: bytes) -> Iterator[str]:
    """The SQL after which the database believes the seals that are made with this key."""
    yield from KEY
    yield f"INSERT INTO isolation.tenant_key VALUES (decode('{secret.hex()}', 'hex'))"
