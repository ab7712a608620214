"""Concerns and complaints of people outside the platform (ST-GRIEVANCE)."""
