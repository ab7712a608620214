"""The library of questionnaires."""
