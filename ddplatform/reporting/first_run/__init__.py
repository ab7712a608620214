"""First steps of an organisation: from its business and a list to ranked risks."""
