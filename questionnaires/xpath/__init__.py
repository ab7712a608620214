"""The language of expressions (ODK's XPath)."""
