"""Answers to the questions about the links of a map."""
