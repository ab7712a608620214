"""Why one risk has its score under RM-2.0, and what would change it."""
