"""Alembic's connection to the database of the running application."""

from alembic import context
from flask import current_app
from sqlalchemy import NullPool, create_engine, inspect

from ddplatform.infrastructure.tenancy import across_tenants
from ddplatform.infrastructure.tenant_setting import key_of
from ddplatform.migrations.row_security import HOLD_BACK, keep_key

settings = current_app.extensions["settings"]
metadata = current_app.extensions["migrate"].db.metadata
is_postgresql = settings.database_url.startswith("postgresql")
if is_postgresql:
    # The owner of the tables, whom the application itself is not signed in as.
    owner = settings.migration_database_url or settings.database_url
    engine = create_engine(owner, poolclass=NullPool, hide_parameters=True)
else:
    engine = current_app.extensions["migrate"].db.engine

with across_tenants(), engine.connect() as connection:
    if is_postgresql:
        # A change of data that a policy would cut short is an error, not silence.
        connection.exec_driver_sql("SET row_security = off")
        connection.commit()
    else:
        # A table that others name may be rebuilt. SQLite obeys this outside a transaction alone.
        sqlite = connection.connection.driver_connection
        sqlite.execute("PRAGMA foreign_keys = OFF")
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    if is_postgresql and inspect(connection).has_table("organisation"):
        for statement in (*keep_key(key_of(settings.secret_key)), HOLD_BACK):
            connection.exec_driver_sql(statement)
    connection.commit()
    if not is_postgresql:
        dangling = sqlite.execute("PRAGMA foreign_key_check").fetchall()
        sqlite.execute("PRAGMA foreign_keys = ON")
        if dangling:
            raise RuntimeError(f"Rows that name no row after the migration: {dangling[:5]}")
