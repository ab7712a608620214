"""Words that pages of several features share."""
