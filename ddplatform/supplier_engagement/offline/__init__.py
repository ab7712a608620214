"""Answers by workbook."""
