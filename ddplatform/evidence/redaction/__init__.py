"""What leads to a person is taken out of a document, for good."""
