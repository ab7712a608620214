"""Yearly self-check of the grievance mechanism by the eight criteria of UNGP 31."""
