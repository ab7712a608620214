"""Plans, events and figures of the sample company."""
