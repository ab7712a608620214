"""First migration, generated from the models; for use before the first release, never after it.

Run: .venv/bin/python scripts/write_initial_migration.py
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, literal_column
from sqlalchemy.dialects import postgresql

import ddplatform.models  # noqa: F401  (makes every table known)
from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import TenantScoped, tenant_tables
from ddplatform.migrations.row_security import ACTING

TARGET = Path(__file__).resolve().parent.parent / "ddplatform/migrations/versions/0001_initial.py"

OUR_TYPES = {
    "ddplatform.infrastructure.db.UtcDateTime(timezone=True)": "sa.DateTime(timezone=True)",
    "ddplatform.infrastructure.db.WordList()": "sa.Text()",
}
"""Types of the models as a database knows them."""

HEAD = '''"""The first schema: every table, and the isolation triggers of the database.

Revision: 0001
"""

import sqlalchemy as sa
from alembic import op

from ddplatform.migrations.isolation import isolation_triggers
from ddplatform.migrations.row_security import row_security

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

'''

TAIL = """
    dialect = op.get_bind().dialect.name
    for statement in isolation_triggers(dialect, TENANT_TABLES, APPEND_ONLY, MOVING, REDACTED):
        op.execute(statement)
    for statement in row_security(dialect, TENANT_TABLES, SHARED, QUEUES):
        op.execute(statement)
"""


def append_only_tables() -> dict[str, str | None]:
    """Tables that never change, with the condition under which that holds."""
    found: dict[str, str | None] = {}
    for mapper in Base.registry.mappers:
        model = mapper.class_
        if getattr(model, "is_append_only", False):
            found[mapper.local_table.name] = None
        elif condition := getattr(model, "is_append_only_when", None):
            found[mapper.local_table.name] = condition
    return dict(sorted(found.items()))


def shared_tables() -> dict[str, str]:
    """Tables whose rows are not seen by all who may write them, with the rule of their models."""
    acting = literal_column(ACTING)
    rules = {
        mapper.local_table.name: str(
            mapper.class_.visible_to(acting).compile(dialect=postgresql.dialect())
        )
        for mapper in sorted(Base.registry.mappers, key=lambda one: one.local_table.name)
        if issubclass(mapper.class_, TenantScoped)
    }
    return {table: rule for table, rule in rules.items() if rule != _of_writers(table)}


def _of_writers(table: str) -> str:
    columns = tenant_tables()[table]
    return " OR ".join(f"{table}.{column} = {ACTING}" for column in columns)


def queues() -> list[str]:
    """Tables that name an organisation and are none of its own."""
    tenants = tenant_tables()
    return sorted(
        table.name
        for table in Base.metadata.tables.values()
        if table.name not in tenants and "organisation_id" in table.columns
    )


def moving_tables() -> dict[str, list[str]]:
    """Append-only tables whose rows move with a merge, with the columns that never change."""
    return {
        mapper.local_table.name: [c.name for c in mapper.columns if c.name != "node_id"]
        for mapper in sorted(Base.registry.mappers, key=lambda one: one.local_table.name)
        if getattr(mapper.class_, "moves_with_merge", False)
    }


def redacted_tables() -> dict[str, list[str]]:
    """Append-only tables with a sealed column that is redacted: it, and what never changes."""
    return {
        mapper.local_table.name: [
            mapper.class_.redacted_column,
            *(c.name for c in mapper.columns if c.name not in _changing(mapper.class_)),
        ]
        for mapper in sorted(Base.registry.mappers, key=lambda one: one.local_table.name)
        if hasattr(mapper.class_, "redacted_column")
    }


def _changing(model: Any) -> tuple[str, str]:
    """The redacted column, and the version that the ORM counts on with each change."""
    return model.redacted_column, "row_version"


def main() -> None:
    """Compare the models with an empty database and write what is missing: all of it."""
    with create_engine("sqlite://").connect() as connection:
        context = MigrationContext.configure(connection)
        script = produce_migrations(context, Base.metadata)
    assert script.upgrade_ops is not None and script.downgrade_ops is not None
    up = render_python_code(script.upgrade_ops)
    for ours, theirs in OUR_TYPES.items():
        up = up.replace(ours, theirs)
    down = render_python_code(script.downgrade_ops)
    tables = dict(sorted(tenant_tables().items()))
    text = (
        f"{HEAD}TENANT_TABLES = {tables!r}\n\nAPPEND_ONLY = {append_only_tables()!r}\n\n"
        f"MOVING = {moving_tables()!r}\n\nREDACTED = {redacted_tables()!r}\n\n"
        f"SHARED = {shared_tables()!r}\n\nQUEUES = {queues()!r}\n\n\n"
        f"def upgrade() -> None:\n{_indent(up)}{TAIL}\n\n"
        f"def downgrade() -> None:\n{_indent(down)}\n"
    )
    TARGET.write_text(text)
    style = ["-m", "ruff", "format", "-q", "--isolated", "--line-length=100", TARGET]
    subprocess.run([sys.executable, *style], check=True)


def _indent(code: str) -> str:
    return "\n".join(
        f"    {line}" if line and not line.startswith("    ") else line
        for line in code.splitlines()
    )


if __name__ == "__main__":
    main()
