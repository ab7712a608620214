"""Maps, sites and links for programs."""
