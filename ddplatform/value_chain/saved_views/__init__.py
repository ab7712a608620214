"""Views of a map that an organisation keeps under a name."""
