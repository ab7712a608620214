"""Roles of PostgreSQL: who owns the tables, who serves the pages, who makes the backups."""
