"""The first page of an organisation, and whether the platform is up."""
