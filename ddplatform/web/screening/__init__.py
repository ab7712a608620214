"""Pages of official lists and the prompts they give."""
