"""Maps, their nodes and links, entered and changed by hand."""
