"""What in a document may lead to a person."""
