"""What all respondents say to each question."""
