"""Remediation cases: one page a case for who is assigned, suppressed counts for the rest."""
