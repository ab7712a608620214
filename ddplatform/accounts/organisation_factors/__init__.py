"""Second factors as an organisation sees them: which roles need one, and lost ones."""
