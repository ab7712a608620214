"""Evaluation of a form: from answers to the state of the response."""
