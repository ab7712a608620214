"""Answers that come by a workbook."""
