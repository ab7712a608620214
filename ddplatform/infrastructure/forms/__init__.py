"""What forms of all pages share: how one is sent, numbers, files, errors at a field."""
