"""Answers as a workbook: export and import."""
