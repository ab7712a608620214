"""The process: steps, frameworks, small counts, free text, the remediation protocol."""
