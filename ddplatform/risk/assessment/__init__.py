"""Assessment of maps: as a whole, or of changed nodes alone."""
