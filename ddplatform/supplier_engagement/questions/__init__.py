"""All questions on one page and on paper."""
