"""People, roles and settings of an organisation."""
