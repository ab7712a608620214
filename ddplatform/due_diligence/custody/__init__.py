"""Custody of remediation cases: merging, handing over, access in an emergency."""
