"""Evidence of the organisation for the requirements of a framework."""
