"""Words that pages and files about the value chain share."""
