"""Approvals by a second person: pending, decided and ended requests."""
