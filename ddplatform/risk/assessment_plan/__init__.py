"""Plans of questionnaires and visits for a budget."""
