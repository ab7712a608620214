"""Maps of the sample company."""
