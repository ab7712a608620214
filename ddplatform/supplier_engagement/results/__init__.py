"""Results: the answers of all respondents to each question."""
