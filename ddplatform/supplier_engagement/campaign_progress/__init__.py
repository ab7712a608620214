"""Progress of a campaign, as a page and as a file."""
