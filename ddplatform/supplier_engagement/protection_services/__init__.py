"""Whom to call where a child is in danger."""
