"""One search over all records of an organisation, by kind and by the reader's permissions."""
