"""Words that programs name: sectors, commodities and issues."""
