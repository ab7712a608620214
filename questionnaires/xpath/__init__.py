"""Expression language of forms (ODK's XPath)."""
