"""Findings and actions as input of the risk assessment."""
