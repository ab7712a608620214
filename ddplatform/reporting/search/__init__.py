"""One search over all that an organisation has, by kind and by what the reader may read."""
