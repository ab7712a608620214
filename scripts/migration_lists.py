"""Lists of tables that a migration hands to the isolation triggers and policies.

A migration holds them as they were when it was written. Usage, for a new one:
python -m scripts.migration_lists
"""

import sys
from typing import Any

from sqlalchemy import literal_column
from sqlalchemy.dialects import postgresql

import ddplatform.models  # noqa: F401  (makes every table known)
from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import TenantScoped, tenant_tables
from ddplatform.migrations.row_security import ACTING


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


def as_python() -> str:
    """The lists as a migration holds them."""
    lists = {
        "TENANT_TABLES": dict(sorted(tenant_tables().items())),
        "APPEND_ONLY": append_only_tables(),
        "MOVING": moving_tables(),
        "REDACTED": redacted_tables(),
        "SHARED": shared_tables(),
        "QUEUES": queues(),
    }
    return "\n".join(f"{name} = {found!r}\n" for name, found in lists.items())


if __name__ == "__main__":
    sys.stdout.write(as_python())
