"""Sharing of existing answers with a further buyer."""
