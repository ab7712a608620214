"""Words, figures and ranges that pages about risk share."""
