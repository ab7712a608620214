"""Own forms of an organisation."""
