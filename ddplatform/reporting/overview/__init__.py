"""The first page of an organisation, over all of its maps."""
