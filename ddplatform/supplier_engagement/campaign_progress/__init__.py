"""How far a campaign is, on the page and as a file."""
