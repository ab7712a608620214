"""Shared parts of all pages: headers, errors, languages, filters, navigation."""
