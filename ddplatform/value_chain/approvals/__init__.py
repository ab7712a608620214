"""Requests for approval by a second person, as parts of the change of a map."""
