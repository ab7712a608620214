"""Judgements of a finding: severity, involvement, leverage."""
