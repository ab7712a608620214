"""Blueprints shared by the pages of several features."""
