"""Answers as a workbook, given out and taken back."""
