"""The process itself: steps, frameworks, small counts, free text, the remediation protocol."""
