"""Questionnaires shipped with the product."""
