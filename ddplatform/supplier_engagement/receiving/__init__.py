"""Evaluation of answers by the requester: risk signals and facts."""
