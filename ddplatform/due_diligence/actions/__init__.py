"""What is done about findings: planned, reported and verified."""
