"""The officers' side of concerns: reading, answering, steps, links, the public address."""
