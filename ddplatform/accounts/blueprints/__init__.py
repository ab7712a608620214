"""Blueprints that pages of several features hang on."""
