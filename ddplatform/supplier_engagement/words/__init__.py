"""Words that pages and papers of questionnaires share."""
