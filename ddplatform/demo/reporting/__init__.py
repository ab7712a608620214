"""Reports of the sample company."""
