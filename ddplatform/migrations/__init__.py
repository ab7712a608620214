"""Alembic's steps. They never import models: a step stays true when models move on."""
