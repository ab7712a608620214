"""Alembic's connection to the database of the running application."""

from alembic import context
from flask import current_app

from ddplatform.infrastructure.tenancy import across_tenants

engine = current_app.extensions["migrate"].db.engine
metadata = current_app.extensions["migrate"].db.metadata

with across_tenants(), engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
