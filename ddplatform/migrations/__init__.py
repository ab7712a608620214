"""Alembic's migrations, which never import models and so stay true when models change."""
