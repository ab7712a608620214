"""Tables of documents, as files and on paper."""
