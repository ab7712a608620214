"""Follow-up visits of a remediation case."""
