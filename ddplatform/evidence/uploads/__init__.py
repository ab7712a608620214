"""Documents, and what each is used for."""
