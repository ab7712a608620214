"""The overview of an organisation, its search, and its reports."""
