"""Sites of a map by country, by tier, and one by one."""
